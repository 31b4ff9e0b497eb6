"""Two diagrams: every element and flow with every attribute and extension that it has, in Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from lxml import etree

from app.engine.xml import BPMNDI, CAMUNDA, SPIFF, bpmn, local_name, safe_root
from app.workflow.comparison.values import Aspect, Change, Thing, compared

KINDS: Mapping[str, str] = {
    "process": "流程", "participant": "泳池", "lane": "泳道", "task": "任务", "userTask": "用户任务",
    "manualTask": "人工任务", "serviceTask": "服务任务", "scriptTask": "脚本任务", "businessRuleTask": "决策任务",
    "sendTask": "发送任务", "receiveTask": "接收任务", "callActivity": "调用流程", "subProcess": "子流程",
    "transaction": "事务子流程", "adHocSubProcess": "特设子流程", "startEvent": "开始", "endEvent": "结束",
    "boundaryEvent": "边界事件", "intermediateCatchEvent": "等待事件", "intermediateThrowEvent": "抛出事件",
    "exclusiveGateway": "排他网关", "parallelGateway": "并行网关", "inclusiveGateway": "包容网关",
    "eventBasedGateway": "事件网关", "complexGateway": "复杂网关", "sequenceFlow": "连线", "message": "消息",
    "error": "错误", "textAnnotation": "注释", "association": "注释连线", "group": "分组", "signal": "信号",
    "dataObjectReference": "数据", "dataObject": "数据", "dataStoreReference": "数据库", "messageFlow": "消息流",
    "category": "类别", "escalation": "升级", "correlationProperty": "关联属性", "correlationKey": "关联键",
}  # fmt: skip

_ATTRIBUTES: Mapping[str, str] = {
    "name": "名称", "sourceRef": "起点", "targetRef": "终点", "default": "缺省连线", "attachedToRef": "所在环节",
    "cancelActivity": "是否中断", "calledElement": "调用的流程", "errorCode": "错误代码", "scriptFormat": "脚本语言",
    "isExecutable": "可执行", "isInterrupting": "是否中断", "processRef": "流程", "triggeredByEvent": "由事件触发",
    f"{{{CAMUNDA}}}formKey": "表单", f"{{{CAMUNDA}}}assignee": "办理人", f"{{{CAMUNDA}}}candidateGroups": "办理组",
    f"{{{CAMUNDA}}}candidateUsers": "候选人员", f"{{{CAMUNDA}}}dueDate": "期限",
    f"{{{CAMUNDA}}}decisionRef": "决策", f"{{{CAMUNDA}}}resultVariable": "结果变量",
}  # fmt: skip
_CHILDREN: Mapping[str, str] = {
    "documentation": "说明", "conditionExpression": "条件", "script": "脚本", "timerEventDefinition": "计时",
    "messageEventDefinition": "消息", "errorEventDefinition": "错误", "terminateEventDefinition": "终止",
    "multiInstanceLoopCharacteristics": "多实例", "standardLoopCharacteristics": "循环", "ioSpecification": "数据进出",
    "signalEventDefinition": "信号", "text": "文字", "escalationEventDefinition": "升级",
}  # fmt: skip
_EXTENSIONS: Mapping[str, str] = {
    "messageVariable": "消息存入的变量", "calledDecisionId": "决策", "preScript": "办理前脚本",
    "postScript": "办理后脚本",
    "instructionsForEndUser": "办理提示",
}  # fmt: skip
_PROPERTIES: Mapping[str, str] = {
    "deadline": "期限参数", "deadlineFrom": "期限起算", "returnTargets": "可退回到", "withdrawable": "可以撤回",
    "fourEyes": "四眼复核", "page": "专用页面", "unitVariable": "办理单位", "startData": "发起时的数据",
    "bulk": "可批量办理",
    "condition": "办理条件", "article": "依据条款",
}  # fmt: skip
#: Children that are things of their own, or only repeat what a flow or lane says.
_ELSEWHERE = frozenset({
    *KINDS, "incoming", "outgoing", "laneSet", "childLaneSet", "flowNodeRef", "extensionElements", "categoryValue",
})  # fmt: skip
_MULTI: Mapping[str, str] = {
    "loopCardinality": "份数", "loopDataInputRef": "集合", "loopDataOutputRef": "结果集合",
    "inputDataItem": "每份的变量",
    "outputDataItem": "每份的结果", "completionCondition": "完成条件",
}  # fmt: skip
#: What BPMN takes where nothing is written: some editors write it, ours leaves it out.
_DEFAULTS: Mapping[str, str] = {
    "cancelActivity": "true", "isInterrupting": "true", "triggeredByEvent": "false", "instantiate": "false",
    "isForCompensation": "false", "startQuantity": "1", "completionQuantity": "1", "eventGatewayType": "Exclusive",
    "gatewayDirection": "Unspecified",
}  # fmt: skip
_WORDS = {"true": "是", "false": "否"}
_SPACE = re.compile(r"\s+")


#: Aspects whose text is the id of something: compared by it, told by its name.
_REFERENCES = frozenset({"起点", "终点", "缺省连线", "所在环节", "所在子流程", "消息", "错误", "信号"})
_SUBPROCESSES = ("subProcess", "transaction", "adHocSubProcess")


def compare_drawings(before: str, after: str) -> tuple[Change, ...]:
    """What differs between two diagrams. Raises DefinitionRefused for text that is no plain XML."""
    old, new = _things(before), _things(after)
    return tuple(_named(change, old, new) for change in compared(old, new))


def _things(xml: str) -> dict[str, Thing]:
    """Every element and flow of a diagram, by id."""
    root = safe_root(xml.encode())
    lanes = {
        (reference.text or "").strip(): lane.get("name", "")
        for lane in root.iter(bpmn("lane"))
        for reference in lane.findall(bpmn("flowNodeRef"))
    }
    places = _places(root)
    found = {}
    for node in root.iter(*(bpmn(tag) for tag in KINDS)):
        node_id, kind = node.get("id", ""), local_name(node)
        aspects = {what: text for what, text in _aspects(node, lanes) if text}
        found[node_id] = Thing(node_id, KINDS[kind], node.get("name", ""), aspects, places.get(node_id))
    return found


def _named(change: Change, old: Mapping[str, Thing], new: Mapping[str, Thing]) -> Change:
    """The same with names in the place of ids."""
    aspects = tuple(
        Aspect(one.what, _name(one.before, old), _name(one.after, new)) if one.what in _REFERENCES else one
        for one in change.aspects
    )
    thing = new.get(change.id) or old[change.id]
    name = change.name or _ends(thing, new if change.id in new else old)
    return replace(change, aspects=aspects, name=name)


def _ends(thing: Thing, known: Mapping[str, Thing]) -> str:
    if "起点" not in thing.aspects:
        return ""
    return f"{_name(thing.aspects['起点'], known)}→{_name(thing.aspects.get('终点', ''), known)}"


def _name(element_id: str, known: Mapping[str, Thing]) -> str:
    thing = known.get(element_id)
    if thing is None:
        return element_id
    return thing.name or _ends(thing, known) or thing.id


def _aspects(node: etree._Element, lanes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield "类型", KINDS[local_name(node)]
    for attribute, value in node.attrib.items():
        if attribute != "id" and _DEFAULTS.get(str(attribute)) != value:
            yield _attribute(str(attribute)), _value(str(attribute), str(value))
    yield "泳道", lanes.get(node.get("id", ""), "")
    parent = node.getparent()
    if parent is not None and local_name(parent) in _SUBPROCESSES:
        yield "所在子流程", parent.get("id", "")
    for child in node:
        if (kind := local_name(child)) and kind not in _ELSEWHERE:
            yield from _child(child)
    for extension in node.iterfind(f"{bpmn('extensionElements')}/*"):
        yield from _extension(extension)


def _attribute(name: str) -> str:
    return _ATTRIBUTES.get(name) or f"属性 {etree.QName(name).localname}"


def _value(attribute: str, value: str) -> str:
    return value if attribute == "name" else _WORDS.get(value, value)


def _child(node: etree._Element) -> Iterator[tuple[str, str]]:
    kind = local_name(node)
    what = _CHILDREN.get(kind, kind)
    if kind == "multiInstanceLoopCharacteristics":
        yield from _multi(node)
    elif kind == "timerEventDefinition":
        yield what, _text(node) or kind
        yield "计时方式", "、".join(_TIMES.get(local_name(entry), local_name(entry)) for entry in node)
    elif kind in ("messageEventDefinition", "errorEventDefinition", "signalEventDefinition"):
        yield what, node.get("messageRef") or node.get("errorRef") or node.get("signalRef") or "任何"
        for extension in node.iterfind(f"{bpmn('extensionElements')}/*"):
            yield from _extension(extension)
    else:
        yield what, _text(node) or _canonical(node)


_TIMES = {"timeDate": "到某一时刻", "timeDuration": "经过一段时间", "timeCycle": "循环"}


def _multi(node: etree._Element) -> Iterator[tuple[str, str]]:
    yield "多实例", "逐个办理" if node.get("isSequential") == "true" else "同时办理"
    for child in node:
        if kind := local_name(child):
            yield f"多实例的{_MULTI.get(kind, kind)}", _text(child) or child.get("id", "")


def _extension(node: etree._Element) -> Iterator[tuple[str, str]]:
    kind = local_name(node)
    if kind == "properties":
        for entry in node:
            name = entry.get("name", "")
            # an empty list of targets says something, an absent one something else
            yield _PROPERTIES.get(name, f"属性 {name}"), entry.get("value", "") or "（空）"
    elif kind == "serviceTaskOperator":
        yield "操作", node.get("id", "")
        yield "结果变量", node.get("resultVariable", "")
        for entry in node.iter(f"{{{SPIFF}}}parameter"):
            yield f"参数 {entry.get('id', '')}", f"{entry.get('value', '')}（{entry.get('type', '')}）"
    elif kind in _EXTENSIONS:
        yield _EXTENSIONS[kind], _text(node)
    elif kind:
        yield f"扩展 {kind}", _canonical(node)


def _text(node: etree._Element) -> str:
    return _SPACE.sub(" ", "".join(str(part) for part in node.itertext())).strip()


def _canonical(node: etree._Element) -> str:
    """What we have no words for, so that no difference is passed over."""
    inside = [(local_name(entry), sorted(entry.attrib.items()), (entry.text or "").strip()) for entry in node.iter()]
    return _SPACE.sub(" ", " ".join(_flat(*entry) for entry in inside))


def _flat(name: str, attributes: list[tuple[str | bytes, str | bytes]], text: str) -> str:
    given = " ".join(f"{etree.QName(str(key)).localname}={value!s}" for key, value in attributes if key != "id")
    return " ".join(part for part in (name, given, text) if part)


def _places(root: etree._Element) -> dict[str, tuple[str, ...]]:
    """Where each element is drawn: bounds or way points."""
    found: dict[str, tuple[str, ...]] = {}
    for shape in root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge"):
        # the bounds of a label are no place of the element itself
        points = [child for child in shape if local_name(child) in ("Bounds", "waypoint")]
        numbers = tuple(
            f"{key!s}={float(value):.0f}" for child in points for key, value in sorted(child.attrib.items())
        )
        found[shape.get("bpmnElement", "")] = numbers
    return found


