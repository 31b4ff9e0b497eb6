"""Writing FEEL values as text, as `string(value)` and messages do."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from app.feel.functions import FunctionValue
from app.feel.limits import Evaluation
from app.feel.ranges import Range

_PLAIN_KEY = re.compile(r"[^\W\d][\w ]*")
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")


def number_text(value: Decimal) -> str:
    """A number without exponent and without trailing zeros."""
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def quoted(text: str) -> str:
    """A text as a FEEL literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def feel_text(value: Any, run: Evaluation, top: bool = True) -> str:
    """What `string(value)` returns; texts inside lists and contexts are quoted."""
    run.tick()
    if type(value) is str:
        return value if top else quoted(value)
    if value is None:
        return "null"
    if type(value) is Decimal:
        return number_text(value)
    if type(value) is bool:
        return "true" if value else "false"
    if type(value) is list:
        text = "[" + ", ".join(feel_text(item, run, False) for item in value) + "]"
    elif type(value) is dict:
        entries = (f"{_key_text(key)}: {feel_text(item, run, False)}" for key, item in value.items())
        text = "{" + ", ".join(entries) + "}"
    elif type(value) is Range:
        text = _range_text(value, run)
    else:
        text = f"function {value.name}" if isinstance(value, FunctionValue) else str(value)
    run.check_characters(len(text))
    return text


def _key_text(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else quoted(key)


def _range_text(span: Range, run: Evaluation) -> str:
    if span.operator in _COMPARISONS:
        return f"({span.operator} {feel_text(span.low if span.low is not None else span.high, run, False)})"
    low, high = feel_text(span.low, run, False), feel_text(span.high, run, False)
    return ("[" if span.low_closed else "(") + f"{low}..{high}" + ("]" if span.high_closed else ")")


def brief(value: Any) -> str:
    """A value in a message: short, whatever its size."""
    if type(value) is list:
        return f"列表（{len(value)} 项）"
    if type(value) is dict:
        return f"对象（{len(value)} 个字段）"
    text = feel_text(value[:60] if type(value) is str else value, Evaluation(), False)
    return text if len(text) <= 60 else text[:60] + "…"
