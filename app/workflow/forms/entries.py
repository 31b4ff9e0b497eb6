"""Entries: what was typed, as plain JSON; those a form begins with, those of values, and rows added or removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.feel import Function
from app.workflow.forms.components import (
    Component,
    Computed,
    DynamicList,
    Field,
    FormDefinition,
    Group,
    joined,
)
from app.workflow.forms.expressions import Expression, Scope
from app.workflow.forms.reading import typed_again

#: By key, text, a list of texts, a list of file records, or a list of rows (each again entries by key).
Entries = Mapping[str, Any]


def first_entries(
    form: FormDefinition,
    *,
    data: Mapping[str, Any] | None = None,
    functions: Mapping[str, Function] | None = None,
) -> dict[str, Any]:
    """The entries of a form that nobody has touched: default values, and the rows lists begin with."""
    return _defaults(form.components, Scope(dict(data or {}), dict(functions or {})), "")


def entries_from(form: FormDefinition, values: Mapping[str, Any]) -> dict[str, Any]:
    """The entries that would have given these values: to show again what was submitted or handed back."""
    return _typed(form.components, values, "")


def _typed(components: tuple[Component, ...], values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for part in components:
        if isinstance(part, Group):
            entries |= _typed(part.components, values, joined(prefix, part.path))
        elif isinstance(part, DynamicList):
            key = joined(prefix, part.path)
            entries[key] = [_typed(part.components, row, "") for row in rows_of(value_at(values, key))]
        elif isinstance(part, Field) and not isinstance(part, Computed):
            key = joined(prefix, part.key)
            entries[key] = typed_again(part, value_at(values, key))
    return entries


def value_at(values: Mapping[str, Any], key: str) -> Any:
    """The value under a dotted key, or None."""
    found: Any = values
    for step in key.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def with_row_added(form: FormDefinition, entries: Entries, path: str, scope: Scope) -> dict[str, Any]:
    """The entries with one more row, filled with its defaults, in the list at `path`."""
    found = _list_at(form.components, path, "")
    if found is None or not found.changeable:
        return dict(entries)
    return {**entries, path: [*rows_of(entries.get(path)), _defaults(found.components, scope, "")]}


def without_row(form: FormDefinition, entries: Entries, path: str, index: int) -> dict[str, Any]:
    """The entries without the row of that index (from 0) in the list at `path`."""
    found, rows = _list_at(form.components, path, ""), rows_of(entries.get(path))
    if found is None or not found.changeable or not 0 <= index < len(rows):
        return dict(entries)
    return {**entries, path: [row for number, row in enumerate(rows) if number != index]}


def _list_at(components: tuple[Component, ...], path: str, prefix: str) -> DynamicList | None:
    for part in components:
        if isinstance(part, Group):
            found = _list_at(part.components, path, joined(prefix, part.path))
            if found is not None:
                return found
        elif isinstance(part, DynamicList) and joined(prefix, part.path) == path:
            return part
    return None


def rows_of(raw: Any) -> list[Mapping[str, Any]]:
    """The rows of a list's entry, whatever was sent for it."""
    return [row for row in raw if isinstance(row, Mapping)] if isinstance(raw, list) else []


def _defaults(components: tuple[Component, ...], scope: Scope, prefix: str) -> dict[str, Any]:
    entries: dict[str, Any] = {}
    for part in components:
        if isinstance(part, Group):
            entries |= _defaults(part.components, scope, joined(prefix, part.path))
        elif isinstance(part, DynamicList):
            least = part.min_rows if isinstance(part.min_rows, int) else 0
            row = _defaults(part.components, scope, "")
            entries[joined(prefix, part.path)] = [dict(row) for _ in range(max(part.repetitions, least))]
        elif isinstance(part, Field) and part.default is not None:
            value = part.default.plain(scope) if isinstance(part.default, Expression) else part.default
            entries[joined(prefix, part.key)] = typed_again(part, value)
    return entries
