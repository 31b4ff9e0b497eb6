"""What people of the demo do at their pages: the same functions that the pages call, at a moment of the story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from random import Random
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import Actor, public
from app.core.database import db
from app.procedures.entry.service import submission
from app.procedures.objection.service import PaperArrival, receive_paper
from app.procedures.publicity.service import Notice, create_batch
from app.regulations import rule_set_for
from app.regulations.rule_sets import RuleSet
from app.web.demo.world.applicants import Applicant, begin_draft, submit_draft
from app.web.demo.world.invention import People
from app.workflow import instances, messages, tasks
from app.workflow.models import Instance, Task

OPINIONS = {
    "formal_check": "材料齐全，形式符合要求，同意受理。",
    "qualification_review": "经核对学历、职称及从业经历材料，"
    "申请人具有高级工程师以上职称，符合第十一条（二）4 的规定，建议列入拟入库名单。",
}
ACCEPTED = {"formal_checked": ["complete", "papers", "consistent", "consent"], "formal_outcome": "accepted",
            "formal_opinion": OPINIONS["formal_check"]}
PASSED = {"review_checked": ["nationality", "conduct", "age", "record", "profession"], "review_outcome": "passed",
          "review_route": "B", "review_opinion": OPINIONS["qualification_review"]}


@dataclass
class World:
    """What the story needs at hand, and the case numbers it has made: applicant's name -> number."""

    staff: Mapping[str, Actor]
    people: People
    source: Random
    numbers: dict[str, str]

    @property
    def rules(self) -> RuleSet:
        """The rule set in force at the story's moment."""
        return rule_set_for(clock.today())


def apply_for(world: World, one: Applicant) -> None:
    """Fills in, submits and sets the process going."""
    now = clock.now()
    draft_no = begin_draft(one, world.people, world.source, world.rules, now)
    number = submit_draft(draft_no, one, world.rules, now)
    world.numbers[one.name] = number
    instances.start("expert_entry", number, f"{one.name}　入库申请", {}, public(one.name, None))


def leave_draft(world: World, one: Applicant, until: str) -> None:
    """Begins an application and stops at a step."""
    begin_draft(one, world.people, world.source, world.rules, clock.now(), until)


def open_task(number: str, element: str) -> str:
    """The open task of a case at an element."""
    statement = (
        sa.select(Task.id).join(Instance, Instance.id == Task.instance_id)
        .where(Instance.business_key == number, Task.element_id == element, Task.status == "open")
    )
    return str(db.session.execute(statement).scalar_one())


def complete(world: World, number: str, element: str, login: str, values: Mapping[str, Any]) -> None:
    """A member of staff completes a task."""
    tasks.complete(open_task(number, element), values, world.staff[login], None)


def formal_check(world: World, name: str, values: Mapping[str, Any] = ACCEPTED) -> None:
    """形式审查 by the centre."""
    complete(world, world.numbers[name], "formal_check", "maxiaolan", values)


def review(world: World, name: str, values: Mapping[str, Any] = PASSED, login: str = "liwenjing") -> None:
    """资格审查 by the bureau."""
    complete(world, world.numbers[name], "qualification_review", login, values)


def confirm(world: World, name: str) -> None:
    """名单复核 by the leader."""
    values = {"confirm_outcome": "agreed", "confirm_opinion": "同意。"}
    complete(world, world.numbers[name], "confirm_list", "zhaotinghe", values)


def claim(world: World, name: str, element: str, login: str) -> None:
    """领取: the person works on it."""
    tasks.claim(open_task(world.numbers[name], element), world.staff[login])


def supplement(world: World, name: str) -> None:
    """The applicant brings what was asked for."""
    number, actor = world.numbers[name], public(name, None)
    version = submission.supplement(number, actor=actor, now=clock.now(), rules=world.rules)
    messages.deliver("supplement_delivered", number, {"version": version}, actor)


def withdraw(world: World, name: str) -> None:
    """The applicant withdraws."""
    messages.deliver("application_withdrawn", world.numbers[name], {"reason": "工作变动，暂不参加"}, public(name, None))


def publish(world: World, names: list[str], ordinal: int) -> None:
    """The clerk publishes several names at once."""
    now, actor = clock.now(), world.staff["maxiaolan"]
    notice = Notice(
        title=f"关于省直政务信息化专家库 {now.year} 年第 {ordinal} 批拟入库专家名单的公示",
        document_no=f"晋政信公示〔{now.year}〕{ordinal} 号（演示）",
        text=f"根据《省直政务信息化专家和专家库管理办法（试行）》第十二条，经资格审查，{names[0]}等 {len(names)} 人"
        "符合入库条件，列入拟入库专家名单，现予公示。对拟入库专家有异议的个人或单位，可在公示期内以书面形式实名提出。逾期或匿名的异议不予受理。",
        site_address=f"https://example.cn/notices/{now.year}/{ordinal}", published_at=now,
    )
    numbers = [world.numbers[name] for name in names]
    batch = create_batch(numbers, notice, actor=actor, now=now, rules=world.rules)
    for number in numbers:
        tasks.complete(open_task(number, "publish_notice"), {"batch_no": batch.number}, actor, None)


def object_to(world: World, name: str, matter: str, grounds: str, *, anonymous: bool = False) -> str:
    """An objection comes over the counter; the clerk records it and the process begins. Gives its number."""
    actor, now = world.staff["maxiaolan"], clock.now()
    born = world.people.born(40, now.date())
    values: dict[str, Any] = {"kind": "anonymous", "matter": matter, "grounds": grounds}
    if not anonymous:
        values = {**values, "kind": "individual", "objector_name": world.people.name("男"),
                  "id_number": world.people.id_number("男", born), "phone": world.people.phone(),
                  "email": world.people.email(), "address": "龙城市学府路 9 号（演示）"}
    came = PaperArrival("counter", now, None)
    found = receive_paper(world.numbers[name], values, came=came, actor=actor, now=now, rules=world.rules)
    world.numbers[f"异议：{name}"] = found.number
    instances.start("objection_handling", found.number, f"对“{name}”的异议", {}, actor)
    return found.number


def at(day: date, hour: str) -> datetime:
    """A moment of the story."""
    return datetime.combine(day, time.fromisoformat(hour), tzinfo=clock.ZONE)
