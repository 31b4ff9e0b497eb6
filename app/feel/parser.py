"""Parser of FEEL: operators by precedence on top of the terms, and unary tests."""

from __future__ import annotations

from decimal import Decimal

from app.feel.arithmetic import DECIMAL128
from app.feel.errors import FeelSyntaxError
from app.feel.lexer import KEYWORDS, NameScope, name_tokens
from app.feel.nodes import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    Connective,
    ExpressionTest,
    Filter,
    In,
    InstanceOf,
    Literal,
    Negation,
    Node,
    OperatorTest,
    Path,
    UnaryTests,
)
from app.feel.properties import PROPERTY_NAMES_WITH_SPACES
from app.feel.terms import COMPARISONS, TermParser

_AFTER_VALUE = frozenset((".", "[", "+", "-", "*", "/", "**", ".."))


class Parser(TermParser):
    """One text. `whole_expression` and `whole_tests` are the entries."""

    def whole_expression(self) -> Node:
        """The text as an expression. Raises FeelSyntaxError."""
        node = self.expression()
        if not self.at_end():
            raise self._left_over()
        return node

    def _left_over(self) -> FeelSyntaxError:
        """Text after a complete expression; two names in a row are most often one name that is not known."""
        kind, text, _ = self.tokens[self.index]
        before = self.tokens[self.index - 1] if self.index else ("", "", 0)
        if kind == "name" and before[0] == "name" and text not in KEYWORDS and before[1] not in KEYWORDS:
            self.index -= 1
            return self.refuse(f"没有名为“{before[1]} {text}”的变量或函数")
        return self.unexpected()

    def whole_tests(self) -> UnaryTests:
        """The text as unary tests: the content of a cell. Raises FeelSyntaxError."""
        if self.at("-") and self.tokens[self.index + 1][0] == "eof":
            return UnaryTests(0, [], False)
        if self._at_keyword("not") and self.at("(", 1):
            negated = self.attempt(self._negated_tests)
            if negated is not None:
                return negated
        tests = UnaryTests(0, self._test_list(), False)
        if not self.at_end():
            raise self._left_over()
        return tests

    def _negated_tests(self) -> UnaryTests:
        self.index += 2
        tests = self._test_list()
        self.need(")")
        if not self.at_end():
            raise self.unexpected()
        return UnaryTests(0, tests, True)

    def _test_list(self) -> list[Node]:
        tests = [self._test()]
        while self.take(","):
            tests.append(self._test())
        return tests

    def _test(self) -> Node:
        test = self._operator_test()
        return test if test is not None else self._expression_test(whole=True)

    def _operator_test(self) -> Node | None:
        kind, operator, position = self.tokens[self.index]
        if kind != "op" or operator not in COMPARISONS:
            return None
        self.index += 1
        return OperatorTest(position, operator, self.additive())

    def _expression_test(self, whole: bool) -> Node:
        position = self.tokens[self.index][2]
        outer, self.uses_input = self.uses_input, False
        node = self.expression() if whole else self.additive()
        uses_input, self.uses_input = self.uses_input, outer or self.uses_input
        return ExpressionTest(position, node, uses_input)

    def _at_keyword(self, word: str) -> bool:
        """Whether that keyword stands here, and no longer known name begins with it."""
        return self.at(word) and self.scope.find(self.tokens, self.index)[1] <= 1

    def expression(self) -> Node:
        self.spend()
        outer, self.range_may_end = self.range_may_end, False
        try:
            return self.nested(self._disjunction)
        finally:
            self.range_may_end = outer

    def _disjunction(self) -> Node:
        left = self._conjunction()
        while self._at_keyword("or"):
            self.index += 1
            left = Connective(left.position, "or", left, self._conjunction())
        return left

    def _conjunction(self) -> Node:
        left = self._comparison()
        while self._at_keyword("and"):
            self.index += 1
            left = Connective(left.position, "and", left, self._comparison())
        return left

    def _comparison(self) -> Node:
        left = self.additive()
        while True:
            kind, text, position = self.tokens[self.index]
            if kind == "op" and text in COMPARISONS:
                self.index += 1
                left = Comparison(position, text, left, self.additive())
            elif kind == "name" and text in ("between", "in", "instance"):
                self.index += 1
                left = self._word_comparison(text, position, left)
            else:
                return left

    def _word_comparison(self, word: str, position: int, left: Node) -> Node:
        if word == "between":
            low = self.additive()
            self.need("and")
            return Between(position, left, low, self.additive())
        if word == "in":
            return In(position, left, self._in_tests())
        self.need("of")
        return InstanceOf(position, left, self.type_reference())

    def _in_tests(self) -> list[Node]:
        test = self._operator_test()
        if test is not None:
            return [test]
        if self.at("("):
            tests = self.attempt(self._parenthesised_tests)
            if tests is not None:
                return tests
        return [self._expression_test(whole=False)]

    def _parenthesised_tests(self) -> list[Node]:
        self.index += 1
        tests = self.nested(self._test_list)
        self.need(")")
        if self.tokens[self.index][1] in _AFTER_VALUE:
            raise self.unexpected()
        return tests

    def additive(self) -> Node:
        left = self._multiplicative()
        while self.tokens[self.index][0] == "op" and self.tokens[self.index][1] in ("+", "-"):
            _, operator, position = self.tokens[self.index]
            self.index += 1
            left = Arithmetic(position, operator, left, self._multiplicative())
        return left

    def _multiplicative(self) -> Node:
        left = self._power()
        while self.tokens[self.index][0] == "op" and self.tokens[self.index][1] in ("*", "/"):
            _, operator, position = self.tokens[self.index]
            self.index += 1
            left = Arithmetic(position, operator, left, self._power())
        return left

    def _power(self) -> Node:
        left = self._unary()
        while self.at("**"):
            position = self.tokens[self.index][2]
            self.index += 1
            left = Arithmetic(position, "**", left, self._unary())
        return left

    def _unary(self) -> Node:
        kind, text, position = self.tokens[self.index]
        if kind != "op" or text != "-":
            return self._instance(self._postfix(self.primary()))
        self.index += 1
        if self.tokens[self.index][0] == "num":  # -3 is a literal, so that "-3 instance of number" holds
            literal = self.primary()
            negative = (
                Literal(position, DECIMAL128.minus(literal.value))
                if isinstance(literal, Literal)
                else literal
            )
            return self._instance(self._postfix(negative))
        operand = self.nested(self._unary)
        if isinstance(operand, Literal) and type(operand.value) is Decimal:
            return Literal(position, DECIMAL128.minus(operand.value))
        return Negation(position, operand)

    def _instance(self, value: Node) -> Node:
        if self.at("instance") and self.at("of", 1):
            position = self.tokens[self.index][2]
            self.index += 2
            return InstanceOf(position, value, self.type_reference())
        return value

    def _postfix(self, node: Node) -> Node:
        while True:
            kind, text, position = self.tokens[self.index]
            if kind != "op":
                return node
            if text == ".":
                self.index += 1
                node = Path(position, node, self._path_name())
            elif text == "(":
                node = self._call(node)
            elif text == "[":
                condition = self.attempt(self._filter) if self.range_may_end else self._filter()
                if condition is None:  # `[1..x[` closes a range
                    return node
                node = Filter(position, node, condition)
            else:
                return node

    def _filter(self) -> Node:
        self.index += 1
        outer = self.scope
        keys = NameScope(parents=(outer, self.pool), dynamic=True)
        self.scope = NameScope(("item",), (keys,))
        try:
            condition = self.expression()
            self.need("]")
            return condition
        finally:
            self.scope = outer

    def _path_name(self) -> str:
        name, length = self.pool.find(self.tokens, self.index)
        kind, text, _ = self.tokens[self.index]
        if kind != "name":
            raise self.unexpected("名称")
        for known in PROPERTY_NAMES_WITH_SPACES:
            parts = name_tokens(known)
            if length < len(parts) and all(self.at(part, offset) for offset, part in enumerate(parts)):
                name, length = known, len(parts)
        if name is not None:
            self.index += length
            return name
        words = [text]
        self.index += 1
        while self.tokens[self.index][0] == "name" and self.tokens[self.index][1] not in KEYWORDS:
            words.append(self.tokens[self.index][1])
            self.index += 1
        return " ".join(words)

    def _call(self, function: Node) -> Node:
        self.index += 1
        names: list[str] = []
        arguments: list[Node] = []
        if self.take(")"):
            return Call(function.position, function, [], None)
        while True:
            name = self.argument_name()
            if name is not None:
                names.append(name)
            arguments.append(self.expression())
            if names and len(names) != len(arguments):
                raise self.refuse("按名称与按位置的参数不能混用")
            if not self.take(","):
                break
        self.need(")")
        return Call(function.position, function, arguments, names or None)
