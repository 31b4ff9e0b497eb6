"""A picture for a diagram that came without one: columns from left to right, flows at right angles in the channels
between them, so that no flow runs through a node and no two nodes meet."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from app.workflow.importing.graph import Graph, Node
from app.workflow.importing.picture import Box, Edge, Picture, Point, Shape, size_of
from app.workflow.importing.ranks import Arrow, Grid, grid_of

_MARGIN, _HEAD = 60.0, 30.0
_ROW_GAP, _TRACK, _CHANNEL = 44.0, 14.0, 26.0
_PAD, _LANE_PAD, _SIGN, _LINE = 30.0, 20.0, 12.0, 14.0
_BELOW, _BOUNDARY = 28.0, 46.0


def laid_out(graph: Graph) -> Picture:
    """Places everything of a graph; lanes and the pool around it."""
    block = _Block(graph, "")
    left = _MARGIN + (_HEAD * 2 if graph.lanes else _HEAD if graph.pool else 0)
    found = Picture()
    block.put(found, left, _MARGIN)
    _frames(graph, block, found, left)
    _remarks(graph, found)
    return found


def _frames(graph: Graph, block: _Block, found: Picture, left: float) -> None:
    top = _MARGIN
    for number, lane in enumerate(graph.lanes):
        height = block.lane_heights[number]
        found.shapes[lane.id] = Shape(Box(left - _HEAD, top, block.width + _HEAD, height))
        top += height
    if graph.pool is not None:
        head = left - _MARGIN
        found.shapes[graph.pool[0]] = Shape(Box(_MARGIN, _MARGIN, block.width + head, block.height))


def _remarks(graph: Graph, found: Picture) -> None:
    lowest = max((shape.box.y + shape.box.height for shape in found.shapes.values()), default=_MARGIN)
    for number, remark in enumerate(graph.remarks):
        box = Box(_MARGIN + number * 190, lowest + 40, 170, 60)
        found.shapes[remark.id] = Shape(box)
        for tie_id, target, _ in remark.ties:
            shape = found.shapes.get(target)
            edge = found.edges.get(target)
            end = (shape.box.middle[0], shape.box.y + shape.box.height) if shape is not None else (
                edge.points[0] if edge is not None else (box.x, box.y - 20)
            )
            found.edges[tie_id] = Edge([(box.middle[0], box.y), end])


@dataclass
class _Channel:
    """The space to the right of a column: a track for each source whose flows turn in it, then room for names."""

    turns: dict[str, set[int]] = field(default_factory=dict)
    entered: dict[str, set[int]] = field(default_factory=dict)
    names: float = 0.0
    x: float = 0.0

    def use(self, key: str, leaves: int | None, enters: int | None) -> None:
        """A flow of this source turns here, out of one row and into another."""
        self.turns.setdefault(key, set()).update([] if leaves is None else [leaves])
        self.entered.setdefault(key, set()).update([] if enters is None else [enters])

    @property
    def width(self) -> float:
        """With room for every track and the longest name."""
        return _CHANNEL + _TRACK * len(self.turns) + max(self.names, 14.0)

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of each track: who leaves a row turns before who enters it, where that can be had."""
        left, found = list(self.turns), dict[str, int]()
        while left:
            free = [
                key for key in left
                if not any(self.turns[other] & self.entered[key] for other in left if other != key)
            ]
            chosen = (free or left)[0]
            left.remove(chosen)
            found[chosen] = len(found)
        return found


