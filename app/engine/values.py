"""What the engine takes and gives: frozen values of our own, so that no other package sees SpiffWorkflow.

Ids of tasks are UUID text and stay the same for the life of the task. Every instant is aware, Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from app.feel import Function

#: Plain JSON: None, bool, int, float, str, list and dict with text keys. Nothing else is ever task data.
Json = Any
JsonObject = dict[str, Any]


class Host(Protocol):
    """What an execution needs from whoever runs it. One object lives for one step."""

    @property
    def functions(self) -> Mapping[str, Function]:
        """The registered FEEL functions (deadline, parameter …), by name."""

    @property
    def variable_types(self) -> Mapping[str, str]:
        """FEEL type by variable; a path such as ``review.confirmed_at`` names a field of a variable.

        What operations return is typed by the catalogue already; this is for forms, messages and start data.
        """

    def spec_text(self, spec_hash: str) -> str:
        """The specification stored under this hash, as ``CompiledProcess.spec_text`` gave it."""

    def call_operation(self, name: str, arguments: JsonObject) -> JsonObject:
        """Run an operation of the catalogue with plain JSON arguments and give its plain JSON outputs.

        Raises OperationError with the code that a boundary error event may catch. Whatever it wrote before
        raising must be undone by the host (a savepoint), because the step may go on after the error.
        """

    def now(self) -> datetime:
        """The instant of the step, aware. Timers and FEEL's ``now()`` see no other clock."""


@dataclass(frozen=True)
class Finding:
    """One line of a check.

    ``severity`` is ``error`` (the diagram is refused), ``override`` (a legal step is skipped: only a bureau leader
    may let it pass, with a reason) or ``warning``. ``fix`` is what a machine can do about it (its ``kind`` says
    what), ``article`` what the regulation says of it, ``examples`` are values for which it was tried out.
    """

    element_id: str
    code: str
    severity: str
    message: str
    mend: str
    article: str | None = None
    fix: Mapping[str, Any] | None = field(default=None, hash=False)
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Element:
    """One node of a diagram. ``kind`` is BPMN's own name for it: userTask, exclusiveGateway, boundaryEvent …"""

    id: str
    kind: str
    name: str
    process_id: str
    #: The sub-process the element stands in, or None at the top.
    scope_id: str | None = None
    lane: str | None = None
    documentation: str = ""
    form_key: str | None = None
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    assignee: str | None = None
    due_date: str | None = None
    operation: str | None = None
    result_variable: str | None = None
    decision: str | None = None
    called_process: str | None = None
    attached_to: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SequenceFlow:
    """One sequence flow of a diagram."""

    id: str
    name: str
    source_id: str
    target_id: str
    process_id: str


@dataclass(frozen=True)
class CompiledProcess:
    """A diagram ready to run. ``spec_text`` is stored once under ``spec_hash`` (64 hex digits) and never changed."""

    process_id: str
    name: str
    spec_text: str
    spec_hash: str
    elements: tuple[Element, ...]
    flows: tuple[SequenceFlow, ...]


@dataclass(frozen=True)
class OpenTask:
    """Work waiting for a person. ``item_key`` tells the copies of a multi-instance task apart (dict key or index)."""

    id: str
    element_id: str
    name: str
    lane: str | None
    form_key: str | None
    candidate_groups: tuple[str, ...]
    candidate_users: tuple[str, ...]
    assignee: str | None
    due_at: datetime | None
    item_key: str | None
    process_id: str
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DueTimer:
    """A waiting timer and the instant it fires."""

    task_id: str
    element_id: str
    name: str
    due_at: datetime


@dataclass(frozen=True)
class AwaitedMessage:
    """A message an element waits for."""

    name: str
    element_id: str
    task_id: str


TokenState = Literal["open", "failed", "waiting"]


@dataclass(frozen=True)
class Token:
    """Where an instance stands: ``open`` work of people, a ``failed`` element, or one ``waiting`` for an event."""

    task_id: str
    element_id: str
    name: str
    kind: str
    state: TokenState


@dataclass(frozen=True)
class Failure:
    """An element that could not run and stands still until it is retried or skipped.

    ``operation`` is None where an expression failed; ``code`` is then ``expression`` (or ``decision``).
    """

    task_id: str
    element_id: str
    operation: str | None
    code: str
    message: str
    detail: str


@dataclass(frozen=True)
class Passed:
    """One thing that happened, in order.

    ``outcome``: ``entered``, ``completed``, ``cancelled`` or ``failed`` for elements; ``taken`` for a sequence flow,
    whose ``kind`` is ``sequenceFlow`` and whose ``element_id`` is the flow's id. ``detail`` is plain JSON: the rules
    a decision matched, the operation called, the code of an error, the instance of a multi-instance task.
    """

    task_id: str
    element_id: str
    name: str
    kind: str
    outcome: str
    detail: Mapping[str, Any]
    process_id: str
