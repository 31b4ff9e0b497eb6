"""The change that waits for approval in the demo: the report of an objection is looked at by a second reviewer."""

from __future__ import annotations

import json
import re

from app.workflow.parts import Parts

FORM = "objection_handling/check_report"

_FORM = {
    "type": "default",
    "schemaVersion": 19,
    "id": "check_report",
    "properties": {"title": "核对核实报告", "next": '="核实报告和核对意见送局领导作出处理决定。"'},
    "components": [
        {
            "type": "textarea", "id": "field_check_opinion", "key": "check_opinion", "label": "核对意见",
            "validate": {"required": True, "minLength": 5, "maxLength": 2000},
            "description": "写明证据是否足以支持处理建议。只有办理人可见。",
            "properties": {"article": "内部规定"},
        },
        {"type": "button", "id": "submit_button", "label": "提交核对意见", "action": "submit"},
    ],
}
_TASK = """<bpmn:userTask id="check_report" name="核对核实报告" camunda:formKey="objection_handling/check_report"
        camunda:candidateGroups="bureau_reviewer"
        camunda:dueDate='=deadline("objection.decision_period", acceptance.accepted_at)'>
        <bpmn:documentation>内部规定：核实报告由核实人以外的人核对证据，期限不延长。</bpmn:documentation>
        <bpmn:extensionElements>
          <spiffworkflow:properties>
            <spiffworkflow:property name="deadline" value="objection.decision_period" />
            <spiffworkflow:property name="fourEyes" value="investigate" />
          </spiffworkflow:properties>
        </bpmn:extensionElements>
        <bpmn:incoming>flow_record_investigation_to_decide_objection</bpmn:incoming>
        <bpmn:outgoing>flow_check_report_to_decide_objection</bpmn:outgoing>
      </bpmn:userTask>
      """
_FLOW = """<bpmn:sequenceFlow id="flow_check_report_to_decide_objection" sourceRef="check_report"
        targetRef="decide_objection" />
      """
_SHAPE = """<bpmndi:BPMNShape id="check_report_di" bpmnElement="check_report">
        <dc:Bounds x="{x}" y="560" width="110" height="80" />
      </bpmndi:BPMNShape>
      """
_EDGE = """<bpmndi:BPMNEdge id="{flow}_di" bpmnElement="{flow}">
        <di:waypoint x="{begin}" y="600" />
        <di:waypoint x="{end}" y="600" />
      </bpmndi:BPMNEdge>"""
_LANE = "<bpmn:flowNodeRef>investigate</bpmn:flowNodeRef>"
_BEFORE = '<bpmn:userTask id="decide_objection"'
_OLD_FLOW = "flow_record_investigation_to_decide_objection"
_NEW_FLOW = "flow_check_report_to_decide_objection"
#: Left edges: the steps move closer together so that one more has room.
_PLACES = {"record_investigation": 465, "check_report": 595, "decide_objection": 725}
_WIDTH = 110
_INVESTIGATED = re.compile(r"^( *)- complete: investigate\n.*\n", re.MULTILINE)
_FILLED_IN = "{0}- complete: check_report\n{0}  with: {{check_opinion: 证据与核实报告的结论相符。}}\n"


def added_to(shipped: Parts) -> Parts:
    """The shipped parts with the step, its form, and scenarios that go through it.

    :raises LookupError: the shipped diagram has become another.
    """
    forms = {**shipped.forms, FORM: json.dumps(_FORM, ensure_ascii=False, indent=2) + "\n"}
    return Parts(_drawn(shipped.xml), shipped.tables, forms, _walked(shipped.scenarios or ""))


def _drawn(xml: str) -> str:
    xml = _put(xml, _LANE, f"{_LANE}<bpmn:flowNodeRef>check_report</bpmn:flowNodeRef>")
    xml = _put(xml, _BEFORE, _TASK + _BEFORE)
    xml = _put(xml, f'id="{_OLD_FLOW}" sourceRef="record_investigation" targetRef="decide_objection"',
               f'id="{_OLD_FLOW}" sourceRef="record_investigation" targetRef="check_report"')
    decision = xml.index(_BEFORE)
    xml = xml[:decision] + _put(xml[decision:], f"<bpmn:incoming>{_OLD_FLOW}<",
                                "<bpmn:incoming>flow_check_report_to_decide_objection<")
    flow = f'<bpmn:sequenceFlow id="{_OLD_FLOW}"'
    return _laid_out(_put(xml, flow, _FLOW + flow))


def _laid_out(xml: str) -> str:
    left, right = _PLACES, {element: place + _WIDTH for element, place in _PLACES.items()}
    for element in ("record_investigation", "decide_objection"):
        xml = _sub(rf'(<bpmndi:BPMNShape id="{element}_di"[^>]*>\s*<dc:Bounds x=")\d+', rf"\g<1>{left[element]}", xml)
    for flow, edge in {"flow_investigate_to_record_investigation": (445, left["record_investigation"]),
                       _OLD_FLOW: (right["record_investigation"], left["check_report"]),
                       "flow_decide_objection_to_decision_made": (right["decide_objection"], 865)}.items():
        xml = _sub(rf'<bpmndi:BPMNEdge id="{flow}_di".*?</bpmndi:BPMNEdge>',
                   _EDGE.format(flow=flow, begin=edge[0], end=edge[1]), xml)
    made = _EDGE.format(flow=_NEW_FLOW, begin=right["check_report"], end=left["decide_objection"])
    shape = '<bpmndi:BPMNShape id="decide_objection_di"'
    return _put(xml, shape, _SHAPE.format(x=left["check_report"]) + made + shape)


def _walked(scenarios: str) -> str:
    return _INVESTIGATED.sub(lambda found: found.group(0) + _FILLED_IN.format(found.group(1)), scenarios)


def _put(text: str, old: str, new: str) -> str:
    if old not in text:
        raise LookupError(f"the shipped diagram has no {old}")
    return text.replace(old, new, 1)


def _sub(pattern: str, new: str, text: str) -> str:
    changed, times = re.subn(pattern, new, text, count=1, flags=re.DOTALL)
    if not times:
        raise LookupError(f"the shipped diagram has no {pattern}")
    return changed
