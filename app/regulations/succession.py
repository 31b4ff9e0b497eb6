"""The sets of one text of the regulation one after the other: the text as enacted, then a set for each day from which
an approved change holds.

Sets that have begun are never touched: cases are pinned to them. Those still to come are made anew from the approved
changes whenever one is added or taken back, so that a change always stands on the values of the day before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from app.core.database import db
from app.regulations.bounds import misfits
from app.regulations.models import ParameterChangeRow, ParameterValueRow, RuleSetContinuation, RuleSetRow
from app.regulations.rule_sets import read_values
from app.regulations.store import forget_after_commit

_SET: Any = RuleSetRow.__table__
_VALUE: Any = ParameterValueRow.__table__
_CHANGE: Any = ParameterChangeRow.__table__
_DAY = timedelta(days=1)
#: The end of a set that goes on until another text is enacted.
OPEN_END = date(9999, 12, 31)


@dataclass(frozen=True)
class PlannedSet:
    """A set still to come: from which day, and the plain values."""

    begins: date
    values: Mapping[str, Any]


def text_of(code: str) -> str:
    """The code of the text to which the set `code` belongs: its own, or that of the text it amends."""
    amends = db.session.scalar(sa.select(_SET.c.amends).where(_SET.c.code == code))
    return amends or code


def lock_text(code: str) -> None:
    """Two who change sets of the same text come one after the other."""
    db.session.execute(sa.select(_SET.c.id).where(_SET.c.code == code).with_for_update())


def planned(code: str, today: date, *, also: ParameterChangeRow | None = None) -> list[PlannedSet]:
    """The sets of the text `code` still to come, by the approved changes and `also`."""
    rows = _approved(code, today)
    if also is not None:
        rows = [*rows, also]
    values = _values(_begun(code, today)[-1].id)
    sets = []
    for day in sorted({row.valid_from for row in rows}):
        values = {**values, **{row.key: row.value for row in rows if row.valid_from == day}}
        sets.append(PlannedSet(day, values))
    return sets


def present_value(code: str, today: date, key: str) -> Any:
    """The plain value of `key` in the latest set of the text whose day has come."""
    return _values(_begun(code, today)[-1].id)[key]


def first_misfit(sets: Sequence[PlannedSet], key: str) -> str | None:
    """Why a change of `key` would leave one of these sets with values that do not fit together."""
    for one in sets:
        message = misfits(read_values(one.values)).get(key)
        if message:
            return f"{message}（{one.begins.isoformat()} 起的规则）"
    return None


def rebuild(code: str, today: date) -> None:
    """Writes the sets to come of the text `code`, ends each the day before the next, withdraws those not needed."""
    begun, wanted = _begun(code, today), planned(code, today)
    kept = {row.valid_from: row for row in _rows(code) if row.valid_from > today}
    enacted = begun[0]
    text_end = enacted.text_end or enacted.valid_to
    for day, row in kept.items():
        if day not in {one.begins for one in wanted}:
            _update(row.id, status="withdrawn")
    begins = [one.begins for one in wanted]
    last = begun[-1]
    _update(last.id, valid_to=_end(last.valid_from, begins[0] if begins else None, text_end), text_end=text_end)
    for position, one in enumerate(wanted):
        following = begins[position + 1] if position + 1 < len(begins) else None
        _write(code, enacted.name, one, _end(one.begins, following, text_end), text_end, kept.get(one.begins))
    db.session.flush()
    db.session.expire_all()
    forget_after_commit()


def _write(code: str, name: str, one: PlannedSet, end: date, text_end: date, known: Any) -> None:
    facts = {"name": name, "valid_from": one.begins, "valid_to": end, "status": "in_force", "text_end": text_end}
    if known is None:
        made = sa.insert(_SET).values(code=f"{code}-{one.begins:%Y%m%d}", amends=code, **facts)
        inserted: Any = db.session.execute(made)
        set_id = inserted.inserted_primary_key[0]
    else:
        set_id = known.id
        _update(set_id, **facts)
        db.session.execute(sa.delete(_VALUE).where(_VALUE.c.rule_set_id == set_id))
    rows = [{"rule_set_id": set_id, "key": key, "value": value} for key, value in one.values.items()]
    db.session.execute(sa.insert(_VALUE), rows)


def _end(begins: date, following: date | None, text_end: date) -> date:
    """The last day of a set: that of the text, or of the decision that lets it go on, or the day before the next."""
    end = text_end if begins <= text_end else _continued_until(begins)
    return end if following is None else min(end, following - _DAY)


def _continued_until(day: date) -> date:
    """Until when the latest 沿用 decision that covers the day lets a lapsed text go on."""
    rows = db.session.execute(
        sa.select(RuleSetContinuation.from_date, RuleSetContinuation.to_date)
        .where(RuleSetContinuation.from_date <= day)
        .order_by(RuleSetContinuation.from_date.desc(), RuleSetContinuation.id.desc())
    )
    ends = [row.to_date or OPEN_END for row in rows]
    return next((end for end in ends if end >= day), day)


def _rows(code: str) -> list[Any]:
    mine = sa.or_(_SET.c.code == code, _SET.c.amends == code)
    return list(db.session.execute(sa.select(_SET).where(mine).order_by(_SET.c.valid_from)))


def _begun(code: str, today: date) -> list[Any]:
    """The enacted text, and the sets of it whose day has come."""
    return [
        row for row in _rows(code)
        if row.code == code or (row.status == "in_force" and row.valid_from <= today)
    ]  # fmt: skip


def _approved(code: str, today: date) -> list[Any]:
    mine = (_CHANGE.c.amends == code, _CHANGE.c.status == "approved", _CHANGE.c.valid_from > today)
    return list(db.session.execute(sa.select(_CHANGE).where(*mine).order_by(_CHANGE.c.id)))


def _values(set_id: int) -> dict[str, Any]:
    return {row.key: row.value for row in db.session.execute(sa.select(_VALUE).where(_VALUE.c.rule_set_id == set_id))}


def _update(set_id: int, **facts: Any) -> None:
    db.session.execute(sa.update(_SET).where(_SET.c.id == set_id).values(**facts))
