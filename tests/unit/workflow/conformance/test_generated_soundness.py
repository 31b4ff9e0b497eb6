"""Random diagrams, sound and unsound: the token game of the gate against exhaustive exploration and against the engine.

The exploration is written anew, from the standard's words alone: it keeps whole states, knows nothing of the gate's
code, and looks at each question separately.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping

from hypothesis import HealthCheck, assume, event, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.feel import Function
from app.workflow.conformance.drawing import Drawing
from app.workflow.conformance.soundness import check_soundness
from tests.unit.engine.diagrams import FakeHost, Run
from tests.unit.workflow.conformance.drawn_at_random import (
    BLOCKS,
    MUTATIONS,
    Block,
    Graph,
    content_of,
    graph_of,
    mutated,
)

#: Where the tokens stand: node -> the flows (numbers) on which they came, sorted.
State = tuple[int, ...]
TOO_MANY = 4_000


class Exploration:
    """Every state a graph can come to: the sorted numbers of the flows on which tokens stand; -1 is the start."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.after: dict[State, set[State]] = {}
        self.done: set[str] = set()
        self.twice: set[str] = set()
        begin = next(spot.id for spot in graph.spots.values() if spot.kind == "startEvent")
        self.into = {number: target for number, (_, target) in enumerate(graph.flows)} | {-1: begin}
        self._explore((-1,))

    def _explore(self, first: State) -> None:
        waiting = [first]
        while waiting:
            state = waiting.pop()
            if state in self.after:
                continue
            self.after[state] = set()
            assume(len(self.after) < TOO_MANY)
            for token, count in Counter(state).items():
                if count > 1:
                    self.twice.add(self.into[token])
            self.after[state] = set(self._next(state))
            waiting += self.after[state]

    def _next(self, state: State) -> Iterator[State]:
        for place in {self.into[token] for token in state}:
            here = sorted({token for token in state if self.into[token] == place})
            if self.graph.spots[place].kind == "parallelGateway":
                ways_in = [number for number, target in self.into.items() if target == place]
                takes = [here] if len(here) == len(ways_in) else []
            else:
                takes = [[token] for token in here]
            for taken in takes:
                self.done.add(place)
                left = Counter(state) - Counter(taken)
                for given_out in self._gives(place):
                    after = left + Counter(given_out)
                    # a third token of the same kind tells nothing new, and a loop could make any number
                    yield tuple(
                        sorted(Counter({token: min(count, 2) for token, count in after.items()}).elements())
                    )

    def _gives(self, place: str) -> Iterator[list[int]]:
        out = self._out(place)
        if self.graph.spots[place].kind in ("exclusiveGateway", "eventBasedGateway"):
            yield from ([number] for number in out) if out else ([],)
            return
        events = [spot for spot in self.graph.spots.values() if spot.on == place]
        besides = [self._out(spot.id) for spot in events if not spot.interrupts]
        instead = [self._out(spot.id) for spot in events if spot.interrupts]
        self.done |= {spot.id for spot in events}
        for way in (out, *instead):
            yield way
            for beside in besides:
                yield way + beside

    def _out(self, place: str) -> list[int]:
        return [number for number, (source, _) in enumerate(self.graph.flows) if source == place]

    # --- the questions ----------------------------------------------------------------------------------------

    def stuck(self) -> bool:
        """Tokens are left and none can move."""
        return any(state and not following for state, following in self.after.items())

    def twice_at_once(self) -> bool:
        """Two tokens on the way to the same place, unless only a reminder beside it led there."""
        return bool(self.twice & self._without_reminders())

    def never_done(self) -> set[str]:
        """Nodes that nothing ever comes to."""
        return set(self.graph.spots) - self.done

    def lost(self) -> bool:
        """A state from which the end is out of reach, though tokens go on moving."""
        good = {state for state, following in self.after.items() if not following}
        while True:
            more = {state for state, following in self.after.items() if following & good} - good
            if not more:
                return bool(set(self.after) - good)
            good |= more

    def _without_reminders(self) -> set[str]:
        reached: set[str] = set()
        waiting = [self.into[-1]]
        while waiting:
            place = waiting.pop()
            if place in reached:
                continue
            reached.add(place)
            events = [spot.id for spot in self.graph.spots.values() if spot.on == place and spot.interrupts]
            waiting += [target for source, target in self.graph.flows if source in (place, *events)]
        return reached

    def verdict(self) -> set[str]:
        """The words of the gate for what is wrong."""
        answers = {
            "deadlock": self.stuck(), "double_token": self.twice_at_once(),
            "unreachable": bool(self.never_done()), "livelock": self.lost(),
        }  # fmt: skip
        return {word for word, wrong in answers.items() if wrong}


def told(graph: Graph) -> set[str]:
    """What the gate says."""
    return {finding.code for finding in check_soundness(Drawing(etree.fromstring(content_of(graph))))}


class ByChance(FakeHost):
    """A host in which every choice is a coin."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.chance = random.Random(seed)

    @property
    def functions(self) -> Mapping[str, Function]:
        """The clock, and a coin."""
        coin = Function("coin", (), "boolean", "掷币", lambda: self.chance.random() < 0.5)
        return {**super().functions, "coin": coin}


def ends(graph: Graph, seed: int) -> bool:
    """Whether a run with everything left to chance comes to its end; nothing is ever open twice."""
    host = ByChance(seed)
    run = Run(content_of(graph), {}, host)
    for _ in range(400):
        if run.execution.is_completed:
            return True
        waiting = run.open()
        assert len(waiting) == len(set(waiting)), waiting
        moves = [("complete", name) for name in waiting]
        moves += [("deliver", entry.name) for entry in run.execution.awaited()]
        moves += [("later", "")] if run.execution.timers() else []
        if not moves:
            return False
        kind, name = host.chance.choice(moves)
        if kind == "later":
            run.later(hours=1)
        else:
            getattr(run, kind)(name)
    return False


CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much]


@given(block=BLOCKS, seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, suppress_health_check=CHECKS)
def test_what_is_made_of_blocks_is_sound_and_ends(block: Block, seed: int) -> None:
    graph = graph_of(block)
    assert Exploration(graph).verdict() == set()
    assert told(graph) == set()
    assert ends(graph, seed)


@example(block=("parallelGateway", "task", "task"), mutations=[("swap", 0, 0)])
@example(block=("parallelGateway", "task", "task"), mutations=[("swap", 1, 0)])
@example(block=("again", "reminded"), mutations=[])
@example(block=("then", "reminded", "task"), mutations=[("redirect", 1, 0)])
@example(block=("again", "task"), mutations=[("delete", 3, 0)])
@given(block=BLOCKS, mutations=MUTATIONS)
@settings(max_examples=150, deadline=None, suppress_health_check=CHECKS)
def test_the_gate_and_the_exploration_agree(block: Block, mutations: list[tuple[str, int, int]]) -> None:
    graph = mutated(graph_of(block), mutations)
    verdict = Exploration(graph).verdict()
    for word in sorted(verdict) or ["sound"]:
        event(word)
    found = told(graph)
    assert found == verdict


@given(block=BLOCKS, mutations=MUTATIONS, seed=st.integers(0, 2**32))
@settings(max_examples=40, deadline=None, suppress_health_check=CHECKS)
def test_what_the_gate_finds_sound_always_ends(
    block: Block, mutations: list[tuple[str, int, int]], seed: int
) -> None:
    graph = mutated(graph_of(block), mutations)
    assume(told(graph) == set())
    assert ends(graph, seed)
