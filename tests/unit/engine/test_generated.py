"""Generated diagrams: whatever is nested in whatever, nothing is lost, storing changes nothing, the gate agrees."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.engine import OperationFailed
from app.operations import OperationError
from app.workflow.conformance.drawing import Drawing
from app.workflow.conformance.soundness import check_soundness
from tests.unit.engine.diagrams import (
    FakeHost,
    Node,
    Run,
    boundary,
    diagram,
    end,
    node,
    service,
    start,
    sub,
    timer,
    user,
)

ROUNDS = 2

Block = Any

BLOCKS: st.SearchStrategy[Block] = st.recursive(
    st.sampled_from(["task", "timed", "call"]),
    lambda inner: st.one_of(
        st.tuples(st.just("both"), inner, inner),
        st.tuples(st.just("three"), inner, inner, inner),
        st.tuples(st.just("choose"), inner, inner),
        st.tuples(st.just("then"), inner, inner),
        st.tuples(st.just("again"), inner),
        st.tuples(st.just("inside"), inner),
    ),
    max_leaves=7,
)


@dataclass
class Drawn:
    """A diagram in the making; blocks have one way in and one way out."""

    numbers: Iterator[int] = field(default_factory=itertools.count)
    nodes: list[Node] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)

    def add(self, made: Node) -> str:
        """Put a node; gives its id."""
        self.nodes.append(made)
        return made[1]

    def name(self, kind: str) -> str:
        """A new id."""
        return f"{kind}{next(self.numbers)}"

    def block(self, block: Block) -> tuple[str, str]:
        """Draw a block; gives its first and last element."""
        if isinstance(block, str):
            return self.leaf(block)
        kind, *parts = block
        return {
            "both": self.parallel, "three": self.parallel, "choose": self.choice,
            "then": self.sequence, "again": self.loop, "inside": self.subprocess,
        }[kind](*parts)  # fmt: skip

    def leaf(self, kind: str) -> tuple[str, str]:
        """A user task, perhaps with an interrupting timer that leads on as well; or an operation."""
        if kind == "call":
            name = self.name("call")
            self.add(service(name, "x.try_it", name, who=f'"{name}"'))
            return name, name
        task = self.add(user(self.name("task")))
        if kind == "task":
            return task, task
        late = self.add(boundary(self.name("late"), task, timer("Duration", 'duration("PT1H")')))
        meet = self.add(node("exclusiveGateway", self.name("meet")))
        self.flows += [f"{task} > {meet}", f"{late} > {meet}"]
        return task, meet

    def parallel(self, *parts: Block) -> tuple[str, str]:
        """Branches that all run."""
        fork = self.add(node("parallelGateway", self.name("fork")))
        join = self.add(node("parallelGateway", self.name("join")))
        for part in parts:
            first, last = self.block(part)
            self.flows += [f"{fork} > {first}", f"{last} > {join}"]
        return fork, join

    def choice(self, left: Block, right: Block) -> tuple[str, str]:
        """A task, and by its answer one of two: the other in the next round of an enclosing loop."""
        ask = self.add(user(self.name("ask")))
        split = self.add(node("exclusiveGateway", self.name("split")))
        meet = self.add(node("exclusiveGateway", self.name("meet")))
        (first, last), (other, last_other) = self.block(left), self.block(right)
        self.flows += [f"{ask} > {split}", f"{split} > {first} : odd({ask})", f"{split} > {other} : default"]
        self.flows += [f"{last} > {meet}", f"{last_other} > {meet}"]
        return ask, meet

    def sequence(self, left: Block, right: Block) -> tuple[str, str]:
        """One after the other."""
        (first, last), (other, last_other) = self.block(left), self.block(right)
        self.flows.append(f"{last} > {other}")
        return first, last_other

    def loop(self, part: Block) -> tuple[str, str]:
        """A part and a task that counts, until it has counted far enough."""
        first, last = self.block(part)
        begin = self.add(node("exclusiveGateway", self.name("begin")))
        count = self.add(user(self.name("count")))
        more = self.add(node("exclusiveGateway", self.name("more")))
        out = self.add(node("exclusiveGateway", self.name("out")))
        self.flows += [
            f"{begin} > {first}", f"{last} > {count}", f"{count} > {more}",
            f"{more} > {begin} : modulo({count}, {ROUNDS}) != 0", f"{more} > {out} : default",
        ]  # fmt: skip
        return begin, out

    def subprocess(self, part: Block) -> tuple[str, str]:
        """A part inside a sub-process."""
        inner = Drawn(self.numbers)
        first, last = inner.block(part)
        begin, done = self.name("s"), self.name("e")
        nodes = [start(begin), *inner.nodes, end(done)]
        made = self.add(
            sub(self.name("part"), nodes, [f"{begin} > {first}", *inner.flows, f"{last} > {done}"])
        )
        return made, made


class Failing(Run):
    """A run whose operations may fail, at the start as well."""

    def __init__(self, content: bytes, host: FakeHost, stored: bool) -> None:
        # The operations come after a task, so that starting itself never fails.
        super().__init__(content, {}, host, stored)

    def act(self, move: Callable[[], Any]) -> None:
        """Make a move and whatever it sets free, failures left standing."""
        while True:
            try:
                move()
                self._after()
                return
            except OperationFailed:
                self._after()
                move = self.execution.advance


def content_of(block: Block) -> bytes:
    """The whole diagram."""
    drawn = Drawn()
    first, last = drawn.block(block)
    nodes = [start("begin"), user("go"), *drawn.nodes, end("done")]
    return diagram("generated", nodes, ["begin > go", f"go > {first}", *drawn.flows, f"{last} > done"])


def walk(
    content: bytes, choices: list[int], stored: bool
) -> tuple[list[list[str]], dict[str, Any], dict[str, Any]]:
    """Answer the open tasks in the order of the choices; gives what was open, the data, and what was last written."""
    calls: dict[str, int] = {}

    def try_it(arguments: dict[str, Any]) -> dict[str, Any]:
        """Fails every other time."""
        name = arguments["who"]
        calls[name] = calls.get(name, 0) + 1
        if calls[name] % 2:
            raise OperationError("down", "不通")
        written[name] = {"n": calls[name]}
        return {"n": calls[name]}

    run = Failing(content, FakeHost(operations={"x.try_it": try_it}), stored)
    seen: list[list[str]] = []
    written: dict[str, Any] = {}
    turns = itertools.cycle(choices or [0])
    times: dict[str, int] = {}
    for _ in range(400):
        if run.ends:
            return seen, run.data, written
        failed = {f"!{failure.element_id}": failure.task_id for failure in run.execution.failures()}
        waiting = [*run.open(), *sorted(failed)]
        seen.append(waiting)
        turn = next(turns)
        if turn == 0 and run.execution.timers():
            run.act(lambda: run.later(hours=1))
            continue
        name = waiting[turn % len(waiting)]
        if name in failed:
            task_id = failed[name]
            run.act(lambda task_id=task_id: run.execution.retry(task_id))
            continue
        times[name] = times.get(name, 0) + 1
        written[name] = times[name]
        run.act(lambda name=name: run.complete(name, **{name: times[name]}))
    raise AssertionError("it does not end")


@example(block=("again", ("both", "task", "task")), choices=[0])
@example(
    block=("again", ("three", "timed", ("choose", "task", ("both", "task", "task")), "task")),
    choices=[3, 1, 2],
)
@example(
    block=("again", ("both", "call", ("then", "task", ("then", "call", "task")))), choices=[0, 1, 0, 0, 2]
)
@example(block=("again", ("inside", ("both", ("again", "task"), "timed"))), choices=[1, 0])
@given(block=BLOCKS, choices=st.lists(st.integers(0, 5), max_size=12))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_lost_and_storing_changes_nothing(block: Block, choices: list[int]) -> None:
    content = content_of(block)
    assert list(check_soundness(Drawing(etree.fromstring(content)))) == []
    live = walk(content, choices, stored=False)
    assert live == walk(content, choices, stored=True)
    _, data, written = live
    assert data == written
