"""The way a case went and may go, for the live diagram and for 接下来."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.workflow.definitions import DefinitionView, ElementView
from app.workflow.models import HistoryEntry
from app.workflow.states import Act

#: What a reader wants to hear of when he asks what comes next; gateways and scripts are passed over.
_TOLD = frozenset(
    {"userTask", "manualTask", "serviceTask", "businessRuleTask", "sendTask", "receiveTask", "callActivity",
     "intermediateCatchEvent", "endEvent"}
)
_MOST = 6


@dataclass(frozen=True)
class Trace:
    """Elements and flows on the way to where the case stands; `waiting` are entered and neither done nor gone."""

    elements: frozenset[str]
    flows: frozenset[str]
    waiting: frozenset[str]


@dataclass(frozen=True)
class NextStep:
    """What may come next: an element, who does it (group keys), its article, the names on the flows to it."""

    element_id: str
    kind: str
    name: str
    groups: tuple[str, ...]
    documentation: str
    condition: str | None


def trace(view: DefinitionView, history: Sequence[HistoryEntry]) -> Trace:
    """The path without what was withdrawn, and after a 退回 without what lies behind the step returned to.

    A diagram that kept those coloured would show a way that the case has not gone.
    """
    voided = {entry.voids for entry in history if entry.voids is not None}
    elements: set[str] = set()
    flows: set[str] = set()
    entered: Counter[str] = Counter()
    for entry in history:
        if entry.id in voided or entry.act == Act.WITHDRAW:
            continue
        if entry.act in (Act.RETURN, Act.MOVE) and entry.values:
            again = behind(view, str(entry.values["to"]))
            elements -= again
            flows -= {flow.id for flow in view.flows if flow.source in again}
        for element_id, _name, kind, outcome, _detail in entry.passed or ():
            entered[element_id] += _ENTERED.get(outcome, 0)
            if outcome in ("completed", "taken"):
                (flows if kind == "sequenceFlow" else elements).add(element_id)
    return Trace(frozenset(elements), frozenset(flows), frozenset(one for one, n in entered.items() if n > 0))


#: How an outcome changes the number of tokens that stay at an element.
_ENTERED = {"entered": 1, "completed": -1, "cancelled": -1}


def behind(view: DefinitionView, element_id: str) -> set[str]:
    """The element and all that can be reached from it."""
    seen, queue = {element_id}, deque([element_id])
    while queue:
        here = queue.popleft()
        onward = [flow.target for flow in view.flows if flow.source == here]
        onward += [one.id for one in view.elements.values() if one.attached_to == here]
        queue.extend(one for one in onward if one not in seen)
        seen.update(onward)
    return seen


def next_steps(view: DefinitionView, element_ids: Iterable[str]) -> tuple[NextStep, ...]:
    """What can follow these elements directly, looking through gateways, at most a handful."""
    found: dict[str, NextStep] = {}
    for start in element_ids:
        seen: set[str] = set()
        queue: deque[tuple[str, str | None]] = deque([(start, None)])
        while queue and len(found) < _MOST:
            here, named = queue.popleft()
            for flow in (one for one in view.flows if one.source == here):
                element = view.elements.get(flow.target)
                if element is None or element.id in seen:
                    continue
                seen.add(element.id)
                condition = flow.name or named
                if element.kind in _TOLD:
                    found.setdefault(element.id, _step(element, condition))
                else:
                    queue.append((element.id, condition))
    return tuple(found.values())


def _step(element: ElementView, condition: str | None) -> NextStep:
    return NextStep(element.id, element.kind, element.name, element.groups, element.documentation, condition)
