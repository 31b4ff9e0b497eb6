"""Accounts are allocated, never self-made (第二十四条): opened, granted roles, closed, each with its audit line.

The system administrator opens and closes, the security administrator grants; nobody does either to himself.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core import audit, randomness
from app.core.actor import Actor
from app.core.crypto import blind_index
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, UserError
from app.core.masking import mask_email, mask_phone
from app.identity import links, permissions, roles
from app.identity.models import TRANSITIONS, AccountState, User, UserRole

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,39}")
SUBJECT = "user"


@dataclass(frozen=True)
class Person:
    """Whose account it is: what the bureau knows about the person when it allocates one."""

    login: str
    name: str
    phone: str | None = None
    email: str | None = None
    unit_id: int | None = None
    unit_name: str = ""


@dataclass(frozen=True)
class OpenedAccount:
    """The account and, if its owner must still set a password, the token of the first-login link."""

    user_id: int
    login: str
    link_token: str | None

    @property
    def link_path(self) -> str | None:
        """Path of the first-login page; the sender puts the site's address before it."""
        return None if self.link_token is None else links.path_of(self.link_token)


def actor_of(user: User, address: str | None) -> Actor:
    """The user as the one who acts, from this network address."""
    return Actor(user_id=user.id, name=user.name, roles=user.roles, unit_id=user.unit_id, address=address)


def get(user_id: int) -> User:
    """The account with this id.

    :raises NotFound: there is none.
    """
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound("没有这个账号")
    return user


def by_login(login: str) -> User | None:
    """The account of this login name, whatever its state."""
    return db.session.scalars(sa.select(User).where(User.login == login.strip().lower())).first()


def users_in_role(role: str, unit_id: int | None = None) -> list[User]:
    """Active accounts that hold the role, in the order of their ids; of one unit if it is given."""
    statement = (
        sa.select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role == role, User.state == AccountState.ACTIVE.value)
        .order_by(User.id)
    )
    if unit_id is not None:
        statement = statement.where(User.unit_id == unit_id)
    return list(db.session.scalars(statement))


def open_account(person: Person, *, actor: Actor, now: datetime) -> OpenedAccount:
    """Opens a staff account without roles; the security administrator grants them.

    :raises NotAllowed: the actor is not the system administrator. UserError: login or name not usable.
    """
    _require(actor, permissions.ACCOUNT_CREATE)
    user = _new_user(person, AccountState.INVITED, now)
    token = links.issue(user, now)
    _record(actor, "account.open_account", user, after=_facts(user))
    return OpenedAccount(user.id, user.login, token)


def open_expert_account(person: Person, *, actor: Actor, now: datetime) -> OpenedAccount:
    """Opens the account of an appointed expert, or opens it again after a pause (第二十四条, 第二十五条).

    Called by the appointment; the actor is the one whose step led to it, so no permission is asked here. An
    account that is in use stays as it is and gets no link.
    """
    user = by_login(person.login)
    if user is None:
        user = _new_user(person, AccountState.INVITED, now)
        db.session.add(UserRole(user_id=user.id, role=roles.EXPERT, granted_by=actor.name, granted_at=now))
    elif roles.EXPERT not in user.roles:
        raise Conflict(f"账号 {person.login} 已属于他人，不能作为专家账号")
    elif user.state == AccountState.ACTIVE:
        return OpenedAccount(user.id, user.login, None)
    else:
        user.state = AccountState.INVITED.value
    token = links.issue(user, now)
    _record(actor, "account.open_expert_account", user, after=_facts(user))
    return OpenedAccount(user.id, user.login, token)


def admit_account(person: Person, held: Collection[str], *, actor: Actor, now: datetime) -> User:
    """Takes over an account in use, with its roles and without a password (seeding, migration of data).

    :raises UserError: roles that may not be combined.
    """
    if actor.kind != "system":
        raise NotAllowed
    roles.check_combination(held)
    user = _new_user(person, AccountState.ACTIVE, now)
    for role in sorted(held):
        user.role_rows.append(UserRole(role=role, granted_by=actor.name, granted_at=now))
    _record(actor, "account.admit_account", user, after={**_facts(user), "roles": sorted(held)})
    return user


def grant_roles(user: User, held: Collection[str], *, actor: Actor, now: datetime) -> None:
    """Sets the roles of an account to exactly these; its sessions end, so that the change counts at once.

    :raises NotAllowed: not the security administrator, or his own account. UserError: a forbidden combination.
    """
    _require(actor, permissions.ROLE_GRANT, user)
    roles.check_combination(held)
    before = user.roles
    if before == frozenset(held):
        return
    user.role_rows = [row for row in user.role_rows if row.role in held] + [
        UserRole(role=role, granted_by=actor.name, granted_at=now) for role in sorted(set(held) - before)
    ]
    _end_sessions(user)
    _record(actor, "account.grant_roles", user, before={"roles": sorted(before)}, after={"roles": sorted(held)})


