"""Unary tests as closures of the tested value and the environment."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.feel.environment import Environment, Evaluator, Test
from app.feel.logic import compare, equal, matches, negate
from app.feel.nodes import ExpressionTest, Literal, Node, OperatorTest, RangeLiteral

Compile = Callable[[Node], Evaluator]


def compile_tests(tests: list[Node], negated: bool, compile_node: Compile) -> Test:
    """True when one test holds, False when all fail, None (no match) when undecided; `-` always holds."""
    compiled = [_test(test, compile_node) for test in tests]
    if not compiled:
        return lambda value, env: True
    if len(compiled) == 1 and not negated:
        return compiled[0]

    def any_holds(value: Any, env: Environment) -> bool | None:
        result: bool | None = False
        for test in compiled:
            found = test(value, env)
            if found is True:
                result = True
                break
            if found is None:
                result = None
        return negate(result) if negated else result

    return any_holds


def _test(test: Node, compile_node: Compile) -> Test:
    if isinstance(test, OperatorTest):
        return _operator_test(test.operator, compile_node(test.operand))
    node = test.expression if isinstance(test, ExpressionTest) else test
    if isinstance(node, Literal):
        literal = node.value
        return lambda value, env: equal(value, literal, env.run)
    if isinstance(node, RangeLiteral) and _has_plain_bounds(node):
        return _number_range(node.low.value, node.high.value)  # type: ignore[attr-defined]
    expression = compile_node(node)
    return _condition(expression) if getattr(test, "uses_input", False) else _value_or_condition(expression)


def _operator_test(operator: str, operand: Evaluator) -> Test:
    if operator == "=":
        return lambda value, env: equal(value, operand(env), env.run)
    if operator == "!=":
        return lambda value, env: negate(equal(value, operand(env), env.run))
    return lambda value, env: compare(operator, value, operand(env), env.run)


def _has_plain_bounds(node: RangeLiteral) -> bool:
    if not (node.low_closed and node.high_closed):
        return False
    return all(isinstance(end, Literal) and type(end.value) is Decimal for end in (node.low, node.high))


def _number_range(low: Decimal, high: Decimal) -> Test:
    def within(value: Any, env: Environment) -> bool | None:
        if type(value) is Decimal:
            return low <= value <= high
        return compare(">=", value, low, env.run)

    return within


def _condition(expression: Evaluator) -> Test:
    """An expression that uses `?`: a boolean decides, another value is matched."""

    def test(value: Any, env: Environment) -> Any:
        result = expression(env)
        return result if type(result) is bool else matches(value, result, env.run)

    return test


def _value_or_condition(expression: Evaluator) -> Test:
    """An expression without `?`: a value to match, or a condition when the tested value is no boolean."""

    def test(value: Any, env: Environment) -> Any:
        result = expression(env)
        if type(result) is bool and value is not None and type(value) not in (bool, list):
            return result
        return matches(value, result, env.run)

    return test
