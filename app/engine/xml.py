"""Reading XML that a stranger may have written: bounded, without DOCTYPE, entities or network."""

from __future__ import annotations

from typing import Any

from lxml import etree

from app.engine.errors import DefinitionRefused
from app.engine.values import Finding

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

MAX_BYTES = 2_000_000


def bpmn(name: str) -> str:
    """The full tag of a BPMN element."""
    return f"{{{BPMN}}}{name}"


def local_name(element: etree._Element) -> str:
    """The tag without its namespace; empty for comments and processing instructions."""
    tag: Any = element.tag
    return etree.QName(element).localname if isinstance(tag, str) else ""


def safe_root(content: bytes, what: str = "流程图") -> etree._Element:
    """The root element of a document. Raises DefinitionRefused for anything but plain, well-formed, bounded XML."""
    if len(content) > MAX_BYTES:
        message = f"{what}有 {len(content) // 1000} KB，上限为 {MAX_BYTES // 1000} KB"
        raise _refused("too_large", message, "删去不用的内容，或把流程拆成几个")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser=parser)
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in content:
            raise _doctype_refused(what) from error
        line = error.lineno or 0
        message = f"{what}不是完整的 XML（第 {line} 行）"
        raise _refused("not_xml", message, "用流程编辑器重新导出") from error
    if _doctype(root):
        raise _doctype_refused(what)
    return root


def _doctype(root: etree._Element) -> bool:
    information: Any = root.getroottree().docinfo
    return bool(information.doctype)


def _doctype_refused(what: str) -> DefinitionRefused:
    return _refused("doctype", f"{what}带有 DOCTYPE 声明", "删去 DOCTYPE 和其中的实体定义")


def _refused(code: str, message: str, mend: str) -> DefinitionRefused:
    return DefinitionRefused([Finding("", code, "error", message, mend)])


def line_of(content: bytes, element_id: str) -> int | None:
    """The line of a document on which the element with that id begins, None if there is none."""
    try:
        root = safe_root(content)
    except DefinitionRefused:
        return None
    found = next((node for node in root.iter() if element_id and node.get("id") == element_id), None)
    line: Any = found.sourceline if found is not None else None
    return int(line) if line else None
