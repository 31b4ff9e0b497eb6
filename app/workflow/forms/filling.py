"""Fills a form in: what is shown, what is computed, what is wrong, and the values that may be kept.

What was typed comes as entries (`entries`), plain JSON, so that a draft is the entries themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.feel import Function, to_feel
from app.workflow.forms.checks import problem_of
from app.workflow.forms.components import (
    Choice,
    Component,
    Computed,
    DynamicList,
    Field,
    FormDefinition,
    Group,
    Limit,
    MultiChoice,
    Option,
    TextPart,
    feel_type_of,
    joined,
)
from app.workflow.forms.entries import Entries, rows_of, value_at
from app.workflow.forms.errors import FormUnsettled
from app.workflow.forms.expressions import Expression, Scope, computed, filled
from app.workflow.forms.reading import Reading, read, typed_again

_OPTION_KEYS = ("value", "label", "hint", "article", "mark")


@dataclass(frozen=True)
class FormResult:
    """The values to keep, as plain JSON, and what is wrong, by path (`experience.0.unit`), in the form's order."""

    values: dict[str, Any]
    errors: dict[str, str]


@dataclass(frozen=True)
class Part:
    """A visible component with everything that a page needs to draw it. Hidden components have no part."""

    component: Component
    path: str
    label: str
    description: str = ""
    required: bool = False
    readonly: bool = False
    raw: Any = None
    value: Any = None
    options: tuple[Option, ...] = ()
    error: str = ""
    text: str = ""
    parts: tuple[Part, ...] = ()
    rows: tuple[tuple[Part, ...], ...] = ()
    can_add: bool = False
    can_remove: bool = False


@dataclass(frozen=True)
class Filled:
    """A form filled in: for the page its parts, for the process its result."""

    form: FormDefinition
    parts: tuple[Part, ...]
    result: FormResult
    next_steps: str


@dataclass
class _Node:
    """A component at its place; groups hold one row of nodes, lists one for each row."""

    part: Component
    path: str
    raw: Any = None
    reading: Reading = field(default_factory=Reading)
    rows: list[list[_Node]] = field(default_factory=list)
    hidden: bool = False


def fill_in(
    form: FormDefinition,
    entries: Entries,
    *,
    data: Mapping[str, Any] | None = None,
    functions: Mapping[str, Function] | None = None,
    today: date,
) -> Filled:
    """Reads the entries, settles conditions and computed values, and checks what is visible.

    `data` are the values that the case has already (plain JSON or FEEL): expressions see them, and read-only
    fields show the one under their key.

    :raises FormUnsettled: if conditions contradict one another; checks.LimitMissing, app.feel.FeelError.
    """
    base = Scope(dict(data or {}), dict(functions or {}))
    nodes = _nodes(form.components, entries, "", "", base)
    scope = _settle(form, nodes, base)
    errors: dict[str, str] = {}
    parts = _parts(nodes, scope, today, errors)
    return Filled(form, parts, FormResult(_plain(nodes), errors), filled(form.next_steps, scope))


def _nodes(
    components: tuple[Component, ...], entries: Entries, prefix: str, place: str, scope: Scope,
) -> list[_Node]:
    """`prefix` leads from the entries to these parts, `place` stands before it in paths."""
    nodes = []
    for part in components:
        if isinstance(part, Group):
            key = joined(prefix, part.path)
            rows = [_nodes(part.components, entries, key, place, scope)]
            nodes.append(_Node(part, joined(place, key), rows=rows))
        elif isinstance(part, DynamicList):
            key = joined(prefix, part.path)
            path = joined(place, key)
            rows = [
                _nodes(part.components, row, "", f"{path}.{number}", scope)
                for number, row in enumerate(rows_of(entries.get(key)))
            ]
            nodes.append(_Node(part, path, rows=rows))
        elif isinstance(part, Field):
            key = joined(prefix, part.key)
            raw = _known(part, key, scope) if computed(part.readonly, scope) is True else entries.get(key)
            nodes.append(_Node(part, joined(place, key), raw, read(part, raw)))
        else:
            nodes.append(_Node(part, joined(place, part.id)))
    return nodes


def _known(part: Field, key: str, scope: Scope) -> Any:
    """What a read-only field shows: its default, or what the case has under its key; never what was sent."""
    value = part.default.plain(scope) if isinstance(part.default, Expression) else part.default
    return typed_again(part, value_at(scope.values, key) if value is None else value)


def _settle(form: FormDefinition, nodes: list[_Node], base: Scope) -> Scope:
    """Evaluates conditions and computed values until nothing changes any more."""
    count = sum(1 for _ in _all(nodes))
    for _round in range(count + 2):
        scope = Scope({**base.values, **_feel_values(nodes)}, base.functions)
        if not _apply(nodes, scope, inherited=False):
            return scope
    raise FormUnsettled(form.title)


def _all(nodes: Sequence[_Node]) -> Iterator[_Node]:
    for node in nodes:
        yield node
        for row in node.rows:
            yield from _all(row)


def _apply(nodes: Sequence[_Node], scope: Scope, *, inherited: bool) -> bool:
    """Sets hidden and computed; says whether anything changed."""
    changed = False
    for node in nodes:
        part = node.part
        hidden = inherited or (part.hide is not None and part.hide.is_true(scope))
        changed |= hidden != node.hidden
        node.hidden = hidden
        if isinstance(part, Computed):
            value = part.expression.plain(scope)
            changed |= value != node.reading.value
            node.reading = Reading(value)
        for number, row in enumerate(node.rows, start=1):
            inner = scope.inside(_feel_values(row), number) if isinstance(part, DynamicList) else scope
            changed |= _apply(row, inner, inherited=hidden)
    return changed


