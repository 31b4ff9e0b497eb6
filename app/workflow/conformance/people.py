"""User tasks: their forms, whose they are, and what their properties promise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from app.engine import Element, Finding
from app.feel import Function
from app.identity import roles
from app.regulations.errors import UnknownParameter
from app.regulations.parameters import parameter
from app.workflow.conformance.drawing import Drawing
from app.workflow.conformance.times import use_parameter
from app.workflow.forms import FormDefinition, FormRefused, parse_form

#: Properties of a user task that name other user tasks.
_REFERENCES = {"returnTargets": "退回目标", "fourEyes": "四眼原则所对的环节"}

#: How the page of a task is named (property `page`); which names exist only the web layer knows.
#: A form's key: folder and file, nothing that leads elsewhere.
_FORM_KEY = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")
_PAGE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


def read_forms(
    drawing: Drawing, texts: Mapping[str, str], functions: Mapping[str, Function], inside: str | None = None
) -> tuple[dict[str, FormDefinition], list[Finding]]:
    """The forms of the user tasks by key, and what is wrong with them.

    ``inside`` is the folder they must lie in: the process's own.
    """
    forms: dict[str, FormDefinition] = {}
    findings: list[Finding] = []
    for element in drawing.of_kind("userTask"):
        key = element.form_key
        if key is None:
            findings.append(
                _error(element, "no_form", "没有表单", f"在属性里选一张表单，或新建 {_suggested(element)}")
            )
        elif not _FORM_KEY.fullmatch(key) or (inside is not None and key.split("/")[0] != inside):
            findings.append(
                _error(
                    element, "form_key", f"表单编号“{key}”不在本流程的目录里", f"写成 {_suggested(element)}"
                )
            )
        elif key not in texts:
            findings.append(
                _error(element, "unknown_form", f"没有表单“{key}”", "在“表单”里按这个编号新建，或在属性里另选一张")
            )
        elif key not in forms:
            try:
                forms[key] = parse_form(texts[key], functions)
            except FormRefused as refused:
                findings += [
                    _error(element, "form", f"表单“{key}”：{fault}", "改正表单") for fault in refused.findings
                ]
    return forms, findings


def _suggested(element: Element) -> str:
    return f"{element.process_id}/{element.id}"


def check_people(drawing: Drawing) -> Iterator[Finding]:
    """Every user task belongs to somebody who exists."""
    for element in drawing.of_kind("userTask", "manualTask"):
        has_expression = "=" in (element.assignee or "")[:1] or _has_group_expression(drawing, element)
        if not (element.candidate_groups or element.candidate_users or element.assignee or has_expression):
            yield _error(
                element, "no_group", "没有写明由谁办理", "在属性里选由哪个岗位办理（camunda:candidateGroups）"
            )
        for group in element.candidate_groups:
            if group not in roles.ALL:
                known = "、".join(f"{key}（{label}）" for key, label in roles.LABELS.items())
                yield _error(element, "unknown_group", f"没有岗位“{group}”", f"可用的岗位：{known}")
        yield from _properties(drawing, element)


def check_due(drawing: Drawing) -> Iterator[Finding]:
    """User tasks that nobody is ever late with."""
    for element in drawing.of_kind("userTask"):
        if not element.due_date and "deadline" not in element.properties:
            fix = use_parameter(element.id, "dueDate", "P1D")
            mend = '填写办理期限，如 =deadline("参数", now())；没有期限的，超期提醒和统计都不含它'
            yield Finding(element.id, "no_due", "warning", "没有办理时限", mend, fix=fix)


def _has_group_expression(drawing: Drawing, element: Element) -> bool:
    node = drawing.nodes[element.id]
    return any(str(value).startswith("=") for key, value in node.attrib.items() if "candidate" in str(key))


def _properties(drawing: Drawing, element: Element) -> Iterator[Finding]:
    for name, what in _REFERENCES.items():
        for target in _listed(element.properties.get(name, "")):
            other = drawing.elements.get(target)
            if other is None or other.kind != "userTask":
                yield _error(element, "property", f"{what}“{target}”不是用户任务", f"改正属性 {name}")
    page = element.properties.get("page")
    if page is not None and not _PAGE.fullmatch(page):
        mend = "改正属性 page，如 selection.conditions；没有专用页面时删去"
        yield _error(element, "property", f"专用页面“{page}”不是页面名称", mend)
    key = element.properties.get("deadline")
    if key is not None:
        try:
            parameter(key)
        except UnknownParameter:
            yield _error(element, "unknown_parameter", f"没有规则参数“{key}”", "改正属性 deadline")


def _listed(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def _error(element: Element, code: str, message: str, mend: str) -> Finding:
    return Finding(element.id, code, "error", message, mend)
