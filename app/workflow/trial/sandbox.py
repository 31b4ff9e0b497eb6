"""The sandbox: the engine with a host of its own. Nothing is written, sent or started; operations only answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.engine import EngineError, Execution, StepFailed, StepLimitReached, TaskNotOpen
from app.feel import FeelError
from app.operations import OperationError
from app.workflow.trial import answers as answering
from app.workflow.trial.subject import SubjectHost

#: What can be done in a trial.
START, COMPLETE, MESSAGE, UNTIL, WAIT = "start", "complete", "message", "until", "wait"


@dataclass(frozen=True)
class Doing:
    """One act: work completed, a message received, a timer fired, or only time passing.

    `element` is an element's id, of a message its name.
    """

    kind: str
    element: str = ""
    item: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The act as it is stored."""
        return {"kind": self.kind, "element": self.element, "item": self.item, "values": dict(self.values)}


class Impossible(Exception):
    """An act that came to nothing: the state before it stands. `element_id` is where it failed."""

    def __init__(self, message: str, element_id: str = "", operation: str | None = None) -> None:
        super().__init__(message)
        self.message, self.element_id, self.operation = message, element_id, operation


@dataclass
class TrialHost(SubjectHost):
    """Stands where the workflow layer stands: a clock at will, and answers instead of operations."""

    answers: Mapping[str, Any]
    #: How often each operation was called before.
    called: dict[str, int] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)

    def call_operation(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answers and notes the call, with what the real operation would not have liked."""
        earlier = self.called.get(name, 0)
        self.called[name] = earlier + 1
        given = answering.next_answer(self.answers, name, earlier, self.moment)
        call: dict[str, Any] = {
            "operation": name, "arguments": dict(arguments), "source": given.source, "given": dict(given.answer),
            "misfit": answering.misfit(name, arguments),
        }
        self.calls.append(call)
        try:
            call["answer"] = answering.worked_out(given, name, arguments, self.functions)
        except OperationError as error:
            call["error"], call["message"] = error.code, error.message
            raise
        return dict(call["answer"])


@dataclass(frozen=True)
class Made:
    """What one act led to: the state after it, what operations answered, what was passed, the data then."""

    doing: Doing
    moment: datetime
    calls: tuple[dict[str, Any], ...]
    passed: tuple[list[Any], ...]
    data: dict[str, Any]
    state: bytes
    is_over: bool


def begin(host: TrialHost, data: Mapping[str, Any]) -> Made:
    """Starts the process. :raises Impossible:"""
    try:
        execution = Execution.start(host.subject.process.spec_hash, dict(data), host)
    except (EngineError, FeelError, LookupError, ValueError) as failure:
        raise _impossible(host, failure) from failure
    return _made(host, execution, Doing(START, values=dict(data)))


def restored(host: TrialHost, state: bytes) -> Execution:
    """The run as it stands."""
    return Execution.load(host.subject.process.spec_hash, state, host)


def do(host: TrialHost, state: bytes, doing: Doing) -> Made:
    """Does one act at the host's moment. :raises Impossible: the run stands as it did before."""
    execution = restored(host, state)
    try:
        _do(host, execution, doing)
    except (EngineError, FeelError, LookupError, ValueError) as failure:
        raise _impossible(host, failure) from failure
    return _made(host, execution, doing)


def _do(host: TrialHost, execution: Execution, doing: Doing) -> None:
    if doing.kind == COMPLETE:
        execution.complete(_open_task(host, execution, doing), dict(doing.values))
    elif doing.kind == MESSAGE:
        if not execution.deliver(doing.element, dict(doing.values)):
            raise Impossible(f"没有环节在等待消息“{doing.element}”")
    elif doing.kind == UNTIL:
        due = {timer.element_id: timer.due_at for timer in reversed(execution.timers())}
        if doing.element not in due:
            raise Impossible(f"计时“{host.subject.named(doing.element)}”没有在走", doing.element)
        host.moment = max(host.moment, due[doing.element])
        execution.advance()
    else:
        execution.advance()


def _open_task(host: TrialHost, execution: Execution, doing: Doing) -> str:
    for task in execution.open_tasks():
        if task.element_id == doing.element and doing.item in (None, task.item_key):
            return task.id
    raise Impossible(f"“{host.subject.named(doing.element)}”此时没有待办", doing.element)


def _made(host: TrialHost, execution: Execution, doing: Doing) -> Made:
    passed = tuple(
        [one.element_id, one.name, one.kind, one.outcome, dict(one.detail)] for one in execution.drain_passed()
    )
    data = execution.data()
    return Made(
        doing, host.moment, tuple(host.calls), passed, data, execution.dump(), execution.is_completed
    )


def _impossible(host: TrialHost, failure: Exception) -> Impossible:
    """The failure in the owner's words: which element, and why."""
    element_id = str(getattr(failure, "element_id", "") or "")
    operation = getattr(failure, "operation", None)
    if isinstance(failure, StepFailed):
        words = f"“{host.subject.named(element_id)}”没有走通：{failure.message}"
    elif isinstance(failure, TaskNotOpen | StepLimitReached):
        words = str(failure)
    else:
        words = f"没有走通：{failure}"
    return Impossible(words, element_id, operation)
