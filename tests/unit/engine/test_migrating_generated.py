"""Random edits of random diagrams: whoever is migrated goes on as the new version would, or was refused.

The witness is a fresh instance of the new version that is led along the same answers. Nothing hangs, nothing is lost.
"""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.engine import DefinitionRefused, MigrationRefused, compile_process, migrate
from app.workflow.conformance.drawing import Drawing
from app.workflow.conformance.soundness import check_soundness
from tests.unit.engine.diagrams import (
    FakeHost,
    Run,
    boundary,
    diagram,
    end,
    node,
    service,
    start,
    timer,
    user,
)
from tests.unit.engine.test_generated import BLOCKS, Block, Drawn


def drawn(block: Block) -> Drawn:
    """The top level of a generated diagram, from start to end."""
    made = Drawn()
    first, last = made.block(block)
    made.nodes = [start("begin"), user("go"), *made.nodes, end("done")]
    made.flows = ["begin > go", f"go > {first}", *made.flows, f"{last} > done"]
    return made


def content_of(made: Drawn) -> bytes:
    """As a document."""
    return diagram("generated", made.nodes, made.flows)


def ends_of(flow: str) -> tuple[str, str, str]:
    """Source, target and the rest of a flow."""
    ends, colon, condition = flow.partition(" : ")
    source, target = (one.strip() for one in ends.split(">"))
    return source, target, f"{colon}{condition}"


def edited(made: Drawn, edits: list[tuple[str, int]]) -> Drawn:
    """The diagram with changes; some of them make it unsound or change nothing, as owners do."""
    new = Drawn(itertools.count(1000), list(made.nodes), list(made.flows))
    for kind, number in edits:
        EDITS_BY_KIND[kind](new, number)
    return new


def _between(new: Drawn, number: int, made: Any) -> None:
    index = number % len(new.flows)
    source, target, rest = ends_of(new.flows[index])
    new.add(made)
    new.flows[index : index + 1] = [f"{source} > {made[1]}{rest}", f"{made[1]} > {target}"]


def insert(new: Drawn, number: int) -> None:
    """A task on a flow."""
    _between(new, number, user(new.name("task")))


def insert_call(new: Drawn, number: int) -> None:
    """An operation on a flow."""
    name = new.name("call")
    _between(new, number, service(name, "x.try_it", name, who=f'"{name}"'))


def _tasks(new: Drawn) -> list[str]:
    return [made[1] for made in new.nodes if made[0] in ("userTask", "serviceTask")]


def remove(new: Drawn, number: int) -> None:
    """A task with one way in and one way out; its ways are joined."""
    if not (names := _tasks(new)):
        return
    name = names[number % len(names)]
    ways = [ends_of(flow) for flow in new.flows]
    into, out = [way for way in ways if way[1] == name], [way for way in ways if way[0] == name]
    if len(into) == len(out) == 1 and not any(f'attachedToRef="{name}"' in made[2] for made in new.nodes):
        new.nodes = [made for made in new.nodes if made[1] != name]
        new.flows = [flow for flow in new.flows if name not in ends_of(flow)[:2]]
        new.flows.append(f"{into[0][0]} > {out[0][1]}{into[0][2]}")


def add_timer(new: Drawn, number: int) -> None:
    """An interrupting timer on a task that leads on where the task leads."""
    if not (names := [made[1] for made in new.nodes if made[0] == "userTask"]):
        return
    name = names[number % len(names)]
    (way,) = [way for way in map(ends_of, new.flows) if way[0] == name]
    late = new.add(boundary(new.name("late"), name, timer("Duration", 'duration("PT1H")')))
    meet = new.add(node("exclusiveGateway", new.name("meet")))
    new.flows.remove(f"{way[0]} > {way[1]}{way[2]}")
    new.flows += [f"{name} > {meet}", f"{late} > {meet}", f"{meet} > {way[1]}"]


def drop_timer(new: Drawn, number: int) -> None:
    """A boundary event less."""
    names = [made[1] for made in new.nodes if made[0] == "boundaryEvent"]
    if names:
        name = names[number % len(names)]
        new.nodes = [made for made in new.nodes if made[1] != name]
        new.flows = [flow for flow in new.flows if ends_of(flow)[0] != name]


def regroup(new: Drawn, number: int) -> None:
    """Another group for a task."""
    if not (names := [made for made in new.nodes if made[0] == "userTask"]):
        return
    old = names[number % len(names)]
    new.nodes[new.nodes.index(old)] = (old[0], old[1], old[2].replace("center_clerk", "bureau_leader"), old[3])


def turn(new: Drawn, number: int) -> None:
    """A condition the other way round."""
    indexes = [i for i, flow in enumerate(new.flows) if " : odd(" in flow or " : not(odd(" in flow]
    if indexes:
        index = indexes[number % len(indexes)]
        source, target, rest = ends_of(new.flows[index])
        condition = rest.removeprefix(" : ")
        turned = condition[4:-1] if condition.startswith("not(") else f"not({condition})"
        new.flows[index] = f"{source} > {target} : {turned}"


def fork(new: Drawn, number: int) -> None:
    """A parallel branch beside a task."""
    if not (names := [made[1] for made in new.nodes if made[0] == "userTask"]):
        return
    name = names[number % len(names)]
    split, join = new.add(node("parallelGateway", new.name("fork"))), new.add(node("parallelGateway", new.name("join")))
    beside = new.add(user(new.name("task")))
    flows = []
    for source, target, rest in map(ends_of, new.flows):
        flows.append(f"{join if source == name else source} > {split if target == name else target}{rest}")
    new.flows = [*flows, f"{split} > {name}", f"{split} > {beside}", f"{name} > {join}", f"{beside} > {join}"]


