"""Changing a shipped diagram the way an owner would: removing, bypassing, renaming, adding."""

from __future__ import annotations

import functools
import importlib
import re
from pathlib import Path

from lxml import etree

from app.engine.xml import CAMUNDA, SPIFF, bpmn
from app.factory import OPERATION_MODULES
from app.workflow.conformance import Report, Surroundings, baseline_of, report

ROOT = Path(__file__).parents[4]
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


def fill_catalogue() -> None:
    """The operations of the product."""
    for module in OPERATION_MODULES:
        importlib.import_module(module)


@functools.cache
def forms() -> dict[str, str]:
    """The shipped forms by key."""
    root = ROOT / "forms"
    found = sorted(root.glob("*/*.form"))
    return {path.relative_to(root).with_suffix("").as_posix(): path.read_text("utf-8") for path in found}


class Redrawn:
    """A shipped diagram in other hands."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.root = etree.parse(ROOT / "processes" / "bpmn" / f"{key}.bpmn").getroot()

    def node(self, element_id: str) -> etree._Element:
        """The element of an id."""
        return next(node for node in self.root.iter() if node.get("id") == element_id)

    def flows(self, end: str, element_id: str) -> list[etree._Element]:
        """The flows that leave (sourceRef) or come to (targetRef) an element."""
        return [flow for flow in self.root.iter(bpmn("sequenceFlow")) if flow.get(end) == element_id]

    def remove(self, element_id: str) -> Redrawn:
        """Without an element: what led to it leads on to what followed."""
        (out,) = self.flows("sourceRef", element_id)
        for flow in self.flows("targetRef", element_id):
            self._lead(flow, str(out.get("targetRef")))
        self._drop(out, self.node(element_id))
        for shape in [
            node for node in self.root.iter() if node.get("bpmnElement") in (element_id, out.get("id"))
        ]:
            self._drop(shape)
        for reference in [node for node in self.root.iter(bpmn("flowNodeRef")) if node.text == element_id]:
            self._drop(reference)
        self._rewire()
        return self

    def lead(self, source: str, target: str, new_target: str) -> Redrawn:
        """The flow from source to target leads elsewhere."""
        (flow,) = [flow for flow in self.flows("sourceRef", source) if flow.get("targetRef") == target]
        self._lead(flow, new_target)
        self._rewire()
        return self

    def add_flow(self, source: str, target: str, condition: str = "") -> Redrawn:
        """One more flow."""
        flow = etree.Element(
            bpmn("sequenceFlow"), id=f"new_{source}_{target}", sourceRef=source, targetRef=target
        )
        self.node(source).addnext(flow)
        if condition:
            text = etree.SubElement(flow, bpmn("conditionExpression"))
            text.set(f"{{{_XSI}}}type", "bpmn:tFormalExpression")
            text.text = condition
        self._rewire()
        return self

    def add_before(self, element_id: str, new: etree._Element) -> Redrawn:
        """One more element on the way to another."""
        self.node(element_id).addprevious(new)
        for flow in self.flows("targetRef", element_id):
            self._lead(flow, str(new.get("id")))
        return self.add_flow(str(new.get("id")), element_id)

    def user_task(self, element_id: str, form: str, group: str, **properties: str) -> etree._Element:
        """A user task to be added."""
        task = etree.Element(bpmn("userTask"), id=element_id, name=element_id)
        task.set(f"{{{CAMUNDA}}}formKey", form)
        task.set(f"{{{CAMUNDA}}}candidateGroups", group)
        task.set(f"{{{CAMUNDA}}}dueDate", '=deadline("entry.qualification_period", now())')
        if properties:
            extensions = etree.SubElement(task, bpmn("extensionElements"))
            outer = etree.SubElement(extensions, f"{{{SPIFF}}}properties")
            for name, value in properties.items():
                etree.SubElement(outer, f"{{{SPIFF}}}property", name=name, value=value)
        return task

    def rename(self, old: str, new: str) -> Redrawn:
        """Another id, everywhere."""
        text = re.sub(rf"(?<![\w.]){old}(?![\w.])", new, self.content().decode())
        text = text.replace(f"{self.key}/{new}", f"{self.key}/{old}")  # the form keeps its key
        text = text.replace(f'name="{new}"', f'name="{old}"')  # and a message its name
        self.root = etree.fromstring(text.encode())
        return self

    def replace(self, old: str, new: str) -> Redrawn:
        """Other words, everywhere; they must be there."""
        text = self.content().decode()
        assert old in text, old
        self.root = etree.fromstring(text.replace(old, new).encode())
        return self

    def attribute(self, element_id: str, name: str, value: str) -> Redrawn:
        """Another value of a camunda attribute; empty removes it."""
        node = self.node(element_id)
        node.attrib.pop(f"{{{CAMUNDA}}}{name}", None)
        if value:
            node.set(f"{{{CAMUNDA}}}{name}", value)
        return self

    def set_property(self, element_id: str, name: str, value: str) -> Redrawn:
        """Another value of a property."""
        found = [
            entry for entry in self.node(element_id).iter(f"{{{SPIFF}}}property") if entry.get("name") == name
        ]
        found[0].set("value", value)
        return self

    def expression(self, element_id: str, tag: str, text: str) -> Redrawn:
        """Another condition or time."""
        next(iter(self.node(element_id).iter(bpmn(tag)))).text = text
        return self

    def content(self) -> bytes:
        """The file."""
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")

    def report(self, **surroundings: object) -> Report:
        """What the gate says of it as the next version of the shipped process."""
        folder = ROOT / "processes" / "dmn"
        tables = {path.name: path.read_bytes() for path in folder.glob("*.dmn")}
        given = Surroundings(tables=tables, forms=forms(), key=self.key, **surroundings)  # type: ignore[arg-type]
        return report(self.content(), given, baseline=baseline_of(self.key))

    def legal(self) -> dict[str, str]:
        """Legal steps found wanting: step -> element."""
        found = self.report()
        assert not found.of("error"), found.of("error")
        return {finding.code.removeprefix("legal."): finding.element_id for finding in found.of("override")}

    @staticmethod
    def _lead(flow: etree._Element, target: str) -> None:
        flow.set("targetRef", target)

    @staticmethod
    def _drop(*nodes: etree._Element) -> None:
        for node in nodes:
            parent = node.getparent()
            assert parent is not None
            parent.remove(node)

    def _rewire(self) -> None:
        """The incoming and outgoing lists say again what the flows say; drawings of what is gone go too."""
        for reference in [*self.root.iter(bpmn("incoming")), *self.root.iter(bpmn("outgoing"))]:
            self._drop(reference)


def legal() -> list[tuple[str, str, Redrawn]]:
    """Legal steps left out: the step, what was done, the diagram."""
    entry = "expert_entry"
    return [
        ("publicity_over", "the publicity removed from entry", Redrawn(entry).remove("publicity_over")),
        ("confirm_list", "four eyes removed", Redrawn(entry).set_property("confirm_list", "fourEyes", "")),
        (
            "objections_settled",
            "objections not waited for",
            Redrawn(entry).lead("objections_open", "objections_settled", "objection_upheld"),
        ),
        (
            "unqualified",
            "the refused led on to the publicity",
            Redrawn(entry).lead("review_result", "refuse_unqualified", "publish_notice"),
        ),
        (
            "answer",
            "the two hours replaced by another parameter",
            Redrawn("invitation").expression(
                "reply_due", "timeDate", 'deadline("selection.clash_hours", now())'
            ),
        ),
        (
            "approve_designation",
            "the designated approved by somebody else",
            Redrawn("designation_approval").attribute(
                "approve_designation", "candidateUsers", "=organiser_id"
            ),
        ),
    ]
