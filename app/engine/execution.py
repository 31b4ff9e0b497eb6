"""One instance during one step: load, act, read what waits, dump."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState

from app.engine import compaction, hardening, moving, reading, storage, timers
from app.engine.errors import (
    EngineError,
    ExpressionFailed,
    JumpRefused,
    StepFailed,
    StepLimitReached,
    TaskNotOpen,
)
from app.engine.expressions import FeelEngine
from app.engine.journal import Journal
from app.engine.json_data import checked_object, copied
from app.engine.specs import MessageEvent
from app.engine.values import AwaitedMessage, DueTimer, Failure, Host, JsonObject, OpenTask, Passed, Token
from app.engine.workflow import LIVE, Workflow

#: More than any sound diagram runs between two waits, less than SpiffWorkflow's recursion bears.
STEP_LIMIT = 1_000

hardening.apply()


class Execution:
    """An instance in memory. Not for threads: one object, one step, one host.

    After an exception that is not a resumable StepFailed the execution is spoilt and must be thrown away; the stored
    state is then still the truth.
    """

    def __init__(self, workflow: Workflow, bundle: storage.SpecBundle, host: Host) -> None:
        self._workflow = workflow
        self._bundle = bundle
        self._spoilt = False
        #: The journal's count at the last compaction; only a tree that changed since is compacted again.
        self._compacted: int | None = None
        functions = host.functions
        types = reading.operation_types(bundle)
        self._engine = FeelEngine(host, types, lambda decision: bundle.model(decision, functions))
        workflow.script_engine = self._engine
        self._journal = workflow.journal = Journal(bundle.elements, bundle.flows)

    # --- making and storing -----------------------------------------------------------------------------------

    @classmethod
    def start(cls, spec_hash: str, data: Mapping[str, Any], host: Host) -> Execution:
        """A new instance with these data, run up to its first waits."""
        bundle = storage.specs.get(spec_hash, host.spec_text)
        workflow = Workflow(bundle.spec, dict(bundle.subprocesses))
        workflow.spec_hash = spec_hash
        workflow.task_tree.data.update(checked_object(dict(data)))
        execution = cls(workflow, bundle, host)
        execution.advance()
        return execution

    @classmethod
    def load(cls, spec_hash: str, state: bytes, host: Host) -> Execution:
        """An instance as ``dump`` left it. Raises StateUnreadable."""
        bundle = storage.specs.get(spec_hash, host.spec_text)
        workflow = storage.load(state, bundle)
        execution = cls(workflow, bundle, host)
        execution._compacted = execution._journal.changes
        for task in workflow.tasks_in(LIVE):
            execution._journal.opened(task)
        return execution

    def dump(self) -> bytes:
        """The state to store. Raises EngineError if a step failed half-way."""
        if self._spoilt:
            raise EngineError("the execution failed half-way and must not be stored")
        return storage.dump(self._workflow)

    # --- acting -----------------------------------------------------------------------------------------------

    def complete(self, task_id: str, data: Mapping[str, Any]) -> None:
        """Complete work with its answers. What is due by now runs first, so a late answer finds its task gone.

        Raises TaskNotOpen, DataRefused, StepFailed, StepLimitReached.
        """
        answers = checked_object(dict(data))
        self.advance()
        task = self._open_task(task_id)
        with self._step():
            task.data.update(answers)
            task.run()
            self._pump()

    def deliver(self, message: str, payload: Mapping[str, Any]) -> bool:
        """Give a message to the elements that wait for it. False if none does; nothing is changed then."""
        content = checked_object(dict(payload))
        self.advance()
        with self._step():
            event = BpmnEvent(MessageEvent(message), payload=content)
            caught: bool = self._workflow.event_manager.catch(event, internal=False) > 0
            self._pump()
        return caught

    def advance(self) -> None:
        """Run whatever can run: due timers and all that follows."""
        with self._step():
            self._pump()

    def jump(self, task_id: str, element_id: str) -> None:
        """Move a token (see ``tokens``) to another element. Raises JumpRefused and what the step may."""
        task = self._token(task_id)
        with self._step():
            moving.jump(self._workflow, task, element_id)
            self._pump()

    def retry(self, task_id: str) -> None:
        """Run a failed element again."""
        task = self._failed_task(task_id)
        with self._step():
            task.internal_data.pop("failure", None)
            task._set_state(TaskState.READY)
            self._pump()

    def skip(self, task_id: str, data: Mapping[str, Any]) -> None:
        """Go on after a failed element as if it had given these data."""
        answers = checked_object(dict(data))
        task = self._failed_task(task_id)
        with self._step():
            task.internal_data.pop("failure", None)
            task.internal_data["skipped"] = True
            task.data.update(answers)
            task.complete()
            self._pump()

    def postpone(self, task_id: str, due_at: datetime) -> None:
        """Let a waiting timer fire at another instant: its calendar changed, or its deadline is only provisional."""
        timers.postpone(self._task(task_id), due_at)

    def cancel(self) -> None:
        """End the instance: everything unfinished is cancelled."""
        with self._step():
            self._workflow.cancel()

    def cancelled_by_jump(self, task_id: str, element_id: str) -> list[Token]:
        """What ``jump`` would cancel, the token itself among it. Nothing is changed. Raises JumpRefused."""
        found = moving.cancelled_by(self._workflow, self._token(task_id), element_id)
        return reading.tokens(found, self._bundle)

    # --- reading ----------------------------------------------------------------------------------------------

    def open_tasks(self) -> list[OpenTask]:
        """Work that waits for people, oldest first."""
        return reading.open_tasks(self._workflow, self._bundle)

    def timers(self) -> list[DueTimer]:
        """The timers that wait, by instant."""
        return reading.timers(self._workflow)

    def awaited(self) -> list[AwaitedMessage]:
        """The messages that would be taken now."""
        return reading.awaited(self._workflow)

    def tokens(self) -> list[Token]:
        """Where the case stands: open work, failed elements, waits for time or a message."""
        standing = [task for task in self._workflow.all_tasks() if moving.is_movable(task)]
        return reading.tokens(standing, self._bundle)

    def failures(self) -> list[Failure]:
        """The elements that stand still after a failure."""
        return reading.failures(self._workflow)

    def drain_passed(self) -> list[Passed]:
        """What happened since the last call, in order."""
        return self._journal.drain()

    @property
    def is_completed(self) -> bool:
        """Whether the instance has ended, by its diagram or by ``cancel``."""
        return bool(self._workflow.completed)

    @property
    def end_elements(self) -> tuple[str, ...]:
        """The end events reached so far at the top level of the diagram."""
        return reading.end_elements(self._workflow)

    @property
    def heeded_operations(self) -> frozenset[str]:
        """The operations whose answers some element of the diagram keeps in the data."""
        return self._bundle.heeded

    def data(self, task_id: str | None = None) -> JsonObject:
        """The data of a task; without one, of the instance as its live tokens (or its end) see them."""
        if task_id is not None:
            return copied(dict(self._task(task_id).data))
        return reading.instance_data(self._workflow)

    @property
    def workflow(self) -> Workflow:
        """SpiffWorkflow's own object, for the modules of the engine."""
        return self._workflow

    # --- inside -----------------------------------------------------------------------------------------------

    @contextmanager
    def _step(self) -> Iterator[None]:
        if self._spoilt:
            raise EngineError("the execution failed half-way and must not be used")
        try:
            yield
        except JumpRefused:
            raise
        except StepFailed as error:
            self._spoilt = not error.resumable
            raise
        except RecursionError as error:
            self._spoilt = True
            raise StepLimitReached(self._workflow.spec.name, STEP_LIMIT) from error
        except SpiffWorkflowException as error:
            self._spoilt = True
            raise _told(error) from error
        except BaseException:
            self._spoilt = True
            raise
        finally:
            if not self._spoilt and self._journal.changes != self._compacted:
                compaction.compact(self._workflow)
                self._compacted = self._journal.changes

    def _pump(self) -> None:
        """Run automatic elements until all that is left waits for people, time or messages."""
        left = STEP_LIMIT
        while True:
            self._workflow.refresh_timers()
            ready = self._ready()
            if not ready:
                return
            for task in ready:
                if task.state != TaskState.READY or task.id not in task.workflow.tasks:
                    continue
                if left == 0:
                    raise StepLimitReached(task.task_spec.bpmn_id or task.task_spec.name, STEP_LIMIT)
                left -= 1
                task.run()

    def _ready(self) -> list[Any]:
        """What may run now. Fired boundary events come first, alone: they cancel the activity they stand on."""
        ready = [
            task
            for task in self._workflow.tasks_in(TaskState.READY)
            if not task.task_spec.manual and not task.workflow.completed
        ]
        interrupting = [task for task in ready if isinstance(task.task_spec, BoundaryEvent)]
        return interrupting or ready

    def _task(self, task_id: str) -> Any:
        try:
            task = self._workflow.find(UUID(task_id))
        except ValueError:
            task = None
        if task is None:
            raise TaskNotOpen(task_id)
        return task

    def _open_task(self, task_id: str) -> Any:
        task = self._task(task_id)
        if task.state != TaskState.READY or not task.task_spec.manual:
            raise TaskNotOpen(task_id)
        return task

    def _token(self, task_id: str) -> Any:
        task = self._task(task_id)
        if not moving.is_movable(task):
            raise TaskNotOpen(task_id)
        return task

    def _failed_task(self, task_id: str) -> Any:
        task = self._task(task_id)
        if task.state != TaskState.ERROR:
            raise TaskNotOpen(task_id)
        return task


def _told(error: SpiffWorkflowException) -> ExpressionFailed:
    """What SpiffWorkflow itself refuses at run time, as our own; above all a choice in which nothing is true."""
    task = getattr(error, "task", None)
    spec = task.task_spec if task is not None else getattr(error, "task_spec", None)
    element_id = str(getattr(spec, "bpmn_id", None) or getattr(spec, "name", ""))
    message = str(error).splitlines()[0]
    if "No conditions satisfied" in message:
        message = "条件都不成立，又没有缺省连线"
    return ExpressionFailed(str(task.id) if task is not None else "", element_id, "", message)
