"""Where a parameter of the rule set is used: published diagrams, tables and forms, running cases, open deadlines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from lxml import etree

from app.core.database import db
from app.regulations import rule_set
from app.workflow import definitions
from app.workflow.models import Definition, Instance, Task, Timer
from app.workflow.states import InstanceStatus

#: The processes whose cases go by the parameters of an area, also where only their operations read them.
_AREAS = {
    "entry": ("expert_entry",),
    "publicity": ("expert_entry", "objection_handling"),
    "objection": ("objection_handling",),
    "term": ("expert_entry",),
    "renewal": ("expert_entry",),
    "reentry": ("expert_entry",),
    "account": ("expert_entry",),
    "selection": ("panel_selection", "designation_approval", "invitation"),
    "invitation": ("panel_selection", "invitation"),
    "leave": ("panel_selection", "invitation"),
    "designation": ("panel_selection", "designation_approval"),
    "duty": ("panel_selection",),
    "activity": ("panel_selection",),
}
_GOING_ON = (InstanceStatus.RUNNING, InstanceStatus.SUSPENDED)
_KINDS = {"userTask": "任务", "serviceTask": "自动环节", "businessRuleTask": "判定", "sequenceFlow": "条件",
          "boundaryEvent": "定时", "intermediateCatchEvent": "定时", "callActivity": "调用"}
#: So many deadlines are listed by name; all are counted.
LISTED = 50


@dataclass(frozen=True)
class Place:
    """Where a published process names the parameter: the diagram's element, a form or a decision table."""

    process_key: str
    process: str
    version: int
    kind: str
    name: str


@dataclass(frozen=True)
class CasesOfValue:
    """So many running cases of a process keep this value to their end."""

    process: str
    words: str
    count: int


@dataclass(frozen=True)
class OpenDeadline:
    """A deadline that was counted with the parameter and stays as it is."""

    business_key: str
    title: str
    name: str
    due_at: datetime
    provisional: bool


@dataclass(frozen=True)
class Use:
    """All of it; `deadlines` are the first of `deadline_count`, the earliest first."""

    places: tuple[Place, ...]
    cases: tuple[CasesOfValue, ...]
    deadline_count: int
    deadlines: tuple[OpenDeadline, ...]

    @property
    def case_count(self) -> int:
        return sum(one.count for one in self.cases)


def use_of(key: str) -> Use:
    """Where the parameter `key` is used now."""
    current = definitions.current()
    places = tuple(place for found in current for place in _places(found, key))
    count, deadlines = _deadlines(key)
    return Use(places, tuple(_cases(key, {place.process_key for place in places}, current)), count, deadlines)


def _places(found: Definition, key: str) -> Iterator[Place]:
    named = re.compile(rf"(?<![\w.]){re.escape(key)}(?![\w.])")

    def place(kind: str, name: str) -> Place:
        return Place(found.key, found.name, found.version, kind, name)

    for kind, name in dict.fromkeys(_elements(found.xml, named)):
        yield place(kind, name)
    for file_name, text in sorted(found.tables.items()):
        if named.search(text):
            yield place("决策表", file_name)
    for form_key, text in sorted(found.forms.items()):
        if named.search(text):
            yield place("表单", form_key)


def _elements(xml: str, named: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Kind and name of the elements in which the parameter stands, in the order of the diagram."""
    if not named.search(xml):
        return
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for node in etree.fromstring(xml.encode(), parser).iter(etree.Element):
        if any(named.search(text) for text in (node.text or "", *map(str, node.attrib.values()))):
            yield _named_element(node)


def _named_element(node: Any) -> tuple[str, str]:
    """The nearest element above that has a name for people."""
    while node is not None and not (node.get("name") and node.get("id")):
        node = node.getparent()
    if node is None:
        return "流程图", "流程"
    kind = etree.QName(node).localname
    return _KINDS.get(kind, "流程图"), str(node.get("name"))


def _cases(key: str, named_in: set[str], current: list[Definition]) -> Iterator[CasesOfValue]:
    processes = named_in | set(_AREAS.get(key.partition(".")[0], ()))
    names = {found.key: found.name for found in current}
    statement = (
        sa.select(Instance.process_key, Instance.rule_set_id, sa.func.count().label("number"))
        .where(Instance.status.in_(_GOING_ON), Instance.process_key.in_(processes))
        .group_by(Instance.process_key, Instance.rule_set_id)
    )
    counted: dict[tuple[str, str], int] = {}
    for row in db.session.execute(statement):
        group = (names.get(row.process_key, row.process_key), rule_set(row.rule_set_id)[key].brief)
        counted[group] = counted.get(group, 0) + row.number
    for (process, words), number in sorted(counted.items()):
        yield CasesOfValue(process, words, number)


def _deadlines(key: str) -> tuple[int, tuple[OpenDeadline, ...]]:
    tasks = (
        sa.select(Instance.business_key, Instance.title, Task.name, Task.due_at, Task.provisional)
        .join(Instance, Instance.id == Task.instance_id)
        .where(Task.deadline_key == key, Task.status == "open", Task.due_at.is_not(None))
    )
    timers = (
        sa.select(Instance.business_key, Instance.title, Timer.name, Timer.due_at, Timer.provisional)
        .join(Instance, Instance.id == Timer.instance_id)
        .where(Timer.deadline_key == key, Timer.status == "pending")
    )
    every = sa.union_all(tasks, timers).subquery()
    count = db.session.scalar(sa.select(sa.func.count()).select_from(every)) or 0
    rows = db.session.execute(sa.select(every).order_by(every.c.due_at, every.c.business_key).limit(LISTED))
    return count, tuple(OpenDeadline(*row) for row in rows)
