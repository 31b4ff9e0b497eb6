"""A diagram as the checks read it: its nodes by scope, its flows, its events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from lxml import etree

from app.engine import Element, SequenceFlow, elements_of, flows_of
from app.engine.xml import bpmn, local_name

SCOPES = ("process", "subProcess", "transaction", "adHocSubProcess")


@dataclass
class Scope:
    """A process or sub-process with the nodes directly inside it."""

    id: str
    kind: str
    node: etree._Element
    elements: dict[str, Element] = field(default_factory=dict)
    flows: list[SequenceFlow] = field(default_factory=list)

    def outgoing(self, element_id: str) -> list[SequenceFlow]:
        """The flows that leave an element."""
        return [flow for flow in self.flows if flow.source_id == element_id]

    def incoming(self, element_id: str) -> list[SequenceFlow]:
        """The flows that lead to an element."""
        return [flow for flow in self.flows if flow.target_id == element_id]

    def boundaries(self, element_id: str) -> list[Element]:
        """The boundary events of an activity."""
        return [element for element in self.elements.values() if element.attached_to == element_id]


class Drawing:
    """One document with one process."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.elements = {element.id: element for element in elements_of(root)}
        self.flows = list(flows_of(root))

    @cached_property
    def process(self) -> etree._Element | None:
        """The one process, or None if there is not exactly one."""
        found = list(self.root.iter(bpmn("process")))
        return found[0] if len(found) == 1 else None

    @cached_property
    def nodes(self) -> dict[str, etree._Element]:
        """The XML of every element and flow by id."""
        return {str(node.get("id")): node for node in self.root.iter() if _is_bpmn(node) and node.get("id")}

    @cached_property
    def scopes(self) -> list[Scope]:
        """The process and its sub-processes, outermost first."""
        found = []
        for node in self.root.iter():
            if local_name(node) in SCOPES and _is_bpmn(node):
                found.append(Scope(str(node.get("id")), local_name(node), node))
        by_id = {scope.id: scope for scope in found}
        for element in self.elements.values():
            by_id[element.scope_id or element.process_id].elements[element.id] = element
        for flow in self.flows:
            parent = self.nodes[flow.id].getparent()
            if parent is not None and parent.get("id") in by_id:
                by_id[str(parent.get("id"))].flows.append(flow)
        return found

    def scope_of(self, element: Element) -> Scope:
        """The scope an element stands in."""
        wanted = element.scope_id or element.process_id
        return next(scope for scope in self.scopes if scope.id == wanted)

    def of_kind(self, *kinds: str) -> Iterator[Element]:
        """The elements of some kinds, in the order of the document."""
        return (element for element in self.elements.values() if element.kind in kinds)

    def definitions(self, element: Element) -> list[etree._Element]:
        """The event definitions of an event."""
        return [child for child in self.nodes[element.id] if local_name(child).endswith("EventDefinition")]

    def children(self, element_id: str, name: str) -> list[etree._Element]:
        """The descendants of an element with a BPMN name, not counting those of nested activities."""
        node = self.nodes[element_id]
        return [child for child in node.iter(bpmn(name)) if _owner(child) == element_id]

    def message_named(self, reference: str | None) -> str | None:
        """The name of the message that is declared under an id."""
        declared = self.nodes.get(reference or "")
        return declared.get("name") if declared is not None else None

    def message_of(self, element: Element) -> str | None:
        """The name of the message an element waits for."""
        parts = (self.nodes[element.id], *self.definitions(element))
        return next((name for part in parts if (name := self.message_named(part.get("messageRef")))), None)

    def code_of(self, definition: etree._Element) -> str | None:
        """The code of an error definition; None catches all."""
        for error in self.root.iter(bpmn("error")):
            if error.get("id") == definition.get("errorRef"):
                return error.get("errorCode")
        return None


def _is_bpmn(node: etree._Element) -> bool:
    return (
        bool(local_name(node))
        and etree.QName(node).namespace == "http://www.omg.org/spec/BPMN/20100524/MODEL"
    )


def _owner(node: etree._Element) -> str | None:
    """The nearest activity, event, gateway or process around a part."""
    parent = node.getparent()
    while parent is not None:
        name = local_name(parent)
        if name.endswith(("Task", "Event", "Gateway", "Activity")) or name in (
            *SCOPES,
            "task",
            "sequenceFlow",
        ):
            return parent.get("id")
        parent = parent.getparent()
    return None
