"""Finding accounts for the administrators' list."""

from __future__ import annotations

import sqlalchemy as sa

from app.core.database import db
from app.identity.models import User, UserRole


def find(*, words: str, role: str, state: str, after: int, size: int) -> list[User]:
    """Accounts in the order of their ids after `after`; `words` begin a login or are in a name."""
    statement = sa.select(User).where(User.id > after).order_by(User.id).limit(size)
    if words:
        statement = statement.where(
            sa.or_(User.login.startswith(words.lower(), autoescape=True), User.name.contains(words, autoescape=True))
        )
    if role:
        statement = statement.where(User.id.in_(sa.select(UserRole.user_id).where(UserRole.role == role)))
    if state:
        statement = statement.where(User.state == state)
    return list(db.session.scalars(statement))
