"""Every FEEL expression of a diagram: its names, calls and types, and that no period stands in it as a number."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from app.engine import Element, Finding
from app.engine.xml import CAMUNDA, SPIFF
from app.feel import FeelError, Function, compile_expression
from app.feel.check import check_expression
from app.operations import catalogue
from app.operations.catalogue import InputField
from app.regulations.errors import UnknownParameter
from app.regulations.parameters import parameter
from app.workflow.conformance.drawing import Drawing
from app.workflow.conformance.times import PERIODS, Sources, literal, literal_time, unbound, use_parameter
from app.workflow.conformance.variables import Variables

_MOMENT = "date|date and time|duration"
_TIMED = ("date", "date and time", "days and time duration", "years and months duration")
_KEYED = re.compile(r"\b(deadline|parameter)\s*\(\s*\"([^\"]*)\"")


@dataclass(frozen=True)
class Written:
    """One expression: where it stands, what it must give, and whether it sets a time."""

    element_id: str
    what: str
    text: str
    expected: str | None = None
    is_time: bool = False
    place: str = ""


def written_in(drawing: Drawing) -> Iterator[Written]:
    """All expressions of a diagram."""
    for flow in drawing.flows:
        for condition in drawing.children(flow.id, "conditionExpression"):
            yield Written(flow.id, "条件", condition.text or "", "boolean")
    for element in drawing.elements.values():
        yield from _times(drawing, element)
        yield from _attributes(drawing, element)
        yield from _instances(drawing, element)
        if element.kind == "scriptTask":
            for script in drawing.children(element.id, "script"):
                yield Written(element.id, "脚本", script.text or "")
    for name in ("messagePayload", "expression"):
        for node in drawing.root.iter(f"{{{SPIFF}}}{name}"):
            yield Written(_around(drawing, node), "消息", node.text or "")


def _times(drawing: Drawing, element: Element) -> Iterator[Written]:
    for kind, expected in (("timeDate", _MOMENT), ("timeDuration", _MOMENT), ("timeCycle", "string")):
        for node in drawing.children(element.id, kind):
            yield Written(element.id, "定时", node.text or "", expected, is_time=True, place=kind)


def _attributes(drawing: Drawing, element: Element) -> Iterator[Written]:
    for name, what, expected in (
        ("dueDate", "办理期限", _MOMENT),
        ("assignee", "办理人", "string|number"),
        ("candidateGroups", "候选岗位", "string|list"),
        ("candidateUsers", "候选人员", "string|list|number"),
    ):
        text = drawing.nodes[element.id].get(f"{{{CAMUNDA}}}{name}")
        if text and (text.startswith("=") or name == "dueDate"):
            yield Written(element.id, what, text, expected, is_time=name == "dueDate", place=name)


def _instances(drawing: Drawing, element: Element) -> Iterator[Written]:
    for name, what, expected in (
        ("loopCardinality", "多实例次数", "number"),
        ("completionCondition", "多实例完成条件", "boolean"),
        ("loopCondition", "循环条件", "boolean"),
        ("loopDataInputRef", "多实例集合", "list|context"),
    ):
        for node in drawing.children(element.id, name):
            yield Written(element.id, what, node.text or "", expected)


def parameters_of(drawing: Drawing, element: Element) -> Iterator[tuple[str, str]]:
    """The names and expressions of a service task's parameters."""
    for node in drawing.nodes[element.id].iter(f"{{{SPIFF}}}parameter"):
        yield node.get("id") or "", node.get("value") or ""


def _around(drawing: Drawing, node: etree._Element) -> str:
    for parent in node.iterancestors():
        if parent.get("id") in drawing.elements:
            return str(parent.get("id"))
    return ""


class ExpressionCheck:
    """Checks expressions against the variables of a diagram and the registered functions.

    With `open_data` a name that nothing declares is taken as given at run time.
    """

    def __init__(self, variables: Variables, functions: Mapping[str, Function], open_data: bool) -> None:
        self._variables = variables
        self._functions = functions
        self._open_data = open_data

    def check(self, written: Written) -> Iterator[Finding]:
        """The findings of one expression."""
        text = written.text.strip().removeprefix("=").strip()
        if not text:
            yield _error(written, "empty", f"{written.what}是空的", "写上 FEEL 表达式")
        elif "${" in written.text or "#{" in written.text:
            yield _error(
                written, "juel", f"{written.what}“{text}”用了 ${{}}", "改写成 FEEL，例如 金额 > 5000"
            )
        elif written.is_time and (found := literal_time(text, self._functions)):
            yield literal(written.element_id, written.what, found, written.place)
        else:
            yield from self._feel(written, text)
            yield from _keys(written, text)

    def _feel(self, written: Written, text: str) -> Iterator[Finding]:
        variables: Variables = {**dict.fromkeys(self._unknown(text)), **self._variables}
        for finding in check_expression(text, variables, self._functions, written.expected):
            where = f"“{text}”第 {finding.position + 1} 个字符" if finding.position else f"“{text}”"
            yield _error(written, "feel", f"{written.what}{where}：{finding.message_zh}", "改正表达式")

    def _unknown(self, text: str) -> tuple[str, ...]:
        if not self._open_data:
            return ()
        try:
            return compile_expression(text, names=frozenset(self._variables), functions=self._functions).names
        except FeelError:
            return ()


