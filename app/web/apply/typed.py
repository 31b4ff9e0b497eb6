"""What was typed into a step's page, as the entry procedure keeps it: fields, ticked lists and rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

_ROW_FIELD = re.compile(r"(education|title_certs|licences|experiences|past_reviews)-(\d{1,2})-(\w+)")
_MANY = frozenset({"directions"})
_NOT_CONTENT = frozenset({"csrf_token", "rev", "act"})
#: Nobody has more; the rest of a forged form is dropped.
MOST_ROWS = 30

#: The lists of each step, in the order of the page.
LISTS: Mapping[str, tuple[str, ...]] = {
    "education": ("education", "title_certs", "licences"),
    "experience": ("experiences", "past_reviews"),
}
#: Lists that show an empty row to begin with.
STARTED = frozenset({"education", "experiences"})


def typed_values(step: str, form: MultiDict[str, str]) -> dict[str, Any]:
    """The step's values: texts, lists of ticked values, and lists of rows without gaps."""
    rows: dict[str, dict[int, dict[str, str]]] = {}
    values: dict[str, Any] = {}
    for name in form:
        found = _ROW_FIELD.fullmatch(name)
        if found:
            rows.setdefault(found[1], {}).setdefault(int(found[2]), {})[found[3]] = form[name]
        elif name in _MANY:
            values[name] = form.getlist(name)
        elif name not in _NOT_CONTENT:
            values[name] = form[name]
    for name in LISTS.get(step, ()):
        kept = [rows[name][place] for place in sorted(rows.get(name, {}))][:MOST_ROWS]
        values[name] = [row for row in kept if any(text.strip() for text in row.values())]
    return values


def with_act(step: str, values: dict[str, Any], act: str) -> dict[str, Any]:
    """The values after 增加一行 (`add:education`) or 删除 (`remove:education:0`)."""
    kind, _, rest = act.partition(":")
    name, _, place = rest.partition(":")
    if name not in LISTS.get(step, ()):
        return values
    rows = list(values.get(name, []))
    if kind == "add" and len(rows) < MOST_ROWS:
        rows.append({})
    elif kind == "remove" and place.isdecimal() and int(place) < len(rows):
        rows.pop(int(place))
    return {**values, name: rows}


def for_page(step: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the page shows them: lists that need a row begin with an empty one."""
    shown = dict(values)
    for name in LISTS.get(step, ()):
        rows = list(shown.get(name) or [])
        shown[name] = rows or ([{}] if name in STARTED else [])
    return shown
