"""Values of parameters as people type them: one control for each type, and back to plain JSON.

What cannot be read is kept as it was typed, so that the rules about values say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from app.regulations.parameters import Parameter, Type
from app.regulations.rule_sets import ParameterValue, plain_value

#: Empty rows for names that a table does not have yet.
_NEW_ROWS = 2


def typed_of(value: ParameterValue) -> dict[str, Any]:
    """How a known value stands in its control: `value`, and the rows of a table."""
    plain = plain_value(value)
    if value.type is Type.MAPPING:
        rows = [(name, "、".join(items)) for name, items in plain.items()]
        return {"value": "", "rows": [*rows, *[("", "")] * _NEW_ROWS]}
    if value.type is Type.TEXTS:
        return {"value": "\n".join(plain), "rows": []}
    if value.type is Type.NUMBERS:
        return {"value": "、".join(map(str, plain)), "rows": []}
    return {"value": str(plain), "rows": []}


def kept(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, for the same control."""
    names, items = form.getlist("name"), form.getlist("items")
    rows = [(name, words) for name, words in zip(names, items, strict=False) if name.strip() or words.strip()]
    return {"value": form.get("value", ""), "rows": [*rows, *[("", "")] * _NEW_ROWS]}


def read(declared: Parameter, typed: Mapping[str, Any]) -> Any:
    """The plain value, or the typed text where it is none."""
    text = str(typed["value"]).strip()
    if declared.type is Type.INTEGER:
        return _number(text)
    if declared.type is Type.NUMBERS:
        return [_number(part) for part in _parts(text)]
    if declared.type is Type.TEXTS:
        return [line.strip() for line in text.splitlines() if line.strip()]
    if declared.type is Type.MAPPING:
        return {name.strip(): _parts(items) for name, items in typed["rows"] if name.strip()}
    return text


def row_fault(declared: Parameter, typed: Mapping[str, Any]) -> str | None:
    """What a table's rows say twice or without a name; a mapping could not tell."""
    if declared.type is not Type.MAPPING:
        return None
    names = [name.strip() for name, _ in typed["rows"] if name.strip()]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        return f"{declared.label}：“{doubled}”写了两行"
    nameless = next((items for name, items in typed["rows"] if items.strip() and not name.strip()), None)
    return f"{declared.label}：“{nameless}”这一行没有写名称" if nameless is not None else None


def _parts(text: str) -> list[str]:
    for separator in "，,；;\n":
        text = text.replace(separator, "、")
    return [part.strip() for part in text.split("、") if part.strip()]


def _number(text: str) -> Any:
    """Digits of either width; a longer figure than any parameter has stays text."""
    return int(text) if text.isdecimal() and len(text) < 10 else text
