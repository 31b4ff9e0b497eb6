"""What may be drawn: element by element, what the engine runs rightly and what it would silently get wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from app.engine import Element, Finding
from app.engine.xml import SPIFF, local_name
from app.workflow.conformance.drawing import Drawing, Scope

_ALLOWED = {
    "startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent",
    "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "receiveTask",
    "callActivity", "subProcess",
    "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
}  # fmt: skip
_INSTEAD = {
    "task": "改为用户任务或服务任务",
    "sendTask": "改为服务任务，由操作发送消息",
    "intermediateThrowEvent": "消息由服务任务的操作发送；其余改用连线",
    "complexGateway": "改用排他、并行或包容网关",
    "transaction": "改为普通子流程",
    "adHocSubProcess": "改为普通子流程",
}
_EVENTS = {
    "startEvent": set(),
    "endEvent": {"terminateEventDefinition", "errorEventDefinition"},
    "intermediateCatchEvent": {"timerEventDefinition", "messageEventDefinition"},
    "boundaryEvent": {"timerEventDefinition", "messageEventDefinition", "errorEventDefinition"},
}  # fmt: skip
_DATA = (
    "dataInputAssociation",
    "dataOutputAssociation",
    "ioSpecification",
    "dataObject",
    "dataStoreReference",
)
_RESERVED = {"Start", "End", "Root"}
#: What the tables of cases, tasks and messages hold of an element.
_LONGEST_ID, _LONGEST_NAME, _LONGEST_FORM_KEY = 80, 200, 120


def check_elements(drawing: Drawing) -> Iterator[Finding]:
    """Unsupported elements, events and parts; ids that collide with the engine's own."""
    for element in drawing.elements.values():
        if element.kind not in _ALLOWED:
            mend = _INSTEAD.get(element.kind, "换成支持的环节")
            yield _error(element.id, "unsupported", f"不支持 {element.kind}", mend)
        if element.id in _RESERVED or element.id.endswith(
            (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
        ):
            yield _error(element.id, "reserved_id", f"编号“{element.id}”与引擎内部的编号冲突", "改一个编号")
        yield from _lengths(drawing, element)
        if element.kind in _EVENTS:
            yield from _event(drawing, element)
        yield from _parts(drawing, element)


def _lengths(drawing: Drawing, element: Element) -> Iterator[Finding]:
    for what, text, most in (
        ("编号", element.id, _LONGEST_ID), ("名称", element.name, _LONGEST_NAME), ("泳道", element.lane, _LONGEST_ID),
        ("表单编号", element.form_key, _LONGEST_FORM_KEY), ("消息名称", drawing.message_of(element), _LONGEST_ID),
    ):
        if len(text or "") > most:
            message = f"{what}有 {len(text or '')} 个字，待办和经过里放不下"
            yield _error(element.id, "too_long", message, f"缩短到 {most} 个字以内，详细的写在说明里")


def _event(drawing: Drawing, element: Element) -> Iterator[Finding]:
    definitions = drawing.definitions(element)
    for definition in definitions:
        if local_name(definition) not in _EVENTS[element.kind]:
            message = f"{element.kind} 不支持 {local_name(definition)}"
            yield _error(
                element.id, "unsupported_event", message, "改用定时、消息或错误事件；流程由业务环节启动"
            )
    wanted = 1 if element.kind in ("intermediateCatchEvent", "boundaryEvent") else 0
    if len(definitions) > max(wanted, 1) or len(definitions) < wanted:
        yield _error(
            element.id,
            "event_definitions",
            f"应有一个事件定义，实有 {len(definitions)} 个",
            "每个事件只等一件事",
        )
    for definition in definitions:
        yield from _reference(drawing, element, local_name(definition), definition.get("messageRef"))


def _reference(drawing: Drawing, element: Element, kind: str, message_ref: str | None) -> Iterator[Finding]:
    if kind == "messageEventDefinition" and not drawing.message_named(message_ref):
        yield _error(element.id, "message", "没有指明等哪个消息", "选一个消息，并给消息起名")
    if kind == "messageEventDefinition" and drawing.nodes[element.id].get("cancelActivity") == "false":
        message = "不中断的消息边界事件只收一次，再来的消息收不到"
        yield Finding(element.id, "heard_once", "warning", message, "要收多次的，改用事件网关的循环")
    if kind != "errorEventDefinition" or element.kind != "boundaryEvent":
        return
    node = drawing.nodes[element.id]
    if node.get("cancelActivity", "true") != "true":
        yield _error(element.id, "error_boundary", "错误边界事件应中断所附的环节", "设为中断")
    host = drawing.elements.get(element.attached_to or "")
    if host is not None and host.kind not in ("serviceTask", "subProcess", "callActivity"):
        yield _error(
            element.id, "error_boundary", f"{host.kind} 不会发出错误", "附在服务任务、子流程或调用活动上"
        )


def _parts(drawing: Drawing, element: Element) -> Iterator[Finding]:
    node = drawing.nodes[element.id]
    if element.kind == "receiveTask" and not drawing.message_named(node.get("messageRef")):
        yield _error(element.id, "message", "没有指明等哪个消息", "选一个消息，并给消息起名")
    if node.get("triggeredByEvent") == "true":
        yield _error(element.id, "unsupported", "不支持事件子流程", "改用边界事件")
    if node.get("isForCompensation") == "true":
        yield _error(element.id, "unsupported", "不支持补偿", "用普通环节处理")
    for name in ("preScript", "postScript"):
        if any(True for _ in node.iterfind(f"*/{{{SPIFF}}}{name}")):
            yield _error(element.id, "script", f"不支持 {name}", "改用脚本任务（FEEL）或服务任务")
    for child in node:
        if local_name(child) in _DATA:
            yield _error(
                element.id, "data_object", f"{local_name(child)} 不起作用", "数据用变量传递；说明写在注释里"
            )


def check_flows(drawing: Drawing) -> Iterator[Finding]:
    """Starts, ends, gateways, conditions and the ends of every sequence flow."""
    for scope in drawing.scopes:
        yield from _ends(scope)
        for flow in scope.flows:
            for end in (flow.source_id, flow.target_id):
                if end not in scope.elements:
                    yield _error(flow.id, "dangling", f"连线的一端“{end}”不在同一层流程中", "重新连线")
        pairs = Counter((flow.source_id, flow.target_id) for flow in scope.flows)
        for (source, target), count in pairs.items():
            if count > 1:
                message = f"“{source}”到“{target}”有 {count} 条连线"
                yield _error(source, "parallel_flows", message, "合并为一条，条件用 or 连接")
        for element in scope.elements.values():
            yield from _gateway(drawing, scope, element)


def _ends(scope: Scope) -> Iterator[Finding]:
    starts = [element for element in scope.elements.values() if element.kind == "startEvent"]
    ends = [element for element in scope.elements.values() if element.kind == "endEvent"]
    if len(starts) != 1:
        yield _error(
            scope.id, "start", f"应有一个开始事件，实有 {len(starts)} 个", "每个流程和子流程各画一个开始事件"
        )
    if not ends:
        yield _error(scope.id, "no_end", "没有结束事件", "为每条路径画上结束事件")
    for element in scope.elements.values():
        if element.kind == "boundaryEvent" and element.attached_to not in scope.elements:
            yield _error(element.id, "dangling", "边界事件没有附在同一层的环节上", "拖到环节的边上")
        if element.kind in ("startEvent", "boundaryEvent") and scope.incoming(element.id):
            yield _error(element.id, "incoming", "开始事件和边界事件不能有进入的连线", "改连到后面的环节")


def _gateway(drawing: Drawing, scope: Scope, element: Element) -> Iterator[Finding]:
    outgoing = scope.outgoing(element.id)
    conditional = [flow for flow in outgoing if drawing.children(flow.id, "conditionExpression")]
    if element.kind in ("exclusiveGateway", "inclusiveGateway"):
        yield from _choice(
            drawing, element, [flow.id for flow in outgoing], {flow.id for flow in conditional}
        )
        return
    for flow in conditional:
        yield _error(flow.id, "condition", "这里的条件不起作用", "在排他网关或包容网关之后写条件")
    if element.kind == "eventBasedGateway":
        yield from _event_gateway(drawing, scope, element)
    elif element.kind != "parallelGateway" and len(outgoing) > 1:
        yield _error(element.id, "many_flows", f"有 {len(outgoing)} 条连线离开", "用网关写明是选择还是并行")
    if element.kind == "endEvent" and outgoing:
        yield _error(element.id, "many_flows", "结束事件之后还有连线", "删去连线，或改为其他环节")


def _choice(
    drawing: Drawing, element: Element, outgoing: list[str], conditional: set[str]
) -> Iterator[Finding]:
    default = drawing.nodes[element.id].get("default")
    if default is not None and default not in outgoing:
        yield _error(element.id, "default", "缺省连线不是从这个网关出去的", "重新设定缺省连线")
    if default in conditional:
        yield _error(str(default), "default", "缺省连线上的条件不起作用", "删去条件，或改设缺省连线")
    if len(outgoing) < 2:
        return
    for flow_id in outgoing:
        if flow_id not in conditional and flow_id != default:
            yield _error(
                flow_id, "no_condition", "没有条件，也不是缺省连线", "写上条件（FEEL），或设为缺省连线"
            )
    if default is None:
        message = "没有缺省连线：条件都不成立时办件会停住"
        yield Finding(element.id, "no_default", "warning", message, "把其中一条设为缺省连线")


def _event_gateway(drawing: Drawing, scope: Scope, element: Element) -> Iterator[Finding]:
    waited = [
        scope.elements[flow.target_id]
        for flow in scope.outgoing(element.id)
        if flow.target_id in scope.elements
    ]
    if len(waited) < 2:
        yield _error(element.id, "event_gateway", "事件网关之后应有两个以上的事件", "补上事件，或去掉网关")
    names: list[str] = []
    timers = 0
    for target in waited:
        if target.kind != "intermediateCatchEvent":
            message = f"事件网关之后的“{target.id}”不是中间事件"
            yield _error(element.id, "event_gateway", message, "只连定时或消息中间事件")
            continue
        for definition in drawing.definitions(target):
            timers += local_name(definition) == "timerEventDefinition"
            names.append(drawing.message_named(definition.get("messageRef")) or "")
    if timers > 1:
        message = f"事件网关之后有 {timers} 个定时事件，只有一个会到时"
        yield _error(element.id, "two_timers", message, "只留一个，期限较早者由表达式算出")
    if any(count > 1 for name, count in Counter(names).items() if name):
        yield _error(element.id, "event_gateway", "事件网关之后两次等同一个消息", "每个消息只等一次")


def check_errors(drawing: Drawing) -> Iterator[Finding]:
    """Error end events that nothing catches."""
    for element in drawing.of_kind("endEvent"):
        for definition in drawing.definitions(element):
            if local_name(definition) == "errorEventDefinition":
                code = drawing.code_of(definition)
                if not _caught(drawing, element, code):
                    message = f"错误“{code or '（无代码）'}”没有边界事件捕获"
                    yield _error(
                        element.id, "uncaught_error", message, "在外层子流程上加错误边界事件，或改为普通结束"
                    )


def _caught(drawing: Drawing, element: Element, code: str | None) -> bool:
    scope_id = element.scope_id
    while scope_id is not None:
        activity = drawing.elements[scope_id]
        for boundary in drawing.scope_of(activity).boundaries(activity.id):
            for definition in drawing.definitions(boundary):
                if local_name(definition) == "errorEventDefinition" and drawing.code_of(definition) in (
                    None,
                    code,
                ):
                    return True
        scope_id = activity.scope_id
    return False


def check_documentation(drawing: Drawing) -> Iterator[Finding]:
    """Elements of a shipped diagram that do not say what they stand on."""
    for element in drawing.elements.values():
        if not element.documentation:
            yield Finding(element.id, "undocumented", "warning", "没有说明", "在说明中写明依据的条款")
        elif element.kind == "userTask" and not _names_article(element.documentation):
            yield Finding(
                element.id, "no_article", "warning", "说明没有写条款", "写明第几条第几款，或“内部规定”"
            )
        if not element.name and element.kind in ("userTask", "serviceTask", "businessRuleTask", "subProcess"):
            yield Finding(element.id, "unnamed", "warning", "没有名称", "起一个动宾结构的中文名称")


def _names_article(text: str) -> bool:
    return ("第" in text and "条" in text) or "内部" in text


def _error(element_id: str, code: str, message: str, mend: str) -> Finding:
    return Finding(element_id, code, "error", message, mend)
