"""Signing in: attempts counted before the password is looked at, sessions, the second factor.

The count is one UPDATE, so a hundred guesses at once are no more than five guesses; the slow hash is computed
between two short transactions and not inside one. What a stranger reads is the same whether the account is
unknown, locked, closed, or the password wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyotp
import sqlalchemy as sa

from app.core import audit, randomness
from app.core.actor import Actor, public
from app.core.database import Instant, db
from app.core.errors import Conflict, UserError
from app.core.masking import mask_name
from app.identity import passwords
from app.identity.accounts import actor_of, by_login
from app.identity.models import AccountState, User
from app.identity.policy import POLICY

REFUSED = (
    f"账号或密码不正确。连续 {POLICY.failures_before_lock} 次不正确，账号将锁定 "
    f"{int(POLICY.lock_lasts.total_seconds() // 60)} 分钟"
)
_STEP_SECONDS = 30


class SignInRefused(UserError):
    """The sign-in failed; the message never says why."""

    def __init__(self) -> None:
        super().__init__(REFUSED, field="login")


@dataclass(frozen=True)
class Attempt:
    """A counted attempt: what is needed to check the password outside a transaction."""

    user_id: int | None
    password_hash: str | None
    needs_second_factor: bool


def begin(login: str, address: str | None, now: datetime) -> Attempt:
    """Counts an attempt; the fifth in a row locks the account. Runs in a writing transaction of its own.

    An attempt that may not be made (unknown, closed, locked) has no user and always fails later.
    """
    user = by_login(login)
    if user is None or user.state != AccountState.ACTIVE or user.password_hash is None:
        return _refused(user, address, "不能登录的账号")
    lapsed = sa.and_(User.locked_until.is_not(None), User.locked_until <= now)
    count = sa.case((lapsed, 1), else_=User.failed_attempts + 1)
    until = now + POLICY.lock_lasts
    result = db.session.execute(
        sa.update(User)
        .where(User.id == user.id, sa.or_(User.locked_until.is_(None), User.locked_until <= now))
        .values(
            failed_attempts=count,
            locked_until=sa.case((count >= POLICY.failures_before_lock, sa.literal(until, Instant)), else_=None),
        )
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        return _refused(user, address, "账号已锁定")
    return Attempt(user.id, user.password_hash, user.totp_secret is not None)


def _refused(user: User | None, address: str | None, note: str) -> Attempt:
    who = public("未登录", address)
    audit.record(who, "session.refuse_sign_in", "user", user.id if user else "未知账号", note=note)
    return Attempt(None, None, needs_second_factor=False)


def password_right(attempt: Attempt, password: str) -> bool:
    """Checks the password of an attempt; outside any transaction, since it takes tens of milliseconds."""
    return passwords.matches(attempt.password_hash, password)


def fail(attempt: Attempt, address: str | None, note: str) -> None:
    """Writes the audit line of a wrong password or code, and of the lock if this one closed it."""
    if attempt.user_id is None:
        return
    user = db.session.get_one(User, attempt.user_id, populate_existing=True)
    who = public("未登录", address)
    audit.record(who, "session.refuse_sign_in", "user", user.id, note=f"{note}，第 {user.failed_attempts} 次")
    if user.locked_until is not None:
        audit.record(who, "session.lock_account", "user", user.id, note=f"锁定至 {user.locked_until.isoformat()}")


def succeed(attempt: Attempt, address: str | None, now: datetime, *, single: bool) -> User:
    """Clears the count and begins the session; with `single`, sessions elsewhere end (第二十四条: no lending).

    :raises SignInRefused: the account was closed or its password changed meanwhile.
    """
    values: dict[str, object] = {
        "failed_attempts": 0, "locked_until": None, "session_started_at": now, "session_address": address,
    }
    if single:
        values["session_token"] = randomness.token()
    result = db.session.execute(
        sa.update(User)
        .where(
            User.id == attempt.user_id,
            User.state == AccountState.ACTIVE.value,
            User.password_hash == attempt.password_hash,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != 1:  # type: ignore[attr-defined]
        raise SignInRefused
    user = db.session.get_one(User, attempt.user_id, populate_existing=True)
    audit.record(actor_of(user, address), "session.sign_in", "user", user.id)
    return user


def sign_out(user: User, actor: Actor, *, everywhere: bool) -> None:
    """Ends the session; `everywhere` makes every copy of it worthless."""
    if everywhere:
        user.session_token = randomness.token()
    user.session_started_at = None
    audit.record(actor, "session.sign_out", "user", user.id)


def set_password(user: User, password_hash: str, actor: Actor, now: datetime) -> None:
    """Sets the hash made by `passwords.hash_password` and ends every session of the account."""
    user.password_hash = password_hash
    user.password_changed_at = now
    user.must_change_password = False
    user.failed_attempts = 0
    user.locked_until = None
    if user.state == AccountState.INVITED:
        user.state = AccountState.ACTIVE.value
    user.session_token = randomness.token()
    audit.record(actor, "account.set_password", "user", user.id, note=mask_name(user.name))


def new_second_factor() -> str:
    """A secret for an authenticator app; it counts once a code made from it was confirmed."""
    return pyotp.random_base32()


def second_factor_uri(secret: str, login: str) -> str:
    """What the QR code for the authenticator app says."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="智库")


def set_second_factor(user: User, secret: str, code: str, actor: Actor, machine_time: datetime) -> None:
    """Turns the second factor on, once a code proves that the app holds the secret.

    :raises UserError: the code does not fit.
    """
    step = _matching_step(secret, code, machine_time) if secret else None
    if step is None:
        raise UserError("验证码不符，请核对手机时间后输入应用里现在显示的 6 位数字", field="code")
    user.totp_secret = secret
    user.totp_step = step
    audit.record(actor, "account.set_second_factor", "user", user.id)


def drop_second_factor(user: User, code: str, actor: Actor, machine_time: datetime) -> None:
    """Turns the second factor off; needs a code of it, so that an unattended screen is not enough.

    :raises UserError: the code does not fit.
    """
    if not use_code(user, code, machine_time):
        raise UserError("验证码不符或已经用过，请输入应用里现在显示的 6 位数字", field="code")
    user.totp_secret = None
    audit.record(actor, "account.drop_second_factor", "user", user.id)


def use_code(user: User, code: str, machine_time: datetime) -> bool:
    """Whether the code is right now; each code counts once, of two at once one wins.

    `machine_time` is real time: the app on the phone knows nothing of a moved clock.
    """
    if user.totp_secret is None:
        raise Conflict("这个账号没有设置动态验证码")
    step = _matching_step(user.totp_secret, code, machine_time)
    if step is None:
        return False
    result = db.session.execute(
        sa.update(User)
        .where(User.id == user.id, User.totp_step < step)
        .values(totp_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]


def _matching_step(secret: str, code: str, machine_time: datetime) -> int | None:
    digits = "".join(code.split())
    present = int(machine_time.timestamp()) // _STEP_SECONDS
    totp = pyotp.TOTP(secret, interval=_STEP_SECONDS)
    steps = (present, present - 1, present + 1)
    return next((step for step in steps if pyotp.utils.strings_equal(totp.generate_otp(step), digits)), None)
