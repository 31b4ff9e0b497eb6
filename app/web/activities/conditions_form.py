"""The form of the conditions: what was typed, row by row, and the draft it means; nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app.core.errors import Invalid
from app.procedures.selection.models import Designation, DesignationState, Recusal, RecusalSource
from app.procedures.selection.rules.conditions import (
    MOST_CATEGORIES,
    ConditionsDraft,
    DesignationDraft,
    RecusalDraft,
)
from app.web.activities import finding
from app.web.activities.finding import number_in

#: So many rows of a kind are read from a request at most.
_MOST_ROWS = 60
_MOST_SEATS = 99


@dataclass
class SeatRow:
    """A category with its number of seats, as typed."""

    category: str = ""
    count: str = ""


@dataclass
class Picked:
    """A unit or a person that was picked, with why; `category` only for the designated."""

    id: int
    name: str
    note: str
    source: str = RecusalSource.OTHER.value
    reason: str = ""
    category: str = ""
    categories: tuple[tuple[str, str], ...] = ()


@dataclass
class Typed:
    """Everything of the page as it was typed."""

    panel_size: str = ""
    rows: list[SeatRow] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    natures: list[str] = field(default_factory=list)
    units: list[Picked] = field(default_factory=list)
    persons: list[Picked] = field(default_factory=list)
    named: list[Picked] = field(default_factory=list)
    security_waiver: str = ""
    redraw_reason: str = ""
    unit_q: str = ""
    person_q: str = ""
    named_q: str = ""
    redraw: bool = False


def from_saved(
    panel_size: int, data: Mapping[str, Any], recusals: Sequence[Recusal], designations: Sequence[Designation]
) -> Typed:
    """The form as it was last saved; the project unit's own recusal stands by itself and is not part of it."""
    typed = Typed(panel_size=str(panel_size))
    typed.titles, typed.natures = list(data.get("titles", ())), list(data.get("natures", ()))
    typed.rows = [SeatRow(name, str(seats)) for name, seats in data.get("quota", {}).items()]
    typed.security_waiver, typed.redraw_reason = data.get("security_waiver", ""), data.get("redraw_reason", "")
    for one in recusals:
        if one.source is RecusalSource.PROJECT_UNIT:
            continue
        if one.unit_id is not None:
            typed.units += _picked(finding.unit(one.unit_id), source=one.source.value, reason=one.reason)
        elif one.expert_id is not None:
            typed.persons += _picked(finding.person(one.expert_id), source=one.source.value, reason=one.reason)
    for asked in designations:
        if asked.state is DesignationState.DRAFT:
            typed.named += _named(asked.expert_id, asked.category, asked.reason)
    return _with_a_row(typed)


def from_request(form: MultiDict[str, str]) -> Typed:
    """The form as it came."""
    typed = Typed(
        panel_size=form.get("panel_size", "").strip(), titles=form.getlist("titles"), natures=form.getlist("natures"),
        security_waiver=form.get("security_waiver", "").strip(), redraw_reason=form.get("redraw_reason", "").strip(),
        unit_q=form.get("unit_q", "").strip(), person_q=form.get("person_q", "").strip(),
        named_q=form.get("named_q", "").strip(),
    )
    for i in range(_MOST_ROWS):
        if f"seat-{i}-category" in form and len(typed.rows) < MOST_CATEGORIES:
            typed.rows.append(SeatRow(form[f"seat-{i}-category"], form.get(f"seat-{i}-count", "").strip()))
        typed.units += _sent(form, "unit", i, finding.unit)
        typed.persons += _sent(form, "person", i, finding.person)
        expert_id = number_in(form.get(f"named-{i}-id", ""))
        if expert_id is not None:
            reason = form.get(f"named-{i}-reason", "").strip()
            typed.named += _named(expert_id, form.get(f"named-{i}-category", ""), reason)
    return _with_a_row(typed)


def _sent(form: MultiDict[str, str], kind: str, i: int, find: Any) -> list[Picked]:
    key = number_in(form.get(f"{kind}-{i}-id", ""))
    if key is None:
        return []
    source = form.get(f"{kind}-{i}-source", RecusalSource.OTHER.value)
    return _picked(find(key), source=source, reason=form.get(f"{kind}-{i}-reason", "").strip())


def _picked(found: finding.Found | None, *, source: str, reason: str) -> list[Picked]:
    return [Picked(found.id, found.name, found.note, source, reason)] if found is not None else []


