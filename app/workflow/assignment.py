"""Whose a task is: candidate groups, named persons, and who may be given a task of others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.core.database import db
from app.core.errors import Invalid, NotAllowed
from app.engine import OpenTask
from app.identity import roles
from app.identity.models import AccountState, User, UserRole

#: Those whose work cases are: neither experts, whom they are about, nor those who run the installation.
_STAFF = roles.ALL - roles.ADMINISTRATORS - {roles.EXPERT}
_BY_LABEL = {label: key for key, label in roles.LABELS.items()}


@dataclass(frozen=True)
class Person:
    """A member of staff (or an expert) to whom a task may be given."""

    id: int
    name: str
    unit_id: int | None
    unit_name: str
    roles: frozenset[str]


def groups_of(task: OpenTask) -> tuple[str, ...]:
    """Candidate groups (role keys) of a task: its own, else the role whose 中文 is the name of its lane."""
    if task.candidate_groups:
        return task.candidate_groups
    if task.assignee or task.candidate_users or task.lane is None:
        return ()
    return (_BY_LABEL.get(task.lane, task.lane),)


def person(user_id: int, field: str = "to_user_id") -> Person:
    """An account in use. :raises Invalid: at `field`, when there is none."""
    user = db.session.get(User, user_id)
    if user is None or user.state != AccountState.ACTIVE:
        raise Invalid({field: "所选人员不存在或账号已停用，请另选一人"})
    return _person(user)


def colleague(user_id: int, field: str) -> Person:
    """A member of staff, to whom a case may be shown. :raises Invalid: an expert's account, or none in use."""
    found = person(user_id, field)
    if found.roles.isdisjoint(_STAFF):
        raise Invalid({field: f"{found.name}不是经办单位的工作人员，请另选一人"})
    return found


def named(reference: str) -> Person | None:
    """The account that a diagram's assignee or candidate user names, by id or login; None if there is none."""
    by = User.id == int(reference) if reference.isdecimal() else User.login == reference
    user = db.session.scalar(sa.select(User).where(by))
    return None if user is None else _person(user)


def named_ids(references: Iterable[str]) -> list[int]:
    """The ids of the accounts that candidate users name; unknown names are left out."""
    found = (named(reference) for reference in references)
    return [one.id for one in found if one is not None]


def eligible(task: Any, excluding: Iterable[int | None] = ()) -> list[Person]:
    """Persons who may be given the task: holders of its groups' roles (in its unit, if it has one), by name.

    A task that names persons instead of groups may be given to any holder of a business role.
    """
    wanted = set(task.candidate_groups) or _STAFF
    statement = (
        sa.select(User)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role.in_(wanted), User.state == AccountState.ACTIVE.value)
        .distinct()
        .order_by(User.name, User.id)
    )
    if task.unit_id is not None:
        statement = statement.where(User.unit_id == task.unit_id)
    out = set(excluding)
    return [_person(user) for user in db.session.scalars(statement) if user.id not in out]


def require_eligible(task: Any, user_id: int) -> Person:
    """The person if the task may be given to him. :raises NotAllowed: he holds none of the task's roles."""
    found = person(user_id)
    wanted = set(task.candidate_groups) or _STAFF
    if found.roles.isdisjoint(wanted):
        raise NotAllowed(f"{found.name}不担任{roles.labels(wanted)}，不能办理“{task.name}”")
    if task.unit_id is not None and found.unit_id != task.unit_id:
        raise NotAllowed(f"{found.name}不属于办理“{task.name}”的单位")
    return found


def members(groups: Iterable[str], unit_id: int | None = None) -> list[int]:
    """Ids of the accounts in use that hold one of the roles."""
    statement = (
        sa.select(User.id)
        .join(UserRole, UserRole.user_id == User.id)
        .where(UserRole.role.in_(list(groups)), User.state == AccountState.ACTIVE.value)
        .distinct()
        .order_by(User.id)
    )
    if unit_id is not None:
        statement = statement.where(User.unit_id == unit_id)
    return list(db.session.scalars(statement))


def _person(user: User) -> Person:
    return Person(user.id, user.name, user.unit_id, user.unit_name, user.roles)
