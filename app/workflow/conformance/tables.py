"""The decision tables a diagram asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.engine import DefinitionRefused, Element, Finding
from app.engine.xml import local_name, safe_root
from app.feel import FeelError, Function
from app.feel.tables import DecisionModel
from app.workflow.conformance.drawing import Drawing


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
        message = f"决策表{where}：{remark.message_zh}"
        yield Finding(element.id, "table", remark.severity, message, "改正决策表")


def _holds(content: bytes, decision: str) -> bool:
    try:
        root = safe_root(content)
    except DefinitionRefused:
        return False
    return any(local_name(entry) == "decision" and entry.get("id") == decision for entry in root)


def _error(element: Element, code: str, message: str, mend: str) -> Finding:
    return Finding(element.id, code, "error", message, mend)
