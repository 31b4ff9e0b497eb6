"""Compiled expressions and unary tests: the entry to the language."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from app.feel.builtins.library import BUILTIN_NAMES
from app.feel.compiler import compile_node, tests_of
from app.feel.conversion import to_feel
from app.feel.environment import Environment
from app.feel.errors import FeelLimitExceeded
from app.feel.functions import Function
from app.feel.kinds import FeelType
from app.feel.lexer import NameScope
from app.feel.limits import DEFAULT_LIMITS, NO_FUNCTIONS, Evaluation, Limits
from app.feel.nodes import Node, UnaryTests
from app.feel.parser import Parser

_NO_NAMES: frozenset[str] = frozenset()


class _Compiled:
    """What expressions and unary tests share: their text, the names they read, the reason of the last null."""

    def __init__(self, text: str, names: Iterable[str], functions: Mapping[str, Function]) -> None:
        self.text = text
        self.names = tuple(names)
        self._functions = functions
        self._last = threading.local()

    @property
    def null_reason(self) -> str | None:
        """Why the last evaluation in this thread that gave null did so, in Chinese; None if not known."""
        return getattr(self._last, "reason", None)

    def _environment(
        self, context: Mapping[str, Any], functions: Mapping[str, Function] | None, limits: Limits
    ) -> Environment:
        run = Evaluation(limits, self._functions if functions is None else functions)
        env = Environment(run)
        for name in self.names:
            if name in context:
                env[name] = to_feel(context[name])
        return env


class CompiledExpression(_Compiled):
    """An expression ready to run, from any thread."""

    def __init__(
        self, text: str, node: Node, names: Iterable[str], functions: Mapping[str, Function]
    ) -> None:
        super().__init__(text, names, functions)
        self.node = node
        self._evaluate = compile_node(node)

    def __call__(
        self,
        context: Mapping[str, Any],
        functions: Mapping[str, Function] | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Any:
        """The FEEL value for these data (FEEL values or plain JSON). Raises FeelError.

        `functions` replace those given at compilation, with the same signatures: the clock of the step.
        """
        env = self._environment(context, functions, limits)
        try:
            value = self._evaluate(env)
        except RecursionError:
            raise FeelLimitExceeded("表达式嵌套过深，已停止") from None
        if value is None:
            self._last.reason = env.run.reason
        return value


class CompiledTests(_Compiled):
    """Unary tests ready to run, from any thread."""

    def __init__(
        self, text: str, tests: UnaryTests, names: Iterable[str], functions: Mapping[str, Function]
    ) -> None:
        super().__init__(text, names, functions)
        self.tests = tests
        self._test = tests_of(tests.tests, tests.negated)

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
    functions: Iterable[str] = (),
    pool: NameScope | None = None,
    types: Mapping[str, FeelType] | None = None,
) -> Parser:
    """A parser that knows the built-in functions."""
    return Parser(
        text,
        scope,
        pool=pool if pool is not None else NameScope(),
        functions=NameScope(functions),
        builtins=BUILTIN_NAMES,
        types=types,
    )


def parse_expression(
    text: str, names: Iterable[str] = (), functions: Iterable[str] = ()
) -> tuple[Node, set[str]]:
    """The syntax tree and the names read. Raises FeelSyntaxError."""
    parser = new_parser(text, NameScope(names), functions)
    try:
        return parser.whole_expression(), parser.names_read
    except RecursionError:
        raise FeelLimitExceeded("表达式嵌套过深") from None


def parse_tests(
    text: str, names: Iterable[str] = (), functions: Iterable[str] = ()
) -> tuple[UnaryTests, set[str]]:
    """The syntax tree of unary tests and the names read. Raises FeelSyntaxError."""
    parser = new_parser(text, NameScope(("?", *names)), functions)
    try:
        return parser.whole_tests(), parser.names_read
    except RecursionError:
        raise FeelLimitExceeded("表达式嵌套过深") from None


def compile_expression(
    text: str, names: frozenset[str] = _NO_NAMES, functions: Mapping[str, Function] = NO_FUNCTIONS
) -> CompiledExpression:
    """Compile an expression; cached by text, names and the functions' signatures. Raises FeelSyntaxError.

    `names` are the names in scope; only those with spaces or symbols need to be given.
    """
    return _cached_expression(text, names, _Signatures(functions))


def compile_unary_tests(
    text: str, names: frozenset[str] = _NO_NAMES, functions: Mapping[str, Function] = NO_FUNCTIONS
) -> CompiledTests:
    """Compile unary tests, the content of a decision table's cell; cached. Raises FeelSyntaxError."""
    return _cached_tests(text, names, _Signatures(functions))


class _Signatures:
    """Functions compared by their signatures, so that the cache serves every step's own clock."""

    __slots__ = ("_key", "functions")

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.functions = functions
        self._key = frozenset(functions.items()) if functions else None

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Signatures) and self._key == other._key


@functools.lru_cache(4096)
def _cached_expression(text: str, names: frozenset[str], signatures: _Signatures) -> CompiledExpression:
    node, read = parse_expression(text, names, signatures.functions)
    try:
        return CompiledExpression(text, node, sorted(read), signatures.functions)
    except RecursionError:
        raise FeelLimitExceeded("表达式嵌套过深") from None


@functools.lru_cache(4096)
def _cached_tests(text: str, names: frozenset[str], signatures: _Signatures) -> CompiledTests:
    tests, read = parse_tests(text, names, signatures.functions)
    try:
        return CompiledTests(text, tests, sorted(read), signatures.functions)
    except RecursionError:
        raise FeelLimitExceeded("表达式嵌套过深") from None
