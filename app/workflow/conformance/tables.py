"""The decision tables a diagram asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.engine import DefinitionRefused, Element, Finding
from app.engine.xml import local_name, safe_root
from app.feel import FeelError, Function
from app.feel.tables import DecisionModel
from app.workflow.conformance.drawing import Drawing

_MENDS = {
    "overlap": "改写其中一条规则，使一组数据只合一条；或改命中策略",
    "gap": "补一条规则，或给输出列写上默认值",
    "unreachable": "删去这条规则，或移到前面",
    "empty": "改正这一格",
}

#: Codes of what the rules of a table cover twice or not at all.
COVERAGE = tuple(f"table_{code}" for code in _MENDS)


def check_tables(
    drawing: Drawing,
    tables: Mapping[str, bytes],
    functions: Mapping[str, Function],
    variables: Mapping[str, str | None] | None,
) -> Iterator[Finding]:
    """Every business rule task asks a decision that exists, in a table that is in order.

    ``variables`` are the data an instance can have; None where they are not all known.
    """
    told: set[str] = set()
    for element in drawing.of_kind("businessRuleTask"):
        if element.decision is None:
            yield _error(element, "no_decision", "没有写明按哪张决策表", "填写 camunda:decisionRef")
            continue
        key = next((key for key, content in tables.items() if _holds(content, element.decision)), None)
        if key is None:
            mend = "改正 camunda:decisionRef，或先保存决策表"
            yield _error(element, "unknown_decision", f"没有决策“{element.decision}”", mend)
        elif key not in told:
            told.add(key)
            yield from _remarks(element, tables[key], functions, variables)


def _remarks(
    element: Element,
    content: bytes,
    functions: Mapping[str, Function],
    variables: Mapping[str, str | None] | None,
) -> Iterator[Finding]:
    try:
        model = DecisionModel.parse(content, functions=functions)
    except FeelError as error:
        yield _error(element, "table", f"决策表不能用：{error}", "改正决策表")
        return
    for remark in model.check(variables):
        where = f"（{remark.where}）" if remark.where else ""
        position = f"第 {remark.position + 1} 个字符：" if remark.position else ""
        message = f"决策表{where}：{position}{remark.message_zh}"
        code = f"table_{remark.code}" if remark.code else "table"
        examples = (remark.example,) if remark.example else ()
        yield Finding(
            element.id,
            code,
            remark.severity,
            message,
            _MENDS.get(remark.code, "改正决策表"),
            examples=examples,
        )


def _holds(content: bytes, decision: str) -> bool:
    try:
        root = safe_root(content)
    except DefinitionRefused:
        return False
    return any(local_name(entry) == "decision" and entry.get("id") == decision for entry in root)


def _error(element: Element, code: str, message: str, mend: str) -> Finding:
    return Finding(element.id, code, "error", message, mend)
