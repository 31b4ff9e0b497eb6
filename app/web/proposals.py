"""Telling people of changes to rules and texts: who is to approve one, and who proposed it what became of it.

The packages that keep rules and texts lie below the one that knows who holds a role; the pages send these notices in
the transaction of the act.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.identity import accounts, roles
from app.identity.models import User
from app.notices import outbox

PARAMETER, TEXT = "parameter_change", "text_version"


@dataclass(frozen=True)
class Matter:
    """What is proposed: `kind` with its number, in words, and its page. `for_leader`: no owner may approve it."""

    kind: str
    number: int
    title: str
    path: str
    for_leader: bool = False


def ask(matter: Matter, reason: str, actor: Actor) -> None:
    """Asks the other process owners to approve, or the bureau's leaders where only they may or nobody else is there."""
    owners = [] if matter.for_leader else _others(roles.PROCESS_OWNER, actor)
    for user in owners or _others(roles.BUREAU_LEADER, actor):
        _send("staff_change_proposed", user, matter, {"by": actor.name, "reason": reason}, actor)


def answer(matter: Matter, proposer_id: int | None, decision: str, actor: Actor) -> None:
    """Tells who proposed it: `decision` is 已批准, or 不同意 with the reason."""
    proposer = db.session.get(User, proposer_id) if proposer_id is not None else None
    if proposer is not None:
        _send("staff_change_decided", proposer, matter, {"by": actor.name, "decision": decision}, actor)


def _others(role: str, actor: Actor) -> list[User]:
    return [user for user in accounts.users_in_role(role) if user.id != actor.user_id]


def _send(key: str, user: User, matter: Matter, data: dict[str, str], actor: Actor) -> None:
    to = outbox.Recipient(user.id, user.name, user.phone, user.email)
    told = {"title": matter.title, "path": matter.path, **data}
    outbox.send(key, to, told, subject_type=matter.kind, subject_id=matter.number, now=clock.now(), actor=actor)
