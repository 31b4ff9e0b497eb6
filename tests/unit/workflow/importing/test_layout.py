"""A diagram without a picture gets one: nothing overlaps, flows run at right angles and through no node."""

from __future__ import annotations

import itertools
import random

import pytest
from lxml import etree

from app.workflow.importing.graph import Flow, Graph, Lane, Node
from app.workflow.importing.layout import laid_out
from app.workflow.importing.picture import Box, Picture, Point

_NOTHING = etree.Element("nothing")
_KINDS = ("userTask", "serviceTask", "exclusiveGateway", "intermediateCatchEvent", "endEvent", "subProcess")


def _scope(graph: Graph, dice: random.Random, scope: str, depth: int) -> None:
    names = [f"{scope or 'n'}_{number}" for number in range(dice.randint(1, 12 if not scope else 4))]
    for name in names:
        kind = "startEvent" if name == names[0] else dice.choice(_KINDS[: 5 if depth > 1 else 6])
        graph.nodes[name] = Node(name, kind, "办理" * dice.randint(0, 4), _NOTHING, scope)
    sources = list(names)
    for name in names:
        for number in range(dice.choice((0, 0, 0, 1, 3)) if graph.nodes[name].kind.endswith("Task") else 0):
            event = f"{name}_late_{number}"
            graph.nodes[event] = Node(event, "boundaryEvent", "逾期", _NOTHING, scope, name)
            sources.append(event)
        if graph.nodes[name].kind == "subProcess":
            _scope(graph, dice, name, depth + 1)
    pairs = {(dice.choice(sources), dice.choice(names)) for _ in range(dice.randint(0, 2 * len(sources)))}
    for source, target in sorted(pairs):
        flow = Flow(f"f_{source}_{target}", "是" * dice.randint(0, 3), source, target, scope)
        graph.flows.append(flow)


def _graph(seed: int) -> Graph:
    dice, graph = random.Random(seed), Graph()
    _scope(graph, dice, "", 0)
    if seed % 3 == 0:
        graph.pool = ("pool", "", "池")
        graph.lanes = [Lane(f"lane_{number}", "", "泳道") for number in range(dice.randint(1, 4))]
        for node in graph.inside(""):
            if node.kind != "boundaryEvent":
                dice.choice(graph.lanes).nodes.append(node.id)
    return graph


def _meet(first: Box, second: Box) -> bool:
    return (
        first.x < second.x + second.width and second.x < first.x + first.width
        and first.y < second.y + second.height and second.y < first.y + first.height
    )


def _crosses(first: Point, second: Point, box: Box) -> bool:
    left, right = sorted((first[0], second[0]))
    top, bottom = sorted((first[1], second[1]))
    return left < box.x + box.width and right > box.x and top < box.y + box.height and bottom > box.y


@pytest.mark.parametrize("seed", range(60))
def test_nodes_do_not_meet_and_flows_run_between_them(seed: int) -> None:
    graph = _graph(seed)
    picture = laid_out(graph)
    assert {*graph.nodes} <= {*picture.shapes}
    assert {flow.id for flow in graph.flows} == {*picture.edges}
    for scope in {node.scope for node in graph.nodes.values()}:
        _check_scope(graph, picture, scope)


def _check_scope(graph: Graph, picture: Picture, scope: str) -> None:
    inside = [node for node in graph.inside(scope) if node.kind != "boundaryEvent"]
    boxes = {node.id: picture.shapes[node.id].box for node in inside}
    for first, second in itertools.combinations(boxes, 2):
        assert not _meet(boxes[first], boxes[second]), (first, second)
    events = [node for node in graph.inside(scope) if node.kind == "boundaryEvent"]
    for event in events:
        host, box = boxes[str(event.attached_to)], picture.shapes[event.id].box
        assert box.middle[1] == host.y + host.height
        assert host.x <= box.x <= box.x + box.width <= host.x + host.width
        assert not any(_meet(box, other) for key, other in boxes.items() if key != event.attached_to)
    for first_event, second_event in itertools.combinations(events, 2):
        assert not _meet(picture.shapes[first_event.id].box, picture.shapes[second_event.id].box)
    if scope:
        around = picture.shapes[scope].box
        assert all(around.holds(box) for box in boxes.values())
    for flow in graph.flows:
        if flow.scope == scope:
            _check_flow(picture, flow, boxes, picture.shapes[scope].box if scope else None)


def _check_flow(picture: Picture, flow: Flow, boxes: dict[str, Box], around: Box | None) -> None:
    points = picture.edges[flow.id].points
    assert len(points) > 1
    source, target = picture.shapes[flow.source].box, picture.shapes[flow.target].box
    assert points[0] in ((source.x + source.width, source.middle[1]), (source.middle[0], source.y + source.height))
    assert points[-1] == (target.x, target.middle[1])
    for first, second in itertools.pairwise(points):
        assert first[0] == second[0] or first[1] == second[1]
        assert not any(_crosses(first, second, box) for box in boxes.values()), (flow.id, first, second)
        assert around is None or (around.holds(Box(*first, 0, 0)) and around.holds(Box(*second, 0, 0)))


@pytest.mark.parametrize("seed", range(0, 60, 3))
def test_lanes_share_the_pool_and_hold_what_is_theirs(seed: int) -> None:
    graph = _graph(seed)
    picture = laid_out(graph)
    pool = picture.shapes["pool"].box
    lanes = [picture.shapes[lane.id].box for lane in graph.lanes]
    assert all(pool.holds(box) for box in lanes)
    assert sum(box.height for box in lanes) == pytest.approx(pool.height)
    for lane in graph.lanes:
        assert all(picture.shapes[lane.id].box.holds(picture.shapes[key].box) for key in lane.nodes)
    assert all(pool.holds(Box(*point, 0, 0)) for edge in picture.edges.values() for point in edge.points)
