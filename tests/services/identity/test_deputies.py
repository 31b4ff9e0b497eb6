"""委托代审: for some days, to one member of the own unit who may decide, and never in silence (domain.md no. 40)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import audit, clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.transaction import transaction
from app.identity import accounts, deputies
from app.identity.accounts import Person
from app.identity.deputies import Term
from app.identity.models import User

pytestmark = pytest.mark.usefixtures("any_database")

TODAY = date(2026, 3, 2)
WEEK = Term(TODAY, TODAY + timedelta(days=6), "出差")


def admit(login: str, role: str, unit_id: int | None = 3, name: str | None = None) -> User:
    with transaction():
        person = Person(login, name or login, unit_id=unit_id, unit_name=f"单位{unit_id}")
        return accounts.admit_account(person, {role}, actor=SYSTEM, now=clock.now())


def actor(user: User) -> Actor:
    return accounts.actor_of(user, "10.0.0.1")


@pytest.fixture
def leader() -> Actor:
    return actor(admit("leader", "dept_leader"))


@pytest.fixture
def guo() -> int:
    return admit("guo", "dept_organiser", name="郭子安").id


def appoint(by: Actor, whom: int | None, term: Term = WEEK) -> int:
    with transaction():
        return deputies.appoint(whom, term, actor=by, now=clock.now())


def errors(by: Actor, whom: int | None, term: Term = WEEK) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        appoint(by, whom, term)
    return dict(refused.value.errors)


def active(by: Actor, days: int) -> list[int]:
    assert by.user_id is not None
    found = deputies.active_for(by.user_id, TODAY + timedelta(days=days))
    db.session.rollback()
    return found


def test_a_deputy_decides_from_the_first_day_to_the_last(leader: Actor, guo: int) -> None:
    appoint(leader, guo)
    assert [active(leader, days) for days in (-1, 0, 6, 7)] == [[], [guo], [guo], []]


def test_an_appointment_may_begin_later(leader: Actor, guo: int) -> None:
    appoint(leader, guo, Term(TODAY + timedelta(days=3), TODAY + timedelta(days=3), "休假"))
    assert [active(leader, days) for days in (0, 3, 4)] == [[], [guo], []]


def test_ending_it_ends_it_at_once(leader: Actor, guo: int) -> None:
    number = appoint(leader, guo)
    with transaction():
        deputies.end(number, actor=leader, now=clock.now())
    assert active(leader, 0) == []
    with pytest.raises(Conflict, match="已经结束"), transaction():
        deputies.end(number, actor=leader, now=clock.now())
    assert appoint(leader, guo) > number


def test_what_is_over_cannot_be_ended(leader: Actor, guo: int) -> None:
    number = appoint(leader, guo)
    with pytest.raises(Conflict, match="已经结束"), transaction():
        deputies.end(number, actor=leader, now=clock.now() + timedelta(days=7))


def test_only_a_member_of_the_unit_in_service_who_may_decide(leader: Actor) -> None:
    elsewhere = admit("elsewhere", "dept_organiser", unit_id=4, name="温如玉").id
    witness = admit("witness", "discipline_witness", name="任立诚").id
    closed = admit("closed", "dept_organiser", name="白雪梅")
    with transaction():
        accounts.disable(db.session.get(User, closed.id), "调离", actor=SYSTEM)
    assert errors(leader, None) == {"deputy": "请选择代审人"}
    assert errors(leader, 4711) == {"deputy": "请选择代审人"}
    assert errors(leader, leader.user_id) == {"deputy": "不能委托自己代审"}
    assert errors(leader, elsewhere) == {"deputy": "温如玉不是本单位的人，只能委托本单位的人代审"}
    assert errors(leader, witness) == {"deputy": "任立诚不是评审组织或分管领导，不能代审"}
    assert errors(leader, closed.id) == {"deputy": "白雪梅的账号已停用，请另选一人"}


def test_a_leader_without_a_unit_has_nobody_to_appoint() -> None:
    alone = actor(admit("alone", "dept_leader", unit_id=None))
    other = admit("other", "dept_organiser", unit_id=None, name="某人").id
    assert errors(alone, other) == {"deputy": "某人不是本单位的人，只能委托本单位的人代审"}
    assert deputies.candidates(alone) == []


@pytest.mark.parametrize(
    ("begins", "ends", "reason", "expected"),
    [
        (0, 0, " ", {"reason": "写明委托的事由，如出差、休假"}),
        (0, 0, "出" * 201, {"reason": "最多 200 字，现在 201 字"}),
        (-1, 0, "出差", {"begins_on": "开始日期不能早于今天"}),
        (2, 1, "出差", {"ends_on": "结束日期不能早于开始日期"}),
        (None, 1, "出差", {"begins_on": "请填写开始日期"}),
        (0, None, "出差", {"ends_on": "请填写结束日期"}),
    ],
)
def test_the_term_is_checked_at_its_fields(
    leader: Actor, guo: int, begins: int | None, ends: int | None, reason: str, expected: dict[str, str]
) -> None:
    days = [None if days is None else TODAY + timedelta(days=days) for days in (begins, ends)]
    assert errors(leader, guo, Term(days[0], days[1], reason)) == expected


@pytest.mark.parametrize(("begins", "ends"), [(0, 0), (6, 6), (6, 9), (0, 9), (2, 3)])
def test_one_deputy_at_a_time(leader: Actor, guo: int, begins: int, ends: int) -> None:
    other = admit("other", "dept_leader").id
    appoint(leader, guo)
    term = Term(TODAY + timedelta(days=begins), TODAY + timedelta(days=ends), "休假")
    told = "2026年3月2日至2026年3月8日已委托郭子安代审，先终止那次委托，或改日期"
    assert errors(leader, other, term) == {"begins_on": told}
    appoint(leader, other, Term(TODAY + timedelta(days=7), TODAY + timedelta(days=7), "休假"))


def test_two_leaders_may_have_the_same_deputy(leader: Actor, guo: int) -> None:
    second = actor(admit("second", "dept_leader"))
    appoint(leader, guo)
    appoint(second, guo)
    assert (active(leader, 0), active(second, 0)) == ([guo], [guo])


def test_who_left_the_unit_or_the_service_is_no_deputy_any_more(leader: Actor, guo: int) -> None:
    appoint(leader, guo)
    with transaction():
        db.session.get(User, guo).unit_id = 4
    assert active(leader, 0) == []
    with transaction():
        user = db.session.get(User, guo)
        user.unit_id = 3
        accounts.disable(user, "调离", actor=SYSTEM)
    assert active(leader, 0) == []


def test_only_a_leader_appoints_and_only_he_ends_it(leader: Actor, guo: int) -> None:
    organiser = actor(admit("organiser", "dept_organiser"))
    with pytest.raises(NotAllowed):
        appoint(organiser, guo)
    number, second = appoint(leader, guo), actor(admit("second", "dept_leader"))
    with pytest.raises(NotFound), transaction():
        deputies.end(number, actor=second, now=clock.now())
    with pytest.raises(NotFound):
        deputies.own(number, second, TODAY)


def test_the_list_shows_what_is_what(leader: Actor, guo: int, travel: Any) -> None:
    first = appoint(leader, guo, Term(TODAY, TODAY, "开会"))
    ended = appoint(leader, guo, Term(TODAY + timedelta(days=1), TODAY + timedelta(days=1), "开会"))
    with transaction():
        deputies.end(ended, actor=leader, now=clock.now())
    travel("2026-03-03 09:00")
    now = appoint(leader, guo, Term(date(2026, 3, 3), date(2026, 3, 4), "出差"))
    later = appoint(leader, guo, Term(date(2026, 3, 9), date(2026, 3, 9), "休假"))
    assert leader.user_id is not None
    found = deputies.appointments(leader.user_id, clock.today())
    assert [(one.id, one.state) for one in found] == [
        (later, "upcoming"), (now, "active"), (ended, "ended"), (first, "over"),
    ]  # fmt: skip
    assert {one.deputy_name for one in found} == {"郭子安"}
    assert deputies.own(now, leader, clock.today()).state == "active"


def test_the_candidates_are_the_others_of_the_unit_who_may_decide(leader: Actor, guo: int) -> None:
    admit("elsewhere", "dept_organiser", unit_id=4)
    admit("witness", "discipline_witness")
    second = admit("second", "dept_leader").id
    assert [user.id for user in deputies.candidates(leader)] == [guo, second]


def test_both_are_in_the_trail(leader: Actor, guo: int) -> None:
    number = appoint(leader, guo)
    with transaction():
        deputies.end(number, actor=leader, now=clock.now())
    statement = sa.select(audit.AuditEntry).where(audit.AuditEntry.subject_type == "deputy")
    found = list(db.session.scalars(statement.order_by(audit.AuditEntry.seq)))
    assert [(one.action, one.subject_id) for one in found] == [
        ("deputy.appoint", str(number)), ("deputy.end", str(number)),
    ]  # fmt: skip
    assert "出差" in found[0].body
