"""Compiled expressions and unary tests: the entry to the language."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from app.feel.builtins.library import BUILTIN_NAMES
from app.feel.compiler import compile_node, tests_of
from app.feel.conversion import IMMUTABLE, to_feel
from app.feel.environment import Environment, Evaluator, Test
from app.feel.errors import FeelLimitExceeded
from app.feel.functions import Function
from app.feel.kinds import FeelType
from app.feel.lexer import NameScope
from app.feel.limits import DEFAULT_LIMITS, NO_FUNCTIONS, Evaluation, Limits
from app.feel.nodes import Node, UnaryTests
from app.feel.parser import Parser

_NO_NAMES: frozenset[str] = frozenset()
NO_SCOPE = NameScope()


class _Bound:
    """A compiled text with the functions it may call. Kept by callers and shared between their threads."""

    def __init__(self, text: str, names: Iterable[str], functions: Mapping[str, Function]) -> None:
        self.text = text
        self.names = tuple(names)
        self.functions = functions
        self._last = threading.local()

    @property
    def null_reason(self) -> str | None:
        """Why the last evaluation in this thread that gave null did so, in Chinese; None if not known."""
        return getattr(self._last, "reason", None)

    def _environment(
        self, context: Mapping[str, Any], functions: Mapping[str, Function] | None, limits: Limits
    ) -> Environment:
        env = Environment()
        env.run = Evaluation(limits, self.functions if functions is None else functions)
        for name in self.names:
            if name in context:
                value = context[name]
                env[name] = value if type(value) in IMMUTABLE else to_feel(value)
        return env


class CompiledExpression(_Bound):
    """An expression ready to run. `names` are the variables it may read, `node` its syntax tree."""

    def __init__(
        self,
        text: str,
        node: Node,
        evaluate: Evaluator,
        names: Iterable[str],
        functions: Mapping[str, Function] = NO_FUNCTIONS,
    ) -> None:
        super().__init__(text, names, functions)
        self.node = node
        self._evaluate = evaluate

    def with_functions(self, functions: Mapping[str, Function]) -> CompiledExpression:
        """The same expression with other functions of the same names."""
        return CompiledExpression(self.text, self.node, self._evaluate, self.names, functions)

    def __call__(
        self,
        context: Mapping[str, Any],
        functions: Mapping[str, Function] | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Any:
        """The FEEL value for these data (FEEL values or plain JSON). Raises FeelError.

        `functions` replace those given at compilation: the clock of the step.
        """
        env = self._environment(context, functions, limits)
        try:
            value = self._evaluate(env)
        except RecursionError:
            raise FeelLimitExceeded("表达式嵌套过深，已停止") from None
        if value is None:
            self._last.reason = env.run.reason
        return value


class CompiledTests(_Bound):
    """Unary tests ready to run."""

    def __init__(
        self,
        text: str,
        tests: UnaryTests,
        test: Test,
        names: Iterable[str],
        functions: Mapping[str, Function] = NO_FUNCTIONS,
    ) -> None:
        super().__init__(text, names, functions)
        self.tests = tests
        self._test = test

    def with_functions(self, functions: Mapping[str, Function]) -> CompiledTests:
        """The same tests with other functions of the same names."""
        return CompiledTests(self.text, self.tests, self._test, self.names, functions)

    def __call__(
        self,
        value: Any,
        context: Mapping[str, Any] | None = None,
        functions: Mapping[str, Function] | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> bool | None:
        """Whether the value passes: only True is a match; None is undecided. Raises FeelError."""
        env = self._environment(context or {}, functions, limits)
        subject = to_feel(value)
        env["?"] = subject
        try:
            result = self._test(subject, env)
        except RecursionError:
            raise FeelLimitExceeded("表达式嵌套过深，已停止") from None
        if result is None:
            self._last.reason = env.run.reason
        return result if type(result) is bool else None


def new_parser(
    text: str,
    scope: NameScope,
    functions: NameScope = NO_SCOPE,
    pool: NameScope | None = None,
    types: Mapping[str, FeelType] | None = None,
) -> Parser:
    """A parser that knows the built-in functions."""
    return Parser(
        text,
        scope,
        pool=pool if pool is not None else NO_SCOPE,
        functions=functions,
        builtins=BUILTIN_NAMES,
        types=types,
    )


def compile_expression(
    text: str, names: frozenset[str] = _NO_NAMES, functions: Mapping[str, Function] = NO_FUNCTIONS
) -> CompiledExpression:
    """Compile an expression. Raises FeelSyntaxError.

    `names` are the names in scope; only those with spaces or symbols need to be given. What is compiled is cached
    by the text, the names in scope and the names of the functions; the functions themselves never are.
    """
    compiled = _expression(text, names, frozenset(functions))
    return compiled.with_functions(functions) if functions else compiled


def compile_unary_tests(
    text: str, names: frozenset[str] = _NO_NAMES, functions: Mapping[str, Function] = NO_FUNCTIONS
) -> CompiledTests:
    """Compile unary tests, the content of a decision table's cell; cached likewise. Raises FeelSyntaxError."""
    compiled = _tests(text, names, frozenset(functions))
    return compiled.with_functions(functions) if functions else compiled


@functools.lru_cache(4096)
def _expression(text: str, names: frozenset[str], functions: frozenset[str]) -> CompiledExpression:
    parser = new_parser(text, NameScope(names), NameScope(functions))
    try:
        node = parser.whole_expression()
        return CompiledExpression(text, node, compile_node(node), sorted(parser.names_read))
    except RecursionError:
        raise FeelLimitExceeded("表达式嵌套过深") from None


@functools.lru_cache(4096)
def _tests(text: str, names: frozenset[str], functions: frozenset[str]) -> CompiledTests:
    parser = new_parser(text, NameScope(("?", *names)), NameScope(functions))
    try:
        tests = parser.whole_tests()
        return CompiledTests(text, tests, tests_of(tests.tests, tests.negated), sorted(parser.names_read))
    except RecursionError:
        raise FeelLimitExceeded("表达式嵌套过深") from None
