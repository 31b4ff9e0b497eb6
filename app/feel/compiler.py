"""From the syntax tree to closures: each node becomes a function of the environment."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.feel.arithmetic import OPERATIONS, explain_failure, minus
from app.feel.builtin_registry import BUILTINS
from app.feel.calling import RegisteredValue, call_registered, invoke
from app.feel.environment import Environment, Evaluator, Test
from app.feel.errors import FeelError
from app.feel.functions import Function, FunctionValue
from app.feel.iteration import compile_filter, compile_for, compile_quantified, span_source
from app.feel.kinds import is_instance, kind, label
from app.feel.logic import ORDERED, compare, conjunction, equal, negate
from app.feel.nodes import (
    Arithmetic,
    Between,
    BuiltinName,
    Call,
    Comparison,
    ComparisonRange,
    Connective,
    ContextLiteral,
    Filter,
    For,
    FunctionLiteral,
    If,
    In,
    InstanceOf,
    ListLiteral,
    Literal,
    Negation,
    Node,
    Path,
    Quantified,
    RangeLiteral,
    RegisteredName,
    Span,
    Variable,
    names_read,
)
from app.feel.properties import READERS, property_of
from app.feel.ranges import Range, comparison_range
from app.feel.unary_tests import compile_tests

_CONDITIONS = (Comparison, Connective, In, Between, Quantified, InstanceOf)


def compile_node(node: Node) -> Evaluator:
    """The closure of a node."""
    return _COMPILERS[type(node)](node)


def tests_of(tests: list[Node], negated: bool) -> Test:
    """The closure of unary tests."""
    return compile_tests(tests, negated, compile_node)


def _literal(node: Literal) -> Evaluator:
    value = node.value
    return lambda env: value


def _variable(node: Variable) -> Evaluator:
    name = node.name

    def read(env: Environment) -> Any:
        value = env.get(name)
        if value is None:
            env.run.note(f"“{name}”为空" if name in env else f"没有名为“{name}”的数据")
        return value

    return read


def _builtin(node: BuiltinName) -> Evaluator:
    name, function = node.name, BUILTINS[node.name]
    # Data named like a function, such as `count`, need not be announced: they hide it unless it is called.
    return lambda env: env.get(name, function)


def _registered_function(env: Environment, name: str) -> Function:
    function = env.run.functions.get(name)
    if function is None:
        raise FeelError(f"此处不能使用函数 {name}")
    return function


def _registered(node: RegisteredName) -> Evaluator:
    name = node.name
    return lambda env: env[name] if name in env else RegisteredValue(_registered_function(env, name))


def _connective(node: Connective) -> Evaluator:
    left, right = compile_node(node.left), compile_node(node.right)
    deciding = node.operator == "or"

    def connect(env: Environment) -> bool | None:
        one = left(env)
        if one is deciding:
            return bool(deciding)
        other = right(env)
        if other is deciding:
            return bool(deciding)
        if one is (not deciding) and other is (not deciding):
            return not deciding
        for value in (one, other):
            if value is not None and type(value) is not bool:
                env.run.note(f"“{node.operator}”的一边是{label(kind(value))}，不是真或假")
        return None

    return connect


def _comparison(node: Comparison) -> Evaluator:
    operator, left, right = node.operator, compile_node(node.left), compile_node(node.right)
    if operator == "=":

        def equals(env: Environment) -> bool | None:
            one, other = left(env), right(env)
            if type(one) is str and type(other) is str:
                return bool(one == other)
            return equal(one, other, env.run)

        return equals
    if operator == "!=":
        return lambda env: negate(equal(left(env), right(env), env.run))
    if operator == ">":

        def greater(env: Environment) -> bool | None:
            one, other = left(env), right(env)
            if type(one) is Decimal and type(other) is Decimal:
                return bool(one > other)
            return compare(">", one, other, env.run)

        return greater
    return lambda env: compare(operator, left(env), right(env), env.run)


def _between(node: Between) -> Evaluator:
    value, low, high = compile_node(node.value), compile_node(node.low), compile_node(node.high)

    def between(env: Environment) -> bool | None:
        middle = value(env)
        return conjunction(
            compare(">=", middle, low(env), env.run), compare("<=", middle, high(env), env.run)
        )

    return between


def _in(node: In) -> Evaluator:
    value, tests = compile_node(node.value), tests_of(node.tests, False)
    uses_input = any(getattr(test, "uses_input", False) for test in node.tests)

    def is_in(env: Environment) -> Any:
        subject = value(env)
        return tests(subject, env.with_value("?", subject) if uses_input else env)

    return is_in


def _instance_of(node: InstanceOf) -> Evaluator:
    value, declared = compile_node(node.value), node.type
    return lambda env: is_instance(value(env), declared)


def _arithmetic(node: Arithmetic) -> Evaluator:
    operator = node.operator
    operation = OPERATIONS[operator]
    left, right = compile_node(node.left), compile_node(node.right)

    def calculate(env: Environment) -> Any:
        one, other = left(env), right(env)
        result = operation(one, other, env.run)
        if result is None:
            explain_failure(operator, one, other, env.run)
        return result

    return calculate


def _negation(node: Negation) -> Evaluator:
    operand = compile_node(node.operand)
    return lambda env: minus(operand(env))


def _path(node: Path) -> Evaluator:
    source, name = compile_node(node.source), node.name

    def follow(env: Environment) -> Any:
        value = source(env)
        found = value.get(name) if type(value) is dict else property_of(value, name)
        if found is None and value is not None:
            known = (type(value) is dict and name in value) or name in READERS.get(type(value), ())
            env.run.note(f"“{name}”为空" if known else f"{label(kind(value))}中没有“{name}”")
        return found

    return follow


def _filter(node: Filter) -> Evaluator:
    index = node.condition.value if isinstance(node.condition, Literal) else None
    may_be_index = not isinstance(node.condition, _CONDITIONS)
    return compile_filter(compile_node(node.source), compile_node(node.condition), may_be_index, index)


def _if(node: If) -> Evaluator:
    condition = compile_node(node.condition)
    then, otherwise = compile_node(node.then), compile_node(node.otherwise)
    return lambda env: then(env) if condition(env) is True else otherwise(env)


def _span(node: Span) -> Evaluator:
    return span_source(compile_node(node.low), compile_node(node.high))


def _for(node: For) -> Evaluator:
    iterators = [(name, compile_node(source)) for name, source in node.iterators]
    read: set[str] = set()
    names_read(node.body, read)
    return compile_for(iterators, compile_node(node.body), "partial" in read)


def _quantified(node: Quantified) -> Evaluator:
    iterators = [(name, compile_node(source)) for name, source in node.iterators]
    return compile_quantified(node.quantifier, iterators, compile_node(node.body))


def _list(node: ListLiteral) -> Evaluator:
    items = [compile_node(item) for item in node.items]
    return lambda env: [item(env) for item in items]


def _context(node: ContextLiteral) -> Evaluator:
    entries = [(name, compile_node(value)) for name, value in node.entries]
    if len({name for name, _ in entries}) != len(entries):
        return lambda env: env.run.note("对象中有重复的字段")

    def build(env: Environment) -> dict[str, Any]:
        inner = env.copy()
        result: dict[str, Any] = {}
        for name, value in entries:
            result[name] = inner[name] = value(inner)
        return result

    return build


def _range(node: RangeLiteral) -> Evaluator:
    low, high = compile_node(node.low), compile_node(node.high)

    def build(env: Environment) -> Range | None:
        start, end = low(env), high(env)
        if (
            start is not None
            and end is not None
            and (type(start) is not type(end) or type(start) not in ORDERED)
        ):
            env.run.note(f"{label(kind(start))}与{label(kind(end))}不能组成区间")
            return None
        return Range(start, end, node.low_closed, node.high_closed)

    return build


def _comparison_range(node: ComparisonRange) -> Evaluator:
    operator, operand = node.operator, compile_node(node.operand)
    return lambda env: comparison_range(operator, operand(env))


def _function(node: FunctionLiteral) -> Evaluator:
    names = [name for name, _ in node.parameters]
    types = [declared for _, declared in node.parameters]
    body = compile_node(node.body)

    def build(env: Environment) -> FunctionValue:
        def call(*arguments: Any) -> Any:
            return body(env.with_values(dict(zip(names, arguments, strict=True))))

        return FunctionValue("（匿名）", names, call, types)

    return build


def _call(node: Call) -> Evaluator:
    arguments, names = [compile_node(argument) for argument in node.arguments], node.names
    if isinstance(node.function, BuiltinName) and names is None:
        return _builtin_call(BUILTINS[node.function.name].invoke, arguments)
    if isinstance(node.function, RegisteredName):
        name = node.function.name
        return lambda env: call_registered(
            _registered_function(env, name), [argument(env) for argument in arguments], names, env.run
        )
    function = _callee(node.function)
    return lambda env: invoke(function(env), [argument(env) for argument in arguments], names, env.run)


def _callee(node: Node) -> Evaluator:
    """What is called: by name, a function in the data, else the registered or built-in one of that name."""
    if isinstance(node, BuiltinName):
        builtin = BUILTINS[node.name]
        return lambda env: builtin
    if not isinstance(node, Variable):
        return compile_node(node)
    name = node.name

    def find(env: Environment) -> Any:
        value = env.get(name)
        if isinstance(value, FunctionValue):
            return value
        if name in env.run.functions:
            return RegisteredValue(env.run.functions[name])
        if name not in BUILTINS:
            env.run.note(f"没有名为“{name}”的函数")
        return BUILTINS.get(name, value)

    return find


def _builtin_call(call: Callable[..., Any], arguments: list[Evaluator]) -> Evaluator:
    if len(arguments) == 1:
        only = arguments[0]
        return lambda env: call(env.run, only(env))
    return lambda env: call(env.run, *[argument(env) for argument in arguments])


_COMPILERS: dict[type[Node], Callable[[Any], Evaluator]] = {
    Literal: _literal,
    Variable: _variable,
    BuiltinName: _builtin,
    RegisteredName: _registered,
    Connective: _connective,
    Comparison: _comparison,
    Between: _between,
    In: _in,
    InstanceOf: _instance_of,
    Arithmetic: _arithmetic,
    Negation: _negation,
    Path: _path,
    Filter: _filter,
    If: _if,
    Span: _span,
    For: _for,
    Quantified: _quantified,
    ListLiteral: _list,
    ContextLiteral: _context,
    RangeLiteral: _range,
    ComparisonRange: _comparison_range,
    FunctionLiteral: _function,
    Call: _call,
}
