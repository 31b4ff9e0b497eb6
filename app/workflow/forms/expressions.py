"""FEEL inside forms: whole expressions behind a leading `=`, and `{{ expression }}` inside texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.feel import CompiledExpression, FeelError, Function, check_expression, compile_expression, from_feel

_HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


@dataclass(frozen=True)
class Scope:
    """What an expression sees: FEEL (or plain JSON) values by name, and the registered functions."""

    values: Mapping[str, Any]
    functions: Mapping[str, Function] = field(default_factory=dict)

    def inside(self, row: Mapping[str, Any], number: int) -> Scope:
        """The scope of one row of a list: its values by name, `this`, `parent`, and `i` counted from 1."""
        values = {**self.values, **row, "this": row, "parent": dict(self.values), "i": number}
        return Scope(values, self.functions)


@dataclass(frozen=True)
class Expression:
    """FEEL that was read and compiled; `text` is without the leading `=`."""

    text: str
    compiled: CompiledExpression = field(compare=False, repr=False)

    def value(self, scope: Scope) -> Any:
        """The FEEL value; None where the standard says null."""
        return self.compiled(scope.values, functions=scope.functions)

    def plain(self, scope: Scope) -> Any:
        """The value as plain JSON."""
        return from_feel(self.value(scope))

    def is_true(self, scope: Scope) -> bool:
        """True only for FEEL's true."""
        return self.value(scope) is True


@dataclass(frozen=True)
class Template:
    """Text with holes; `pieces` are texts and expressions in turn."""

    pieces: tuple[str | Expression, ...]

    def text(self, scope: Scope) -> str:
        """The text with its holes filled."""
        return "".join(piece if isinstance(piece, str) else shown(piece.plain(scope)) for piece in self.pieces)


class ExpressionRefused(ValueError):
    """FEEL that cannot be read; the message is Chinese."""


def compile_feel(text: str, functions: Mapping[str, Function]) -> Expression:
    """Reads FEEL without its leading `=`.

    :raises ExpressionRefused: with the reason.
    """
    if not text.strip():
        raise ExpressionRefused("“=”后面没有表达式")
    try:
        compiled = compile_expression(text, functions=functions)
    except FeelError as error:
        raise ExpressionRefused(f"表达式“{text}”有误：{error.message}") from error
    messages = (found.message_zh for found in check_expression(text, {}, functions))
    faults = [message for message in messages if not _is_of_the_case(message)]
    if faults:
        raise ExpressionRefused(f"表达式“{text}”有误：{'；'.join(faults)}")
    return Expression(text, compiled)


def _is_of_the_case(message: str) -> bool:
    """True of a finding about a variable: which ones the case will have, the form alone does not know."""
    return message.startswith("未知的变量")


def compile_text(text: str, functions: Mapping[str, Function]) -> str | Expression | Template:
    """Reads a text that may be FEEL as a whole (`=…`) or hold `{{ FEEL }}`.

    :raises ExpressionRefused: with the reason; blocks such as `{{#if}}` are not known.
    """
    if text.startswith("="):
        return compile_feel(text[1:], functions)
    pieces: list[str | Expression] = []
    end = 0
    for hole in _HOLE.finditer(text):
        inner = hole.group(1).strip()
        if inner.startswith(("#", "/")):
            raise ExpressionRefused(f"不支持模板语句“{{{{{inner}}}}}”，请改用 FEEL 表达式")
        pieces += [text[end:hole.start()], compile_feel(inner, functions)]
        end = hole.end()
    return Template((*pieces, text[end:])) if pieces else text


def filled(text: str | Expression | Template, scope: Scope) -> str:
    """A text of the definition as the person reads it."""
    if isinstance(text, str):
        return text
    return text.text(scope) if isinstance(text, Template) else shown(text.plain(scope))


def computed(limit: Any, scope: Scope) -> Any:
    """A limit's FEEL value or constant."""
    return limit.value(scope) if isinstance(limit, Expression) else limit


def shown(value: Any) -> str:
    """A plain JSON value in words: nothing for null, 是 / 否, lists with a dividing mark."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(map(shown, value))
    if isinstance(value, dict):
        return "；".join(f"{key}：{shown(inner)}" for key, inner in value.items())
    return str(value)
