"""The static check of decision models: names and types in the cells, and what the rules leave or cover twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from lxml import etree

from app.feel.check import declared_variables
from app.feel.dmn.coverage import Coverage
from app.feel.dmn.model import Model
from app.feel.dmn.table import DecisionTable, InputColumn, OutputColumn, Rule
from app.feel.dmn.xml import boxed_in, name_of, tag, text_of, variable_type
from app.feel.errors import FeelError, Finding
from app.feel.inference import Inference, Scope, nearest
from app.feel.kinds import ANY, FeelType, label
from app.feel.nodes import Node, UnaryTests
from app.feel.operator_types import comparable

Types = Mapping[str, FeelType | None]


def check_model(model: Model, types: Types, variables: Mapping[str, str | None] | None) -> list[Finding]:
    """All findings of a model whose decisions compile.

    `types` are the names the model itself asks for. With `variables`, the data an instance has, the input
    expressions are held to them; without, an input expression may name anything.
    """
    findings: list[Finding] = []
    for owner, tables in model.tables.items():
        element = model.elements[owner]
        for where, table in tables:
            logic = boxed_in(element)
            if logic is not None and tag(logic) == "decisionTable":
                scope = _scope(model, element, types, variables)
                findings += _TableCheck(where, table, scope, model, open_inputs=variables is None).findings()
            findings += _coverage_findings(where, table)
    for name in sorted(set(types) - set(variables)) if variables is not None else ():
        findings.append(Finding(0, f"数据中没有“{name}”{nearest(name, variables or ())}", "输入"))
    for element in model.elements.values():
        logic = boxed_in(element) if tag(element) == "decision" else None
        if logic is not None and tag(logic) == "literalExpression" and text_of(logic):
            findings += _literal_findings(model, element, logic, _scope(model, element, types, variables))
    return findings


def _coverage_findings(where: str, table: DecisionTable) -> list[Finding]:
    try:
        return Coverage(where, table).findings()
    except FeelError as error:  # trying out a cell met a limit
        return [Finding(0, f"无法核对规则的覆盖：{error.message}", where, "warning")]


def _scope(
    model: Model, element: etree._Element, types: Types, variables: Mapping[str, str | None] | None
) -> dict[str, FeelType | None]:
    names: dict[str, FeelType | None] = dict(types)
    if variables is not None:
        names.update(declared_variables(variables))
    for required in model.requirements(element):
        if required.prefix:
            names[required.prefix] = None
        else:
            declared = required.model.types.named(variable_type(required.element))
            is_data = tag(required.element) in ("inputData", "decision")
            if is_data and declared is not None and declared.name != "Any":
                names[name_of(required.element)] = declared
            else:  # what the instance knows of it may be more
                names.setdefault(name_of(required.element), None)
    return names


def _literal_findings(
    model: Model, element: etree._Element, logic: etree._Element, names: dict[str, FeelType | None]
) -> list[Finding]:
    text = text_of(logic)
    inference = Inference(text, model.functions)
    inference.type_of(model.parser(text, model.scope_of(element)).whole_expression(), Scope(names))
    return [replace(finding, where=name_of(element)) for finding in inference.findings]


class _TableCheck:
    def __init__(
        self,
        where: str,
        table: DecisionTable,
        names: dict[str, FeelType | None],
        model: Model,
        *,
        open_inputs: bool,
    ) -> None:
        self.where, self.table, self.model = where, table, model
        self.scope = Scope(names)
        self.input_scope = Scope(names, open_=open_inputs)
        self.found: list[Finding] = []

    def findings(self) -> list[Finding]:
        columns = [self._input(column) for column in self.table.inputs]
        for rule in self.table.rules:
            for cell in rule.cells:
                place = f"规则 {rule.matched.index} · 输入列“{self.table.inputs[cell.column].label}”"
                self._tests(cell.text, cell.tests, columns[cell.column], place)
            for column, text, node in zip(
                self.table.outputs, rule.output_texts, rule.output_nodes, strict=True
            ):
                self._output(rule, column, text, node)
        self._policy()
        return self.found

    def _add(self, place: str, findings: list[Finding]) -> None:
        self.found += [replace(finding, where=f"{self.where} · {place}") for finding in findings]

    def _input(self, column: InputColumn) -> FeelType:
        """Check a column's head; returns the type of its values."""
        inference = Inference(column.text, self.model.functions)
        found = inference.type_of(column.node, self.input_scope)
        declared = column.type or found
        if not comparable(found, declared) and found.name != "list":
            inference.report(0, f"这一列声明为{label(declared.name)}，表达式的结果是{label(found.name)}")
        self._add(f"输入列“{column.label}”", inference.findings)
        if column.allowed_tests is not None:
            self._tests(
                column.allowed_text, column.allowed_tests, declared, f"输入列“{column.label}”的允许值"
            )
        return declared

    def _tests(self, text: str, tests: UnaryTests, subject: FeelType, place: str) -> None:
        inference = Inference(text, self.model.functions)
        inference.tests(tests, self.scope, subject)
        self._add(place, inference.findings)

    def _output(self, rule: Rule, column: OutputColumn, text: str, node: Node) -> None:
        inference = Inference(text, self.model.functions)
        found = inference.type_of(node, self.scope)
        wanted = column.type or ANY
        if not comparable(found, wanted) and "list" not in (found.name, wanted.name):
            inference.report(0, f"这一列是{label(wanted.name)}，这里是{label(found.name)}")
        self._add(f"规则 {rule.matched.index} · 输出列“{column.name}”", inference.findings)

    def _policy(self) -> None:
        ordered = self.table.policy in ("PRIORITY", "OUTPUT ORDER")
        if ordered and not any(column.values for column in self.table.outputs):
            self._add(
                "命中策略", [Finding(0, "按优先级的命中策略（P、O）要求输出列列出允许值，其先后即优先级")]
            )
        if self.table.aggregation and self.table.aggregation != "COUNT" and len(self.table.outputs) > 1:
            self._add("命中策略", [Finding(0, "汇总（C+、C<、C>）只能有一个输出列")])
