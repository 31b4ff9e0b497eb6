"""Signing in: five wrong tries lock for thirty minutes, a hundred at once are still five, codes count once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import audit, clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.errors import UserError
from app.core.transaction import transaction
from app.identity import accounts, passwords, sessions, sign_in
from app.identity.accounts import Person
from app.identity.models import User

GOOD, BAD = "Fenhe-17-qiao", "Fenhe-18-qiao"
HASH = passwords.hash_password(GOOD)


def make_li() -> int:
    with transaction():
        user = accounts.admit_account(
            Person("liwenjing", "李文静"), {"bureau_reviewer"}, actor=SYSTEM, now=clock.now()
        )
        user.password_hash = HASH
        return user.id


@pytest.fixture
def li(any_database: Any) -> int:
    return make_li()


def attempt(password: str, login: str = "liwenjing") -> bool:
    with transaction():
        tried = sign_in.begin(login, "10.0.0.9", clock.now())
    if not sign_in.password_right(tried, password):
        with transaction():
            sign_in.fail(tried, "10.0.0.9", "密码不符")
        return False
    with transaction():
        sign_in.succeed(tried, "10.0.0.9", clock.now(), single=True)
    return True


def li_now(user_id: int) -> User:
    return db.session.get_one(User, user_id, populate_existing=True)


def test_the_right_password_enters_and_clears_the_count(li: int) -> None:
    assert not attempt(BAD)
    assert attempt(GOOD)
    user = li_now(li)
    assert (user.failed_attempts, user.locked_until) == (0, None)
    assert user.session_started_at == clock.now()


def test_the_fifth_wrong_try_locks_and_the_right_password_does_not_help(li: int) -> None:
    for _ in range(5):
        assert not attempt(BAD)
    assert li_now(li).locked_until == clock.now() + timedelta(minutes=30)
    assert not attempt(GOOD)


def test_the_right_password_at_the_fifth_try_enters(li: int) -> None:
    for _ in range(4):
        assert not attempt(BAD)
    assert attempt(GOOD)


def test_the_lock_ends_after_thirty_minutes_and_counting_begins_anew(
    li: int, travel: Callable[[str], datetime]
) -> None:
    for _ in range(5):
        attempt(BAD)
    travel("2026-03-02 09:29")
    assert not attempt(GOOD)
    travel("2026-03-02 09:30")
    assert not attempt(BAD)
    user = li_now(li)
    assert (user.failed_attempts, user.locked_until) == (1, None)
    assert attempt(GOOD)


def test_an_unknown_or_closed_account_fails_with_the_same_words(li: int) -> None:
    assert not attempt(GOOD, "nobody")
    with transaction():
        accounts.disable(accounts.get(li), "调离", actor=SYSTEM)
    assert not attempt(GOOD)
    assert str(sign_in.SignInRefused()) == sign_in.REFUSED


def test_every_refusal_is_in_the_trail(li: int) -> None:
    for _ in range(6):
        attempt(BAD)
    attempt(GOOD, "nobody")
    counts = dict(
        db.session.execute(sa.select(audit.AuditEntry.action, sa.func.count()).group_by(audit.AuditEntry.action)).all()
    )
    assert counts["session.refuse_sign_in"] == 7
    assert counts["session.lock_account"] == 1
    bodies = " ".join(db.session.scalars(sa.select(audit.AuditEntry.body)))
    assert GOOD not in bodies
    assert BAD not in bodies


def test_guesses_at_once_are_no_more_than_five(any_app: Flask) -> None:
    with any_app.app_context():
        make_li()
    checked: list[bool] = []

    def guess() -> None:
        with any_app.app_context(), transaction():
            tried = sign_in.begin("liwenjing", "10.0.0.9", clock.now())
            checked.append(tried.user_id is not None)

    guesses = [threading.Thread(target=guess) for _ in range(12)]
    for each in guesses:
        each.start()
    for each in guesses:
        each.join()
    assert len(checked) == 12
    assert checked.count(True) == 5


def test_a_password_change_ends_every_session(li: int) -> None:
    token = li_now(li).session_token
    assert sessions.signed_in(token) is not None
    with transaction():
        user = accounts.get(li)
        sign_in.set_password(user, passwords.hash_password(BAD), accounts.actor_of(user, None), clock.now())
    assert sessions.signed_in(token) is None


def test_a_password_changed_meanwhile_does_not_enter(li: int) -> None:
    with transaction():
        tried = sign_in.begin("liwenjing", None, clock.now())
    with transaction():
        accounts.get(li).password_hash = passwords.hash_password(BAD)
    assert sign_in.password_right(tried, GOOD)
    with pytest.raises(sign_in.SignInRefused), transaction():
        sign_in.succeed(tried, None, clock.now(), single=True)


def test_a_second_log_in_ends_the_first_where_sessions_are_single(li: int) -> None:
    attempt(GOOD)
    first = li_now(li).session_token
    attempt(GOOD)
    assert li_now(li).session_token != first
    assert sessions.signed_in(first) is None


def test_the_session_is_read_in_one_statement(li: int) -> None:
    token = li_now(li).session_token
    db.session.rollback()
    seen: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", count)
    person = sessions.signed_in(token)
    sa.event.remove(db.engine, "before_cursor_execute", count)
    assert len(seen) == 1
    assert person is not None
    assert person.role_labels == "资格审查岗"
    assert person.actor("10.0.0.9").has("bureau_reviewer")


@pytest.fixture
def secret(li: int) -> str:
    made = sign_in.new_second_factor()
    code = pyotp.TOTP(made).at(clock.now())
    with transaction():
        user = accounts.get(li)
        sign_in.set_second_factor(user, made, code, accounts.actor_of(user, None), clock.now())
    return made


def try_code(user_id: int, code: str, moment: datetime) -> bool:
    with transaction():
        return sign_in.use_code(accounts.get(user_id), code, moment)


def test_a_code_counts_once(li: int, secret: str) -> None:
    later = clock.now() + timedelta(seconds=60)
    code = pyotp.TOTP(secret).at(later)
    assert try_code(li, code, later)
    assert not try_code(li, code, later)


def test_a_code_of_the_neighbouring_half_minute_fits_and_an_older_one_does_not(li: int, secret: str) -> None:
    later = clock.now() + timedelta(minutes=10)
    assert not try_code(li, pyotp.TOTP(secret).at(later - timedelta(seconds=61)), later)
    assert not try_code(li, "000000", later)
    assert try_code(li, pyotp.TOTP(secret).at(later - timedelta(seconds=30)), later)


def test_the_secret_is_encrypted_and_a_wrong_first_code_turns_nothing_on(li: int, any_database: Any) -> None:
    made = sign_in.new_second_factor()
    with pytest.raises(UserError, match="验证码不符"), transaction():
        sign_in.set_second_factor(accounts.get(li), made, "123", SYSTEM, clock.now())
    assert li_now(li).totp_secret is None


def test_turning_the_second_factor_off_needs_a_code(li: int, secret: str, any_database: Any) -> None:
    stored = any_database.scalar(sa.text("SELECT totp_secret FROM user_account"))
    assert secret.encode() not in bytes(stored)
    later = clock.now() + timedelta(minutes=5)
    with pytest.raises(UserError), transaction():
        sign_in.drop_second_factor(accounts.get(li), "000000", SYSTEM, later)
    with transaction():
        sign_in.drop_second_factor(accounts.get(li), pyotp.TOTP(secret).at(later), SYSTEM, later)
    assert li_now(li).totp_secret is None
