"""What became of people since a list was locked: the codes of a round's `ineligible` (draw.md §5)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from app.core.database import db
from app.draw import Ineligibility
from app.procedures.selection import store
from app.procedures.selection.eligibility.clashes import SAID_YES, clashing_activities, on_activities
from app.procedures.selection.eligibility.filters import in_term, is_barred, tied
from app.procedures.selection.models import Activity
from app.registers.models import Expert, ExpertState
from app.regulations.rule_sets import RuleSet

#: Up to so many people are asked for by id; more are found by looking at the whole register.
_FEW = 100


def status_changes(
    activity: Activity, units: Mapping[int, int], rules: RuleSet, now: datetime, *, seated: Collection[int] = ()
) -> dict[int, Ineligibility]:
    """Who of these people cannot be drawn or stay any more, and why; the first code that applies.

    Args:
        activity: the activity as it is now; its recusals are read.
        units: expert id -> unit id at the lock, or at the designation.
        rules: the rule set of the case.
        now: the moment of the round.
        seated: expert ids that have said yes: the end of a term does not unseat them (domain.md no. 18).
    """
    found: dict[int, Ineligibility] = {}
    for expert_id, unit_id, code in db.session.execute(_statement(activity, units, rules, now)):
        locked = units.get(expert_id)
        if locked is None:
            continue
        if code is not None and not (code == _TERM and expert_id in seated):
            found[expert_id] = Ineligibility.SUSPENDED if code == _TERM else Ineligibility(code)
        elif unit_id != locked:
            found[expert_id] = Ineligibility.UNIT_CHANGED
    return found


#: A term that ended or is to be renewed (待续聘); in the certificate it is a suspension.
_TERM = "TERM"


def _statement(
    activity: Activity, units: Mapping[int, int], rules: RuleSet, now: datetime
) -> sa.Select[int, int, str | None]:
    today = now.date()
    cases: list[tuple[sa.ColumnElement[bool], str]] = [
        (Expert.state == ExpertState.REMOVED, "REMOVED"),
        (sa.or_(Expert.suspended_since.is_not(None), is_barred(today)), "SUSPENDED"),
        *((recused, "RECUSAL") for recused in _recused(activity, rules)),
        (sa.and_(Expert.leave_until.is_not(None), Expert.leave_until >= today), "LEAVE"),
    ]
    clashing = clashing_activities(activity.number, activity.starts_at, activity.half_days, rules)
    if clashing:
        cases.append((Expert.id.in_(on_activities(clashing, SAID_YES)), "CLASH"))
    lapsed = sa.or_(
        Expert.state == ExpertState.AWAITING_RENEWAL, sa.not_(in_term(activity.starts_at.date(), today))
    )
    cases.append((lapsed, _TERM))
    code = sa.case(*cases, else_=sa.null())
    statement = sa.select(Expert.id, Expert.unit_id, code)
    return statement.where(Expert.id.in_(list(units))) if len(units) <= _FEW else statement


def _recused(activity: Activity, rules: RuleSet) -> list[sa.ColumnElement[bool]]:
    recusals = store.recusals_of(activity.number)
    experts = {one.expert_id for one in recusals if one.expert_id is not None}
    experts |= store.recused_themselves(activity.number)
    units = {one.unit_id for one in recusals if one.unit_id is not None} | {activity.project_unit_id}
    found: list[sa.ColumnElement[bool]] = [
        Expert.unit_id.in_(units),
        Expert.id.in_(tied(units, activity.starts_at, rules)),
    ]
    return [*found, Expert.id.in_(experts)] if experts else found
