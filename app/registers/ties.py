"""Ties of experts to units, from which recusal follows (第十八条（三）, domain.md no. 43)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.registers import units
from app.registers.models import Expert, ExpertTie, TieKind, Unit

#: Ties that go on to count for some years after they ended; the others count while they last.
_LINGERING = (TieKind.EMPLOYMENT, TieKind.PART_TIME)


@dataclass(frozen=True)
class Job:
    """A time of employment as an application states it; `to_on` is empty for one that goes on."""

    unit_name: str
    from_on: date | None
    to_on: date | None


def add(
    person: Expert, kind: TieKind, unit_name: str, *, from_on: date | None = None, to_on: date | None = None,
    kinsman: str | None = None, actor: Actor, now: datetime,
) -> ExpertTie:  # fmt: skip
    """Enters a tie; a unit that the register knows by that name is linked."""
    made = _tie(person, kind, Job(unit_name, from_on, to_on), kinsman, now)
    after = {"kind": kind.value, "unit": unit_name}
    audit.record(actor, "expert.add_tie", "expert", person.number, after=after)
    return made


def take_over_jobs(person: Expert, jobs: Collection[Job], *, now: datetime) -> None:
    """Replaces the known employment by what the application states; the appointment's audit line says how many."""
    past = sa.delete(ExpertTie).where(ExpertTie.expert_id == person.id, ExpertTie.kind == TieKind.EMPLOYMENT)
    db.session.execute(past)
    for job in jobs:
        _tie(person, TieKind.EMPLOYMENT, job, None, now)


def _tie(person: Expert, kind: TieKind, job: Job, kinsman: str | None, now: datetime) -> ExpertTie:
    known = units.find(job.unit_name, None)
    made = ExpertTie(
        expert_id=person.id, kind=kind, unit_id=known.id if known else None, unit_name=job.unit_name, person=kinsman,
        from_on=job.from_on, to_on=job.to_on, created_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def of_expert(expert_id: int) -> Sequence[ExpertTie]:
    """All ties of an expert, oldest first."""
    statement = sa.select(ExpertTie).where(ExpertTie.expert_id == expert_id).order_by(ExpertTie.from_on, ExpertTie.id)
    return db.session.scalars(statement).all()


def experts_tied_to(unit_ids: Collection[int], on: date, employed_since: date) -> sa.Select[int]:
    """Selects the ids of experts with a tie to one of the units.

    Employment counts if it lasted on or after `employed_since`, anything else if it lasts `on` that day. A tie
    whose unit the register did not know counts by the unit's name.
    """
    named = sa.select(Unit.name).where(Unit.id.in_(unit_ids))
    lasts_until = sa.case((ExpertTie.kind.in_(_LINGERING), employed_since), else_=on)
    return sa.select(ExpertTie.expert_id).where(
        sa.or_(ExpertTie.unit_id.in_(unit_ids), sa.and_(ExpertTie.unit_id.is_(None), ExpertTie.unit_name.in_(named))),
        sa.or_(ExpertTie.to_on.is_(None), ExpertTie.to_on >= lasts_until),
    )


def part_timers_at(unit_ids: Collection[int], on: date) -> sa.Select[int]:
    """Selects the ids of experts who work part-time for one of the units on that day (domain.md no. 42)."""
    named = sa.select(Unit.name).where(Unit.id.in_(unit_ids))
    return _part_time(on, ExpertTie.expert_id).where(
        sa.or_(ExpertTie.unit_id.in_(unit_ids), sa.and_(ExpertTie.unit_id.is_(None), ExpertTie.unit_name.in_(named)))
    )


def part_time_units(expert_ids: Collection[int], on: date) -> dict[int, frozenset[int]]:
    """The units of the register for which each of these experts works part-time on that day; only who has some."""
    known = sa.or_(Unit.id == ExpertTie.unit_id, sa.and_(ExpertTie.unit_id.is_(None), Unit.name == ExpertTie.unit_name))
    statement = _part_time(on, ExpertTie.expert_id, Unit.id).join(Unit, known)
    found: dict[int, set[int]] = {}
    for expert_id, unit_id in db.session.execute(statement.where(ExpertTie.expert_id.in_(expert_ids))):
        found.setdefault(expert_id, set()).add(unit_id)
    return {expert_id: frozenset(unit_ids) for expert_id, unit_ids in found.items()}


def _part_time(on: date, *columns: Any) -> sa.Select[Any]:
    return sa.select(*columns).select_from(ExpertTie).where(
        ExpertTie.kind == TieKind.PART_TIME,
        sa.or_(ExpertTie.from_on.is_(None), ExpertTie.from_on <= on),
        sa.or_(ExpertTie.to_on.is_(None), ExpertTie.to_on >= on),
    )
