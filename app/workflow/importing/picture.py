"""Where everything stands on the page; and the same copied from a foreign file, where it has all that is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from app.engine.xml import BPMNDI, local_name
from app.workflow.importing.graph import Flow, Graph, Node

Point = tuple[float, float]
SIZES = {"Task": (110.0, 80.0), "Event": (36.0, 36.0), "Gateway": (50.0, 50.0)}
_COLOURS = ("http://bpmn.io/schema/bpmn/biocolor/1.0", "http://www.omg.org/spec/BPMN/non-normative/color/1.0")
_LIMIT = 100_000


def size_of(kind: str) -> tuple[float, float]:
    """Width and height of a node of a kind, sub-processes aside."""
    return next((size for end, size in SIZES.items() if kind.endswith(end)), SIZES["Task"])


@dataclass(frozen=True)
class Box:
    """A rectangle; x to the right, y downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        """Its centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    def holds(self, other: Box) -> bool:
        """Whether the other lies inside."""
        return (
            self.x <= other.x and self.y <= other.y
            and other.x + other.width <= self.x + self.width and other.y + other.height <= self.y + self.height
        )

    def moved(self, x: float, y: float) -> Box:
        """The same elsewhere."""
        return Box(self.x + x, self.y + y, self.width, self.height)


@dataclass
class Shape:
    """A node, lane, pool or note on the page; `label` where its name stands beside it."""

    box: Box
    label: Box | None = None
    colours: dict[str, str] = field(default_factory=dict)


@dataclass
class Edge:
    """A flow on the page."""

    points: list[Point]
    label: Box | None = None
    colours: dict[str, str] = field(default_factory=dict)


@dataclass
class Picture:
    """Shapes and edges by the new ids."""

    shapes: dict[str, Shape] = field(default_factory=dict)
    edges: dict[str, Edge] = field(default_factory=dict)


def copied(root: etree._Element, graph: Graph) -> Picture | None:
    """The picture of the file, or None where a node has no place in it or sub-processes are drawn elsewhere."""
    shapes, edges = dict(_shapes(root)), dict(_edges(root))
    found = Picture()
    for node in graph.nodes.values():
        if node.old_id not in shapes:
            return None
        found.shapes[node.id] = _fitted(node, shapes[node.old_id])
    beside = [(lane.id, lane.old_id) for lane in graph.lanes] + [(one.id, one.old_id) for one in graph.remarks]
    if graph.pool is not None:
        beside.append(graph.pool[:2])
    is_known = all(old_id in shapes for _, old_id in beside)
    if not is_known or any(not _is_inside(found, node) for node in graph.nodes.values()):
        return None
    found.shapes |= {new_id: shapes[old_id] for new_id, old_id in beside}
    found.edges = {flow.id: _joined(found, flow, edges) for flow in graph.flows}
    _tie(found, graph, edges)
    return found


def _tie(found: Picture, graph: Graph, edges: dict[str, Edge]) -> None:
    for remark in graph.remarks:
        for tie_id, target, old_id in remark.ties:
            ends = [shape.box.middle for key in (remark.id, target) if (shape := found.shapes.get(key)) is not None]
            found.edges[tie_id] = edges.get(old_id) or Edge(ends if len(ends) == 2 else [ends[0], ends[0]])


def _is_inside(found: Picture, node: Node) -> bool:
    if not node.scope or node.kind == "boundaryEvent":
        return True
    return found.shapes[node.scope].box.holds(found.shapes[node.id].box)


def _shapes(root: etree._Element) -> Iterator[tuple[str, Shape]]:
    for node in root.iter(f"{{{BPMNDI}}}BPMNShape"):
        box = _box(next((part for part in node if local_name(part) == "Bounds"), None))
        if box is not None:
            yield node.get("bpmnElement", ""), Shape(box, _label(node), _colours(node))


def _edges(root: etree._Element) -> Iterator[tuple[str, Edge]]:
    for node in root.iter(f"{{{BPMNDI}}}BPMNEdge"):
        points = [point for part in node if local_name(part) == "waypoint" and (point := _point(part)) is not None]
        if len(points) > 1:
            yield node.get("bpmnElement", ""), Edge(points, _label(node), _colours(node))


def _label(node: etree._Element) -> Box | None:
    for part in node:
        if local_name(part) == "BPMNLabel":
            return _box(next((bounds for bounds in part if local_name(bounds) == "Bounds"), None))
    return None


def _colours(node: etree._Element) -> dict[str, str]:
    return {str(key): str(value) for key, value in node.attrib.items() if str(key)[1:].split("}")[0] in _COLOURS}


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if abs(value) < _LIMIT else None  # also what is no number at all


def _point(node: etree._Element) -> Point | None:
    x, y = _number(node.get("x")), _number(node.get("y"))
    return None if x is None or y is None else (x, y)


def _box(node: etree._Element | None) -> Box | None:
    if node is None:
        return None
    x, y, width, height = (_number(node.get(name)) for name in ("x", "y", "width", "height"))
    if x is None or y is None or width is None or height is None or width <= 0 or height <= 0:
        return None
    return Box(x, y, width, height)


def _fitted(node: Node, shape: Shape) -> Shape:
    """An event that became a task is drawn as large as a task, about the same middle."""
    was_event, is_event = local_name(node.source).endswith("Event"), node.kind.endswith("Event")
    if was_event == is_event:
        return shape
    width, height = size_of(node.kind)
    x, y = shape.box.middle
    return Shape(Box(x - width / 2, y - height / 2, width, height), None, shape.colours)


def _joined(found: Picture, flow: Flow, edges: dict[str, Edge]) -> Edge:
    source, target = found.shapes[flow.source].box, found.shapes[flow.target].box
    known = [edges[old_id] for old_id in flow.old_ids if old_id in edges]
    if len(known) != len(flow.old_ids) or not known:
        return Edge(_angled(source, target))
    points = [point for edge in known for point in edge.points]
    label = known[0].label if len(known) == 1 else None
    return Edge(_clipped(_clipped(points, source)[::-1], target)[::-1], label, known[0].colours)


def _angled(source: Box, target: Box) -> list[Point]:
    (x, y), (to_x, to_y) = source.middle, target.middle
    half = (x + to_x) / 2
    points = [(x, y), (to_x, to_y)] if y == to_y else [(x, y), (half, y), (half, to_y), (to_x, to_y)]
    return _clipped(_clipped(points, source)[::-1], target)[::-1]


def _clipped(points: list[Point], box: Box) -> list[Point]:
    """The line from where it leaves the box at its beginning; upright and level pieces only."""
    inside = [box.holds(Box(x, y, 0, 0)) for x, y in points]
    while len(points) > 2 and inside[0] and inside[1]:
        points, inside = points[1:], inside[1:]
    (x, y), (to_x, to_y) = points[0], points[1]
    if not inside[0] or inside[1] or (x != to_x and y != to_y):
        return points
    if y == to_y:
        return [(box.x + box.width if to_x > x else box.x, y), *points[1:]]
    return [(x, box.y + box.height if to_y > y else box.y), *points[1:]]
