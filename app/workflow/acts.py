"""A case under its lock: what every act begins with, and how an act without a step is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.core import audit, clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.workflow import definitions
from app.workflow.definitions import DefinitionView
from app.workflow.models import HistoryEntry, Instance, Task
from app.workflow.refusals import CaseSuspended
from app.workflow.states import ACT_WORDS, Act, InstanceStatus, TaskStatus

#: A row of a table as Core gives it.
Row = Any

#: Tables for Core: the hot path does not go through the ORM.
INSTANCE: Any = Instance.__table__
TASK: Any = Task.__table__
HISTORY: Any = HistoryEntry.__table__

_COLUMNS = [column for column in INSTANCE.c if column.name != "previous_state"]
_BY_ID = sa.select(*_COLUMNS).where(INSTANCE.c.id == sa.bindparam("id")).with_for_update()
_BY_ID_IF_FREE = sa.select(*_COLUMNS).where(INSTANCE.c.id == sa.bindparam("id")).with_for_update(skip_locked=True)
_BY_TASK = (
    sa.select(*_COLUMNS)
    .where(INSTANCE.c.id == sa.select(TASK.c.instance_id).where(TASK.c.id == sa.bindparam("task_id")).scalar_subquery())
    .with_for_update()
)
_OPEN_TASKS = sa.select(TASK).where(TASK.c.instance_id == sa.bindparam("id"), sa.text("status = 'open'"))
_TASK = sa.select(TASK).where(TASK.c.id == sa.bindparam("id"))


#: Ids of the suspended cases, few at any time; jobs and lists leave them out by it.
SUSPENDED_CASES = sa.select(INSTANCE.c.id).where(sa.text("wf_instance.status = 'suspended'"))

#: Statements are built once: building them anew would cost more than running them.
_INSERT_HISTORY = sa.insert(HISTORY)


def update_row(table: Any, row_id: Any, **values: Any) -> None:
    """Sets columns of one row by its id."""
    db.session.connection().execute(_update(table, tuple(values)), {"row_id": row_id, **values})


@cache
def _update(table: Any, names: tuple[str, ...]) -> Any:
    return sa.update(table).where(table.c.id == sa.bindparam("row_id")).values({n: sa.bindparam(n) for n in names})


@dataclass(frozen=True)
class Deed:
    """One act as history and audit tell it. `words` is Chinese; `values` is what was submitted."""

    act: Act
    words: str
    task_id: str | None = None
    element_id: str | None = None
    reason: str | None = None
    values: Mapping[str, Any] | None = None
    voids: int | None = None


@dataclass(frozen=True)
class Starter:
    """The step that starts a case: a start that fails is recorded there, since no case is left of its own."""

    instance_id: int
    task_id: str | None


@dataclass
class LockedCase:
    """An instance whose row is locked until the end of the transaction, with its open tasks.

    `starter` is what started a case that makes its first step only now.
    """

    instance: Row
    tasks: dict[str, Row]
    actor: Actor
    now: datetime
    starter: Starter | None = None
    _view: DefinitionView | None = field(default=None, repr=False)

    @property
    def view(self) -> DefinitionView:
        """The outline of the version this case runs on."""
        if self._view is None:
            self._view = definitions.view(self.instance.definition_id, self.instance.spec_hash)
        return self._view

    @property
    def is_new(self) -> bool:
        """True during the first step: if it fails, nothing of the case is left."""
        return bool(self.instance.rev == 0 and self.instance.state is None)

    @property
    def is_suspended(self) -> bool:
        """True while nothing of the case may move (暂停)."""
        return bool(self.instance.status == InstanceStatus.SUSPENDED)

    def require_not_suspended(self, keep: Callable[[], None] | None = None) -> None:
        """:raises CaseSuspended: `keep` then saves what the person typed."""
        if self.is_suspended:
            kept = "，您填写的内容已存为草稿" if keep else ""
            words = f"办件{self.instance.business_key}已暂停办理，恢复后才能继续{kept}"
            raise CaseSuspended(words, keep)

    def require_running(self) -> None:
        """:raises Conflict: the case has ended, and how. :raises CaseSuspended:"""
        self.require_not_suspended()
        self.require_live()

    def require_live(self) -> None:
        """:raises Conflict: the case has ended; a suspended one has not."""
        if self.instance.status in _ENDED:
            raise Conflict(f"办件{self.instance.business_key}{_ENDED[self.instance.status]}，不能再办理")

    def properties(self, task: Row) -> Mapping[str, str]:
        """The properties of a task's element."""
        return self.view.properties(task.element_id)

    def update_task(self, task: Row, **values: Any) -> None:
        """Changes an open task and its `rev`; keeps the row read at the beginning as it was."""
        update_row(TASK, task.id, rev=task.rev + 1, **values)

    def record(self, deed: Deed, *, before: Any = None, after: Any = None) -> int:
        """Writes the act into history and audit; gives the id of the history row."""
        return write_history(self.instance.id, deed, self.actor, self.now, before=before, after=after)


