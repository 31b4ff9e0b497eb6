"""A panel in the making: settled, answered, confirmed, as the cases do it, without the diagrams."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.identity import roles
from app.notices.models import OutboxMessage
from app.procedures.selection import seats
from app.procedures.selection.models import LIVE, Activity, AnswerWay, Designation, Invitation, SeatState
from app.procedures.selection.rules.conditions import ConditionsDraft
from app.procedures.selection.service import designations, invitations, panel
from app.procedures.selection.service.invitations import Answer, Confirmation
from app.registers import experts
from tests.services.procedures.selection.world import RULES, World, drawn


def settle(found: Activity) -> panel.PanelMove:
    """Settles as the root does after any tidings."""
    db.session.flush()
    return panel.settle(found.number, RULES, actor=SYSTEM, now=clock.now())


def inviting(there: World, draft: ConditionsDraft | None = None, **changes: Any) -> Activity:
    """A drawn panel whose first invitations are written and handed over to the providers now."""
    found, _ = drawn(there, draft, **changes)
    settle(found)
    hand_over(found)
    return found


def live(found: Activity) -> list[Invitation]:
    """Who holds a seat, by line."""
    db.session.flush()
    holding = [one for one in seats.invitations_of(found.number) if one.state in LIVE]
    return sorted(holding, key=lambda one: one.line)


def states(found: Activity) -> list[SeatState]:
    """The state of each line that is held."""
    return [one.state for one in live(found)]


def written(found: Activity, state: SeatState) -> list[Invitation]:
    """The invitations in a state, in the order written."""
    db.session.flush()
    return [one for one in seats.invitations_of(found.number) if one.state is state]


def hand_over(found: Activity) -> None:
    """Every pending invitation is prepared, sent and taken over by a provider now."""
    now = clock.now()
    for one in written(found, SeatState.PENDING):
        assert invitations.prepare(one.number, RULES, now=now) == now
        invitations.send(one.number, RULES, actor=SYSTEM, now=now)
        invitations.mark_sent(one.number, now, RULES, actor=SYSTEM)


def expert_of(one: Invitation) -> Actor:
    """The invited expert as he acts after login."""
    person = experts.expert(one.expert_id)
    return Actor(person.user_id, person.name, frozenset({roles.EXPERT}))


def answer(
    one: Invitation, word: Answer, reason: str = "外出", way: AnswerWay = AnswerWay.LOGIN, actor: Actor | None = None
) -> invitations.Answered:
    """The expert's answer to his invitation, now."""
    who = actor or expert_of(one)
    return invitations.record_answer(one.number, word, reason, way, RULES, actor=who, now=clock.now())


def accept(members: Iterable[Invitation]) -> None:
    """They accept."""
    for one in members:
        answer(one, "accept", "")


def tell(found: Activity) -> None:
    """Everybody who accepted is told the details now."""
    now = clock.now()
    for one in written(found, SeatState.ACCEPTED):
        invitations.send_details(one.number, RULES, actor=SYSTEM, now=now)
        invitations.mark_told(one.number, now, RULES, actor=SYSTEM)


def confirm(one: Invitation, word: Confirmation = "confirm", reason: str = "") -> invitations.Answered:
    """The expert's answer to the details, now."""
    return invitations.record_confirmation(
        one.number, word, reason, AnswerWay.LOGIN, RULES, actor=expert_of(one), now=clock.now()
    )


def leave(one: Invitation, reason: str = "身体原因", *, recusal: bool = False) -> bool:
    """The expert asks for leave now."""
    return invitations.record_leave(
        one.number, reason, RULES, actor=expert_of(one), now=clock.now(), recusal=recusal
    )


def initial(there: World, draft: ConditionsDraft | None = None, **changes: Any) -> Activity:
    """A panel of which everybody accepted."""
    found = inviting(there, draft, **changes)
    accept(live(found))
    assert settle(found).state == "list_ready"
    return found


def told(there: World, draft: ConditionsDraft | None = None, **changes: Any) -> Activity:
    """A confirmed list whose members were told the details."""
    found = initial(there, draft, **changes)
    panel.confirm_list(found.number, RULES, actor=there.organiser, now=clock.now())
    settle(found)
    tell(found)
    return found


def final(there: World, draft: ConditionsDraft | None = None, **changes: Any) -> Activity:
    """A final panel."""
    found = told(there, draft, **changes)
    for one in live(found):
        confirm(one)
    assert settle(found).state == "final"
    return found


def decide(found: Designation, decision: Any, actor: Actor, reason: str = "") -> bool:
    """A decision on a designation, now."""
    return designations.record_decision(
        seats.designation_key(found), decision, reason, actor=actor, now=clock.now()
    )


def notices(template: str) -> list[str]:
    """Whom the notices of a kind went to, in the order sent."""
    statement = sa.select(OutboxMessage).where(OutboxMessage.template == template).order_by(OutboxMessage.id)
    return [row.recipient_name for row in db.session.scalars(statement)]


def at(moment: str) -> datetime:
    """Moves the test's clock there, Asia/Shanghai."""
    there = datetime.fromisoformat(moment).replace(tzinfo=clock.ZONE)
    clock.travel_to(there)
    return there
