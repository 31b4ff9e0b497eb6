"""The step: from one wait of a case to the next, in the caller's one transaction.

lock the instance (`acts.lock_case`) → load the state → fire what is due → move the token → run to the next wait →
operations write their tables → projections, history, messages, audit → the new state. An exception rolls all of it
back; where the caller tolerates it (background jobs), a failed operation is kept in the state as an incident.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NoReturn

import sqlalchemy as sa

from app.core import wake
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Invalid, UserError
from app.engine import (
    DataRefused,
    DueTimer,
    EngineError,
    Execution,
    JumpRefused,
    Passed,
    StepFailed,
    TaskNotOpen,
)
from app.regulations import RuleSet, rule_set
from app.workflow import definitions, failures, holds, projections, recording
from app.workflow.acts import (
    INSTANCE,
    Deed,
    LockedCase,
    Row,
    Starter,
    gone_words,
    task_row,
    update_row,
    word,
    write_history,
)
from app.workflow.definitions import DefinitionView
from app.workflow.host import REFUSED, QueuedMessage, StepHost, WantedCase
from app.workflow.models import Message
from app.workflow.projections import Projection
from app.workflow.refusals import StepRefused, TaskTaken
from app.workflow.states import Act, InstanceStatus, MessageStatus, TaskStatus

_MESSAGE: Any = Message.__table__

Move = Callable[[Execution], Any]


@dataclass(frozen=True)
class StepOutcome:
    """What a step led to: the case, its new revision, tasks now opened, and the end if it was reached."""

    instance_id: int
    rev: int
    opened: tuple[str, ...]
    completed: bool
    end_elements: tuple[str, ...]
    history_id: int


@dataclass(frozen=True)
class Plan:
    """What a step is to do besides moving the token.

    `closing`: with which column values a task's row ends. `withdrawable`: the state before is kept for 撤回.
    `tolerant`: a failed operation stays in the state as an incident instead of refusing the step.
    `status`: the instance's status if the step ends it by hand. `restore`: an earlier state to load instead.
    `messages`: what other cases are told of the step, besides what its operations send. `heard`: what a replay of
    the step needs besides what the step itself notes (`app.workflow.recording`).
    """

    deed: Deed
    move: Move
    closing: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    withdrawable: bool = False
    tolerant: bool = False
    status: InstanceStatus | None = None
    restore: bytes | None = None
    messages: tuple[QueuedMessage, ...] = ()
    heard: Mapping[str, Any] = field(default_factory=dict)


def take_step(case: LockedCase, plan: Plan) -> StepOutcome:
    """Makes one step of a locked case.

    :raises TaskTaken: the task was done or taken away meanwhile. :raises StepRefused: something on the way failed.
    :raises Invalid: the data cannot be kept. :raises UserError: the token cannot be moved there.
    """
    if plan.status is None:
        case.require_running()
    else:
        case.require_live()
    host = _host(case.view, rule_set(case.instance.rule_set_id), case.instance, case.actor, case.now)
    timers = projections.pending_timers(case.instance.id)
    execution = Execution.load(case.instance.spec_hash, plan.restore or case.instance.state, host)
    due = [timer for timer in timers if timer.due_at <= case.now]
    waits = execution.timers() if timers else []
    if due:
        timers = holds.hold_back(execution, case, due, timers)
    _carry_out(case, plan, execution)
    host.messages.extend(plan.messages)
    return _finish(Projection(case, execution, host), plan, timers, waits)


@dataclass(frozen=True)
class Above:
    """The case below which another is started, the root of both, and the step that starts it."""

    parent_id: int
    root_id: int
    starter: Starter | None = None


def start_case(wanted: WantedCase, actor: Actor, rules: RuleSet, now: datetime, above: Above | None = None) -> int:
    """Writes the row of a new case and runs it to its first wait; gives its id.

    :raises NotFound: no such process. :raises StepRefused: something on the way to the first wait failed.
    """
    version = definitions.latest(wanted.process_key)
    values = {
        "definition_id": version.id,
        "spec_hash": version.spec_hash,
        "process_key": wanted.process_key,
        "business_key": wanted.business_key,
        "title": wanted.title,
        "subject": wanted.subject,
        "status": InstanceStatus.RUNNING,
        "rev": 0,
        "rule_set_id": rules.id,
        "parent_id": above.parent_id if above else None,
        "root_id": above.root_id if above else None,
        "open_incidents": 0,
        "started_at": now,
        "started_by_id": actor.user_id,
        "started_by_name": actor.name,
    }
    inserted: Any = db.session.connection().execute(sa.insert(INSTANCE), values).inserted_primary_key
    row = SimpleNamespace(**values, id=int(inserted[0]), state=None)
    case = LockedCase(row, {}, actor, now, above.starter if above else None)
    deed = Deed(Act.START, f"{word(Act.START)}“{version.name}”")
    plan = Plan(deed, lambda execution: None, heard={recording.START: dict(wanted.data)})
    _first_step(case, plan, wanted.data, rules)
    return int(row.id)


def _first_step(case: LockedCase, plan: Plan, data: Mapping[str, Any], rules: RuleSet) -> StepOutcome:
    host = _host(case.view, rules, case.instance, case.actor, case.now)
    try:
        execution = Execution.start(case.instance.spec_hash, dict(data), host)
    except EngineError as failure:
        _refuse(case, plan, failure)
    return _finish(Projection(case, execution, host), plan, ())


def _host(view: DefinitionView, rules: RuleSet, instance: Row, actor: Actor, now: datetime) -> StepHost:
    return StepHost(instance.id, instance.business_key, rules, actor, now, view.variable_types)


def _carry_out(case: LockedCase, plan: Plan, execution: Execution) -> None:
    try:
        plan.move(execution)
    except StepFailed as failure:
        if not (plan.tolerant and failure.resumable):
            _refuse(case, plan, failure)
    except EngineError as failure:
        _refuse(case, plan, failure)


def _refuse(case: LockedCase, plan: Plan, failure: EngineError) -> NoReturn:
    """Turns the engine's refusal into one with words for the person and a trace for the operators."""
    if isinstance(failure, TaskNotOpen):
        task = task_row(plan.deed.task_id) if plan.deed.task_id else None
        words = gone_words(task) if task is not None else str(failure)
        raise TaskTaken(words) from failure
    if isinstance(failure, DataRefused):
        raise Invalid({failure.path or "data": str(failure)}) from failure
    if isinstance(failure, JumpRefused):
        raise UserError(str(failure)) from failure
    told = failures.describe(case, plan.deed, failure)
    if told.code == REFUSED:
        raise StepRefused(told.message) from failure
    raise StepRefused(told.message, lambda: failures.record_failed_step(told)) from failure


