"""From the XML of a diagram to a specification that can be stored and run, and to a plain list of its elements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.spiff.parser.process import VALIDATOR
from SpiffWorkflow.spiff.parser.task_spec import SpiffTaskParser

from app.engine.errors import DefinitionRefused
from app.engine.parsing import ProcessFileParser, decision_of, result_variable_of
from app.engine.storage import spec_text
from app.engine.values import CompiledProcess, Element, Finding, SequenceFlow
from app.engine.wording import in_chinese
from app.engine.xml import CAMUNDA, SPIFF, bpmn, local_name, safe_root

_NODES = {
    "task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask",
    "callActivity", "subProcess", "transaction", "adHocSubProcess", "startEvent", "endEvent", "boundaryEvent",
    "intermediateCatchEvent", "intermediateThrowEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway",
    "eventBasedGateway", "complexGateway",
}  # fmt: skip


def compile_process(
    content: bytes, tables: Mapping[str, bytes] | None = None, called: Mapping[str, bytes] | None = None
) -> CompiledProcess:
    """Compile the one executable process of a diagram.

    ``tables`` are the decision models by key, ``called`` the diagrams whose processes its call activities call.
    Raises DefinitionRefused with what is wrong. The gate (app.workflow.conformance) checks much more than this.
    """
    root = safe_root(content)
    others = {key: safe_root(text, f"被调用的流程图“{key}”") for key, text in (called or {}).items()}
    _refuse_shared_scopes({"": root, **others})
    parser = ProcessFileParser(validator=VALIDATOR)
    process_ids = _read(parser, root, others)
    if len(process_ids) != 1:
        raise _refused(
            "", "one_process", f"应有一个可执行的流程，实有 {len(process_ids)} 个", "每个文件只画一个流程"
        )
    process_id = process_ids[0]
    try:
        spec = parser.get_spec(process_id)
        subprocesses = parser.get_subprocess_specs(process_id)
    except ValidationException as error:
        message = f"引擎不能运行：{in_chinese(str(error))}"
        raise _refused(error.id or process_id, "not_runnable", message, "按提示改正该环节") from error
    documents = [root, *others.values()]
    elements = tuple(element for document in documents for element in elements_of(document))
    flows = tuple(flow for document in documents for flow in flows_of(document))
    decisions = _decisions(tables or {})
    _refuse_unknown_decisions(elements, decisions)
    text, spec_hash = spec_text(spec, subprocesses, elements, flows, tables or {}, decisions)
    return CompiledProcess(
        process_id=process_id,
        name=spec.description or process_id,
        spec_text=text,
        spec_hash=spec_hash,
        elements=tuple(element for element in elements if element.process_id == process_id),
        flows=tuple(flow for flow in flows if flow.process_id == process_id),
    )


def _read(parser: ProcessFileParser, root: etree._Element, others: Mapping[str, etree._Element]) -> list[str]:
    try:
        parser.add_bpmn_xml(root)
        process_ids: list[str] = parser.get_process_ids()
        for key, document in others.items():
            parser.add_bpmn_xml(document, key)
    except ValidationException as error:
        where = f"第 {error.line_number} 行" if error.line_number else "文件"
        message = f"{where}不符合 BPMN 2.0 的格式：{in_chinese(str(error))}"
        raise _refused(error.id or "", "schema", message, "用流程编辑器重新导出，或按提示改正") from error
    return process_ids


def _refuse_shared_scopes(documents: Mapping[str, etree._Element]) -> None:
    """SpiffWorkflow keeps processes and sub-processes by id alone: two of one id would run as the same."""
    seen: dict[str, str] = {}
    for key, document in documents.items():
        for node in document.iter(bpmn("process"), bpmn("subProcess")):
            scope_id = node.get("id", "")
            if scope_id in seen and seen[scope_id] != key:
                message = f"流程或子流程“{scope_id}”在被调用的流程图里也有"
                raise _refused(scope_id, "scope_twice", message, "其中一个改编号")
            seen[scope_id] = key


def _decisions(tables: Mapping[str, bytes]) -> dict[str, str]:
    """Which table holds which decision."""
    found: dict[str, str] = {}
    for key, content in tables.items():
        root = safe_root(content, f"决策表“{key}”")
        for element in root:
            if local_name(element) == "decision" and (name := element.get("id")):
                if name in found:
                    raise _refused(name, "decision_twice", f"决策“{name}”定义了两次", "改一个编号")
                found[name] = key
    return found


def _refuse_unknown_decisions(elements: tuple[Element, ...], decisions: Mapping[str, str]) -> None:
    for element in elements:
        if element.decision is not None and element.decision not in decisions:
            message = f"没有编号为“{element.decision}”的决策表"
            raise _refused(
                element.id, "unknown_decision", message, "先保存该决策表，或改正 camunda:decisionRef"
            )


def _refused(element_id: str, code: str, message: str, mend: str) -> DefinitionRefused:
    return DefinitionRefused([Finding(element_id, code, "error", message, mend)])


# --- the elements as plain values ---------------------------------------------------------------------------------


def elements_of(root: etree._Element) -> Iterator[Element]:
    """All nodes of a document, in its order, also those inside sub-processes."""
    lanes = {
        (reference.text or "").strip(): lane.get("name")
        for lane in root.iter(bpmn("lane"))
        for reference in lane.findall(bpmn("flowNodeRef"))
    }
    for process in root.iter(bpmn("process")):
        for node in process.iter():
            if local_name(node) in _NODES and node.get("id"):
                yield _element(node, process.get("id", ""), lanes)


def flows_of(root: etree._Element) -> Iterator[SequenceFlow]:
    """All sequence flows of a document."""
    for process in root.iter(bpmn("process")):
        for flow in process.iter(bpmn("sequenceFlow")):
            yield SequenceFlow(
                id=flow.get("id", ""),
                name=flow.get("name", ""),
                source_id=flow.get("sourceRef", ""),
                target_id=flow.get("targetRef", ""),
                process_id=process.get("id", ""),
            )


def _element(node: etree._Element, process_id: str, lanes: Mapping[str, str | None]) -> Element:
    kind = local_name(node)
    parent = node.getparent()
    scope_id = parent.get("id") if parent is not None and local_name(parent) != "process" else None
    operator = node.find(f"{bpmn('extensionElements')}/{{{SPIFF}}}serviceTaskOperator")
    documentation = node.find(bpmn("documentation"))
    return Element(
        id=node.get("id", ""),
        kind=kind,
        name=node.get("name", ""),
        process_id=process_id,
        scope_id=scope_id,
        lane=_lane_of(node, lanes),
        documentation=(documentation.text or "").strip() if documentation is not None else "",
        form_key=_camunda(node, "formKey"),
        candidate_groups=_listed(_camunda(node, "candidateGroups")),
        candidate_users=_listed(_camunda(node, "candidateUsers")),
        assignee=_camunda(node, "assignee"),
        due_date=_camunda(node, "dueDate"),
        operation=operator.get("id") if operator is not None else None,
        result_variable=_result_variable(node, operator),
        decision=decision_of(node) if kind == "businessRuleTask" else None,
        called_process=node.get("calledElement"),
        attached_to=node.get("attachedToRef"),
        properties=SpiffTaskParser._parse_extensions(node).get("properties", {}),
    )


def _lane_of(node: etree._Element, lanes: Mapping[str, str | None]) -> str | None:
    """The lane an element stands in; inside a sub-process, the lane of the sub-process."""
    entry: Any = node
    while entry is not None:
        if (lane := lanes.get(entry.get("id", ""))) is not None:
            return lane
        entry = entry.getparent()
    return None


def _camunda(node: etree._Element, name: str) -> str | None:
    return node.get(f"{{{CAMUNDA}}}{name}") or None


def _listed(text: str | None) -> tuple[str, ...]:
    if text is None or text.startswith("="):
        return ()
    return tuple(entry.strip() for entry in text.split(",") if entry.strip())


def _result_variable(node: etree._Element, operator: etree._Element | None) -> str | None:
    if operator is not None:
        return operator.get("resultVariable") or None
    return result_variable_of(node)