def change_person(user: User, person: Person, *, actor: Actor) -> None:
    """Corrects name, unit, phone and mail of an account; the login stays. An empty name is refused."""
    _require(actor, permissions.ACCOUNT_CREATE, user)
    if not person.name.strip():
        raise Invalid({"name": "请填写姓名"})
    before = _facts(user)
    user.name, user.unit_id, user.unit_name = person.name.strip(), person.unit_id, person.unit_name
    _set_contact(user, person)
    _record(actor, "account.change_person", user, before=before, after=_facts(user))


def disable(user: User, reason: str, *, actor: Actor) -> None:
    """Closes an account with a reason; its sessions end at once."""
    _require(actor, permissions.ACCOUNT_CREATE, user)
    if not reason.strip():
        raise UserError("请写明停用的原因", field="reason")
    before = user.state
    _move(user, AccountState.DISABLED)
    _end_sessions(user)
    after = {"state": user.state}
    _record(actor, "account.disable_account", user, before={"state": before}, after=after, reason=reason)


def renew_link(user: User, *, actor: Actor, now: datetime) -> OpenedAccount:
    """Gives an account a new first-login link: forgotten password, lapsed link, or opened again.

    The old password and all sessions end. The link goes to the owner, never to the administrator's screen.
    """
    _require(actor, permissions.ACCOUNT_CREATE, user)
    before = user.state
    if user.state != AccountState.INVITED:
        _move(user, AccountState.INVITED)
    user.password_hash = None
    _end_sessions(user)
    token = links.issue(user, now)
    _record(actor, "account.renew_link", user, before={"state": before}, after={"state": user.state})
    return OpenedAccount(user.id, user.login, token)


def end_sessions(user: User, *, actor: Actor) -> None:
    """Ends all sessions of an account at once."""
    _require(actor, permissions.SESSION_END)
    _end_sessions(user)
    _record(actor, "account.end_sessions", user)


def unlock(user: User, *, actor: Actor) -> None:
    """Lifts the lock after failed sign-ins, before its time."""
    _require(actor, permissions.SESSION_END)
    user.failed_attempts = 0
    user.locked_until = None
    _record(actor, "account.unlock_account", user)


def remove_second_factor(user: User, *, actor: Actor) -> None:
    """Removes the second factor of somebody who lost the device; he sets it up anew."""
    _require(actor, permissions.SESSION_END, user)
    user.totp_secret = None
    _end_sessions(user)
    _record(actor, "account.remove_second_factor", user)


def _require(actor: Actor, key: str, user: User | None = None) -> None:
    if actor.kind == "system":
        return
    permissions.require(actor, key)
    if user is not None and user.id == actor.user_id:
        raise NotAllowed("不能变更自己的账号，请由另一位管理员办理")


def check_person(person: Person) -> dict[str, str]:
    """What is wrong with login and name, field -> message; empty if nothing is."""
    errors = {}
    login = person.login.strip().lower()
    if not person.name.strip():
        errors["name"] = "请填写姓名"
    if not _LOGIN.fullmatch(login):
        errors["login"] = "账号须以小写字母开头，3 到 40 位，只用小写字母、数字和 . _ -"
    elif by_login(login) is not None:
        errors["login"] = f"账号 {login} 已有人使用，请换一个"
    return errors


def _new_user(person: Person, state: AccountState, now: datetime) -> User:
    login = person.login.strip().lower()
    errors = check_person(person)
    if errors:
        raise Invalid(errors)
    user = User(
        login=login, name=person.name.strip(), unit_id=person.unit_id, unit_name=person.unit_name, state=state.value,
        session_token=randomness.token(), created_at=now,
    )
    _set_contact(user, person)
    db.session.add(user)
    db.session.flush()
    return user


def _set_contact(user: User, person: Person) -> None:
    user.phone, user.email = person.phone, person.email
    user.phone_index = None if person.phone is None else blind_index(person.phone, "user_account.phone")
    user.email_index = None if person.email is None else blind_index(person.email, "user_account.email")


def _move(user: User, to: AccountState) -> None:
    present = AccountState(user.state)
    if to not in TRANSITIONS[present]:
        raise Conflict(f"账号现在是“{present.label}”，不能改为“{to.label}”")
    user.state = to.value


def _end_sessions(user: User) -> None:
    user.session_token = randomness.token()
    user.session_started_at = None


def _facts(user: User) -> dict[str, object]:
    return {
        "login": user.login, "name": user.name, "unit": user.unit_name, "state": user.state,
        "phone": mask_phone(user.phone or ""), "email": mask_email(user.email or ""),
    }


def _record(
    actor: Actor, action: str, user: User, *, before: object = None, after: object = None, reason: str | None = None
) -> None:
    audit.record(actor, action, SUBJECT, user.id, before=before, after=after, reason=reason, note=user.name)