def _named(expert_id: int, category: str, reason: str) -> list[Picked]:
    found = finding.person(expert_id)
    if found is None:
        return []
    able = tuple((name, name) for name in finding.directions_of(expert_id))
    return [Picked(found.id, found.name, found.note, reason=reason, category=category, categories=able)]


def _with_a_row(typed: Typed) -> Typed:
    if not typed.rows:
        typed.rows.append(SeatRow())
    return typed


def change(typed: Typed, act: str) -> bool:
    """Does what a button of a row says (`add_seat`, `drop_unit-2`, `add_named-17`); False if it is none of them."""
    word, _, place = act.partition("-")
    at = number_in(place)
    lists: dict[str, list[Any]] = {
        "seat": typed.rows, "unit": typed.units, "person": typed.persons, "named": typed.named,
    }
    verb, _, kind = word.partition("_")
    if kind not in lists or verb not in ("add", "drop"):
        return False
    if verb == "drop":
        if at is not None and at < len(lists[kind]):
            del lists[kind][at]
    elif kind == "seat":
        typed.rows.append(SeatRow())
    elif at is not None:
        _add(typed, kind, at)
    _with_a_row(typed)
    return True


def _add(typed: Typed, kind: str, key: int) -> None:
    if kind == "named":
        if key not in [one.id for one in typed.named]:
            typed.named += _named(key, "", "")
            typed.named_q = ""
    elif kind == "unit" and key not in [one.id for one in typed.units]:
        typed.units += _picked(finding.unit(key), source=RecusalSource.OTHER.value, reason="")
        typed.unit_q = ""
    elif kind == "person" and key not in [one.id for one in typed.persons]:
        typed.persons += _picked(finding.person(key), source=RecusalSource.OTHER.value, reason="")
        typed.person_q = ""


def draft_of(typed: Typed) -> ConditionsDraft:
    """What the typed means.

    :raises Invalid: a number of seats that is none, a category twice, seats without category.
    """
    errors: dict[str, str] = {}
    quota: dict[str, int] = {}
    for i, row in enumerate(typed.rows):
        _read_row(row, i, quota, errors)
    if errors:
        raise Invalid(errors)
    recusals = [RecusalDraft(one.source, one.reason, unit_id=one.id) for one in typed.units]
    recusals += [RecusalDraft(one.source, one.reason, expert_id=one.id) for one in typed.persons]
    return ConditionsDraft(
        panel_size=number_in(typed.panel_size) or 0, quota=quota, recusals=tuple(recusals),
        designations=tuple(DesignationDraft(one.id, one.category, one.reason, one.name) for one in typed.named),
        titles=tuple(typed.titles), natures=tuple(typed.natures), security_waiver=typed.security_waiver,
        redraw_reason=typed.redraw_reason,
    )


def _read_row(row: SeatRow, i: int, quota: dict[str, int], errors: dict[str, str]) -> None:
    if not row.category and not row.count:
        return
    count = number_in(row.count)
    if not row.category:
        errors[f"seat-{i}-category"] = f"第 {i + 1} 行有席位数，没有选专业类别"
    elif row.category in quota:
        errors[f"seat-{i}-category"] = f"“{row.category}”写了两行，请合成一行"
    if count is None or not 1 <= count <= _MOST_SEATS:
        shown = f"“{row.count}”" if row.count else "空着"
        errors[f"seat-{i}-count"] = f"{row.category or f'第 {i + 1} 行'}的席位数：{shown}，请填 1 以上的整数"
    elif row.category:
        quota[row.category] = count


def at_controls(errors: Mapping[str, str], typed: Typed) -> dict[str, str]:
    """Errors by the rules' names of fields, moved to the controls of the page."""
    return {_control(name, typed): words for name, words in errors.items()}


def _control(name: str, typed: Typed) -> str:
    parts = name.split(".")
    if parts[0] == "quota" and len(parts) > 1:
        return next((f"seat-{i}-count" for i, row in enumerate(typed.rows) if row.category == parts[1]), "quota")
    if parts[0] == "designations":
        if len(parts) < 3:
            return "designated"
        return f"named-{parts[1]}-{parts[2]}" if parts[2] in ("category", "reason") else f"named-{parts[1]}"
    if parts[0] == "recusals":
        if len(parts) < 3:
            return "units"
        at = int(parts[1])
        kind, at = ("unit", at) if at < len(typed.units) else ("person", at - len(typed.units))
        return f"{kind}-{at}-{'reason' if parts[2] == 'reason' else 'source'}"
    return name
