"""The people of the tests of selection: a department with organiser, leader and witness, units, 44 experts.

Experts go round 30 units and have two directions each in turn, so that every category has many units. `world()`
makes them, `activity`, `submitted`, `locked` and `drawn` lead a review from stage to stage.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.crypto import blind_index
from app.core.database import db
from app.identity import accounts, roles
from app.identity.accounts import Person
from app.identity.models import User
from app.procedures.selection.models import Activity, PanelDraw
from app.procedures.selection.rules.activity import ActivityDraft
from app.procedures.selection.rules.conditions import ConditionsDraft, DesignationDraft, RecusalDraft
from app.procedures.selection.service import activities, drawing, locking
from app.procedures.selection.service.drawing import RoundOutcome
from app.procedures.selection.store import draw_in_force
from app.registers.experts import PHONE, id_number_index
from app.registers.models import Expert, ExpertDirection, ExpertState, ExpertTerm, Unit
from app.regulations.rule_sets import shipped_rules

RULES = shipped_rules()
SECURITY, SOFTWARE, DATA, COST, CIPHER, INTEGRATION = (
    "网络与信息安全", "软件与应用", "大数据", "成本评估", "密码应用", "系统集成",
)  # fmt: skip
DIRECTIONS = (SECURITY, SOFTWARE, DATA, COST, CIPHER, INTEGRATION)
#: Thursday of the week in which every test begins: three working days ahead.
STARTS_AT = datetime(2026, 3, 5, 9, 0, tzinfo=clock.ZONE)
UNITS, EXPERTS = 30, 44
_DEPARTMENT = "省数字资源厅"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛"


@dataclass(frozen=True)
class World:
    """Who is there. `experts` in the order made: the i-th (from 0) is of unit i % 30."""

    department: Unit
    project: Unit
    units: tuple[Unit, ...]
    experts: tuple[Expert, ...]
    organiser: Actor
    leader: Actor
    witness: Actor
    clerk: Actor

    def expert(self, *directions: str, skip: int = 0) -> Expert:
        """The first expert with all these directions, or one of the next."""
        able = [one for one in self.experts if set(directions) <= {held.direction for held in one.directions}]
        return able[skip]


def unit(name: str) -> Unit:
    """A checked unit of the register."""
    made = Unit(name=name, nature="事业单位", checked=True, created_at=clock.now())
    db.session.add(made)
    db.session.flush()
    return made


def account(login: str, name: str, role: str, of: Unit) -> Actor:
    """An account in use and its owner as the one who acts."""
    person = Person(login, name, "13900000001", f"{login}@example.cn", of.id, of.name)
    return accounts.actor_of(accounts.admit_account(person, {role}, actor=SYSTEM, now=clock.now()), None)


def expert(number: int, of: Unit, *directions: str, **changes: Any) -> Expert:
    """An expert of the pool in his first term, with an account."""
    now = clock.now()
    name = f"{_SURNAMES[number % len(_SURNAMES)]}一{number}"
    phone = f"138{number:08d}"
    values: dict[str, Any] = {
        "number": f"ZJ-2026-{number:04d}", "name": name, "sex": "男", "id_number": f"14010119800101{number:04d}",
        "id_number_index": id_number_index(f"14010119800101{number:04d}"), "phone": phone,
        "phone_index": blind_index(phone, PHONE), "email": f"e{number}@example.cn", "unit_id": of.id,
        "title": "高级工程师", "title_level": "副高", "state": ExpertState.IN_POOL, "created_at": now,
        "updated_at": now,
        **changes,
    }  # fmt: skip
    made = Expert(**values)
    made.directions = [ExpertDirection(direction=one, position=at) for at, one in enumerate(directions)]
    made.terms = [
        ExpertTerm(
            seq=1, start_on=date(2025, 9, 1), end_on=date(2027, 8, 31), appointment_no=f"PZ-2025-{number:04d}",
            rule_set_code=RULES.code, created_at=now,
        )
    ]  # fmt: skip
    db.session.add(made)
    db.session.flush()
    made.user_id = account(f"zj-{number}", name, roles.EXPERT, of).user_id
    return made


def world(experts: int = EXPERTS) -> World:
    """Department, project unit, units, experts and staff; those that the database has already are taken over."""
    there = _found() or _made(min(experts, EXPERTS))
    if experts <= len(there.experts):
        for one in there.experts[experts:]:
            db.session.delete(one)
        db.session.flush()
        return replace(there, experts=there.experts[:experts])
    more = tuple(expert(at + 1, there.units[at % UNITS], *_directions(at)) for at in range(EXPERTS, experts))
    return replace(there, experts=there.experts + more)


def _made(experts: int) -> World:
    department, project = unit(_DEPARTMENT), unit("省政务云运营中心")
    units = tuple(unit(f"第{number}研究院") for number in range(1, UNITS + 1))
    people = tuple(expert(at + 1, units[at % UNITS], *_directions(at)) for at in range(experts))
    db.session.flush()
    return World(
        department, project, units, people,
        organiser=account("org", "郭子安", roles.DEPT_ORGANISER, department),
        leader=account("lead", "何景行", roles.DEPT_LEADER, department),
        witness=account("wit", "任立诚", roles.DISCIPLINE_WITNESS, department),
        clerk=account("clerk", "马晓岚", roles.CENTER_CLERK, project),
    )  # fmt: skip


def _found() -> World | None:
    units = tuple(db.session.scalars(sa.select(Unit).order_by(Unit.id)))
    if not units or units[0].name != _DEPARTMENT:
        return None
    people = tuple(db.session.scalars(sa.select(Expert).order_by(Expert.number)))
    staff = {user.login: accounts.actor_of(user, None) for user in db.session.scalars(sa.select(User))}
    return World(units[0], units[1], units[2:], people, staff["org"], staff["lead"], staff["wit"], staff["clerk"])


def _directions(at: int) -> tuple[str, ...]:
    number = len(DIRECTIONS)
    return DIRECTIONS[at % number], DIRECTIONS[(at + 1 + at // number % (number - 1)) % number]


def activity_draft(there: World, **changes: Any) -> ActivityDraft:
    """A review as the organiser enters it, right in every field."""
    draft = ActivityDraft(
        title="省级数据共享平台二期技术评审", kind="技术评审", project_unit_id=there.project.id,
        contact_phone="0351-7654321", leader_id=there.leader.user_id, starts_at=STARTS_AT, city="太原",
        address="迎泽大街 1 号 3 楼会议室", witness_id=there.witness.user_id,
    )  # fmt: skip
    return replace(draft, **changes)


def conditions(**changes: Any) -> ConditionsDraft:
    """Five seats: two for security, two for software, one for costs; right in every field."""
    return replace(ConditionsDraft(5, {SECURITY: 2, SOFTWARE: 2, COST: 1}), **changes)


def designation(of: Expert, category: str | None = None, reason: str = "熟悉该系统历史") -> DesignationDraft:
    """Somebody asked for by name, for his first direction unless another is named."""
    return DesignationDraft(of.id, category or of.directions[0].direction, reason)


def recusal(*, unit_id: int | None = None, expert_id: int | None = None, source: str = "participant") -> RecusalDraft:
    """A unit or person that must stay away."""
    return RecusalDraft(source, "参与本项目建设", unit_id=unit_id, expert_id=expert_id)


def activity(there: World, **changes: Any) -> Activity:
    """An activity in draft."""
    return activities.create(activity_draft(there, **changes), actor=there.organiser, now=clock.now(), rules=RULES)


def submitted(there: World, draft: ConditionsDraft | None = None, **changes: Any) -> Activity:
    """An activity whose conditions are submitted; `changes` are of the activity."""
    found = activity(there, **changes)
    now = clock.now()
    activities.save_conditions(found.number, draft or conditions(), actor=there.organiser, now=now)
    activities.submit_conditions(found.number, RULES, actor=there.organiser, now=now)
    return found


def locked(there: World, draft: ConditionsDraft | None = None, **changes: Any) -> Activity:
    """An activity whose commitment is stored."""
    found = submitted(there, draft, **changes)
    assert locking.lock(found.number, RULES, actor=there.organiser, now=clock.now()).locked
    return found


def contributed(there: World, found: Activity) -> None:
    """Gives the values of the organiser and, if there is one, of the witness."""
    now = clock.now()
    drawing.contribute(found.number, "organizer", "a8f051cc7be29d04", "browser", RULES, actor=there.organiser, now=now)
    if found.witness_id is not None:
        drawing.contribute(found.number, "witness", "20260302 见证", "typed", RULES, actor=there.witness, now=now)


def drawn(there: World, draft: ConditionsDraft | None = None, **changes: Any) -> tuple[Activity, RoundOutcome]:
    """An activity whose panel is drawn and not yet invited, with what the first round came to."""
    found = locked(there, draft, **changes)
    contributed(there, found)
    return found, drawing.draw(found.number, RULES, actor=there.organiser, now=clock.now())


def draw_of(found: Activity) -> PanelDraw:
    """The draw in force."""
    made = draw_in_force(found)
    assert made is not None
    return made


def later(**span: float) -> datetime:
    """Moves the test's clock by so many hours, minutes …, and returns the moment."""
    clock.travel_to(clock.now() + timedelta(**span))
    return clock.now()
