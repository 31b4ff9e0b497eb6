"""Cases for reading: search, and everything the case page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.actor import Actor
from app.workflow.models import Attachment, Comment, Copy, HistoryEntry, Incident, Instance, Task, Timer


@dataclass(frozen=True)
class CaseFilters:
    """What narrows the search; `waiting_for` is an element with an open task."""

    q: str | None = None
    process: str | None = None
    status: str | None = None
    waiting_for: str | None = None
    with_incidents: bool = False


@dataclass(frozen=True)
class CasePage:
    """Found cases, newest first; `next_after` is the id to continue from."""

    cases: tuple[Instance, ...]
    next_after: int | None


@dataclass(frozen=True)
class NextStep:
    """What may come next: an element, its name, who does it (group keys), its article."""

    element_id: str
    kind: str
    name: str
    groups: tuple[str, ...]
    documentation: str
    #: The name on the flow that leads there, if any.
    condition: str | None


@dataclass(frozen=True)
class CaseDetail:
    """A case. `active`, `passed` and `flows` are element and flow ids for the live diagram."""

    instance: Instance
    process_name: str
    version: int
    history: tuple[HistoryEntry, ...]
    open_tasks: tuple[Task, ...]
    done_tasks: tuple[Task, ...]
    timers: tuple[Timer, ...]
    incidents: tuple[Incident, ...]
    comments: tuple[Comment, ...]
    attachments: tuple[Attachment, ...]
    copies: tuple[Copy, ...]
    active: frozenset[str]
    passed: frozenset[str]
    flows: frozenset[str]
    failed: frozenset[str]
    next_steps: tuple[NextStep, ...]


def search(actor: Actor, filters: CaseFilters, after: int | None = None, size: int = 20) -> CasePage:
    """Cases by business key, title or process. :raises NotAllowed: without the permission to read cases."""
    raise NotImplementedError


def detail(instance_id: int, actor: Actor) -> CaseDetail:
    """Everything about one case. :raises NotFound: no such case, or not for this person."""
    raise NotImplementedError


def diagram(instance_id: int, actor: Actor) -> str:
    """The BPMN XML of the version the case runs on."""
    raise NotImplementedError


def mark_read(instance_id: int, actor: Actor, now: datetime) -> None:
    """Notes that the person has read the copy he was sent."""
    raise NotImplementedError
