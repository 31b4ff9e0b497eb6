"""Single-use links to an invitation: opening one changes nothing, the answer's POST uses it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.core.actor import Actor
from app.procedures.selection.models import Invitation


@dataclass(frozen=True)
class OpenedLink:
    """A link that exists: whose invitation, which notice, and whether an answer may still be given by it."""

    invitation: str
    purpose: Literal["invite", "details"]
    state: Literal["open", "used", "expired"]


def path_of(token: str) -> str:
    """The path of the page behind a link."""
    return f"/invitation/{token}"


def issue(invitation: Invitation, purpose: Literal["invite", "details"], expires_at: datetime, *, now: datetime) -> str:
    """Makes a new link, ends the invitation's older ones, and returns the token (kept nowhere)."""
    raise NotImplementedError


def look(token: str, *, now: datetime) -> OpenedLink:
    """What is behind a token; changes nothing.

    :raises NotFound: there is no such link (altered or invented).
    """
    raise NotImplementedError


def use(token: str, *, viewer: Actor | None, address: str | None, now: datetime) -> tuple[str, Actor]:
    """Uses the link up; returns the invitation's number and its expert as the actor. Of two at once, one wins.

    `viewer` is who is signed in, if anybody. :raises NotFound: no such link. :raises Conflict: used or expired.
    :raises NotAllowed: another expert is signed in.
    """
    raise NotImplementedError


def end(invitation_id: int, *, now: datetime) -> None:
    """Ends all links of an invitation."""
    raise NotImplementedError
