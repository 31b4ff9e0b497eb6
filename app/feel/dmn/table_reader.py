"""Reading a decision table from XML into compiled columns and rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from app.feel.compiler import compile_node, tests_of
from app.feel.dmn.table import (
    AGGREGATIONS,
    HIT_POLICIES,
    Cell,
    DecisionTable,
    InputColumn,
    MatchedRule,
    OutputColumn,
    Rule,
)
from app.feel.dmn.xml import child, children, text_of
from app.feel.errors import FeelSyntaxError, FeelUnsupported
from app.feel.lexer import NameScope
from app.feel.nodes import ExpressionTest, Node, UnaryTests

if TYPE_CHECKING:
    from app.feel.dmn.model import Model


def read_table(element: etree._Element, scope: NameScope, model: Model, where: str) -> DecisionTable:
    """Compile a table; `where` names the decision in messages. Raises FeelSyntaxError."""
    return _TableReader(element, scope, model, where).read()


class _TableReader:
    def __init__(self, element: etree._Element, scope: NameScope, model: Model, where: str) -> None:
        self.element, self.scope, self.model, self.where = element, scope, model, where
        self.test_scope = NameScope(("?",), (scope,))

    def read(self) -> DecisionTable:
        policy = str(self.element.get("hitPolicy") or "UNIQUE").upper()
        aggregation = str(self.element.get("aggregation") or "").upper()
        if policy not in HIT_POLICIES or (aggregation and aggregation not in AGGREGATIONS):
            raise FeelUnsupported(f"{self.where}：不支持的命中策略 {policy} {aggregation}".rstrip())
        inputs = [self._input(one) for one in children(self.element, "input")]
        outputs = [self._output(one) for one in children(self.element, "output")]
        if not outputs:
            raise FeelSyntaxError(f"{self.where}：决策表没有输出列")
        table = DecisionTable(policy, aggregation if policy == "COLLECT" else "", inputs, outputs)
        notes = [str(one.get("name") or "") for one in children(self.element, "annotation")]
        for index, rule in enumerate(children(self.element, "rule"), 1):
            table.rules.append(self._rule(index, rule, table, notes))
        return table

    def _expression(self, text: str, place: str) -> Node:
        try:
            return self.model.parser(text, self.scope).whole_expression()
        except FeelSyntaxError as error:
            raise type(error)(f"{self.where} · {place}：{error.message}", error.position) from error

    def _tests(self, text: str, place: str) -> tuple[UnaryTests, bool]:
        parser = self.model.parser(text, self.test_scope)
        try:
            return parser.whole_tests(), "?" in parser.names_read
        except FeelSyntaxError as error:
            raise type(error)(f"{self.where} · {place}：{error.message}", error.position) from error

    def _input(self, element: etree._Element) -> InputColumn:
        expression = child(element, "inputExpression")
        text = text_of(expression) or str(element.get("label") or "")
        label = str(element.get("label") or text)
        node = self._expression(text, f"输入列“{label}”")
        declared = None if expression is None else self.model.types.named(expression.get("typeRef"))
        allowed_text = text_of(child(element, "inputValues"))
        tests = self._tests(allowed_text, f"输入列“{label}”的允许值")[0] if allowed_text else None
        allowed = None if tests is None else tests_of(tests.tests, tests.negated)
        return InputColumn(text, label, node, compile_node(node), declared, allowed_text, tests, allowed)

    def _output(self, element: etree._Element) -> OutputColumn:
        name = str(element.get("name") or "")
        listed = text_of(child(element, "outputValues"))
        nodes: list[Node] = []
        if listed:
            tests = self._tests(listed, f"输出列“{name}”的允许值")[0]
            nodes = [test.expression for test in tests.tests if isinstance(test, ExpressionTest)]
        default_text = text_of(child(element, "defaultOutputEntry"))
        default = (
            compile_node(self._expression(default_text, f"输出列“{name}”的默认值")) if default_text else None
        )
        values = [compile_node(node) for node in nodes]
        return OutputColumn(name, self.model.types.named(element.get("typeRef")), values, nodes, default)

    def _rule(self, index: int, element: etree._Element, table: DecisionTable, notes: list[str]) -> Rule:
        entries = children(element, "inputEntry")
        outputs = children(element, "outputEntry")
        if len(entries) != len(table.inputs) or len(outputs) != len(table.outputs):
            raise FeelSyntaxError(f"{self.where} · 规则 {index}：格数与列数不符")
        cells = [
            cell
            for column, entry in enumerate(entries)
            if (cell := self._cell(index, column, text_of(entry), table)) is not None
        ]
        texts = [text_of(one) or "null" for one in outputs]
        nodes = [
            self._expression(text, f"规则 {index} · 输出列“{column.name}”")
            for text, column in zip(texts, table.outputs, strict=True)
        ]
        description = child(element, "description")
        matched = MatchedRule(
            index,
            str(element.get("id") or index),
            {
                name: text_of(note)
                for name, note in zip(notes, children(element, "annotationEntry"), strict=False)
            },
            (description.text or "").strip() if description is not None else "",
        )
        return Rule(matched, cells, [compile_node(node) for node in nodes], texts, nodes)

    def _cell(self, index: int, column: int, text: str, table: DecisionTable) -> Cell | None:
        if text in ("", "-"):
            return None
        tests, uses_input = self._tests(text, f"规则 {index} · 输入列“{table.inputs[column].label}”")
        return Cell(column, text, tests, tests_of(tests.tests, tests.negated), uses_input)
