"""What a step leaves behind so that it can be replayed on another version: what it heard from outside its diagram.

Values that were submitted and payloads of messages stand in history as `values`; here is the rest, in as few bytes
as it takes. An answer of an operation is kept only where the diagram keeps it too, so that nothing personal is held
that the data of the case do not hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.operations import OperationError

if TYPE_CHECKING:
    from app.engine import DueTimer, Execution

#: Keys of what was heard: start data, the name of a message, the item of a multi-instance task, the answers of
#: operations in order, and timers that were put off by hand or by the calendar (element, instant).
START, MESSAGE, ITEM, ANSWERS, PUT_OFF = "start", "message", "item", "answers", "put_off"


@dataclass(frozen=True)
class Answer:
    """What an operation answered: a result, or an error. An error without code is a fault of the program."""

    operation: str
    result: Mapping[str, Any] | None = None
    code: str | None = None
    message: str = ""

    def as_json(self) -> list[Any]:
        """[operation, result], or [operation, None, code, message]."""
        if self.result is not None:
            return [self.operation, self.result]
        return [self.operation, None, self.code, self.message]


def failed(operation: str, failure: Exception) -> Answer:
    """The answer of an operation that failed."""
    if isinstance(failure, OperationError):
        return Answer(operation, None, failure.code, failure.message)
    return Answer(operation, None, None, type(failure).__name__)


def of_step(
    told: Mapping[str, Any], answers: Sequence[Answer], execution: Execution, waited: Sequence[DueTimer]
) -> dict[str, Any] | None:
    """What one step heard; None for most steps. `waited`: the timers as they were when the step began."""
    heard = dict(told)
    if answers:
        heeded = execution.heeded_operations
        heard[ANSWERS] = [_kept(answer, heeded).as_json() for answer in answers]
    if put_off := list(_put_off(execution, waited)):
        heard[PUT_OFF] = put_off
    return heard or None


def _kept(answer: Answer, heeded: frozenset[str]) -> Answer:
    if answer.result is None or answer.operation in heeded:
        return answer
    return Answer(answer.operation, {})


def _put_off(execution: Execution, waited: Sequence[DueTimer]) -> Iterator[list[str]]:
    if not waited:
        return
    before = {timer.task_id: timer.due_at for timer in waited}
    for timer in execution.timers():
        if before.get(timer.task_id, timer.due_at) != timer.due_at:
            yield [timer.element_id, timer.due_at.isoformat()]


def answers_of(heard: Mapping[str, Any] | None) -> list[Answer]:
    """The answers of one step as they were recorded."""
    return [Answer(*entry) for entry in (heard or {}).get(ANSWERS, ())]


def put_off_of(heard: Mapping[str, Any] | None) -> list[tuple[str, datetime]]:
    """The timers that were put off in one step: element and instant."""
    return [(element, datetime.fromisoformat(at)) for element, at in (heard or {}).get(PUT_OFF, ())]
