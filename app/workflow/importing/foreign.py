"""Reading a file that some other product wrote: bounded, in its own encoding, whatever prefix stands for BPMN."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from app.engine import DefinitionRefused
from app.engine.xml import BPMN, CAMUNDA, SPIFF, bpmn, local_name, safe_root
from app.workflow.releases.reading import Unreadable

ZEEBE = "http://camunda.org/schema/zeebe/1.0"
#: Camunda 7 and what it descends from write the same attributes under several names.
ATTRIBUTES = (CAMUNDA, "http://flowable.org/bpmn", "http://activiti.org/bpmn")
NODES = frozenset({
    "task", "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask",
    "callActivity", "subProcess", "transaction", "adHocSubProcess", "startEvent", "endEvent", "boundaryEvent",
    "intermediateCatchEvent", "intermediateThrowEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway",
    "eventBasedGateway", "complexGateway",
})  # fmt: skip
SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})

#: The largest of ours has some ninety nodes.
MAX_NODES, MAX_FLOWS = 400, 1000

_FIELD = "file"
_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding\s*=\s*[\"']([^\"']+)")
_MARKS = (
    (ZEEBE, "Camunda 8"), (SPIFF, "SpiffArena"), (ATTRIBUTES[1], "Flowable"), (ATTRIBUTES[2], "Activiti"),
    (CAMUNDA, "Camunda 7"),
)  # fmt: skip


def read(content: bytes) -> etree._Element:
    """The root of a BPMN 2.0 file with at least one process. :raises Unreadable: at `file`, says what it is."""
    if not content.strip():
        raise Unreadable("文件是空的，请选择 .bpmn 文件", _FIELD)
    if content.startswith(b"PK\x03\x04"):
        message = "这是 zip 压缩包。由“导出”得到的在“导入流程”页导入；别的软件的，先解开再选其中的 .bpmn"
        raise Unreadable(message, _FIELD)
    root = _root(content)
    name, space = local_name(root), etree.QName(root).namespace or ""
    if root.tag != bpmn("definitions"):
        raise Unreadable(_instead(name, space), _FIELD)
    if not any(nodes_of(process) for process in processes_of(root)):
        raise Unreadable("文件里没有画着环节的流程，只有池或空的流程", _FIELD)
    counted = Counter(local_name(node) for node in root.iter(etree.Element))
    steps = sum(count for name, count in counted.items() if name in NODES)
    if steps > MAX_NODES or counted["sequenceFlow"] > MAX_FLOWS:
        message = f"文件里有 {steps} 个环节、{counted['sequenceFlow']} 条连线，上限为 {MAX_NODES} 个和 {MAX_FLOWS} 条"
        raise Unreadable(f"{message}：请拆成几个流程", _FIELD)
    return root


def _root(content: bytes) -> etree._Element:
    try:
        return safe_root(content, "文件")
    except DefinitionRefused as refusal:
        found = refusal.findings[0]
        if found.code == "not_xml" and _is_misread(content):
            message = "文件的文字编码与它声明的不符（没有声明的应为 UTF-8）：另存为 UTF-8 再导入"
            raise Unreadable(message, _FIELD) from refusal
        raise Unreadable(f"{found.message}：{found.mend}", _FIELD) from refusal


def _is_misread(content: bytes) -> bool:
    declared = _ENCODING.match(content)
    try:
        content.decode(declared.group(1).decode("ascii") if declared else "utf-8")
    except (LookupError, UnicodeError):
        return True
    return False


def _instead(name: str, space: str) -> str:
    if "DMN" in space:
        return "这是 DMN 决策表，不是流程图：在“决策表”里导入"
    if "CMMN" in space:
        return "这是 CMMN 案例模型，不是 BPMN 流程图"
    if name == "definitions":
        return "这个文件不是 BPMN 2.0：请从原软件导出 BPMN 2.0 XML"
    return f"这个文件不是 BPMN 流程图（最外层是 {name}）：请从原软件导出 BPMN 2.0 XML"


def exporter_of(root: etree._Element) -> str:
    """Which product wrote the file, as far as it shows."""
    told = root.get("exporter") or ""
    if str(root.get("targetNamespace")).startswith("urn:zhiku:"):
        return "本系统"
    if "Signavio" in told or "signavio" in str(root.get("targetNamespace")) or "signavio" in str(root.nsmap.values()):
        return "Signavio"
    if "spiffworkflow.org" in str(root.nsmap.values()) and ZEEBE not in root.nsmap.values():
        return "SpiffArena"
    used = set(root.nsmap.values())
    return next((words for space, words in _MARKS if space in used), told[:40] or "未写明")


def processes_of(root: etree._Element) -> list[etree._Element]:
    """The processes of the file, in its order."""
    return [node for node in root if node.tag == bpmn("process")]


def nodes_of(scope: etree._Element) -> list[etree._Element]:
    """The flow nodes directly in a process or sub-process."""
    return [node for node in scope if is_bpmn(node) and local_name(node) in NODES]


def parts_of(scope: etree._Element, name: str) -> list[etree._Element]:
    """The direct parts of an element with a BPMN name."""
    return scope.findall(bpmn(name))


def is_bpmn(node: etree._Element) -> bool:
    """Whether an element is BPMN's own."""
    return bool(local_name(node)) and etree.QName(node).namespace == BPMN


def attribute(node: etree._Element, name: str) -> str:
    """An attribute of Camunda 7, Flowable or Activiti; empty if there is none."""
    return next((value.strip() for space in ATTRIBUTES if (value := node.get(f"{{{space}}}{name}"))), "")


def extensions(node: etree._Element, name: str = "") -> list[etree._Element]:
    """The extension elements of a node, or those of one local name, however deep."""
    found: list[etree._Element] = []
    for around in node.findall(bpmn("extensionElements")):
        if not name:
            found += [entry for entry in around if local_name(entry)]
        else:
            found += [entry for entry in around.iter() if local_name(entry) == name]
    return found


def extension(node: etree._Element, name: str) -> etree._Element | None:
    """The first extension element of a local name."""
    return next(iter(extensions(node, name)), None)


def definitions_of(event: etree._Element) -> list[etree._Element]:
    """The event definitions of an event."""
    return [child for child in event if local_name(child).endswith("EventDefinition")]


def texts(node: etree._Element, name: str) -> Iterator[str]:
    """The texts of the direct parts of a BPMN name, without the empty ones."""
    for part in parts_of(node, name):
        text = " ".join("".join(str(piece) for piece in part.itertext()).split())
        if text:
            yield text
