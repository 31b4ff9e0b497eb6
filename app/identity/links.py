"""First-login links: single use, and looking at one changes nothing (mail scanners prefetch links)."""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa

from app.core import randomness
from app.core.database import db
from app.core.errors import NotFound
from app.identity.models import FirstLoginLink, User
from app.identity.policy import POLICY


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def path_of(token: str) -> str:
    """The path of the page behind a link; the site's address is put before it by whoever sends it."""
    return f"/login/first/{token}"


def issue(user: User, now: datetime) -> str:
    """Makes a new link for an account, ends its older ones, and returns the token (kept nowhere)."""
    db.session.flush()
    db.session.execute(
        sa.update(FirstLoginLink)
        .where(FirstLoginLink.user_id == user.id, FirstLoginLink.used_at.is_(None))
        .values(used_at=now)
    )
    token = randomness.token()
    db.session.add(
        FirstLoginLink(user_id=user.id, token_hash=_fingerprint(token), expires_at=now + POLICY.link_lasts)
    )
    return token


def owner_of(token: str, now: datetime) -> User:
    """The account whose link this is; changes nothing.

    :raises NotFound: unknown, used or expired; the message does not tell which.
    """
    user = db.session.scalars(
        sa.select(User).join(FirstLoginLink, FirstLoginLink.user_id == User.id).where(*_usable(token, now))
    ).first()
    if user is None:
        raise NotFound("这个首次登录链接不能用：可能已经用过，或者已过有效期。请联系系统管理员重新发送")
    return user


def use(token: str, now: datetime) -> User:
    """Uses the link up and returns its account; of two at once, one wins.

    :raises NotFound: as in `owner_of`.
    """
    user = owner_of(token, now)
    result = db.session.execute(sa.update(FirstLoginLink).where(*_usable(token, now)).values(used_at=now))
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound("这个首次登录链接刚刚已被使用")
    return user


def _usable(token: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        FirstLoginLink.token_hash == _fingerprint(token),
        FirstLoginLink.used_at.is_(None),
        FirstLoginLink.expires_at > now,
    )
