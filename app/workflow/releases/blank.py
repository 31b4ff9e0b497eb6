"""Where a new process begins: an empty diagram that can be drawn on, or a copy under another id."""

from __future__ import annotations

from html import escape

from lxml import etree

from app.engine import DefinitionRefused
from app.engine.xml import BPMN, CAMUNDA, safe_root
from app.workflow.parts import Parts
from app.workflow.releases import reading
from app.workflow.releases.reading import Unreadable

_FORM_KEY = f"{{{CAMUNDA}}}formKey"
_BLANK = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" \
xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="definitions_{key}" \
targetNamespace="urn:zhiku:{key}">
  <bpmn:process id="{key}" name="{name}" isExecutable="true">
    <bpmn:startEvent id="begun" name="开始">
      <bpmn:outgoing>flow_begun_to_ended</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:endEvent id="ended" name="结束">
      <bpmn:incoming>flow_begun_to_ended</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="flow_begun_to_ended" sourceRef="begun" targetRef="ended" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram_{key}">
    <bpmndi:BPMNPlane id="plane_{key}" bpmnElement="{key}">
      <bpmndi:BPMNShape id="begun_di" bpmnElement="begun">
        <dc:Bounds x="180" y="160" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="187" y="203" width="22" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="ended_di" bpmnElement="ended">
        <dc:Bounds x="480" y="160" width="36" height="36" />
        <bpmndi:BPMNLabel><dc:Bounds x="487" y="203" width="22" height="14" /></bpmndi:BPMNLabel>
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="flow_begun_to_ended_di" bpmnElement="flow_begun_to_ended">
        <di:waypoint x="216" y="178" />
        <di:waypoint x="480" y="178" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def diagram(key: str, name: str) -> str:
    """A diagram with a start, an end and the flow between them. :raises Unreadable: key or name cannot be used."""
    return _BLANK.format(key=reading.process_key(key), name=escape(reading.process_name(name)))


def copy_of(parts: Parts, old_key: str, key: str, name: str) -> Parts:
    """The parts under another process id and name, with the forms in a folder of that id and without scenarios.

    :raises Unreadable: key or name cannot be used, or the diagram has no process of the old id.
    """
    reading.process_key(key)
    wanted = reading.process_name(name)
    try:
        root = safe_root(parts.xml.encode())
    except DefinitionRefused as refusal:
        raise Unreadable(refusal.findings[0].message) from refusal
    process = next((one for one in root.iter(f"{{{BPMN}}}process") if one.get("id") == old_key), None)
    if process is None:
        raise Unreadable(f"流程图里没有标识为“{old_key}”的流程")
    process.set("id", key)
    process.set("name", wanted)
    root.set("targetNamespace", f"urn:zhiku:{key}")
    for element in root.iter(etree.Element):
        _redirect(element, old_key, key)
    for participant in root.iterfind(f".//{{{BPMN}}}participant[@processRef='{key}']"):
        participant.set("name", wanted)
    forms = {_moved(name, old_key, key): text for name, text in parts.forms.items()}
    xml = etree.tostring(root, encoding="UTF-8", xml_declaration=True).decode()
    return Parts(reading.diagram(xml), parts.tables, forms, None)


def _redirect(element: etree._Element, old_key: str, key: str) -> None:
    """What names the old process, or a form in its folder, names the new one."""
    for attribute in ("processRef", "bpmnElement"):
        if element.get(attribute) == old_key:
            element.set(attribute, key)
    form_key = element.get(_FORM_KEY)
    if form_key is not None:
        element.set(_FORM_KEY, _moved(form_key, old_key, key))


def _moved(form_key: str, old_key: str, key: str) -> str:
    """The key of a form in the folder of the new process; forms of other folders stay where they are."""
    folder, _, name = form_key.partition("/")
    return f"{key}/{name}" if folder == old_key else form_key
