"""Telling people of changes to rules, calendar and texts: who is to approve one, and who proposed it what became of it.

The packages that keep rules and texts lie below the one that knows who holds a role; the pages send these notices in
the transaction of the act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.identity import accounts, roles
from app.identity.models import User
from app.notices import outbox

PARAMETER, TEXT, CALENDAR = "parameter_change", "text_version", "calendar_notice"
#: Kind of matter -> the notice to whoever may decide and the one to whoever proposed it.
_NOTICES = {
    PARAMETER: ("staff_change_proposed", "staff_change_decided"),
    TEXT: ("staff_change_proposed", "staff_change_decided"),
    CALENDAR: ("staff_calendar_entered", "staff_calendar_decided"),
}
_LEADERS = (roles.BUREAU_LEADER,)
LEADERS_ONLY: Sequence[Sequence[str]] = (_LEADERS,)
OWNERS_OR_LEADERS: Sequence[Sequence[str]] = ((roles.PROCESS_OWNER,), _LEADERS)


@dataclass(frozen=True)
class Matter:
    """What is proposed: `kind` with its number, in words, and its page.

    `deciders` are groups of roles: the first group that has anybody beside the proposer is asked.
    """

    kind: str
    number: int
    title: str
    path: str
    deciders: Sequence[Sequence[str]] = OWNERS_OR_LEADERS


def ask(matter: Matter, actor: Actor, **told: str) -> None:
    """Asks whoever may decide besides the proposer; `told` is what the notice says beyond title and proposer."""
    groups = (_others(group, actor) for group in matter.deciders)
    for user in next((users for users in groups if users), []):
        _send(_NOTICES[matter.kind][0], user, matter, {"by": actor.name, **told}, actor)


def answer(matter: Matter, proposer_id: int | None, decision: str, actor: Actor) -> None:
    """Tells who proposed it: `decision` is 已批准, or 不同意 with the reason."""
    proposer = db.session.get(User, proposer_id) if proposer_id is not None else None
    if proposer is not None:
        _send(_NOTICES[matter.kind][1], proposer, matter, {"by": actor.name, "decision": decision}, actor)


def _others(group: Sequence[str], actor: Actor) -> list[User]:
    found = {user.id: user for role in group for user in accounts.users_in_role(role)}
    return [user for user in found.values() if user.id != actor.user_id]


def _send(key: str, user: User, matter: Matter, data: dict[str, str], actor: Actor) -> None:
    to = outbox.Recipient(user.id, user.name, user.phone, user.email)
    told = {"title": matter.title, "path": matter.path, **data}
    outbox.send(key, to, told, subject_type=matter.kind, subject_id=matter.number, now=clock.now(), actor=actor)
