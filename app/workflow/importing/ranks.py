"""Which column and row each node of a scope stands in: columns by the longest way from the start, rows by lane."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Arrow:
    """A flow between two nodes; `boundary` is the boundary event on the source that it leaves from."""

    id: str
    source: str
    target: str
    name: str = ""
    boundary: str = ""
    is_back: bool = False
    #: The cells it passes: its source, a cell in each column between, its target.
    path: list[str] = field(default_factory=list)


@dataclass
class Grid:
    """Column and row of every node and of every cell that a long flow passes."""

    columns: dict[str, int]
    rows: dict[str, int]
    #: How many rows each lane has, from the top.
    lane_rows: list[int]


def grid_of(nodes: Sequence[str], arrows: Sequence[Arrow], lane_of: Mapping[str, int], lanes: int) -> Grid:
    """Places the nodes; marks the arrows that lead back and gives each other one its path."""
    _mark_back(nodes, arrows)
    columns = _columns(nodes, arrows)
    lane = dict(lane_of)
    for arrow in arrows:
        arrow.path = _path(arrow, columns, lane)
    local = _rows(columns, arrows, lane)
    counts = [
        max([local[key] + 1 for key in local if lane.get(key, 0) == number], default=1) for number in range(lanes)
    ]
    above = [sum(counts[:number]) for number in range(lanes)]
    return Grid(columns, {key: above[lane.get(key, 0)] + row for key, row in local.items()}, counts)


def _mark_back(nodes: Sequence[str], arrows: Sequence[Arrow]) -> None:
    """Depth first from the starts; an arrow to what is still open leads back."""
    leaving: dict[str, list[Arrow]] = {key: [] for key in nodes}
    entered = {arrow.target for arrow in arrows}
    for arrow in arrows:
        leaving[arrow.source].append(arrow)
    open_nodes: set[str] = set()
    done: set[str] = set()
    for root in sorted(nodes, key=lambda key: key in entered):
        if root in done:
            continue
        stack = [(root, iter(leaving[root]))]
        open_nodes.add(root)
        while stack:
            node, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                open_nodes.discard(node)
                done.add(node)
            elif following.target in open_nodes:
                following.is_back = True
            elif following.target not in done:
                open_nodes.add(following.target)
                stack.append((following.target, iter(leaving[following.target])))


def _columns(nodes: Sequence[str], arrows: Sequence[Arrow]) -> dict[str, int]:
    columns = dict.fromkeys(nodes, 0)
    waiting = dict.fromkeys(nodes, 0)
    leaving: dict[str, list[Arrow]] = {key: [] for key in nodes}
    for arrow in arrows:
        if not arrow.is_back:
            waiting[arrow.target] += 1
            leaving[arrow.source].append(arrow)
    ready = [key for key in nodes if not waiting[key]]
    while ready:
        node = ready.pop()
        for arrow in leaving[node]:
            columns[arrow.target] = max(columns[arrow.target], columns[node] + 1)
            waiting[arrow.target] -= 1
            if not waiting[arrow.target]:
                ready.append(arrow.target)
    return columns


def _path(arrow: Arrow, columns: dict[str, int], lane: dict[str, int]) -> list[str]:
    if arrow.is_back:
        return []
    between = []
    for column in range(columns[arrow.source] + 1, columns[arrow.target]):
        cell = f"{arrow.id} {column}"  # no id has a blank in it
        columns[cell] = column
        lane[cell] = lane.get(arrow.source, 0)
        between.append(cell)
    return [arrow.source, *between, arrow.target]


def _rows(columns: Mapping[str, int], arrows: Sequence[Arrow], lane: Mapping[str, int]) -> dict[str, int]:
    before: dict[str, list[tuple[str, float]]] = {}
    for arrow in arrows:
        for first, second in itertools.pairwise(arrow.path):
            lower = 1.0 if arrow.boundary and first == arrow.source else 0.0
            before.setdefault(second, []).append((first, lower))
    rows: dict[str, int] = {}
    by_column: dict[int, list[str]] = {}
    for key, column in columns.items():
        by_column.setdefault(column, []).append(key)
    for column in sorted(by_column):
        wanted = {key: _wanted(key, before, rows, lane) for key in by_column[column]}
        taken: set[tuple[int, int]] = set()
        for key in sorted(by_column[column], key=lambda key: wanted[key]):
            own = lane.get(key, 0)
            rows[key] = next(row for row in _near(round(wanted[key])) if row >= 0 and (own, row) not in taken)
            taken.add((own, rows[key]))
    return rows


def _wanted(
    key: str, before: Mapping[str, list[tuple[str, float]]], rows: Mapping[str, int], lane: Mapping[str, int]
) -> float:
    known = [
        rows[first] + lower for first, lower in before.get(key, []) if lane.get(first, 0) == lane.get(key, 0)
    ]
    return sum(known) / len(known) if known else 0.0


def _near(row: int) -> list[int]:
    return [row + sign * step for step in range(400) for sign in (1, -1) if step or sign > 0]