def swap(new: Drawn, number: int) -> None:
    """The two ways out of a join or gateway change places in the file, or two flows change their targets."""
    index = number % len(new.flows)
    other = (number * 7 + 3) % len(new.flows)
    (a, b, first), (c, d, second) = ends_of(new.flows[index]), ends_of(new.flows[other])
    new.flows[index], new.flows[other] = f"{a} > {d}{first}", f"{c} > {b}{second}"


def reparameter(new: Drawn, number: int) -> None:
    """An operation is called otherwise."""
    names = [made for made in new.nodes if made[0] == "serviceTask"]
    if names:
        old = names[number % len(names)]
        new.nodes[new.nodes.index(old)] = service(old[1], "x.try_it", old[1], who='"other"')


EDITS_BY_KIND = {
    "insert": insert, "call": insert_call, "remove": remove, "timer": add_timer, "untimed": drop_timer,
    "group": regroup, "condition": turn, "fork": fork, "swap": swap, "parameter": reparameter,
}  # fmt: skip
EDITS = st.tuples(
    st.sampled_from(list(EDITS_BY_KIND)),
    st.integers(0, 50),
)


class Walk:
    """A run that is answered task by task; every answer is counted, so that loops end."""

    def __init__(self, content: bytes) -> None:
        self.run = Run(content, {}, FakeHost(operations={"x.try_it": lambda given: {"n": given["who"]}}))
        self.acts: list[str] = []
        self.times: dict[str, int] = {}
        self.migrated_after = 0
        self.seen_then: Any = None

    def act(self, name: str) -> None:
        """Complete a task, or let an hour pass."""
        self.acts.append(name)
        if name == "@later":
            self.run.later(hours=1)
        else:
            self.times[name] = self.times.get(name, 0) + 1
            self.run.complete(name, **{name: self.times[name]})

    def next(self, turn: int) -> str:
        """What is to be done next, by a number."""
        waiting = self.run.open()
        if turn == 0 and self.run.execution.timers():
            return "@later"
        return waiting[turn % len(waiting)]

    def seen(self) -> Any:
        """What the instance waits for, and its data."""
        execution = self.run.execution
        timers = [(one.element_id, one.due_at) for one in execution.timers()]
        groups = [(one.element_id, one.candidate_groups) for one in execution.open_tasks()]
        return self.run.open(), sorted(timers), sorted(groups), self.run.data, self.run.ends


def to_the_end(walk: Walk, choices: list[int]) -> list[Any]:
    """Answer until the end; gives what was seen on the way. Raises AssertionError if it hangs."""
    seen = []
    for turn in itertools.islice(itertools.cycle(choices or [1]), 300):
        seen.append(walk.seen())
        if walk.run.ends:
            return seen
        assert walk.run.open() or walk.run.execution.timers(), "it hangs"
        walk.act(walk.next(turn))
    raise AssertionError("it does not end")


@given(
    block=BLOCKS,
    edits=st.lists(EDITS, min_size=1, max_size=3),
    before=st.lists(st.integers(0, 5), max_size=8),
    after=st.lists(st.integers(0, 5), max_size=8),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whoever_is_migrated_goes_on_as_the_new_version(
    block: Block, edits: list[tuple[str, int]], before: list[int], after: list[int]
) -> None:
    made = drawn(block)
    new = content_of(edited(made, edits))
    try:
        process = compile_process(new)
    except DefinitionRefused:
        return
    walk = Walk(content_of(made))
    for turn in before:
        if not walk.run.ends:
            walk.act(walk.next(turn))
    if walk.run.ends:
        return
    state, data = walk.run.execution.dump(), walk.run.data
    walk.run.host.specs[process.spec_hash] = process.spec_text
    try:
        migrated = migrate(state, walk.run.spec_hash, process.spec_hash, walk.run.host, walk.run.outcomes("completed"))
    except MigrationRefused:
        event("refused")
        assert walk.run.execution.dump() == state
        return
    event("migrated")
    assert migrated.execution.data() == data
    walk.run.execution, walk.run.spec_hash = migrated.execution, process.spec_hash
    walk.migrated_after, walk.seen_then = len(walk.acts), walk.seen()
    again = any("再办时按新版本" in note for note in migrated.notes)
    _agree(walk, new, after, again=again)


def _agree(walk: Walk, new: bytes, after: list[int], *, again: bool) -> None:
    """The migrated instance and a fresh one of the new version, led along the same answers, do the same for ever."""
    outcome = _outcome(walk, after, new)
    if again:
        event("comes by the change again")
        return
    fresh = Walk(new)
    for name in list(walk.acts[: walk.migrated_after]):
        fresh.act(name)
    assert walk.seen_then == fresh.seen()
    assert outcome == _outcome(fresh, after, new)


def _outcome(walk: Walk, after: list[int], new: bytes) -> Any:
    """What is seen to the end. A sound version never hangs; what its data do not let end, ends for nobody."""
    try:
        return to_the_end(walk, after)
    except Exception as stuck:  # noqa: BLE001 - whatever it is, it must be the same for both
        if "it hangs" in str(stuck):
            assert list(check_soundness(Drawing(etree.fromstring(new)))), "a sound version hangs"
        return str(stuck)
