"""Who a browser's session belongs to: read once a request, in one statement, and never stale."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.database import db
from app.identity.models import AccountState, User, UserRole
from app.identity.roles import MANAGERS, labels


@dataclass(frozen=True)
class SignedIn:
    """A signed-in person for the length of a request; plain values, so that no transaction changes them.

    The four `is_…`/`get_id` members are what Flask-Login asks of a user.
    """

    id: int
    login: str
    name: str
    unit_id: int | None
    unit_name: str
    roles: frozenset[str]
    session_token: str
    must_change_password: bool
    has_second_factor: bool

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the browser's signed session keeps: the token, so that rotating it ends the session."""
        return self.session_token

    @property
    def role_labels(self) -> str:
        """The roles in Chinese, for the header."""
        return labels(self.roles)

    @property
    def is_manager(self) -> bool:
        """True for 管理权限 accounts, which may use a second factor."""
        return not self.roles.isdisjoint(MANAGERS)

    def has(self, *roles: str) -> bool:
        """True if the person holds any of the roles."""
        return not self.roles.isdisjoint(roles)

    def actor(self, address: str | None) -> Actor:
        """The person as the one who acts, from this network address."""
        return Actor(self.id, self.name, self.roles, self.unit_id, address)


_table = User.__table__
_STATEMENT = (
    sa.select(
        _table.c.id, _table.c.login, _table.c.name, _table.c.unit_id, _table.c.unit_name, _table.c.session_token,
        _table.c.must_change_password, _table.c.totp_secret.is_not(None).label("second_factor"), UserRole.role,
    )
    .select_from(_table.outerjoin(UserRole.__table__, UserRole.user_id == _table.c.id))
    .where(_table.c.session_token == sa.bindparam("token"), _table.c.state == AccountState.ACTIVE.value)
)


def signed_in(token: str) -> SignedIn | None:
    """The person whose session this token names; None if it ended or the account was closed."""
    rows = db.session.execute(_STATEMENT, {"token": token}).all()
    if not rows:
        return None
    first = rows[0]
    return SignedIn(
        id=first.id, login=first.login, name=first.name, unit_id=first.unit_id, unit_name=first.unit_name,
        roles=frozenset(row.role for row in rows if row.role is not None), session_token=first.session_token,
        must_change_password=first.must_change_password, has_second_factor=bool(first.second_factor),
    )
