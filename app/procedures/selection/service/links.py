"""Single-use links to an invitation: opening one changes nothing, the answer's POST uses it up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple, cast

import sqlalchemy as sa

from app.core import randomness
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, NotAllowed, NotFound
from app.identity import roles
from app.procedures.selection.models import Invitation, InvitationLink
from app.registers.models import Expert

Purpose = Literal["invite", "details"]
LinkState = Literal["open", "used", "expired"]

_WORDS = {
    "used": "这个链接已经用过，或者已有更新的链接。请用最新一条短信中的链接，或登录后办理",
    "expired": "这个链接已过期，请登录后查看",
}


@dataclass(frozen=True)
class OpenedLink:
    """A link that exists: whose invitation, of which notice, and whether an answer may still be given by it."""

    invitation: str
    purpose: Purpose
    state: LinkState


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue(invitation: Invitation, purpose: Purpose, expires_at: datetime, *, now: datetime) -> str:
    """Makes a new link, ends the invitation's older ones, and returns the token (kept nowhere)."""
    end(invitation.id, now=now)
    token = randomness.token()
    db.session.add(
        InvitationLink(
            invitation_id=invitation.id,
            purpose=purpose,
            token_hash=_fingerprint(token),
            expires_at=expires_at,
            created_at=now,
        )
    )
    db.session.flush()
    return token


def look(token: str, *, now: datetime) -> OpenedLink:
    """What is behind a token; changes nothing.

    :raises NotFound: there is no such link (altered or invented).
    """
    link, number, _ = _found(token)
    return OpenedLink(number, cast(Purpose, link.purpose), _state(link, now))


def use(token: str, *, viewer: Actor | None, address: str | None, now: datetime) -> tuple[str, Actor]:
    """Uses the link up; returns the invitation's number and its expert as the actor. Of two at once, one wins.

    `viewer` is who is signed in, if anybody.

    :raises NotFound: no such link. :raises Conflict: used or expired. :raises NotAllowed: somebody else is signed in.
    """
    link, number, person = _found(token)
    if viewer is not None and viewer.user_id is not None and viewer.user_id != person.user_id:
        raise NotAllowed("这个链接是发给另一位专家的，请退出登录后再打开")
    state = _state(link, now)
    if state != "open":
        raise Conflict(_WORDS[state])
    statement = (
        sa.update(InvitationLink)
        .where(InvitationLink.id == link.id, InvitationLink.used_at.is_(None))
        .values(used_at=now)
    )
    result: Any = db.session.execute(statement)
    if result.rowcount != 1:
        raise Conflict(_WORDS["used"])
    return number, Actor(person.user_id, person.name, frozenset({roles.EXPERT}), address=address)


def end(invitation_id: int, *, now: datetime) -> None:
    """Ends all links of an invitation."""
    db.session.execute(
        sa.update(InvitationLink)
        .where(InvitationLink.invitation_id == invitation_id, InvitationLink.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)  # every answer passes here; nobody reads the rows after it
    )


class _Person(NamedTuple):
    user_id: int | None
    name: str


def _found(token: str) -> tuple[InvitationLink, str, _Person]:
    """The link, the number of its invitation, whose it is; not the whole expert, whom every answer would decipher."""
    statement = (
        sa.select(InvitationLink, Invitation.number, Expert.user_id, Expert.name)
        .join(Invitation, Invitation.id == InvitationLink.invitation_id)
        .join(Expert, Expert.id == Invitation.expert_id)
        .where(InvitationLink.token_hash == _fingerprint(token))
    )
    row = db.session.execute(statement).first()
    if row is None:
        raise NotFound("这个链接不完整或不正确，请从短信中重新打开，或登录后查看")
    link, number, user_id, name = row
    return link, number, _Person(user_id, name)


def _state(link: InvitationLink, now: datetime) -> LinkState:
    if link.used_at is not None:
        return "used"
    return "open" if now < link.expires_at else "expired"
