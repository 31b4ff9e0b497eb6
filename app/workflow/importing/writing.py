"""The document of a graph with its picture, written anew, so that nothing foreign is left in it."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from app.engine.xml import BPMN, BPMNDI, CAMUNDA, SPIFF, bpmn
from app.workflow.importing.context import Context, formal, own
from app.workflow.importing.graph import Flow, Node
from app.workflow.importing.picture import Box, Edge, Picture, Shape

_DC = "http://www.omg.org/spec/DD/20100524/DC"
_DI = "http://www.omg.org/spec/DD/20100524/DI"
_SPACES = {
    "bpmn": BPMN, "bpmndi": BPMNDI, "dc": _DC, "di": _DI, "camunda": CAMUNDA, "spiffworkflow": SPIFF,
    "xsi": "http://www.w3.org/2001/XMLSchema-instance", "bioc": "http://bpmn.io/schema/bpmn/biocolor/1.0",
    "color": "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
}  # fmt: skip


def document(work: Context, name: str, texts: list[str], properties: Mapping[str, str], picture: Picture) -> str:
    """The XML of the draft; `texts` document the process."""
    root = etree.Element(bpmn("definitions"), nsmap=_SPACES)
    root.set("id", f"definitions_{work.key}")
    root.set("targetNamespace", f"urn:zhiku:{work.key}")
    if work.graph.pool is not None:
        around = etree.SubElement(root, bpmn("collaboration"), id=f"collaboration_{work.key}")
        etree.SubElement(
            around, bpmn("participant"), id=work.graph.pool[0], name=name, processRef=work.key
        )
    process = etree.SubElement(root, bpmn("process"), id=work.key, name=name, isExecutable="true")
    _words(process, texts)
    if properties:
        _properties(process, properties)
    _lanes(work, process)
    _content(work, process, "")
    for message_id, words in work.messages.items():
        etree.SubElement(root, bpmn("message"), id=message_id, name=words)
    for error_id, (words, code) in work.errors.items():
        declared = etree.SubElement(root, bpmn("error"), id=error_id)
        for attribute, value in (("name", words), ("errorCode", code)):
            if value:
                declared.set(attribute, value)
    _drawing(work, root, picture)
    etree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{etree.tostring(root, encoding="unicode")}\n'


def _words(parent: etree._Element, texts: list[str]) -> None:
    """One documentation element: bpmn-js shows only the first."""
    if texts:
        parent.append(own("documentation", "\n".join(texts)))


def _properties(parent: etree._Element, properties: Mapping[str, str]) -> None:
    around = etree.SubElement(etree.SubElement(parent, bpmn("extensionElements")), f"{{{SPIFF}}}properties")
    for name, value in properties.items():
        etree.SubElement(around, f"{{{SPIFF}}}property", name=name, value=value)


def _lanes(work: Context, process: etree._Element) -> None:
    if not work.graph.lanes:
        return
    around = etree.SubElement(process, bpmn("laneSet"), id=work.ids.free("lane_set"))
    for lane in work.graph.lanes:
        found = etree.SubElement(around, bpmn("lane"), id=lane.id, name=lane.name)
        for node_id in lane.nodes:
            etree.SubElement(found, bpmn("flowNodeRef")).text = node_id


def _content(work: Context, parent: etree._Element, scope: str) -> None:
    for node in work.graph.inside(scope):
        _node(work, parent, node)
    for flow in work.graph.flows:
        if flow.scope == scope:
            _flow(parent, flow)
    for remark in work.graph.remarks:
        if remark.scope == scope:
            note = etree.SubElement(parent, bpmn("textAnnotation"), id=remark.id)
            etree.SubElement(note, bpmn("text")).text = remark.text
            for tie_id, target, _ in remark.ties:
                etree.SubElement(parent, bpmn("association"), id=tie_id, sourceRef=target, targetRef=remark.id)


def _node(work: Context, parent: etree._Element, node: Node) -> None:
    found = etree.SubElement(parent, bpmn(node.kind), id=node.id)
    if node.name:
        found.set("name", node.name)
    for name, value in node.attributes.items():
        found.set(name, value)
    _words(found, node.documentation)
    if node.extensions:
        around = etree.SubElement(found, bpmn("extensionElements"))
        around.extend(node.extensions)
    for flow in work.graph.incoming(node.id):
        etree.SubElement(found, bpmn("incoming")).text = flow.id
    for flow in work.graph.outgoing(node.id):
        etree.SubElement(found, bpmn("outgoing")).text = flow.id
    found.extend(node.inner)
    if node.kind == "subProcess":
        _content(work, found, node.id)


def _flow(parent: etree._Element, flow: Flow) -> None:
    found = etree.SubElement(
        parent, bpmn("sequenceFlow"), id=flow.id, sourceRef=flow.source, targetRef=flow.target
    )
    if flow.name:
        found.set("name", flow.name)
    _words(found, flow.documentation)
    if flow.condition is not None:
        found.append(formal("conditionExpression", flow.condition))


# --- the picture --------------------------------------------------------------------------------------------------


def _drawing(work: Context, root: etree._Element, picture: Picture) -> None:
    diagram = etree.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", id=f"diagram_{work.key}")
    plane = etree.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", id=f"plane_{work.key}")
    plane.set("bpmnElement", f"collaboration_{work.key}" if work.graph.pool is not None else work.key)
    lanes = {lane.id for lane in work.graph.lanes} | ({work.graph.pool[0]} if work.graph.pool is not None else set())
    order = sorted(picture.shapes, key=lambda key: _depth(work, key))
    for key in order:
        found = _shape(plane, key, picture.shapes[key])
        node = work.graph.nodes.get(key)
        if key in lanes:
            box = picture.shapes[key].box
            found.set("isHorizontal", "true" if box.width >= box.height or not _is_upright(work, picture) else "false")
        elif node is not None and node.kind == "subProcess":
            found.set("isExpanded", "true")
        elif node is not None and node.kind == "exclusiveGateway":
            found.set("isMarkerVisible", "true")
    for key, edge in picture.edges.items():
        _edge(plane, key, edge)


def _is_upright(work: Context, picture: Picture) -> bool:
    """Whether the pool of the file stands upright: its lanes side by side."""
    boxes = [picture.shapes[lane.id].box for lane in work.graph.lanes]
    return len({box.x for box in boxes}) == len(boxes) > 1 and len({box.y for box in boxes}) == 1


def _depth(work: Context, key: str) -> int:
    """Pools before lanes before what stands in them; what is around before what is inside."""
    node = work.graph.nodes.get(key)
    if node is None:
        return 0 if work.graph.pool is not None and key == work.graph.pool[0] else 1
    depth = 3 if node.kind == "boundaryEvent" else 2
    while node.scope:
        node, depth = work.graph.nodes[node.scope], depth + 2
    return depth


def _shape(plane: etree._Element, key: str, shape: Shape) -> etree._Element:
    found = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", id=f"{key}_di", bpmnElement=key)
    for name, value in shape.colours.items():
        found.set(name, value)
    _bounds(found, shape.box)
    _label(found, shape.label)
    return found


def _edge(plane: etree._Element, key: str, edge: Edge) -> None:
    found = etree.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", id=f"{key}_di", bpmnElement=key)
    for name, value in edge.colours.items():
        found.set(name, value)
    for x, y in edge.points:
        etree.SubElement(found, f"{{{_DI}}}waypoint", x=_plain(x), y=_plain(y))
    _label(found, edge.label)


def _label(parent: etree._Element, box: Box | None) -> None:
    if box is not None:
        _bounds(etree.SubElement(parent, f"{{{BPMNDI}}}BPMNLabel"), box)


def _bounds(parent: etree._Element, box: Box) -> None:
    sizes = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    etree.SubElement(parent, f"{{{_DC}}}Bounds", {name: _plain(value) for name, value in sizes.items()})


def _plain(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