def _finish(
    projection: Projection, plan: Plan, timers: Sequence[Row], waits: Sequence[DueTimer] = ()
) -> StepOutcome:
    case, execution = projection.case, projection.execution
    passed = execution.drain_passed()
    reopening = plan.restore is not None
    opened = projections.write_tasks(projection, execution.open_tasks(), plan.closing, reopening=reopening)
    fired = frozenset(one.task_id for one in passed if one.outcome == "completed")
    projections.write_timers(projection, timers, fired)
    failed = failures.write_failures(case, execution.failures(), plan.deed)
    _queue(projection)
    rev = case.instance.rev + 1
    ended = execution.is_completed or plan.status is not None
    after = {"rev": rev, "opened": len(opened), "ended": ended}
    history = write_history(
        case.instance.id, plan.deed, case.actor, case.now, passed=_told(passed), before={"rev": rev - 1}, after=after,
        heard=recording.of_step(plan.heard, projection.host.answers, execution, waits),
    )
    _store(projection, plan, rev, history, failed, keep=plan.withdrawable and _is_undoable(case, plan.deed, passed))
    _start_children(projection, plan.deed)
    return StepOutcome(case.instance.id, rev, tuple(opened), ended, tuple(execution.end_elements), history)


#: Property of a user task: "true" if its step may be withdrawn although operations ran in it (they record anew).
WITHDRAWABLE = "withdrawable"
#: Elements whose passing has effects outside the state; a step with one of them cannot simply be undone.
EFFECTS = frozenset({"serviceTask", "sendTask", "intermediateThrowEvent"})


def _is_undoable(case: LockedCase, deed: Deed, passed: Sequence[Passed]) -> bool:
    """True if restoring the state undoes the step, so that the state before is worth keeping."""
    properties = case.view.properties(deed.element_id or "")
    return properties.get(WITHDRAWABLE) == "true" or not any(one.kind in EFFECTS for one in passed)


def _store(
    projection: Projection, plan: Plan, rev: int, history: int, open_incidents: int, *, keep: bool
) -> None:
    """Writes the instance's row: the new state, or the end without a state."""
    case, execution = projection.case, projection.execution
    ended = execution.is_completed or plan.status is not None
    # Children cannot be taken back: a step that started any is no step that can be withdrawn.
    final = ended or bool(projection.host.children)
    values: dict[str, Any] = {
        "rev": rev,
        "state": None if ended else execution.dump(),
        "previous_state": case.instance.state if keep and not final else None,
        "previous_step": history if plan.withdrawable and not final else None,
        "open_incidents": open_incidents,
    }
    if ended:
        values["status"] = plan.status or InstanceStatus.COMPLETED
        values["ended_at"] = case.now
        values["end_element"] = next(iter(execution.end_elements), None)
    update_row(INSTANCE, case.instance.id, **values)


def _start_children(projection: Projection, deed: Deed) -> None:
    """Starts what operations of this step wanted below its case, in the same transaction and by the same rules."""
    case, host = projection.case, projection.host
    root = case.instance.root_id or case.instance.id
    starter = case.starter if case.is_new else Starter(case.instance.id, deed.task_id)
    for wanted in host.children:
        start_case(wanted, case.actor, host.rules, case.now, Above(case.instance.id, root, starter))


def _queue(projection: Projection) -> None:
    case = projection.case
    rows = [
        {
            "name": message.name,
            "business_key": message.business_key,
            "payload": message.payload,
            "sender_id": case.instance.id,
            "status": MessageStatus.PENDING,
            "attempts": 0,
            "next_at": case.now,
            "created_at": case.now,
            "optional": message.optional,
        }
        for message in projection.host.messages
    ]
    if rows:
        db.session.connection().execute(sa.insert(_MESSAGE), rows)
        wake.request()


def _told(passed: Sequence[Passed]) -> list[list[Any]]:
    return [[one.element_id, one.name, one.kind, one.outcome, dict(one.detail)] for one in passed]



def completion(
    case: LockedCase, task: Row, values: Mapping[str, Any], by_id: int | None, by_name: str
) -> Plan:
    """The plan of completing a task with these values in the name of its doer."""
    return Plan(
        deed=Deed(Act.COMPLETE, f"{word(Act.COMPLETE)}“{task.name}”", task.id, task.element_id, values=dict(values)),
        move=lambda execution: execution.complete(task.id, values),
        closing={
            task.id: {
                "status": TaskStatus.COMPLETED,
                "completed_at": case.now,
                "completed_by_id": by_id,
                "completed_by_name": by_name,
                "submitted": None,
            }
        },
        withdrawable=by_id is not None,
        heard={} if task.item_key is None else {recording.ITEM: task.item_key},
    )