class _Block:
    """One scope laid out from its own corner; the sub-processes in it are blocks again."""

    def __init__(self, graph: Graph, scope: str) -> None:
        self._graph = graph
        inside = graph.inside(scope)
        self._boundaries: dict[str, list[Node]] = {}
        for node in inside:
            if node.kind == "boundaryEvent":
                self._boundaries.setdefault(node.attached_to or "", []).append(node)
        self._nodes = [node for node in inside if node.kind != "boundaryEvent"]
        self._blocks = {node.id: _Block(graph, node.id) for node in self._nodes if node.kind == "subProcess"}
        self._arrows = list(self._all_arrows(scope))
        lanes = graph.lanes if not scope else []
        lane_of = {key: number for number, lane in enumerate(lanes) for key in lane.nodes}
        self._lanes = max(len(lanes), 1)
        self._grid: Grid = grid_of([node.id for node in self._nodes], self._arrows, lane_of, self._lanes)
        self._count = max([self._grid.columns[node.id] + 1 for node in self._nodes], default=1)
        self._channels = [_Channel() for _ in range(self._count + 1)]  # the first stands left of all columns
        self._is_inner, self._has_lanes = bool(scope), bool(lanes)
        self._book()
        self._measure()

    def _all_arrows(self, scope: str) -> Iterable[Arrow]:
        hosts = {event.id: host for host, events in self._boundaries.items() for event in events}
        for flow in self._graph.flows:
            if flow.scope == scope:
                source = hosts.get(flow.source, flow.source)
                yield Arrow(flow.id, source, flow.target, flow.name, flow.source if flow.source in hosts else "")

    # --- how large everything is ----------------------------------------------------------------------------------

    def _size(self, node: Node) -> tuple[float, float]:
        events = len(self._boundaries.get(node.id, []))
        block = self._blocks.get(node.id)
        width, height = size_of(node.kind) if block is None else (block.width, block.height)
        return max(width, events * _BOUNDARY + 24), height

    def _book(self) -> None:
        """Every turn of every flow takes its place in a channel."""
        columns, rows = self._grid.columns, self._grid.rows
        for arrow in self._arrows:
            if arrow.is_back:
                out, back = self._channels[columns[arrow.source] + 1], self._channels[columns[arrow.target]]
                out.use(f"{arrow.id} out", None if arrow.boundary else rows[arrow.source], None)
                back.use(f"{arrow.id} back", None, rows[arrow.target])
                continue
            for first, second in itertools.pairwise(arrow.path):
                is_below = bool(arrow.boundary) and first == arrow.source
                channel = self._channels[columns[first] + 1]
                if rows[first] != rows[second] or is_below:
                    channel.use(self._track(arrow, first), None if is_below else rows[first], rows[second])
                if first == arrow.source and arrow.name:
                    channel.names = max(channel.names, min(len(arrow.name), 12) * _SIGN + 16)

    @staticmethod
    def _track(arrow: Arrow, first: str) -> str:
        return arrow.boundary if arrow.boundary and first == arrow.source else first

    def _measure(self) -> None:
        widths, heights = [0.0] * self._count, [40.0] * sum(self._grid.lane_rows)
        below = [0] * len(heights)
        for node in self._nodes:
            width, height = self._size(node)
            column, row = self._grid.columns[node.id], self._grid.rows[node.id]
            label = _label_under(node, Box(0, 0, 0, 0))
            widths[column] = max(widths[column], width, label.width if label is not None else 0.0)
            heights[row] = max(heights[row], height)
            below[row] = max(below[row], len(self._boundaries.get(node.id, [])))
        self._measure_columns(widths)
        self._measure_rows(heights, below)

    def _measure_columns(self, widths: list[float]) -> None:
        x = _PAD if self._is_inner else 20.0
        self._lefts: list[float] = []
        for number, channel in enumerate(self._channels):
            channel.x = x
            x += channel.width if number or channel.turns else 0.0
            if number < self._count:
                self._lefts.append(x + widths[number] / 2)  # the middle of the column
                x += widths[number]
        self.width = x + (0.0 if self._is_inner else 10.0)

    def _measure_rows(self, heights: list[float], below: list[int]) -> None:
        y = _PAD + 14 if self._is_inner else _LANE_PAD
        top, row = 0.0, 0
        self._middles: list[float] = []
        self._floors: list[float] = []
        self.lane_heights: list[float] = []
        back = sum(arrow.is_back for arrow in self._arrows)
        for number, count in enumerate(self._grid.lane_rows):
            for _ in range(count):
                self._middles.append(y + heights[row] / 2)
                self._floors.append(y + heights[row])
                y += heights[row] + _ROW_GAP + (_BELOW + 8 * below[row] if below[row] else 0)
                row += 1
            if number == self._lanes - 1:
                self._basement = y
                y += _LINE * back + (_LANE_PAD if back else 0)
            y += _LANE_PAD if self._has_lanes else 0
            self.lane_heights.append(y - top)
            top = y
            y += _LANE_PAD if self._has_lanes else 0
        self.height = top

    # --- where everything goes ------------------------------------------------------------------------------------

    def put(self, found: Picture, x: float, y: float) -> None:
        """Draws the scope with its corner at a point."""
        for node in self._nodes:
            width, height = self._size(node)
            middle_x = x + self._lefts[self._grid.columns[node.id]]
            box = Box(middle_x - width / 2, y + self._middles[self._grid.rows[node.id]] - height / 2, width, height)
            found.shapes[node.id] = Shape(box, _label_under(node, box))
            self._put_boundaries(found, node, box)
            if node.id in self._blocks:
                self._blocks[node.id].put(found, box.x, box.y)
        back = 0
        for arrow in self._arrows:
            points = self._points(found, arrow, x, y, back)
            back += arrow.is_back
            found.edges[arrow.id] = Edge(_straightened(points), _label_on(arrow, points))

    def _put_boundaries(self, found: Picture, node: Node, host: Box) -> None:
        for number, event in enumerate(self._boundaries.get(node.id, [])):
            box = Box(host.x + host.width - 48 - number * _BOUNDARY, host.y + host.height - 18, 36, 36)
            width = len(event.name) * _SIGN + 8
            label = Box(box.x - width - 2, box.y + 22, width, 14) if event.name else None
            found.shapes[event.id] = Shape(box, label)

    def _points(self, found: Picture, arrow: Arrow, x: float, y: float, back: int) -> list[Point]:
        source, target = found.shapes[arrow.source].box, found.shapes[arrow.target].box
        points = self._beginning(found, arrow, source, y)
        rows, columns = self._grid.rows, self._grid.columns
        if arrow.is_back:
            floor = y + self._basement + _LINE * back
            out = x + self._x_of(columns[arrow.source] + 1, f"{arrow.id} out")
            into = x + self._x_of(columns[arrow.target], f"{arrow.id} back")
            points += [(out, points[-1][1]), (out, floor), (into, floor), (into, target.middle[1])]
            return [*points, (target.x, target.middle[1])]
        for first, second in itertools.pairwise(arrow.path):
            level = y + self._middles[rows[second]]
            if points[-1][1] != level:
                turn = x + self._x_of(columns[first] + 1, self._track(arrow, first))
                points += [(turn, points[-1][1]), (turn, level)]
        return [*points, (target.x, target.middle[1])]

    def _beginning(self, found: Picture, arrow: Arrow, source: Box, y: float) -> list[Point]:
        if not arrow.boundary:
            return [(source.x + source.width, source.middle[1])]
        event = found.shapes[arrow.boundary].box
        order = [node.id for node in self._boundaries[arrow.source]].index(arrow.boundary)
        level = y + self._floors[self._grid.rows[arrow.source]] + _BELOW + 8 * order
        return [(event.middle[0], event.y + event.height), (event.middle[0], level)]

    def _x_of(self, channel: int, key: str) -> float:
        space = self._channels[channel]
        return space.x + 16 + _TRACK * space.order[key]


