"""Accounts are allocated: opened by one administrator, granted roles by another, nobody serves himself (第二十四条)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import audit, clock
from app.core.actor import SYSTEM, Actor
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, UserError
from app.core.transaction import transaction
from app.identity import accounts, links, sessions, sign_in
from app.identity.accounts import Person
from app.identity.models import AccountState, User

pytestmark = pytest.mark.usefixtures("any_database")

GUO = Person("guozian", "郭子安", "13700000000", "guo@example.cn", 3, "省数字资源厅")


def admit(login: str, *roles: str, unit_id: int | None = None) -> User:
    with transaction():
        return accounts.admit_account(Person(login, login, unit_id=unit_id), roles, actor=SYSTEM, now=clock.now())


def as_role(role: str) -> Actor:
    login = role.replace("_", "-")
    user = accounts.by_login(login) or admit(login, role)
    return accounts.actor_of(user, "10.0.0.1")


def acts(user_id: int) -> list[str]:
    from app.core.database import db

    statement = (
        sa.select(audit.AuditEntry.action)
        .where(audit.AuditEntry.subject_type == "user", audit.AuditEntry.subject_id == str(user_id))
        .order_by(audit.AuditEntry.seq)
    )
    return list(db.session.scalars(statement))


def open_guo() -> accounts.OpenedAccount:
    with transaction():
        return accounts.open_account(GUO, actor=as_role("system_admin"), now=clock.now())


def test_the_system_administrator_opens_an_account_without_roles() -> None:
    admit("system-admin", "system_admin")
    opened = open_guo()
    user = accounts.get(opened.user_id)
    assert (user.state, user.roles, user.password_hash) == ("invited", frozenset(), None)
    assert opened.link_path == f"/login/first/{opened.link_token}"
    assert acts(user.id) == ["account.open_account"]


def test_phone_and_mail_are_encrypted_and_masked_in_the_trail(any_database: Any) -> None:
    admit("system-admin", "system_admin")
    user = accounts.get(open_guo().user_id)
    stored = any_database.execute(sa.text("SELECT phone, email FROM user_account WHERE login = 'guozian'")).one()
    assert b"13700000000" not in bytes(stored.phone)
    assert b"guo@" not in bytes(stored.email)
    assert user.phone == "13700000000"
    opening = audit.AuditEntry.action == "account.open_account"
    body = any_database.scalar(sa.select(audit.AuditEntry.body).where(opening))
    assert "13700000000" not in body
    assert "137****0000" in body


@pytest.mark.parametrize("role", ["security_admin", "auditor", "bureau_leader", "process_owner"])
def test_nobody_else_opens_accounts(role: str) -> None:
    actor = as_role(role)
    with pytest.raises(NotAllowed), transaction():
        accounts.open_account(GUO, actor=actor, now=clock.now())
    assert accounts.by_login("guozian") is None


@pytest.mark.parametrize(
    ("person", "field"),
    [
        (Person("G", "郭子安"), "login"),
        (Person("1guo", "郭子安"), "login"),
        (Person("guo zian", "郭子安"), "login"),
        (Person("guozian", "  "), "name"),
        (Person("system-admin", "郭子安"), "login"),
    ],
)
def test_a_bad_login_or_name_is_said_at_its_field(person: Person, field: str) -> None:
    actor = as_role("system_admin")
    with pytest.raises(Invalid) as refused, transaction():
        accounts.open_account(person, actor=actor, now=clock.now())
    assert set(refused.value.errors) == {field}


def test_the_security_administrator_grants_roles_and_sessions_end() -> None:
    as_role("system_admin")
    user_id = open_guo().user_id
    token = accounts.get(user_id).session_token
    actor = as_role("security_admin")
    with transaction():
        accounts.grant_roles(accounts.get(user_id), {"dept_organiser"}, actor=actor, now=clock.now())
    user = accounts.get(user_id)
    assert user.roles == {"dept_organiser"}
    assert user.session_token != token
    with transaction():
        accounts.grant_roles(accounts.get(user_id), {"dept_leader"}, actor=actor, now=clock.now())
    assert accounts.get(user_id).roles == {"dept_leader"}
    assert acts(user_id) == ["account.open_account", "account.grant_roles", "account.grant_roles"]


def test_the_one_who_opens_cannot_grant() -> None:
    actor = as_role("system_admin")
    user_id = open_guo().user_id
    with pytest.raises(NotAllowed), transaction():
        accounts.grant_roles(accounts.get(user_id), {"bureau_leader"}, actor=actor, now=clock.now())


def test_an_administrator_cannot_change_his_own_account() -> None:
    security, system = as_role("security_admin"), as_role("system_admin")
    with pytest.raises(NotAllowed, match="自己"), transaction():
        accounts.grant_roles(accounts.get(security.user_id or 0), {"bureau_leader"}, actor=security, now=clock.now())
    with pytest.raises(NotAllowed, match="自己"), transaction():
        accounts.disable(accounts.get(system.user_id or 0), "离职", actor=system)


def test_three_administrators_are_never_one_account() -> None:
    actor = as_role("security_admin")
    user = admit("liwenjing", "bureau_reviewer")
    with pytest.raises(UserError, match="分设账号"), transaction():
        accounts.grant_roles(accounts.get(user.id), {"auditor", "bureau_reviewer"}, actor=actor, now=clock.now())
    assert accounts.get(user.id).roles == {"bureau_reviewer"}


def test_a_closed_account_loses_its_session_and_needs_a_reason() -> None:
    actor = as_role("system_admin")
    user = admit("liwenjing", "bureau_reviewer")
    token = user.session_token
    assert sessions.signed_in(token) is not None
    with pytest.raises(UserError, match="原因"), transaction():
        accounts.disable(accounts.get(user.id), " ", actor=actor)
    with transaction():
        accounts.disable(accounts.get(user.id), "调离", actor=actor)
    assert sessions.signed_in(token) is None
    assert accounts.users_in_role("bureau_reviewer") == []
    with pytest.raises(Conflict), transaction():
        accounts.disable(accounts.get(user.id), "调离", actor=actor)


def test_users_in_role_can_be_narrowed_to_a_unit() -> None:
    first, second = admit("guo", "dept_organiser", unit_id=1), admit("hejingxing", "dept_organiser", unit_id=2)
    assert [user.id for user in accounts.users_in_role("dept_organiser")] == [first.id, second.id]
    assert [user.id for user in accounts.users_in_role("dept_organiser", unit_id=2)] == [second.id]
    assert accounts.users_in_role("dept_leader") == []


def test_the_appointment_opens_an_expert_s_account_once() -> None:
    person = Person("zj20260001", "张敬之", "13900000000")
    clerk = as_role("center_clerk")
    with transaction():
        opened = accounts.open_expert_account(person, actor=clerk, now=clock.now())
    assert accounts.get(opened.user_id).roles == {"expert"}
    with transaction():
        user = links.use(opened.link_token or "", clock.now())
        sign_in.set_password(user, "hash", accounts.actor_of(user, None), clock.now())
    with transaction():
        again = accounts.open_expert_account(person, actor=clerk, now=clock.now())
    assert (again.user_id, again.link_token) == (opened.user_id, None)


def test_an_expert_comes_back_to_the_same_account_after_a_pause() -> None:
    person = Person("zj20260001", "张敬之", "13900000000")
    with transaction():
        first = accounts.open_expert_account(person, actor=SYSTEM, now=clock.now())
    with transaction():
        accounts.disable(accounts.get(first.user_id), "解聘出库", actor=SYSTEM)
    with transaction():
        second = accounts.open_expert_account(person, actor=SYSTEM, now=clock.now())
    assert second.user_id == first.user_id
    assert second.link_token is not None
    assert accounts.get(first.user_id).state == AccountState.INVITED


def test_a_staff_login_never_becomes_an_expert_s() -> None:
    admit("liwenjing", "bureau_reviewer")
    with pytest.raises(Conflict), transaction():
        accounts.open_expert_account(Person("liwenjing", "李文静"), actor=SYSTEM, now=clock.now())


def test_only_the_system_itself_admits_accounts_with_roles() -> None:
    actor = as_role("system_admin")
    with pytest.raises(NotAllowed), transaction():
        accounts.admit_account(GUO, {"bureau_leader"}, actor=actor, now=clock.now())


def test_a_first_login_link_is_used_once() -> None:
    as_role("system_admin")
    token = open_guo().link_token or ""
    assert links.owner_of(token, clock.now()).login == "guozian"
    assert links.owner_of(token, clock.now()).login == "guozian"
    with transaction():
        links.use(token, clock.now())
    for look in (links.owner_of, links.use):
        with pytest.raises(NotFound), transaction():
            look(token, clock.now())


def test_a_link_lapses_and_a_guess_finds_nothing(travel: Callable[[str], datetime]) -> None:
    as_role("system_admin")
    token = open_guo().link_token or ""
    with pytest.raises(NotFound):
        links.owner_of(token[:-1] + ("A" if token[-1] != "A" else "B"), clock.now())
    assert links.owner_of(token, clock.now() + timedelta(days=7, seconds=-1)).login == "guozian"
    travel("2026-03-09 09:00")
    with pytest.raises(NotFound):
        links.owner_of(token, clock.now())


def test_a_new_link_ends_the_old_one_and_the_old_password() -> None:
    actor = as_role("system_admin")
    opened = open_guo()
    with transaction():
        user = links.use(opened.link_token or "", clock.now())
        sign_in.set_password(user, "hash", actor, clock.now())
    with transaction():
        first = accounts.renew_link(accounts.get(opened.user_id), actor=actor, now=clock.now())
    with transaction():
        second = accounts.renew_link(accounts.get(opened.user_id), actor=actor, now=clock.now())
    user = accounts.get(opened.user_id)
    assert (user.state, user.password_hash) == ("invited", None)
    with pytest.raises(NotFound):
        links.owner_of(first.link_token or "", clock.now())
    assert links.owner_of(second.link_token or "", clock.now()).id == user.id


def test_the_link_itself_is_not_in_the_database(any_database: Any) -> None:
    as_role("system_admin")
    token = open_guo().link_token or ""
    kept = any_database.scalars(sa.text("SELECT token_hash FROM first_login_link")).all()
    assert token not in kept
    assert all(len(each) == 64 for each in kept)
