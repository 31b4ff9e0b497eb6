"""Events, repetition, gateways and the conditions on flows."""

from __future__ import annotations

from lxml import etree

from app.engine.xml import bpmn, local_name
from app.workflow.importing.context import Context, formal, own, spiff
from app.workflow.importing.foreign import attribute, definitions_of, extension, texts
from app.workflow.importing.graph import Flow, Node
from app.workflow.importing.plan import Fate

_TIMES = ("timeDate", "timeDuration", "timeCycle")


def event(work: Context, node: Node) -> None:
    """The one event definition of an event, as the engine reads it."""
    definitions = definitions_of(node.source)
    kind = local_name(definitions[0]) if definitions else ""
    if node.kind == "boundaryEvent":
        node.attributes["attachedToRef"] = node.attached_to or ""
        is_error = kind == "errorEventDefinition"
        node.attributes["cancelActivity"] = "true" if is_error else node.source.get("cancelActivity", "true")
    if node.kind in ("startEvent",) or not definitions:
        return
    if kind == "timerEventDefinition":
        node.inner.append(_timer(work, node, definitions[0]))
    elif kind in ("messageEventDefinition", "signalEventDefinition") and node.kind != "endEvent":
        node.inner.append(_message(work, node, definitions[0]))
    elif kind == "errorEventDefinition":
        node.inner.append(_error(work, definitions[0]))
    elif kind == "terminateEventDefinition":
        node.inner.append(own(kind))


def _timer(work: Context, node: Node, definition: etree._Element) -> etree._Element:
    found = own("timerEventDefinition")
    for name in _TIMES:
        for text in texts(definition, name):
            found.append(_time(work, node, name, text))
            return found
    work.say(node, Fate.CHOOSE, "没有写明定时")
    found.append(formal("timeDate", ""))
    return found


def _time(work: Context, node: Node, name: str, text: str) -> etree._Element:
    written = text.strip().removeprefix("=").strip().strip("\"'")
    if written[:1] in ("P", "R") or written[:4].isdecimal():
        period = written.rpartition("/")[2] if written.startswith("R") else written
        due = work.deadline(node, "定时", period)
        if due and name == "timeCycle":
            work.say(node, Fate.CHOOSE, "循环定时改为只到时一次；要反复提醒的，请另画")
        return formal("timeDate", due) if due else formal(name, written)
    feel = work.feel(node.id, "定时", text)
    return formal(name, text if feel is None else feel)


def _message(work: Context, node: Node, definition: etree._Element) -> etree._Element:
    kind = local_name(definition).removesuffix("EventDefinition")
    name = _name_of(work, definition.get(f"{kind}Ref"))
    found = own("messageEventDefinition")
    variable = extension(definition, "messageVariable")
    if variable is not None and (variable.text or "").strip():
        around = own("extensionElements")
        around.append(spiff("messageVariable", (variable.text or "").strip()))
        found.append(around)
    if name:
        found.set("messageRef", work.message(name))
    else:
        work.say(node, Fate.CHOOSE, "没有指明等哪个消息")
    if kind == "signal":
        work.say(node, Fate.TRANSLATED, f"信号“{name}”改为消息：只送到一个办件，不再广播")
    return found


def _name_of(work: Context, reference: str | None) -> str:
    for node in work.root.iter(bpmn("message"), bpmn("signal")):
        if node.get("id") == reference:
            return (node.get("name") or node.get("id") or "").strip()
    return ""


def _error(work: Context, definition: etree._Element) -> etree._Element:
    found = own("errorEventDefinition")
    for declared in work.root.iter(bpmn("error")):
        if declared.get("id") == definition.get("errorRef"):
            told = (declared.get("name") or "", declared.get("errorCode") or "")
            error_id = next((key for key, known in work.errors.items() if known == told), "")
            if not error_id:
                error_id = work.ids.free("error_declared")
                work.errors[error_id] = told
            found.set("errorRef", error_id)
    return found


def receive(work: Context, node: Node) -> None:
    """A receive task: the message it waits for."""
    name = _name_of(work, node.source.get("messageRef"))
    if name:
        node.attributes["messageRef"] = work.message(name)
    else:
        work.say(node, Fate.CHOOSE, "没有指明等哪个消息")


def repetition(work: Context, node: Node) -> None:
    """Multi-instance and loops."""
    for foreign in node.source:
        name = local_name(foreign)
        if name == "standardLoopCharacteristics":
            found = own(name, testBefore=foreign.get("testBefore", "false"))
            _expression(work, node, foreign, found, "loopCondition", "循环条件")
            node.inner.insert(0, found)
        elif name == "multiInstanceLoopCharacteristics":
            node.inner.insert(0, _instances(work, node, foreign))


def _instances(work: Context, node: Node, foreign: etree._Element) -> etree._Element:
    found = own("multiInstanceLoopCharacteristics", isSequential=foreign.get("isSequential", "false"))
    zeebe = extension(foreign, "loopCharacteristics")
    collection = attribute(foreign, "collection") or next(texts(foreign, "loopDataInputRef"), "")
    item = attribute(foreign, "elementVariable")
    outputs = next(texts(foreign, "loopDataOutputRef"), "")
    if zeebe is not None:
        collection, item = zeebe.get("inputCollection") or "", zeebe.get("inputElement") or ""
        outputs = zeebe.get("outputCollection") or ""
    items = {name: part for part in foreign if (name := local_name(part)) in ("inputDataItem", "outputDataItem")}
    if "inputDataItem" in items:
        item = items["inputDataItem"].get("name") or items["inputDataItem"].get("id") or ""
    if not collection:
        _expression(work, node, foreign, found, "loopCardinality", "多实例次数")
    else:
        found.append(own("loopDataInputRef", work.feel(node.id, "多实例集合", collection) or collection))
    if outputs:
        found.append(own("loopDataOutputRef", outputs))
    if item:
        found.append(own("inputDataItem", id=item, name=item))
    if "outputDataItem" in items:
        given = items["outputDataItem"].get("name") or items["outputDataItem"].get("id") or ""
        found.append(own("outputDataItem", id=given, name=given))
    _expression(work, node, foreign, found, "completionCondition", "多实例完成条件")
    return found


def _expression(
    work: Context, node: Node, foreign: etree._Element, found: etree._Element, name: str, what: str
) -> None:
    for text in texts(foreign, name):
        feel = work.feel(node.id, what, text)
        found.append(formal(name, text if feel is None else feel))


def default_flow(work: Context, node: Node, new_ids: dict[str, str]) -> None:
    """The default flow of a gateway, if it is still there; a condition on it would not count."""
    wanted = node.source.get("default")
    if not wanted:
        return
    for flow in work.graph.outgoing(node.id):
        if flow.old_ids[:1] == (wanted,) or flow.id == new_ids.get(wanted):
            if node.kind in ("exclusiveGateway", "inclusiveGateway"):
                node.attributes["default"] = flow.id
            if flow.condition is not None:
                flow.condition = None
                work.account.note(flow.id, Fate.PARTLY, "缺省连线上的条件不起作用，没有导入")
            return


def condition(work: Context, flow: Flow) -> None:
    """The condition of a flow in FEEL; one that cannot be read is kept as written, where the check list shows it."""
    if flow.condition is not None:
        feel = work.feel(flow.id, "条件", flow.condition)
        flow.condition = flow.condition if feel is None else feel