_ENDED = {
    InstanceStatus.COMPLETED: "已办结",
    InstanceStatus.VOIDED: "已作废",
    InstanceStatus.REVOKED: "已撤销",
}


def lock_case(actor: Actor, *, instance_id: int | None = None, task_id: str | None = None) -> LockedCase:
    """Locks a case, by its id or by a task of it.

    A transaction locks one case; whoever must lock several takes them in the order of their ids.

    :raises NotFound: there is no such case or task.
    """
    connection = db.session.connection()
    if task_id is not None:
        instance = connection.execute(_BY_TASK, {"task_id": task_id}).first()
    else:
        instance = connection.execute(_BY_ID, {"id": instance_id}).first()
    if instance is None:
        raise NotFound("没有这个任务" if task_id else "没有这个办件")
    return _with_tasks(instance, actor)


def lock_free_case(actor: Actor, instance_id: int) -> LockedCase | None:
    """As `lock_case`, but None while somebody else works on the case: a job comes back later."""
    instance = db.session.connection().execute(_BY_ID_IF_FREE, {"id": instance_id}).first()
    return None if instance is None else _with_tasks(instance, actor)


def _with_tasks(instance: Row, actor: Actor) -> LockedCase:
    rows = db.session.connection().execute(_OPEN_TASKS, {"id": instance.id})
    return LockedCase(instance, {row.id: row for row in rows}, actor, clock.now())


def task_row(task_id: str) -> Row:
    """A task, open or done. :raises NotFound:"""
    row = db.session.connection().execute(_TASK, {"id": task_id}).first()
    if row is None:
        raise NotFound("没有这个任务")
    return row


def moment_words(at: datetime) -> str:
    """3月6日14:05, as history and refusals say it."""
    return f"{at.month}月{at.day}日{at:%H:%M}"


def gone_words(task: Row) -> str:
    """Why a task is no longer open: who did it and when."""
    if task.status == TaskStatus.COMPLETED:
        return f"“{task.name}”已由{task.completed_by_name}于{moment_words(task.completed_at)}办结"
    if task.status == TaskStatus.RETURNED:
        return f"“{task.name}”已由{task.completed_by_name}于{moment_words(task.completed_at)}退回"
    return f"“{task.name}”已不需要办理：期限已届满，或者办件已转入其他环节"


def word(act: Act) -> str:
    """The Chinese verb of an act."""
    return ACT_WORDS[act]


def write_history(
    instance_id: int,
    deed: Deed,
    actor: Actor,
    now: datetime,
    *,
    passed: list[list[Any]] | None = None,
    heard: Mapping[str, Any] | None = None,
    before: Any = None,
    after: Any = None,
) -> int:
    """Writes one act into history and into the audit trail; gives the id of the history row."""
    result = db.session.connection().execute(
        _INSERT_HISTORY,
        {
            "instance_id": instance_id,
            "at": now,
            "actor_id": actor.user_id,
            "actor_name": actor.name,
            "act": deed.act,
            "task_id": deed.task_id,
            "element_id": deed.element_id,
            "words": deed.words,
            "reason": deed.reason,
            "values": deed.values,
            "passed": passed,
            "voids": deed.voids,
            "heard": heard,
        },
    )
    subject = ("task", deed.task_id) if deed.task_id else ("instance", str(instance_id))
    audit.record(actor, f"workflow.{deed.act}", *subject, before=before, after=after, reason=deed.reason)
    primary_key = result.inserted_primary_key
    return int(primary_key[0]) if primary_key else 0
