"""The form of a task as one person works on it: opened with the draft, filled in, completed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from flask import request
from sqlalchemy.engine import Engine

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotAllowed, NotFound
from app.core.transaction import transaction
from app.feel import Function
from app.regulations import rule_set
from app.regulations.feel_functions import feel_functions
from app.web import forms
from app.web.forms import BoundForm
from app.web.forms.bound import Loaded
from app.web.tasks.uploads import TaskFiles, attach_all
from app.workflow import authority, definitions, tasks
from app.workflow.attempt import attempt
from app.workflow.forms import Entries, entries_from
from app.workflow.forms.components import Choice
from app.workflow.models import Draft, Instance, Task
from app.workflow.states import InstanceStatus, TaskStatus
from app.workflow.step import StepOutcome
from app.workflow.taskpage import TaskDetail, task_data

#: Under this key a draft holds entries as typed; a draft without it holds values that were submitted.
ENTRIES = "entries"
#: No task ever has this revision: a page that sent none is stale.
_NO_REV = -1


@dataclass(frozen=True)
class Sheet:
    """The form of one task with what its expressions see."""

    task_id: str
    loaded: Loaded
    functions: Mapping[str, Function]
    data: Mapping[str, Any]
    draft: Draft | None = None


@dataclass(frozen=True)
class Received:
    """The task that a form was sent for; `said` is how people call it. `sheet` is None for a task without form.

    A task of a suspended case is not open: what is sent for it is kept.
    """

    task_id: str
    said: str
    is_open: bool
    sheet: Sheet | None


def sheet(detail: TaskDetail) -> Sheet | None:
    """The form of a task's page; None for a task without one."""
    if detail.form is None:
        return None
    functions = _functions(detail.instance)
    return Sheet(detail.task.id, forms.load(detail.form, functions), functions, detail.data, detail.draft)


def received(task_id: str, actor: Actor) -> Received:
    """What a sent form needs to be read: less than its page, since most forms are sent once and are right.

    :raises NotFound: no such task, or not for this person.
    """
    task = db.session.get(Task, task_id)
    instance = db.session.get(Instance, task.instance_id) if task else None
    if task is None or instance is None:
        raise NotFound("没有这个任务")
    authority.require_case(instance, actor)
    is_open = task.status == TaskStatus.OPEN and instance.status == InstanceStatus.RUNNING
    text = _form_text(instance.definition_id, task.form_key) if task.form_key else None
    page = None
    if text is not None:
        functions = _functions(instance)
        data = task_data(instance, task_id) if task.status == TaskStatus.OPEN else {}
        page = Sheet(task_id, forms.load(text, functions), functions, data)
    return Received(task_id, f"{instance.title}，{task.name}", is_open, page)


def _functions(instance: Instance) -> Mapping[str, Function]:
    return feel_functions(rule_set(instance.rule_set_id), clock.now())


#: Forms pinned with versions never change; by database, so that two in one process (tests) never share one.
_texts: WeakKeyDictionary[Engine, dict[tuple[int, str], str | None]] = WeakKeyDictionary()


def _form_text(definition_id: int, form_key: str) -> str | None:
    known = _texts.setdefault(db.engine, {})
    if (definition_id, form_key) not in known:
        known[definition_id, form_key] = definitions.form_text(definition_id, form_key)
    return known[definition_id, form_key]


def opened(page: Sheet) -> BoundForm:
    """The form as the person finds it: with his draft, else with its default values."""
    entries = entries_of(page, page.draft) if page.draft else None
    return forms.opened(page.loaded, page.data, page.functions, clock.today(), entries)


def entries_of(page: Sheet, draft: Draft) -> dict[str, Any]:
    """A draft as entries, also one that holds values once submitted."""
    typed = draft.values.get(ENTRIES)
    if isinstance(typed, dict) and len(draft.values) == 1:
        return typed
    return entries_from(page.loaded.definition, draft.values)


def entries_of_values(page: Sheet, values: Mapping[str, Any]) -> Entries:
    """Submitted values as entries."""
    return entries_from(page.loaded.definition, values)


def sent(page: Sheet, actor: Actor) -> BoundForm:
    """The form as it came with this request; new files are kept on the way."""
    keeper = TaskFiles(page.task_id, actor)
    return forms.sent(
        page.loaded, request.form, request.files, page.data, page.functions, clock.today(), keeper
    )


def sent_rev() -> int:
    """The revision of the task that the page was made from."""
    return request.form.get("rev", type=int, default=_NO_REV)


def save(task_id: str, bound: BoundForm, actor: Actor) -> None:
    """存草稿: what was typed, whatever its faults."""
    with transaction():
        tasks.save_draft(task_id, {ENTRIES: bound.entries}, actor)


def complete(task_id: str, values: Mapping[str, Any], actor: Actor, rev: int) -> StepOutcome | None:
    """办结 in one transaction; files among the values are linked to the case with it."""

    def act() -> StepOutcome | None:
        with suppress(NotAllowed):  # then `complete` refuses too, says who has the task, and keeps the text
            attach_all(task_id, values, actor)
        return tasks.complete(task_id, values, actor, rev)

    return attempt(transaction, act)


def decision_words(bound: BoundForm) -> str:
    """The label of what was decided, of the first deciding choice of the form."""
    for part in bound.parts:
        if isinstance(part.component, Choice) and part.component.type == "radio":
            return next((option.label for option in part.options if option.value == part.value), "")
    return ""
