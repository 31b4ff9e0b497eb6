"""Accounts, the roles granted to them, and the links by which they are first entered."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.crypto import EncryptedText
from app.core.database import Instant, db


class AccountState(StrEnum):
    """待启用 → 在用 → 停用; the word is `label`."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"

    @property
    def label(self) -> str:
        """The state in the words of the pages."""
        return {"invited": "待启用", "active": "在用", "disabled": "已停用"}[self.value]


#: From which state an account may go where.
TRANSITIONS: dict[AccountState, frozenset[AccountState]] = {
    AccountState.INVITED: frozenset({AccountState.ACTIVE, AccountState.DISABLED}),
    AccountState.ACTIVE: frozenset({AccountState.INVITED, AccountState.DISABLED}),
    AccountState.DISABLED: frozenset({AccountState.INVITED}),
}


class User(db.Model):
    """An account allocated by the bureau (第二十四条); nobody makes one for himself.

    `session_token` is what the browser's session names: a new token ends every session at once. A `totp_step`
    that was used is not accepted again. `unit_id` is a row of the unit register, `unit_name` its name for pages.
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    phone: Mapped[str | None] = mapped_column(EncryptedText("user_account.phone"))
    phone_index: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    email: Mapped[str | None] = mapped_column(EncryptedText("user_account.email"))
    email_index: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    unit_id: Mapped[int | None] = mapped_column(sa.Integer, index=True)
    unit_name: Mapped[str] = mapped_column(sa.String(120), default="")
    state: Mapped[str] = mapped_column(sa.String(16), default=AccountState.INVITED.value)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    password_changed_at: Mapped[datetime | None] = mapped_column(Instant)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    failed_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(Instant)
    session_token: Mapped[str] = mapped_column(sa.String(64), unique=True)
    session_started_at: Mapped[datetime | None] = mapped_column(Instant)
    session_address: Mapped[str | None] = mapped_column(sa.String(64))
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText("user_account.totp_secret"))
    totp_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)

    role_rows: Mapped[list[UserRole]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin", order_by="UserRole.role"
    )

    @property
    def roles(self) -> frozenset[str]:
        """The role keys of this account."""
        return frozenset(row.role for row in self.role_rows)


class UserRole(db.Model):
    """A role granted to an account, with who granted it and when."""

    __tablename__ = "user_role"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(32), primary_key=True, index=True)
    granted_by: Mapped[str] = mapped_column(sa.String(40))
    granted_at: Mapped[datetime] = mapped_column(Instant)

    user: Mapped[User] = relationship(back_populates="role_rows")


class FirstLoginLink(db.Model):
    """A single-use link by which the owner sets a password; only the fingerprint of its token is kept."""

    __tablename__ = "first_login_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class Deputy(db.Model):
    """A leader's appointment of a member of his unit who decides in his place from one day to another (委托代审).

    Both days belong to it; `ended_at` is when it was ended before its time.
    """

    __tablename__ = "deputy"

    id: Mapped[int] = mapped_column(primary_key=True)
    principal_user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    deputy_user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    begins_on: Mapped[date] = mapped_column(sa.Date)
    ends_on: Mapped[date] = mapped_column(sa.Date)
    reason: Mapped[str] = mapped_column(sa.String(200))
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
