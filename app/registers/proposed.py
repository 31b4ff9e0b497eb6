"""The proposed list (拟入库专家名单, 第十二条（二）–（四）): where review, publicity and objections meet.

Whoever changes a row locks it first, so that an objection coming in and the end of the period are ordered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.registers.models import PROPOSED_TRANSITIONS, ProposedExpert, ProposedState
from app.registers.states import check_transition


@dataclass(frozen=True)
class Nominee:
    """What a person brings to the list; phone and mail are for letters only."""

    application_no: str
    name: str
    unit_name: str
    title: str
    directions: tuple[str, ...]
    phone: str
    email: str


def proposed(application_no: str) -> ProposedExpert | None:
    """The row of an application, if it ever was on the list."""
    return db.session.get(ProposedExpert, application_no)


def locked(application_no: str) -> ProposedExpert:
    """The row, locked and fresh.

    :raises NotFound: the person is not on the list.
    """
    statement = sa.select(ProposedExpert).where(ProposedExpert.application_no == application_no)
    row = db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound(f"{application_no} 不在拟入库专家名单中")
    return row


def enlist(nominee: Nominee, *, actor: Actor, now: datetime) -> ProposedExpert:
    """Puts a reviewed and confirmed person on the list."""
    row = ProposedExpert(
        application_no=nominee.application_no,
        name=nominee.name,
        unit_name=nominee.unit_name,
        title=nominee.title,
        directions=list(nominee.directions),
        phone=nominee.phone,
        email=nominee.email,
        state=ProposedState.LISTED,
        listed_at=now,
        open_objections=0,
        upheld_objections=0,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "proposed.enlist", "application", row.application_no, after={"state": row.state.value})
    return row


def waiting() -> Sequence[ProposedExpert]:
    """Who is on the list and in no batch yet, longest waiting first."""
    statement = sa.select(ProposedExpert).where(
        ProposedExpert.state == ProposedState.LISTED, ProposedExpert.batch_no.is_(None)
    )
    return db.session.scalars(statement.order_by(ProposedExpert.listed_at, ProposedExpert.application_no)).all()


def move(row: ProposedExpert, state: ProposedState, *, actor: Actor, reason: str | None = None) -> None:
    """Changes the state of a locked row; nothing happens if it is in that state already.

    :raises WrongState: the list does not allow it.
    """
    before = row.state
    if before == state:
        return
    check_transition(PROPOSED_TRANSITIONS, before, state, row.application_no)
    row.state = state
    audit.record(
        actor,
        "proposed.change_state",
        "application",
        row.application_no,
        before={"state": before.value},
        after={"state": state.value},
        reason=reason,
    )


def publish(
    row: ProposedExpert, batch_no: str, published_at: datetime, ends_at: datetime, *, actor: Actor
) -> None:
    """Puts a locked row on the board with its period."""
    row.batch_no, row.published_at, row.ends_at = batch_no, published_at, ends_at
    move(row, ProposedState.PUBLICISED, actor=actor, reason=f"列入公示 {batch_no}")


def settle(row: ProposedExpert, *, actor: Actor) -> None:
    """Brings a locked row to the state that its objections and its period leave it in."""
    if row.state == ProposedState.ENDED:
        return
    if row.open_objections:
        move(row, ProposedState.OBJECTED, actor=actor)
    elif row.upheld_objections:
        move(row, ProposedState.UPHELD, actor=actor)
    else:
        move(row, ProposedState.CLEARED if row.closed_at else ProposedState.PUBLICISED, actor=actor)


def close_period(row: ProposedExpert, *, actor: Actor, now: datetime) -> None:
    """Ends the publicity of a locked row; open objections keep holding it."""
    if row.closed_at is None:
        row.closed_at = now
    settle(row, actor=actor)


def open_objection(row: ProposedExpert, *, actor: Actor) -> None:
    """Counts one more objection that holds the person of a locked row."""
    row.open_objections += 1
    settle(row, actor=actor)


def end_objection(row: ProposedExpert, *, upheld: bool, actor: Actor) -> None:
    """Counts one objection of a locked row as answered."""
    row.open_objections -= 1
    row.upheld_objections += upheld
    settle(row, actor=actor)
    _erase_contact(row)


def end(application_no: str, *, actor: Actor, reason: str) -> None:
    """Takes a person from the list when the case ends; contact data goes once no letter is due any more."""
    if proposed(application_no) is None:
        return
    row = locked(application_no)
    move(row, ProposedState.ENDED, actor=actor, reason=reason)
    _erase_contact(row)


def strike(application_no: str, *, actor: Actor, reason: str) -> None:
    """Takes a person from the list as if never put there, while no batch holds him (撤回 of the confirmation).

    :raises Conflict: the name is public already.
    """
    row = locked(application_no)
    if row.state != ProposedState.LISTED or row.batch_no is not None:
        raise Conflict(f"{application_no} 已列入公示，不能撤回")
    audit.record(actor, "proposed.strike", "application", application_no, before={"state": row.state.value},
                 reason=reason)
    db.session.delete(row)
    db.session.flush()


def _erase_contact(row: ProposedExpert) -> None:
    if row.state == ProposedState.ENDED and not row.open_objections:
        row.phone = row.email = None
