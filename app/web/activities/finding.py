"""Looking up units of the register and people of the pool for the forms of an activity.

People are found by their full name or number only: the pool is not to be leafed through (第六条).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.core import audit
from app.core.errors import NotFound
from app.core.transaction import transaction
from app.registers import experts, units
from app.registers.experts import ExpertFilter
from app.registers.models import Expert, ExpertState, Unit
from app.web.activities.blueprint import Visit

_MOST = 200
#: No unit or person is called anything longer.
_LONGEST = 120


@dataclass(frozen=True)
class Found:
    """A unit or a person to pick. `note` tells those of one name apart; `key` names either kind in one list."""

    id: int
    name: str
    note: str = ""
    key: str = ""


def found_units(text: str, without: Iterable[int] = ()) -> list[Found]:
    """Units whose name holds the text or whose code begins with it."""
    out = set(without)
    return [_unit(one) for one in units.search(text) if one.id not in out] if _is_name(text) else []


def _is_name(text: str) -> bool:
    """Whether somebody could be called so: no database is asked for a pattern of thousands of characters."""
    return 0 < len(text.strip()) <= _LONGEST


def unit(unit_id: int) -> Found | None:
    """One unit by its id, None if there is none."""
    try:
        return _unit(units.unit(unit_id))
    except NotFound:
        return None


def _unit(one: Unit) -> Found:
    return Found(one.id, one.name, one.nature if one.checked else f"{one.nature}，未经中心核对", f"unit-{one.id}")


def found_people(text: str, without: Iterable[int] = ()) -> list[Found]:
    """Experts of exactly this name or number who are in the pool."""
    wanted, out = text.strip(), set(without)
    if not _is_name(wanted):
        return []
    return [
        _person(one)
        for one in experts.search(ExpertFilter(text=wanted, state=ExpertState.IN_POOL.value), limit=_MOST)
        if one.id not in out and wanted.upper() in (one.name.upper(), one.number)
    ]


def note_search(seen: Visit, *texts: str) -> None:
    """Writes down whom an organiser looked up: number after number tried would copy out the pool (第六条)."""
    wanted = [text.strip() for text in texts if _is_name(text)]
    if wanted:
        found = sum(len(found_people(text)) for text in wanted)
        with transaction():
            audit.record(
                seen.actor, "expert.search", "activity", seen.number, after={"sought": wanted, "found": found}
            )


def person(expert_id: int) -> Found | None:
    """One expert by his id, None if there is none."""
    try:
        return _person(experts.expert(expert_id))
    except NotFound:
        return None


def _person(one: Expert) -> Found:
    directions = "、".join(item.direction for item in one.directions)
    return Found(one.id, one.name, f"{one.number}，{one.unit.name}，{directions}", f"person-{one.id}")


def directions_of(expert_id: int) -> tuple[str, ...]:
    """The directions of an expert in his order."""
    try:
        return tuple(item.direction for item in experts.expert(expert_id).directions)
    except NotFound:
        return ()


def number_in(text: str) -> int | None:
    """The id that a control sent, None if it is none."""
    return int(text) if text.isdecimal() and len(text) < 10 else None
