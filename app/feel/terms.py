"""Parsing of terms: literals, names, lists, contexts, ranges, `if`, `for`, `some`, `every`, function literals."""

from __future__ import annotations

from collections.abc import Mapping

from app.feel.arithmetic import number_from
from app.feel.errors import FeelLimitExceeded, FeelUnsupported
from app.feel.kinds import FeelType
from app.feel.lexer import KEYWORDS, NameScope, unescape
from app.feel.nodes import (
    BuiltinName,
    ComparisonRange,
    ContextLiteral,
    For,
    FunctionLiteral,
    If,
    ListLiteral,
    Literal,
    Node,
    Quantified,
    RangeLiteral,
    RegisteredName,
    Span,
    Variable,
)
from app.feel.temporal_text import parse_temporal
from app.feel.token_stream import TokenStream

COMPARISONS = frozenset(("<", "<=", ">", ">=", "=", "!="))
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class TermParser(TokenStream):
    """Everything below the operators. `Parser` adds those and implements `expression` and `additive`."""

    def __init__(
        self,
        text: str,
        scope: NameScope,
        *,
        pool: NameScope,
        functions: NameScope,
        builtins: NameScope,
        types: Mapping[str, FeelType] | None = None,
    ) -> None:
        super().__init__(text, types)
        self.scope = scope
        self.pool = NameScope(parents=(pool,))  # keys of contexts: what may follow a dot
        self.functions = functions
        self.builtins = builtins
        self.names_read: set[str] = set()
        self.uses_input = False
        self.range_may_end = False

    def expression(self) -> Node:
        raise NotImplementedError

    def additive(self) -> Node:
        raise NotImplementedError

    def primary(self) -> Node:
        """A term without operators."""
        self.spend()
        kind, text, position = self.tokens[self.index]
        if kind == "name":
            return self._name(text, position)
        if kind == "num":
            self.index += 1
            number = number_from(text)
            if number is None:
                raise FeelLimitExceeded("数字超出范围", position)
            return Literal(position, number)
        if kind == "str":
            self.index += 1
            return Literal(position, unescape(text[1:-1]))
        if kind == "at":
            return self._temporal(text, position)
        return self._symbol(text, position)

    def _temporal(self, text: str, position: int) -> Node:
        self.index += 1
        return Literal(position, parse_temporal(unescape(text[2:-1])))

    def _symbol(self, text: str, position: int) -> Node:
        if text == "(":
            return self._parenthesis(position)
        if text == "[":
            return self._list_or_range(position)
        if text == "]":
            self.index += 1
            low = self.expression()
            self.need("..")
            return self._range(position, low, False)
        if text == "{":
            return self._context(position)
        if text == "?":
            self.index += 1
            self.uses_input = True
            return self._variable(position, "?")
        raise self.unexpected()

    def _variable(self, position: int, name: str, known: bool = True, dynamic: bool = False) -> Variable:
        self.names_read.add(name)
        return Variable(position, name, known, dynamic)

    def _name(self, text: str, position: int) -> Node:
        name, length = self.scope.find(self.tokens, self.index)
        if name is not None and (length > 1 or text not in KEYWORDS):
            self.index += length
            return self._variable(position, name)
        if text in KEYWORDS:
            return self._keyword(text, position)
        name, length = self.functions.find(self.tokens, self.index)
        builtin, builtin_length = self.builtins.find(self.tokens, self.index)
        if name is not None and length >= builtin_length:
            self.index += length
            self.names_read.add(name)
            return RegisteredName(position, name)
        if builtin is not None:
            self.index += builtin_length
            self.names_read.add(builtin)
            return BuiltinName(position, builtin)
        self.index += 1
        return self._variable(position, text, False, self.scope.is_dynamic())

    def _parenthesis(self, position: int) -> Node:
        kind, operator, _ = self.tokens[self.index + 1]
        if kind == "op" and operator in COMPARISONS:
            self.index += 2
            operand = self.nested(self.additive)
            self.need(")")
            return ComparisonRange(position, operator, operand)
        self.index += 1
        inner = self.expression()
        if self.take(".."):
            return self._range(position, inner, False)
        self.need(")")
        return inner

    def _list_or_range(self, position: int) -> Node:
        self.index += 1
        if self.take("]"):
            return ListLiteral(position, [])
        first = self.expression()
        if self.take(".."):
            return self._range(position, first, True)
        items = [first]
        while self.take(","):
            items.append(self.expression())
        self.need("]")
        return ListLiteral(position, items)

    def _range(self, position: int, low: Node, low_closed: bool) -> Node:
        outer, self.range_may_end = self.range_may_end, True
        high = self.nested(self.additive)
        self.range_may_end = outer
        if self.take("]"):
            return RangeLiteral(position, low, high, low_closed, True)
        if self.take(")") or self.take("["):
            return RangeLiteral(position, low, high, low_closed, False)
        raise self.unexpected("] 或 )")

    def _context(self, position: int) -> Node:
        self.index += 1
        outer = self.scope
        self.scope = NameScope(parents=(outer,))
        entries: list[tuple[str, Node]] = []
        try:
            while not self.at("}") or entries:
                entries.append(self._entry())
                if not self.take(","):
                    break
            self.need("}")
        finally:
            self.scope = outer
        return ContextLiteral(position, entries)

    def _entry(self) -> tuple[str, Node]:
        if self.tokens[self.index][0] == "str":
            name = unescape(self.tokens[self.index][1][1:-1])
            self.index += 1
        else:
            name = self.declared_name((":",))
        self.need(":")
        value = self.expression()
        self.scope.add(name)
        self.pool.add(name)
        return name, value

    def _keyword(self, text: str, position: int) -> Node:
        self.index += 1
        if text in _CONSTANTS:
            return Literal(position, _CONSTANTS[text])
        if text == "not" and self.at("("):
            return BuiltinName(position, "not")
        if text == "if":
            condition = self.expression()
            self.need("then")
            then = self.expression()
            self.need("else")
            return If(position, condition, then, self.expression())
        if text in ("for", "some", "every"):
            return self._iteration(text, position)
        if text == "function":
            return self._function(position)
        self.index -= 1
        raise self.unexpected()

    def _iteration(self, what: str, position: int) -> Node:
        outer = self.scope
        self.scope = NameScope(parents=(outer,))
        iterators: list[tuple[str, Node]] = []
        try:
            while True:
                name = self.declared_name(("in",))
                self.need("in")
                source = self.expression()
                if self.take(".."):
                    source = Span(source.position, source, self.expression())
                iterators.append((name, source))
                self.scope.add(name)
                if not self.take(","):
                    break
            self.need("return" if what == "for" else "satisfies")
            if what != "for":
                return Quantified(position, what, iterators, self.expression())
            self.scope.add("partial")
            return For(position, iterators, self.expression())
        finally:
            self.scope = outer

    def _function(self, position: int) -> Node:
        self.need("(")
        parameters: list[tuple[str, FeelType | None]] = []
        while not self.take(")"):
            name = self.declared_name((":", ",", ")"))
            parameters.append((name, self.type_reference() if self.take(":") else None))
            if not self.take(","):
                self.need(")")
                break
        if self.at("external"):
            raise FeelUnsupported("不支持 external 函数", self.tokens[self.index][2])
        outer = self.scope
        self.scope = NameScope((name for name, _ in parameters), (outer,))
        try:
            return FunctionLiteral(position, parameters, self.expression())
        finally:
            self.scope = outer