def _keys(written: Written, text: str) -> Iterator[Finding]:
    for function, key in _KEYED.findall(text):
        try:
            declared = parameter(key)
        except UnknownParameter:
            mend = "在规则参数中选一个，如 publicity.period"
            yield _error(written, "unknown_parameter", f"没有规则参数“{key}”", mend)
            continue
        if function == "deadline" and declared.unit not in PERIODS:
            message = f"规则参数“{key}”（{declared.label}）不是期限"
            fix = use_parameter(written.element_id, written.place, "")
            mend = "选一个以日或小时计的参数"
            yield Finding(written.element_id, "no_period", "error", message, mend, fix=fix)


def check_expressions(drawing: Drawing, checker: ExpressionCheck) -> Iterator[Finding]:
    """All expressions but the parameters of operations, which have types of their own."""
    for written in written_in(drawing):
        yield from checker.check(written)


def check_times(drawing: Drawing, functions: Mapping[str, Function]) -> Iterator[Finding]:
    """Whether every timer and due date rests on a parameter, also where a script stands between."""
    sources = Sources(drawing, functions)
    texts = []
    for written in written_in(drawing):
        text = written.text.strip().removeprefix("=").strip()
        if not (written.is_time and text) or literal_time(text, functions):
            continue
        if not sources.is_bound(text):
            filled_in = sources.reads_data(text)
            yield unbound(written.element_id, written.what, text, written.place, filled_in)
        texts.append(text)
    scripts = dict(sources.scripts_behind(texts))
    for element in drawing.of_kind("scriptTask"):
        text = scripts.get(element.result_variable or "", "")
        if found := literal_time(text, functions):
            yield literal(element.id, "决定时间的脚本", found, "script")


def check_operations(drawing: Drawing, checker: ExpressionCheck) -> Iterator[Finding]:
    """Service tasks against the catalogue: the operation, its inputs and their types."""
    for element in drawing.of_kind("serviceTask"):
        operation = catalogue.get(element.operation or "")
        if operation is None:
            message = f"没有操作“{element.operation}”" if element.operation else "没有选操作"
            fix = _similar(element)
            yield Finding(element.id, "unknown_operation", "error", message, "从操作目录中选一个", fix=fix)
            continue
        if operation.retired is not None:
            message = f"操作“{operation.label}”已停用，新的版本不能再用"
            fix = {"kind": "use_operation", "element": element.id, "operations": _living(operation.retired)}
            yield Finding(element.id, "retired_operation", "error", message, operation.retired, fix=fix)
        given = dict(parameters_of(drawing, element))
        declared = {field.name: field for field in operation.inputs}
        for name in sorted(set(given) - set(declared)):
            message = f"操作“{operation.label}”没有输入“{name}”"
            yield Finding(
                element.id, "unexpected_input", "error", message, f"可用的输入：{'、'.join(declared) or '无'}"
            )
        for name, field in declared.items():
            if name not in given and field.required:
                message = f"操作“{operation.label}”缺少输入“{name}”（{field.shape.label}）"
                yield Finding(element.id, "missing_input", "error", message, "补上这一输入")
            elif name in given:
                yield from checker.check(_input(element, field, given[name]))


def _similar(element: Element) -> dict[str, Any] | None:
    known = [operation.name for operation in catalogue if operation.retired is None]
    close = difflib.get_close_matches(element.operation or "", known, 3, 0.6)
    return {"kind": "use_operation", "element": element.id, "operations": close} if close else None


def _living(words: str) -> list[str]:
    """The operations that the note of a retired one names."""
    return [
        operation.name for operation in catalogue if operation.name in words and operation.retired is None
    ]


def _input(element: Element, field: InputField, text: str) -> Written:
    expected = None if field.shape.feel == "Any" else f"{field.shape.feel}|Null"
    is_time = field.shape.feel in _TIMED
    return Written(element.id, f"输入“{field.name}”的值", text, expected, is_time, place=field.name)


def check_results(drawing: Drawing) -> Iterator[Finding]:
    """Script and decision tasks must say where their value goes."""
    for element in drawing.of_kind("scriptTask", "businessRuleTask"):
        if element.result_variable is None:
            mend = "填写 camunda:resultVariable"
            yield Finding(element.id, "no_result", "error", "没有写明结果放进哪个变量", mend)
        if element.kind == "scriptTask" and drawing.nodes[element.id].get("scriptFormat") != "feel":
            yield Finding(element.id, "not_feel", "error", "脚本的语言不是 FEEL", 'scriptFormat 填写 "feel"')


def _error(written: Written, code: str, message: str, mend: str) -> Finding:
    return Finding(written.element_id, code, "error", message, mend)