def _label_under(node: Node, box: Box) -> Box | None:
    if not node.name or not node.kind.endswith(("Event", "Gateway")):
        return None
    width = min(len(node.name) * _SIGN + 8, 90)
    lines = -(-(len(node.name) * _SIGN) // 82)
    return Box(box.middle[0] - width / 2, box.y + box.height + 5, width, 14 * lines)


def _label_on(arrow: Arrow, points: list[Point]) -> Box | None:
    """The name above the first level piece behind the turn, where the branches have parted."""
    if not arrow.name:
        return None
    level = [(first, second) for first, second in itertools.pairwise(points) if first[1] == second[1]]
    (x, y), _ = level[1 if len(level) > 1 and points[0][1] == level[0][0][1] else 0]
    width = min(len(arrow.name), 12) * _SIGN + 6
    return Box(x + (4 if len(level) > 1 else 24), y - 18 if not arrow.is_back else y + 2, width, 14)


def _straightened(points: list[Point]) -> list[Point]:
    """Without points that lie on the line between their neighbours."""
    found = points[:1]
    for before, point in enumerate(points[1:], 1):
        following = points[before + 1] if before + 1 < len(points) else None
        last = found[-1]
        if point == last:
            continue
        if following is not None and (last[0] == point[0] == following[0] or last[1] == point[1] == following[1]):
            continue
        found.append(point)
    return found