def _local(node: _Node, prefix: str) -> str:
    if isinstance(node.part, DynamicList):
        return joined(prefix, node.part.path)
    return joined(prefix, node.part.key) if isinstance(node.part, Field) else prefix


def _feel_values(nodes: Sequence[_Node], prefix: str = "") -> dict[str, Any]:
    """The visible values as FEEL; hidden ones are null, whatever the case knows under their name."""
    values: dict[str, Any] = {}
    for node in nodes:
        part, value = node.part, None
        if isinstance(part, Group):
            _merge(values, _feel_values(node.rows[0], joined(prefix, part.path)))
            continue
        if isinstance(part, DynamicList):
            value = [] if node.hidden else [_feel_values(row) for row in node.rows]
        elif isinstance(part, Field):
            value = None if node.hidden else _feel_value(part, node.reading.value)
        else:
            continue
        _put(values, _local(node, prefix), value, keep=node.hidden)
    return values


def _feel_value(part: Field, value: Any) -> Any:
    kind = feel_type_of(part)
    return to_feel(value, kind) if value is not None and kind not in ("Any", "list") else to_feel(value)


def _put(values: dict[str, Any], key: str, value: Any, *, keep: bool) -> None:
    """Sets the value under a dotted key; with `keep` a value that is there stays (fields that take turns)."""
    *steps, last = key.split(".")
    for step in steps:
        values = values.setdefault(step, {})
    if not (keep and last in values):
        values[last] = value


def _merge(into: dict[str, Any], other: Mapping[str, Any]) -> None:
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def _plain(nodes: Sequence[_Node], prefix: str = "") -> dict[str, Any]:
    """The visible values as plain JSON, as they will be kept."""
    values: dict[str, Any] = {}
    for node in nodes:
        if node.hidden:
            continue
        if isinstance(node.part, Group):
            _merge(values, _plain(node.rows[0], joined(prefix, node.part.path)))
        elif isinstance(node.part, DynamicList):
            _put(values, _local(node, prefix), [_plain(row) for row in node.rows], keep=False)
        elif isinstance(node.part, Field):
            _put(values, _local(node, prefix), node.reading.value, keep=False)
    return values


def _parts(nodes: Sequence[_Node], scope: Scope, today: date, errors: dict[str, str]) -> tuple[Part, ...]:
    return tuple(_part(node, scope, today, errors) for node in nodes if not node.hidden)


def _part(node: _Node, scope: Scope, today: date, errors: dict[str, str]) -> Part:
    part, label = node.part, filled(node.part.label, scope)
    if isinstance(part, Group):
        return Part(part, node.path, label, parts=_parts(node.rows[0], scope, today, errors))
    if isinstance(part, DynamicList):
        return _list_part(part, node, label, scope, today, errors)
    if isinstance(part, Field):
        return _field_part(part, node, label, scope, today, errors)
    return Part(part, node.path, label, text=filled(part.text, scope) if isinstance(part, TextPart) else "")


def _list_part(
    part: DynamicList, node: _Node, label: str, scope: Scope, today: date, errors: dict[str, str],
) -> Part:
    least, most, count = _rows_limit(part.min_rows, scope), _rows_limit(part.max_rows, scope), len(node.rows)
    error = ""
    if least is not None and count < least:
        error = f"“{label}”现有 {count} 行，至少填 {least} 行"
    elif most is not None and count > most:
        error = f"“{label}”现有 {count} 行，最多 {most} 行，请删去 {count - most} 行"
    if error:
        errors[node.path] = error
    rows = tuple(
        _parts(row, scope.inside(_feel_values(row), number), today, errors)
        for number, row in enumerate(node.rows, start=1)
    )
    return Part(
        part, node.path, label, error=error, rows=rows, value=_plain([node]),
        can_add=part.changeable and (most is None or count < most),
        can_remove=part.changeable and count > (least or 0),
    )


def _rows_limit(limit: Limit, scope: Scope) -> int | None:
    value = computed(limit, scope)
    return None if value is None else int(value)


def _field_part(
    part: Field, node: _Node, label: str, scope: Scope, today: date, errors: dict[str, str],
) -> Part:
    readonly = isinstance(part, Computed) or computed(part.readonly, scope) is True
    options = _options(part, scope)
    error = ""
    if node.reading.problem:
        error = f"“{label}”{node.reading.problem}"
    elif not readonly:
        error = problem_of(part, node.reading.value, label, scope, options, today)
    if error:
        errors[node.path] = error
    return Part(
        part, node.path, label,
        description=filled(part.description, scope),
        required=computed(part.required, scope) is True,
        readonly=readonly, raw=node.raw, value=node.reading.value, options=options, error=error,
    )


def _options(part: Field, scope: Scope) -> tuple[Option, ...]:
    if not isinstance(part, Choice | MultiChoice):
        return ()
    if not isinstance(part.options, Expression):
        return part.options
    found = part.options.plain(scope)
    return tuple(map(_option, found)) if isinstance(found, list) else ()


def _option(item: Any) -> Option:
    if not isinstance(item, Mapping):
        return Option(str(item), str(item))
    value, label, *rest = ("" if item.get(key) is None else str(item[key]) for key in _OPTION_KEYS)
    return Option(value, label or value, *rest)
