"""A small office for the workflow's tests: people of every role, and diagrams that they work through."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import sqlalchemy as sa

from app import regulations
from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.transaction import transaction
from app.identity import accounts
from app.workflow import definitions, instances, tasks
from app.workflow.attempt import attempt
from app.workflow.models import HistoryEntry, Incident, Instance, Task, Timer
from tests.unit.engine import diagrams as d

T = TypeVar("T")

#: Who works in the office: login -> (name, roles, unit).
STAFF = {
    "clerk": ("段晓芸", {"center_clerk"}, 1),
    "clerk2": ("郝建国", {"center_clerk"}, 1),
    "reviewer": ("赵海宁", {"bureau_reviewer"}, 2),
    "reviewer2": ("贾文静", {"bureau_reviewer"}, 2),
    "leader": ("任向东", {"bureau_leader"}, 2),
    "both": ("牛志远", {"bureau_reviewer", "bureau_leader"}, 2),
    "organiser": ("白雪梅", {"dept_organiser"}, 3),
    "organiser2": ("温如玉", {"dept_organiser"}, 4),
    "owner": ("樊立新", {"process_owner"}, 1),
    "auditor": ("申怀瑾", {"auditor"}, 2),
}


_FORM = json.dumps(
    {
        "type": "default",
        "schemaVersion": 19,
        "id": "form",
        "components": [{"type": "textfield", "id": "decision", "key": "decision", "label": "结论"}],
    }
)


#: What takes a task `work` away after two working days.
LATE = d.boundary("late", "work", d.timer("Date", 'deadline("objection.acceptance_period", now())'))


def properties(**values: str) -> str:
    """Extension properties of an element."""
    inner = "".join(f'<spiffworkflow:property name="{name}" value="{value}"/>' for name, value in values.items())
    return (
        f"<bpmn:extensionElements><spiffworkflow:properties>{inner}</spiffworkflow:properties></bpmn:extensionElements>"
    )


def three_steps() -> bytes:
    """submit → review → approve; who reviewed may not approve."""
    return d.diagram(
        "three_steps",
        [
            d.start(),
            d.user("submit"),
            d.user("review", group="bureau_reviewer"),
            d.user("approve", group="bureau_leader", inner=properties(fourEyes="review")),
            d.end(),
        ],
        ["begin > submit", "submit > review", "review > approve", "approve > done"],
    )


def in_transaction(act: Callable[[], T]) -> T:
    """As an entry point does it."""
    return attempt(transaction, act)


def _admit_staff() -> None:
    with transaction():
        regulations.seed(db.session())
        for login, (name, held, unit) in STAFF.items():
            person = accounts.Person(login=login, name=name, unit_id=unit, unit_name=f"单位{unit}")
            accounts.admit_account(person, held, actor=SYSTEM, now=clock.now())


class World:
    """Users by login, and the acts of a test in as few words as possible; each act is one transaction.

    Users that the database has already are taken over.
    """

    def __init__(self) -> None:
        if accounts.by_login("clerk") is None:
            _admit_staff()
        self.actors: dict[str, Actor] = {}
        for login in STAFF:
            user = accounts.by_login(login)
            assert user is not None
            self.actors[login] = accounts.actor_of(user, "127.0.0.1")
        db.session.rollback()

    def __getitem__(self, login: str) -> Actor:
        return self.actors[login]

    def id_of(self, login: str) -> int:
        """The user id of a login."""
        user_id = self.actors[login].user_id
        assert user_id is not None
        return user_id

    def deploy(self, key: str, bpmn: bytes, tables: Mapping[str, bytes] | None = None) -> None:
        """Publishes a diagram, with a form of one text field for each of its user tasks."""
        forms = dict.fromkeys(re.findall(r'camunda:formKey="([^"]+)"', bpmn.decode()), _FORM)
        in_transaction(lambda: definitions.deploy(key, bpmn, tables or {}, forms, None, self["owner"]))

    def start(self, key: str, business_key: str = "RK-2026-0001", by: str = "clerk", **data: Any) -> int:
        """Starts a case."""
        return in_transaction(
            lambda: instances.start(key, business_key, f"{business_key} 的办件", data, self[by])
        )

    def open(self, instance_id: int) -> list[str]:
        """Elements of the open tasks of a case."""
        rows = db.session.scalars(
            sa.select(Task.element_id).where(Task.instance_id == instance_id, Task.status == "open")
        )
        found = sorted(rows)
        db.session.rollback()
        return found

    def task(self, instance_id: int, element_id: str, status: str = "open") -> Task:
        """A task of a case, the newest of this element and status, as it is in the database now."""
        statement = (
            sa.select(Task)
            .where(Task.instance_id == instance_id, Task.element_id == element_id, Task.status == status)
            .order_by(Task.created_at.desc())
            .execution_options(populate_existing=True)
        )
        row = db.session.scalars(statement).first()
        assert row is not None, f"no {status} task {element_id}, but {self.open(instance_id)}"
        db.session.expunge_all()
        db.session.rollback()
        return row

    def complete(self, instance_id: int, element_id: str, by: str, **values: Any) -> tasks.StepOutcome | None:
        """Completes an open task."""
        task_id = self.task(instance_id, element_id).id
        return in_transaction(lambda: tasks.complete(task_id, values, self[by], None))

    def instance(self, instance_id: int) -> Instance:
        """The case as it is in the database now."""
        return self._fresh(Instance, instance_id)

    def incidents(self) -> list[Incident]:
        """All incidents, oldest first."""
        return self._all(sa.select(Incident).order_by(Incident.id))

    def timers(self, instance_id: int) -> list[Timer]:
        """All timers of a case, oldest first."""
        return self._all(sa.select(Timer).where(Timer.instance_id == instance_id).order_by(Timer.id))

    def history(self, instance_id: int) -> list[HistoryEntry]:
        """What happened to a case, oldest first."""
        return self._all(
            sa.select(HistoryEntry).where(HistoryEntry.instance_id == instance_id).order_by(HistoryEntry.id)
        )

    def acts(self, instance_id: int) -> list[str]:
        """The acts on a case, oldest first."""
        return [entry.act for entry in self.history(instance_id)]

    def _fresh(self, model: Any, key: int) -> Any:
        row = db.session.get(model, key, populate_existing=True)
        db.session.expunge_all()
        db.session.rollback()
        return row

    def _all(self, statement: Any) -> list[Any]:
        rows = list(db.session.scalars(statement.execution_options(populate_existing=True)))
        db.session.expunge_all()
        db.session.rollback()
        return rows


def started_with(bpmn: bytes, names: str) -> bytes:
    """The diagram with its start data declared, as the gate wants them."""
    declared = properties(startData=names).encode()
    head, parted, rest = bpmn.partition(b'isExecutable="true">')
    return head + parted + declared + rest
