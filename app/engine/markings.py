"""Can the tokens of an instance reach the end, from where they stand? Every marking is looked at; data are not.

As in the check of whole diagrams (app.workflow.conformance.soundness), every way out of a choice can be taken, and a
non-interrupting boundary event may fire or not. A sub-process counts as one element of its level.
"""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from SpiffWorkflow.util.task import TaskState

from app.engine.spec_changes import JOINS, Outline, element_of
from app.engine.workflow import LIVE

#: Markings looked at before the search gives up and calls it stuck: no migration is worth more.
LIMIT = 20_000
#: Where a token stands that is being worked on, in the place of the element it came from.
_HERE = "@"
_CHOICES = frozenset({"ExclusiveGateway", "EventBasedGateway"})
_UNSEEN = frozenset({"BoundaryEvent", "BoundaryEventSplit", "BoundaryEventJoin", "_EndJoin", "SimpleBpmnTask"})
_ENDING = frozenset({"TerminateEventDefinition", "ErrorEvent"})

#: A token on its way from one element to another, and how many of them there are, sorted.
Edge = tuple[str, str]
Marking = tuple[tuple[Edge, int], ...]


def stuck_at(outline: Outline, level: str, tasks: Sequence[Mapping[str, Any]]) -> str | None:
    """An element at which tokens would wait for ever, or None if from every marking something can go on."""
    first = _marking(outline, level, tasks)
    seen, waiting = {first}, deque([first])
    while waiting:
        marking = waiting.popleft()
        following = list(_moves(outline, level, marking))
        if (marking and not following) or len(seen) > LIMIT:
            return marking[0][0][1] if marking else level
        for entry in following:
            if entry not in seen:
                seen.add(entry)
                waiting.append(entry)
    return None


def _marking(outline: Outline, level: str, tasks: Sequence[Mapping[str, Any]]) -> Marking:
    specs, by_id = outline.levels[level], {task["id"]: task for task in tasks}
    waits = {task["task_spec"] for task in tasks if task["state"] & LIVE}
    tokens: Counter[Edge] = Counter()
    for task in tasks:
        name, state = task["task_spec"], task["state"]
        kind = specs[name]["typename"] if name in specs else ""
        parent = by_id.get(task["parent"])
        if kind in _UNSEEN or name.endswith(" [child]"):
            continue
        if kind in JOINS and len(specs[name]["inputs"]) > 1:
            # tokens that arrived stand as waiting or cancelled tasks below what led them here
            arrived = name in waits and state & (TaskState.WAITING | TaskState.CANCELLED) and parent is not None
            if arrived and parent is not None and parent["state"] == TaskState.COMPLETED:
                tokens[element_of(parent["task_spec"]), name] += 1
        elif state & (LIVE | TaskState.ERROR):
            tokens[_HERE, element_of(name)] += 1
    return _sorted(tokens)


def _sorted(tokens: Mapping[Edge, int]) -> Marking:
    return tuple(sorted((edge, min(number, 2)) for edge, number in tokens.items() if number > 0))


def _moves(outline: Outline, level: str, marking: Marking) -> Iterator[Marking]:
    tokens = dict(marking)
    for target in sorted({edge[1] for edge in tokens}):
        for consumed in _consumed(outline, level, target, tokens):
            for produced in _produced(outline, level, target):
                if produced is None:
                    yield ()
                    continue
                after = Counter(tokens)
                after.subtract(dict.fromkeys(consumed, 1))
                after.update((target, following) for following in produced)
                yield _sorted(after)


def _consumed(outline: Outline, level: str, target: str, tokens: Mapping[Edge, int]) -> list[list[Edge]]:
    spec = outline.levels[level][target]
    present = [edge for edge in tokens if edge[1] == target]
    if spec["typename"] == "ParallelGateway" and (_HERE, target) not in tokens:
        arrived = {edge[0] for edge in present}
        return [present] if {element_of(name) for name in spec["inputs"]} <= arrived else []
    if spec["typename"] == "InclusiveGateway" and len(spec["inputs"]) > 1:
        others = {edge[1] for edge in tokens if edge[1] != target}
        return [] if any(_reaches(outline, level, other, target) for other in others) else [present]
    return [[edge] for edge in present]


def _produced(outline: Outline, level: str, target: str) -> list[list[str] | None]:
    """The sets of elements to which tokens go; None ends everything."""
    spec = outline.levels[level][target]
    out = [name for name in _forward(outline, level, target) if outline.levels[level][name]["typename"] not in _UNSEEN]
    if spec["typename"] == "EndEvent" and spec["event_definition"]["typename"] in _ENDING:
        return [None]
    if spec["typename"] in _CHOICES:
        return [[one] for one in out] or [[]]
    if spec["typename"] == "InclusiveGateway" and len(out) > 1:
        sizes = range(1, len(out) + 1)
        return [list(chosen) for size in sizes for chosen in itertools.combinations(out, size)]
    return _with_boundaries(outline, level, target, out)


def _forward(outline: Outline, level: str, element_id: str) -> list[str]:
    return sorted(outline.onward(level, element_id) - outline.boundaries(level, element_id))


def _with_boundaries(outline: Outline, level: str, target: str, out: list[str]) -> list[list[str] | None]:
    ways: list[list[str]] = [out]
    besides: list[list[str]] = [[]]
    for boundary in sorted(outline.boundaries(level, target)):
        following = [
            name for name in _forward(outline, level, boundary)
            if outline.levels[level][name]["typename"] not in _UNSEEN
        ]
        interrupts = outline.levels[level][boundary]["cancel_activity"]
        (ways if interrupts else besides).append(following)
    return [way + beside for way in ways for beside in besides]


def _reaches(outline: Outline, level: str, source: str, target: str) -> bool:
    seen: set[str] = set()
    stack = [source]
    while stack:
        entry = stack.pop()
        if entry == target:
            return True
        if entry not in seen:
            seen.add(entry)
            stack.extend(outline.onward(level, entry))
    return False
