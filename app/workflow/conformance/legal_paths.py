"""Which elements some path can reach if others are never completed and some outcomes are taken as given.

The whole diagram is one graph, sub-processes included. A parallel join is passed when all its flows are; everything
else when one is. Data are not followed, but a choice whose condition reads only what is taken as given is made.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engine import Element, SequenceFlow
from app.engine.xml import local_name
from app.feel import FeelError, compile_expression
from app.feel.nodes import Node, Path, RegisteredName, Variable, children
from app.workflow.conformance.drawing import SCOPES, Drawing

#: What is taken as given: variable -> its value, or the fields of it that are known.
Given = Mapping[str, Any]
#: An element when a token comes to it, and when it is done.
Place = tuple[str, bool]


@dataclass
class Reach:
    """What a search reached: each place with the one before it."""

    before: dict[Place, Place | None] = field(default_factory=dict)

    def came_to(self, element_id: str) -> bool:
        """Whether a token comes to the element."""
        return (element_id, False) in self.before

    def path_to(self, element_id: str) -> list[str]:
        """The elements on one way there, both ends included."""
        path: list[str] = []
        place: Place | None = (element_id, False)
        while place is not None:
            if not path or path[-1] != place[0]:
                path.append(place[0])
            place = self.before[place]
        return path[::-1]


class Paths:
    """The graph of one drawing."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._outgoing: dict[str, list[SequenceFlow]] = {}
        self._incoming: dict[str, int] = {}
        self._boundaries: dict[str, list[str]] = {}
        self._starts: dict[str, list[str]] = {}
        for flow in drawing.flows:
            self._outgoing.setdefault(flow.source_id, []).append(flow)
            self._incoming[flow.target_id] = self._incoming.get(flow.target_id, 0) + 1
        for element in drawing.elements.values():
            if element.attached_to:
                self._boundaries.setdefault(element.attached_to, []).append(element.id)
            if element.kind == "startEvent":
                self._starts.setdefault(element.scope_id or "", []).append(element.id)

    def reach(self, without: Collection[str] = (), given: Given | None = None) -> Reach:
        """Everything that can be reached if the elements ``without`` are never completed."""
        reach = Reach()
        arrived: dict[str, set[str]] = {}
        waiting: deque[tuple[Place, Place | None]] = deque(
            ((start, False), None) for start in self._starts.get("", [])
        )
        while waiting:
            place, source = waiting.popleft()
            if place in reach.before:
                continue
            element = self._drawing.elements[place[0]]
            if source is not None and not place[1] and element.kind == "parallelGateway":
                come = arrived.setdefault(element.id, set())
                come.add(source[0])
                if len(come) < self._incoming.get(element.id, 0):
                    continue
            reach.before[place] = source
            waiting.extend((after, place) for after in self._after(element, place[1], without, given or {}))
        return reach

    def _after(self, element: Element, done: bool, without: Collection[str], given: Given) -> list[Place]:
        if done:
            return [(flow.target_id, False) for flow in self._taken(element, given)] + self._leaving(element)
        beside = [(boundary, False) for boundary in self._boundaries.get(element.id, [])]
        if element.kind in SCOPES:
            return beside + [(start, False) for start in self._starts.get(element.id, [])]
        return beside if element.id in without else [*beside, (element.id, True)]

    def _leaving(self, element: Element) -> list[Place]:
        """Where an end event leads: the sub-process is done, or its error boundary catches."""
        if element.kind != "endEvent" or element.scope_id is None:
            return []
        kinds = {local_name(definition) for definition in self._drawing.definitions(element)}
        return [] if "errorEventDefinition" in kinds else [(element.scope_id, True)]

    def _taken(self, element: Element, given: Given) -> list[SequenceFlow]:
        """The flows that may be taken: all, but for a choice that what is given decides."""
        flows = [
            flow for flow in self._outgoing.get(element.id, []) if flow.target_id in self._drawing.elements
        ]
        if element.kind != "exclusiveGateway" or len(flows) < 2:
            return flows
        default = self._drawing.nodes[element.id].get("default")
        taken = []
        for flow in flows:
            if flow.id == default:
                continue
            decided = self._decided(flow, given)
            if decided is not False:
                taken.append(flow)
            if decided is True:
                return taken
        return taken + [flow for flow in flows if flow.id == default]

    def _decided(self, flow: SequenceFlow, given: Given) -> bool | None:
        """The condition's value, or None where it reads more than is given."""
        texts = [node.text or "" for node in self._drawing.children(flow.id, "conditionExpression")]
        if not texts:
            return None
        try:
            compiled = compile_expression(texts[0].strip().removeprefix("=").strip())
            value = compiled(given) if reads_only(compiled.node, given) else None
        except FeelError:
            return None
        return value if isinstance(value, bool) else None


def reads_only(node: Node, given: Given) -> bool:
    """Whether an expression reads nothing but what is given, field by field."""
    if isinstance(node, RegisteredName):
        return False
    if isinstance(node, Path) and isinstance(node.source, Variable):
        fields = given.get(node.source.name)
        return isinstance(fields, Mapping) and node.name in fields
    if isinstance(node, Variable):
        return node.name in given and not isinstance(given[node.name], Mapping)
    return all(reads_only(child, given) for child in children(node))
