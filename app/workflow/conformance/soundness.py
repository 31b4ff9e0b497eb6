"""The token game: every marking that a diagram can reach, to find where tokens meet wrongly, double or never end.

A multi-instance activity counts as one; a non-interrupting boundary event may fire or not; data are not looked at, so
every branch of a gateway can be taken. Sub-processes are played on their own.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.engine import Element, Finding
from app.engine.xml import local_name
from app.workflow.conformance.drawing import Drawing, Scope

#: Markings looked at before the check gives up; the shipped diagrams have a few hundred.
LIMIT = 50_000

#: How many tokens each flow holds, without the empty ones; the start is the pseudo-flow "@".
Marking = tuple[tuple[str, int], ...]
_START = "@"
_DONE: Marking = ()


@dataclass
class _Game:
    drawing: Drawing
    scope: Scope
    fired: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    stuck: dict[Marking, tuple[str, ...]] = field(default_factory=dict)
    follows: dict[Marking, list[Marking]] = field(default_factory=dict)
    complete: bool = True

    def __post_init__(self) -> None:
        self.incoming = {key: [flow.id for flow in self.scope.incoming(key)] for key in self.scope.elements}
        self.outgoing = {key: [flow.id for flow in self.scope.outgoing(key)] for key in self.scope.elements}
        self.target = {flow.id: flow.target_id for flow in self.scope.flows}
        starts = [key for key, element in self.scope.elements.items() if element.kind == "startEvent"]
        self.target[_START] = starts[0]
        self.incoming[starts[0]] = [_START]
        self._reach: dict[str, frozenset[str]] = {}

    def play(self) -> None:
        """Visit every marking, breadth first."""
        first: Marking = ((_START, 1),)
        seen, waiting = {first}, deque([first])
        while waiting:
            marking = waiting.popleft()
            following = list(self._moves(marking))
            self.follows[marking] = following
            if not following and marking:
                self.stuck[marking] = tuple(sorted({self.target[flow] for flow, _ in marking}))
            for entry in following:
                if entry not in seen:
                    seen.add(entry)
                    waiting.append(entry)
            if len(seen) > LIMIT:
                self.complete = False
                return

    def _moves(self, marking: Marking) -> Iterator[Marking]:
        tokens = dict(marking)
        for element_id in sorted({self.target[flow] for flow in tokens}):
            element = self.scope.elements[element_id]
            for consumed in self._consumed(element, tokens):
                self.fired.add(element_id)
                for produced in self._produced(element):
                    yield _DONE if produced is None else self._moved(tokens, consumed, produced)

    def _consumed(self, element: Element, tokens: dict[str, int]) -> list[list[str]]:
        """The sets of tokens that an element can take now."""
        present = [flow for flow in self.incoming[element.id] if flow in tokens]
        if element.kind == "parallelGateway":
            return [present] if len(present) == len(self.incoming[element.id]) else []
        if element.kind == "inclusiveGateway" and len(self.incoming[element.id]) > 1:
            others = [flow for flow in tokens if self.target[flow] != element.id]
            return (
                [] if any(element.id in self._reachable(self.target[flow]) for flow in others) else [present]
            )
        return [[flow] for flow in present]

    def _produced(self, element: Element) -> list[list[str] | None]:
        """The sets of tokens that an element can put; None ends everything."""
        out = self.outgoing[element.id]
        if element.kind in ("exclusiveGateway", "eventBasedGateway"):
            return [[flow] for flow in out] or [[]]
        if element.kind == "inclusiveGateway" and len(out) > 1:
            sizes = range(1, len(out) + 1)
            return [list(chosen) for size in sizes for chosen in itertools.combinations(out, size)]
        if element.kind == "endEvent":
            kinds = {local_name(definition) for definition in self.drawing.definitions(element)}
            return [None] if kinds & {"terminateEventDefinition", "errorEventDefinition"} else [[]]
        return self._with_boundaries(element, out)

    def _with_boundaries(self, element: Element, out: list[str]) -> list[list[str] | None]:
        ways: list[list[str]] = [list(out)]
        besides: list[list[str]] = [[]]
        for boundary in self.scope.boundaries(element.id):
            flows = self.outgoing[boundary.id]
            if self._interrupts(boundary):
                ways.append(list(flows))
            else:
                besides.append(list(flows))
        if len(besides) > 2:
            besides.append([flow for flows in besides for flow in flows])
        return [way + extra for way in ways for extra in besides]

    def _moved(self, tokens: dict[str, int], consumed: list[str], produced: list[str]) -> Marking:
        after = dict(tokens)
        for flow in consumed:
            after[flow] -= 1
            if not after[flow]:
                del after[flow]
        for flow in produced:
            after[flow] = min(after.get(flow, 0) + 1, 2)
            if after[flow] > 1:
                self.doubled.add(flow)
        return tuple(sorted(after.items()))

    def _reachable(self, element_id: str) -> frozenset[str]:
        if element_id not in self._reach:
            seen: set[str] = set()
            stack = [element_id]
            while stack:
                entry = stack.pop()
                if entry in seen:
                    continue
                seen.add(entry)
                sources = [entry, *(boundary.id for boundary in self.scope.boundaries(entry))]
                stack += [self.target[flow] for source in sources for flow in self.outgoing[source]]
            self._reach[element_id] = frozenset(seen)
        return self._reach[element_id]

    def main_path(self) -> frozenset[str]:
        """What is reached without a non-interrupting event: a reminder beside it may well run twice in a loop."""
        seen: set[str] = set()
        stack = [self.target[_START]]
        while stack:
            entry = stack.pop()
            if entry not in seen:
                seen.add(entry)
                sources = [
                    entry,
                    *(event.id for event in self.scope.boundaries(entry) if self._interrupts(event)),
                ]
                stack += [self.target[flow] for source in sources for flow in self.outgoing[source]]
        return frozenset(seen)

    def _interrupts(self, boundary: Element) -> bool:
        return self.drawing.nodes[boundary.id].get("cancelActivity", "true") == "true"

    def endless(self) -> set[str]:
        """The elements at which tokens stand that can never reach the end, though they can go on moving."""
        before: dict[Marking, list[Marking]] = {}
        for marking, following in self.follows.items():
            for entry in following:
                before.setdefault(entry, []).append(marking)
        good: set[Marking] = set()
        stack: list[Marking] = [_DONE, *self.stuck]
        while stack:
            entry = stack.pop()
            if entry not in good:
                good.add(entry)
                stack += before.get(entry, [])
        lost = [marking for marking in self.follows if marking not in good]
        return {self.target[flow] for marking in lost for flow, _ in marking}


def check_soundness(drawing: Drawing) -> Iterator[Finding]:
    """Deadlocks, double tokens, elements never reached, loops without a way out. The structure must be in order."""
    for scope in drawing.scopes:
        game = _Game(drawing, scope)
        game.play()
        yield from _told(game)


def _told(game: _Game) -> Iterator[Finding]:
    scope = game.scope
    if not game.complete:
        message = f"并行的分支太多，超过 {LIMIT} 种情形，没有查完"
        yield Finding(scope.id, "too_many_states", "error", message, "减少同时进行的分支，或拆成子流程")
        return
    for where in sorted(set(game.stuck.values())):
        message = f"办件会停在“{'、'.join(where)}”：汇合永远等不齐"
        yield Finding(
            where[0], "deadlock", "error", message, "并行拆分的用并行网关汇合，选择的用排他网关汇合"
        )
    for element_id in sorted({game.target[flow] for flow in game.doubled} & game.main_path()):
        mend = "并行的分支先用并行网关汇合再到这里"
        yield Finding(element_id, "double_token", "error", "这一环节可能被办两次", mend)
    attached = {element.id for element in scope.elements.values() if element.kind == "boundaryEvent"}
    reached = game.fired | {
        boundary for boundary in attached if scope.elements[boundary].attached_to in game.fired
    }
    for element_id in scope.elements:
        if element_id not in reached:
            yield Finding(element_id, "unreachable", "error", "从开始走不到这里", "补上连线，或删去")
    if where_lost := sorted(game.endless()):
        message = f"从“{'、'.join(where_lost[:5])}”走不到结束"
        yield Finding(where_lost[0], "livelock", "error", message, "给循环留一条出路，通到结束事件")
