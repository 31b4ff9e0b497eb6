"""The staff of the demo: each role, with two reviewers, clerks and process owners so that work is handed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.identity import accounts, roles
from app.identity.accounts import Person
from app.registers.models import Unit
from app.web.demo.world.invention import credit_code_of

BUREAU, CENTRE, DEPARTMENT = "省政务信息管理局", "省数字政府服务中心", "省数字资源厅（演示）"
_FIRST_SERIAL = 900


@dataclass(frozen=True)
class Member:
    """A member of staff: login, name, role, unit."""

    login: str
    name: str
    role: str
    unit: str


STAFF = (
    Member("liwenjing", "李文静", roles.BUREAU_REVIEWER, BUREAU),
    Member("luowei", "罗维", roles.BUREAU_REVIEWER, BUREAU),
    Member("zhaotinghe", "赵廷和", roles.BUREAU_LEADER, BUREAU),
    Member("maxiaolan", "马晓岚", roles.CENTER_CLERK, CENTRE),
    Member("tianyu", "田雨", roles.CENTER_CLERK, CENTRE),
    Member("shenwangshu", "沈望舒", roles.PROCESS_OWNER, CENTRE),
    Member("xuyanqiu", "许砚秋", roles.PROCESS_OWNER, CENTRE),
    Member("guozian", "郭子安", roles.DEPT_ORGANISER, DEPARTMENT),
    Member("hejingxing", "何景行", roles.DEPT_LEADER, DEPARTMENT),
    Member("renlicheng", "任立诚", roles.DISCIPLINE_WITNESS, DEPARTMENT),
    Member("system", "系统管理员", roles.SYSTEM_ADMIN, BUREAU),
    Member("security", "安全管理员", roles.SECURITY_ADMIN, BUREAU),
    Member("auditor", "审计员", roles.AUDITOR, BUREAU),
)


def admit_staff(now: datetime) -> dict[str, Actor]:
    """Opens the accounts; gives login -> actor."""
    units = {name: _office(name, place, now) for place, name in enumerate((BUREAU, CENTRE, DEPARTMENT))}
    found = {}
    for member in STAFF:
        person = Person(login=member.login, name=member.name, unit_id=units[member.unit].id, unit_name=member.unit)
        user = accounts.admit_account(person, {member.role}, actor=SYSTEM, now=now)
        found[member.login] = accounts.actor_of(user, None)
    return found


def _office(name: str, place: int, now: datetime) -> Unit:
    row = Unit(
        uscc=credit_code_of(_FIRST_SERIAL + place), name=name, nature="行政机关", checked=True, created_at=now
    )
    db.session.add(row)
    db.session.flush()
    return row
