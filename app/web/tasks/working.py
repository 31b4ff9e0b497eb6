"""The form of a task as one person works on it: opened with the draft, filled in, completed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from app.core import clock
from app.core.actor import Actor
from app.core.transaction import transaction
from app.feel import Function
from app.regulations import rule_set
from app.regulations.feel_functions import feel_functions
from app.web import forms
from app.web.forms import BoundForm
from app.web.tasks.uploads import TaskFiles, attach_all
from app.workflow import tasks
from app.workflow.attempt import attempt
from app.workflow.forms import Entries, entries_from
from app.workflow.forms.components import Choice
from app.workflow.models import Draft
from app.workflow.step import StepOutcome
from app.workflow.taskpage import TaskDetail

#: Under this key a draft holds entries as typed; a draft without it holds values that were submitted.
ENTRIES = "entries"
#: No task ever has this revision: a page that sent none is stale.
_NO_REV = -1


@dataclass(frozen=True)
class Sheet:
    """The form of one task with what its expressions see."""

    detail: TaskDetail
    loaded: Any
    functions: Mapping[str, Function]

    @property
    def data(self) -> Mapping[str, Any]:
        """The data of the case."""
        return self.detail.data


def sheet(detail: TaskDetail) -> Sheet | None:
    """The task's form; None for a task without one."""
    if detail.form is None:
        return None
    functions = feel_functions(rule_set(detail.instance.rule_set_id), clock.now())
    return Sheet(detail, forms.load(detail.form, functions), functions)


def opened(page: Sheet) -> BoundForm:
    """The form as the person finds it: with his draft, else with its default values."""
    draft = page.detail.draft
    entries = entries_of(page, draft) if draft else None
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
    keeper = TaskFiles(page.detail.task.id, actor)
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
        attach_all(task_id, values, actor)
        return tasks.complete(task_id, values, actor, rev)

    return attempt(transaction, act)


def decision_words(bound: BoundForm) -> str:
    """The label of what was decided, of the first deciding choice of the form."""
    for part in bound.parts:
        if isinstance(part.component, Choice) and part.component.type == "radio":
            return next((option.label for option in part.options if option.value == part.value), "")
    return ""
