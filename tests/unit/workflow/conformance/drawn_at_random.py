"""Random diagrams as plain graphs: block-structured ones, which are sound, and what is left of them after mutations."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from tests.unit.engine.diagrams import Node, boundary, catch, diagram, end, message, node, start, timer, user

Block = Any

BLOCKS: st.SearchStrategy[Block] = st.recursive(
    st.sampled_from(["task", "late", "reminded"]),
    lambda inner: st.one_of(
        st.tuples(st.just("parallelGateway"), inner, inner),
        st.tuples(st.just("exclusiveGateway"), inner, inner),
        st.tuples(st.just("eventBasedGateway"), inner, inner),
        st.tuples(st.just("then"), inner, inner),
        st.tuples(st.just("again"), inner),
    ),
    max_leaves=6,
)


@dataclass(frozen=True)
class Spot:
    """One node of a graph; ``on`` is the task a boundary event stands on."""

    id: str
    kind: str
    on: str = ""
    interrupts: bool = True


@dataclass
class Graph:
    """Nodes and flows, without anything that only pages or people need."""

    spots: dict[str, Spot] = field(default_factory=dict)
    flows: list[tuple[str, str]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def add(self, kind: str, on: str = "", interrupts: bool = True) -> str:
        """A new node; gives its id."""
        spot = Spot(f"{kind[:5]}{next(self._numbers)}", kind, on, interrupts)
        self.spots[spot.id] = spot
        return spot.id

    def block(self, block: Block) -> tuple[str, str]:
        """Draw a block; gives its first and last node."""
        if isinstance(block, str):
            return self._leaf(block)
        kind, *parts = block
        drawn = [self.block(part) for part in parts]
        if kind == "then":
            self.flows.append((drawn[0][1], drawn[1][0]))
            return drawn[0][0], drawn[1][1]
        if kind == "again":
            return self._loop(*drawn[0])
        return self._branches(kind, drawn)

    def _leaf(self, kind: str) -> tuple[str, str]:
        task = self.add("userTask")
        if kind == "task":
            return task, task
        event = self.add("boundaryEvent", on=task, interrupts=kind == "late")
        if kind == "reminded":
            self.flows.append((event, self.add("endEvent")))
            return task, task
        meet = self.add("exclusiveGateway")
        self.flows += [(task, meet), (event, meet)]
        return task, meet

    def _loop(self, first: str, last: str) -> tuple[str, str]:
        begin, more = self.add("exclusiveGateway"), self.add("exclusiveGateway")
        self.flows += [(begin, first), (last, more), (more, begin)]
        return begin, more

    def _branches(self, kind: str, drawn: Sequence[tuple[str, str]]) -> tuple[str, str]:
        split = self.add(kind)
        join = self.add("exclusiveGateway" if kind == "eventBasedGateway" else kind)
        for number, (first, last) in enumerate(drawn):
            into = first
            if kind == "eventBasedGateway":
                into = self.add("message" if number else "timer")
                self.flows.append((into, first))
            self.flows += [(split, into), (last, join)]
        return split, join


def graph_of(block: Block) -> Graph:
    """The sound graph of a block, with one start and one end."""
    graph = Graph()
    first, last = graph.block(block)
    begin, done = graph.add("startEvent"), graph.add("endEvent")
    graph.flows += [(begin, first), (last, done)]
    return graph


#: What is changed and where, as numbers that are taken modulo what there is.
MUTATIONS = st.lists(
    st.tuples(st.sampled_from(["swap", "redirect", "delete", "end"]), st.integers(0, 99), st.integers(0, 99)),
    max_size=3,
)


def mutated(graph: Graph, mutations: Sequence[tuple[str, int, int]]) -> Graph:
    """A gateway of another kind, a flow that leads elsewhere or is gone, a task that ends early."""
    for kind, one, other in mutations:
        free = [flow for flow in graph.flows if graph.spots[flow[0]].kind != "eventBasedGateway"]
        flow = free[one % len(free)]
        gateways = [
            spot for spot in graph.spots.values() if spot.kind in ("parallelGateway", "exclusiveGateway")
        ]
        if kind == "swap" and gateways:
            spot = gateways[one % len(gateways)]
            swapped = "exclusiveGateway" if spot.kind == "parallelGateway" else "parallelGateway"
            graph.spots[spot.id] = replace(spot, kind=swapped)
        elif kind == "redirect":
            targets = [
                spot.id
                for spot in graph.spots.values()
                if spot.kind in ("userTask", "parallelGateway", "exclusiveGateway", "endEvent")
            ]
            _replace(graph, flow, (flow[0], targets[other % len(targets)]))
        elif kind == "end":
            _replace(graph, flow, (flow[0], graph.add("endEvent")))
        elif kind == "delete" and sum(source == flow[0] for source, _ in graph.flows) > 1:
            graph.flows.remove(flow)
    return graph


def _replace(graph: Graph, flow: tuple[str, str], new: tuple[str, str]) -> None:
    if new not in graph.flows:
        graph.flows[graph.flows.index(flow)] = new


def content_of(graph: Graph) -> bytes:
    """The diagram; what a choice decides is left to chance: the function coin()."""
    flows = []
    for source, target in graph.flows:
        rest = [after for before, after in graph.flows if before == source]
        text = ""
        if graph.spots[source].kind == "exclusiveGateway" and len(rest) > 1:
            text = " : default" if rest[-1] == target else " : coin()"
        flows.append(f"{source} > {target}{text}")
    return diagram("p", [_node(spot) for spot in graph.spots.values()], flows)


def _node(spot: Spot) -> Node:
    if spot.kind == "userTask":
        return user(spot.id)
    if spot.kind == "boundaryEvent":
        return boundary(spot.id, spot.on, timer("Duration", 'duration("PT1H")'), spot.interrupts)
    if spot.kind == "timer":
        return catch(spot.id, timer("Duration", 'duration("PT2H")'))
    if spot.kind == "message":
        return catch(spot.id, message(spot.id))
    made = {"startEvent": start, "endEvent": end}.get(spot.kind)
    return made(spot.id) if made else node(spot.kind, spot.id)
