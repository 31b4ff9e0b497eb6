"""The static check of expressions and cells: what is wrong whatever the data will be, in Chinese, with positions."""

from __future__ import annotations

from collections.abc import Mapping

from app.feel.conversion import declared_type
from app.feel.errors import FeelError, Finding
from app.feel.expression import new_parser
from app.feel.functions import Function
from app.feel.inference import Inference, Scope
from app.feel.kinds import FeelType, label
from app.feel.lexer import NameScope
from app.feel.limits import NO_FUNCTIONS

Variables = Mapping[str, "str | FeelType | None"]


def declared_variables(variables: Variables) -> dict[str, FeelType | None]:
    """Types by name; a name of a type, a type, or None where it is not known."""
    return {name: declared_type(one) if isinstance(one, str) else one for name, one in variables.items()}


def check_expression(
    text: str,
    variables: Variables,
    functions: Mapping[str, Function] = NO_FUNCTIONS,
    expected: str | None = None,
) -> list[Finding]:
    """Syntax, unknown names, calls and types of an expression.

    `variables` are all the names in scope with their FEEL types (None: not known). `expected` is the type that the
    place needs; alternatives are separated by "|", such as "date|date and time|duration".
    """
    try:
        node = new_parser(text, NameScope(variables), NameScope(functions)).whole_expression()
        inference = Inference(text, functions)
        found = inference.type_of(node, Scope(declared_variables(variables)))
    except FeelError as error:
        return [Finding(error.position or 0, error.message)]
    except RecursionError:
        return [Finding(0, "表达式嵌套过深")]
    if expected and found.name != "Any" and not _is_expected(found.name, expected):
        wanted = "或".join(label(one) for one in expected.split("|"))
        inference.report(0, f"此处应为{wanted}，表达式的结果是{label(found.name)}")
    return inference.findings


def check_unary_tests(
    text: str,
    subject: str | FeelType | None,
    variables: Variables | None = None,
    functions: Mapping[str, Function] = NO_FUNCTIONS,
) -> list[Finding]:
    """As `check_expression`, for the content of a cell in a column of the type `subject`."""
    scope = declared_variables(variables or {})
    column = declared_type(subject) if isinstance(subject, str) or subject is None else subject
    try:
        tests = new_parser(text, NameScope(("?", *scope)), NameScope(functions)).whole_tests()
        inference = Inference(text, functions)
        inference.tests(tests, Scope(scope), column)
    except FeelError as error:
        return [Finding(error.position or 0, error.message)]
    except RecursionError:
        return [Finding(0, "表达式嵌套过深")]
    return inference.findings


def _is_expected(found: str, expected: str) -> bool:
    return any(
        one in (found, "Any") or (one == "duration" and found.endswith("duration"))
        for one in expected.split("|")
    )
