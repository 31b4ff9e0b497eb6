"""Decision tables: columns, rules, hit policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.feel.builtin_registry import BUILTINS
from app.feel.environment import Environment, Evaluator, Test
from app.feel.kinds import FeelType, coerce
from app.feel.limits import Evaluation
from app.feel.logic import equal
from app.feel.nodes import Node, UnaryTests
from app.feel.text import brief

HIT_POLICIES = frozenset(("UNIQUE", "ANY", "PRIORITY", "FIRST", "RULE ORDER", "OUTPUT ORDER", "COLLECT"))
AGGREGATIONS = frozenset(("SUM", "MIN", "MAX", "COUNT"))


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule that fired: its number from 1, its id, annotations by column, its description."""

    index: int
    id: str
    annotations: Mapping[str, str]
    description: str


@dataclass(slots=True)
class Cell:
    """An input cell that restricts its column."""

    column: int
    text: str
    tests: UnaryTests
    test: Test
    uses_input: bool


@dataclass(slots=True)
class InputColumn:
    text: str
    label: str
    node: Node
    evaluate: Evaluator
    type: FeelType | None
    allowed_text: str
    allowed_tests: UnaryTests | None
    allowed: Test | None


@dataclass(slots=True)
class OutputColumn:
    name: str
    type: FeelType | None
    values: list[Evaluator]
    value_nodes: list[Node]
    default: Evaluator | None


@dataclass(slots=True)
class Rule:
    matched: MatchedRule
    cells: list[Cell]
    outputs: list[Evaluator]
    output_texts: list[str]
    output_nodes: list[Node]


@dataclass(slots=True)
class TableOutcome:
    """What a table gave: the value, the rules that fired, and a Chinese message if the table was violated."""

    value: Any
    matched: tuple[MatchedRule, ...]
    error: str | None = None


@dataclass(slots=True)
class DecisionTable:
    """A compiled table. `aggregation` is "" or one of AGGREGATIONS."""

    policy: str
    aggregation: str
    inputs: list[InputColumn]
    outputs: list[OutputColumn]
    rules: list[Rule] = field(default_factory=list)

    def run(self, env: Environment) -> TableOutcome:
        """Evaluate the table. Raises FeelError only from inside its expressions."""
        values: list[Any] = []
        for column in self.inputs:
            value = coerce(column.evaluate(env), column.type)
            if (
                value is not None
                and column.allowed is not None
                and not _is_allowed(column.allowed, value, env)
            ):
                message = f"“{column.label}”的值 {brief(value)} 不在允许的值（{column.allowed_text}）之内"
                return TableOutcome(None, (), message)
            values.append(value)
        hits = self._hits(values, env)
        return self._combined(hits, env) if hits else TableOutcome(self._without_hit(env), ())

    def _hits(self, values: Sequence[Any], env: Environment) -> list[Rule]:
        hits: list[Rule] = []
        env.run.tick(len(self.rules))
        for rule in self.rules:
            for cell in rule.cells:
                value = values[cell.column]
                if cell.test(value, env.with_value("?", value) if cell.uses_input else env) is not True:
                    break
            else:
                hits.append(rule)
                if self.policy == "FIRST":
                    break
        return hits

    def _without_hit(self, env: Environment) -> Any:
        if any(output.default is not None for output in self.outputs):
            return self._assembled(
                [None if one.default is None else one.default(env) for one in self.outputs]
            )
        if self.policy == "COLLECT" and self.aggregation:
            return Decimal(0) if self.aggregation == "COUNT" else None
        if self.policy in ("COLLECT", "RULE ORDER", "OUTPUT ORDER"):
            return []
        env.run.note("决策表没有规则匹配")
        return None

    def _assembled(self, values: list[Any]) -> Any:
        if len(self.outputs) == 1:
            return values[0]
        return {output.name: value for output, value in zip(self.outputs, values, strict=True)}

    def _output(self, rule: Rule, env: Environment) -> Any:
        pairs = zip(rule.outputs, self.outputs, strict=True)
        return self._assembled([coerce(evaluate(env), column.type) for evaluate, column in pairs])

    def _combined(self, hits: list[Rule], env: Environment) -> TableOutcome:
        if self.policy == "UNIQUE" and len(hits) > 1:
            return _violated(hits, "命中策略为唯一（U），但规则 {} 同时匹配")
        results = [(self._output(rule, env), rule) for rule in hits]
        first = results[0][0]
        if self.policy == "ANY" and any(equal(first, other, env.run) is not True for other, _ in results[1:]):
            return _violated(hits, "命中策略为任一（A），但匹配的规则 {} 结论不同")
        if self.policy in ("PRIORITY", "OUTPUT ORDER"):
            results.sort(key=lambda result: self._rank(result[0], env))
        matched = tuple(rule.matched for _, rule in results)
        values = [value for value, _ in results]
        if self.policy in ("UNIQUE", "FIRST", "ANY", "PRIORITY"):
            return TableOutcome(values[0], matched)
        if self.policy == "COLLECT" and self.aggregation:
            return self._aggregated(values, matched, env.run)
        return TableOutcome(values, matched)

    def _rank(self, value: Any, env: Environment) -> list[int]:
        values = [value] if len(self.outputs) == 1 else list(value.values())
        return [self._place(one, column, env) for one, column in zip(values, self.outputs, strict=True)]

    @staticmethod
    def _place(value: Any, column: OutputColumn, env: Environment) -> int:
        for place, listed in enumerate(column.values):
            if equal(listed(env), value, env.run) is True:
                return place
        return len(column.values)

    def _aggregated(
        self, values: list[Any], matched: tuple[MatchedRule, ...], run: Evaluation
    ) -> TableOutcome:
        if self.aggregation == "COUNT":
            return TableOutcome(Decimal(len(values)), matched)
        if len(self.outputs) != 1:
            return TableOutcome(None, matched, "多个输出列不能汇总")
        reduce: Callable[..., Any] = BUILTINS[self.aggregation.lower()].invoke
        return TableOutcome(reduce(run, values), matched)


def _violated(hits: list[Rule], message: str) -> TableOutcome:
    numbers = "、".join(str(rule.matched.index) for rule in hits)
    return TableOutcome(None, tuple(rule.matched for rule in hits), message.format(numbers))


def _is_allowed(allowed: Test, value: Any, env: Environment) -> bool:
    if allowed(value, env.with_value("?", value)) is True:
        return True
    return type(value) is list and all(allowed(item, env.with_value("?", item)) is True for item in value)
