"""Finding and locking invitations and designations, for service and queries alike.

Lock order: the root's case (the workflow does it), the activity's row, then its invitations and designations.
A step of a child locks its own invitation or designation alone and never the activity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from app.core.database import db
from app.core.errors import NotFound
from app.procedures.selection.models import LIVE, Activity, Designation, Invitation
from app.registers.models import Expert
from app.regulations import store as regulations
from app.regulations.rule_sets import RuleSet

#: Digits of a running number in an address; more is no number of ours.
MAX_SEQ_DIGITS = 4


def invitation(number: str) -> Invitation:
    """The invitation of that number, PS-2026-0034-07.

    :raises NotFound: there is none.
    """
    return _one(_invitation(number), number)


def invitation_locked(number: str) -> Invitation:
    """The invitation, its row locked and read afresh.

    :raises NotFound: there is none.
    """
    return _one(_invitation(number).with_for_update().execution_options(populate_existing=True), number)


def _invitation(number: str) -> sa.Select[Invitation]:
    return sa.select(Invitation).where(Invitation.number == number)


def _one(statement: sa.Select[Invitation], number: str) -> Invitation:
    found = db.session.scalars(statement).first()
    if found is None:
        raise NotFound(f"没有编号为 {number} 的评审邀请")
    return found


def invitations_of(number: str) -> Sequence[Invitation]:
    """All invitations of an activity in the order they were written."""
    statement = sa.select(Invitation).where(Invitation.activity_no == number)
    return db.session.scalars(statement.order_by(Invitation.seq)).all()


def live_locked(number: str) -> list[Invitation]:
    """The invitations that hold a seat, their rows locked in one order and read afresh."""
    statement = (
        sa.select(Invitation)
        .where(Invitation.activity_no == number, Invitation.state.in_(LIVE))
        .order_by(Invitation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    # Who left the seat while this waited for the lock comes back with his new state.
    return [found for found in db.session.scalars(statement) if found.state in LIVE]


def designation(case_no: str) -> Designation:
    """The designation of that case number, PS-2026-0034-Z1.

    :raises NotFound: there is none.
    """
    return _designated(_designation(case_no), case_no)


def designation_locked(case_no: str) -> Designation:
    """The designation, its row locked and read afresh.

    :raises NotFound: there is none.
    """
    return _designated(_designation(case_no).with_for_update().execution_options(populate_existing=True), case_no)


def designations_locked(number: str) -> list[Designation]:
    """All designations of an activity, their rows locked in one order and read afresh."""
    statement = sa.select(Designation).where(Designation.activity_no == number).order_by(Designation.id)
    return list(db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)))


def _designation(case_no: str) -> sa.Select[Designation]:
    number, _, seq = case_no.rpartition("-Z")
    wanted = int(seq) if seq.isdecimal() and len(seq) <= MAX_SEQ_DIGITS else 0
    return sa.select(Designation).where(Designation.activity_no == number, Designation.seq == wanted)


def _designated(statement: sa.Select[Designation], case_no: str) -> Designation:
    found = db.session.scalars(statement).first()
    if found is None:
        raise NotFound(f"没有编号为 {case_no} 的指定专家审批")
    return found


def designation_key(found: Designation) -> str:
    """The case number of a designation's approval: PS-2026-0034-Z1."""
    return f"{found.activity_no}-Z{found.seq}"


def people(expert_ids: Iterable[int]) -> Mapping[int, Expert]:
    """The experts of these ids."""
    wanted = set(expert_ids)
    return {found.id: found for found in db.session.scalars(sa.select(Expert).where(Expert.id.in_(wanted)))}


def rules_of(found: Activity, now: datetime) -> RuleSet:
    """The rule set that an activity goes by."""
    pinned = next((one for one in regulations.rule_sets() if one.code == found.rule_set_code), None)
    return pinned or regulations.rule_set_to_show(now.date())
