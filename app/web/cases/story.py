"""A case in words: what happened, what may come, and its way through the diagram for those who do not see it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from app.identity import roles
from app.workflow.cases import CaseDetail
from app.workflow.models import HistoryEntry
from app.workflow.paths import NextStep

#: Elements that mean something to a reader; gateways and flows are the diagram's affair.
_STEPS = frozenset({"startEvent", "endEvent", "userTask", "serviceTask", "businessRuleTask", "intermediateCatchEvent",
                    "receiveTask", "manualTask", "callActivity", "eventBasedGateway"})


@dataclass(frozen=True)
class Happening:
    """One line of the history (`macros/case.html`)."""

    what: str
    who: str = ""
    at: datetime | None = None
    note: str = ""
    is_next: bool = False


@dataclass(frozen=True)
class Step:
    """One element of the way (`macros/diagram.html`); `state` is done, now, failed or next."""

    name: str
    state: str
    note: str = ""


def happenings(history: Iterable[HistoryEntry]) -> list[Happening]:
    """The history, newest first; a withdrawn step says so."""
    entries = sorted(history, key=lambda entry: entry.id, reverse=True)
    voided = {entry.voids for entry in entries if entry.voids is not None}
    return [
        Happening(
            entry.words + ("（已撤回）" if entry.id in voided else ""), entry.actor_name, entry.at, entry.reason or ""
        )
        for entry in entries
    ]


def who_does(groups: Iterable[str]) -> str:
    """Roles in words."""
    return roles.labels(groups)


def coming(steps: Iterable[NextStep]) -> list[Happening]:
    """What may come next, as lines of the history that have not happened yet."""
    return [
        Happening(
            (f"{step.condition}：" if step.condition else "") + (step.name or step.element_id),
            who_does(step.groups), note=step.documentation, is_next=True,
        )
        for step in steps
    ]


def way(case: CaseDetail) -> list[Step]:
    """The elements passed, present, failed and coming, in the order of the diagram."""
    return list(_way(case))


def _way(case: CaseDetail) -> Iterator[Step]:
    coming_ids = {step.element_id for step in case.next_steps}
    for element in case.definition.elements.values():
        if element.kind not in _STEPS or not element.name:
            continue
        if element.id in case.failed:
            yield Step(element.name, "failed")
        elif element.id in case.active:
            yield Step(element.name, "now", who_does(element.groups))
        elif element.id in case.passed:
            yield Step(element.name, "done")
        elif element.id in coming_ids:
            yield Step(element.name, "next", who_does(element.groups))
