"""Inferring types over the syntax tree, and finding what is wrong whatever the data will be."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.feel.builtin_registry import BUILTINS
from app.feel.call_check import CallCheck
from app.feel.errors import Finding
from app.feel.functions import Function
from app.feel.kinds import ANY, SIMPLE_TYPES, FeelType, kind, label
from app.feel.nodes import (
    Arithmetic,
    Between,
    BuiltinName,
    Call,
    Comparison,
    ComparisonRange,
    Connective,
    ContextLiteral,
    ExpressionTest,
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
    OperatorTest,
    Path,
    Quantified,
    RangeLiteral,
    RegisteredName,
    Span,
    UnaryTests,
    Variable,
)
from app.feel.operator_types import ORDERED_TYPES, PROPERTY_TYPES, arithmetic_type, comparable

BOOLEAN, NUMBER, NULL = SIMPLE_TYPES["boolean"], SIMPLE_TYPES["number"], SIMPLE_TYPES["Null"]


def nearest(name: str, known: Iterable[str]) -> str:
    """A question that offers the most similar known name, or nothing."""
    close = difflib.get_close_matches(name, list(known), 1, 0.6)
    return f"，是否为“{close[0]}”" if close else ""


class Scope:
    """Names and their types at a place. `open`: names may exist that are not known."""

    def __init__(
        self, types: Mapping[str, FeelType | None], parent: Scope | None = None, open_: bool = False
    ) -> None:
        self._types, self._parent, self._open = dict(types), parent, open_

    def find(self, name: str) -> FeelType | None:
        """The type of a name (ANY if only its existence is known), or None if there is no such name."""
        if name in self._types:
            return self._types[name] or ANY
        if self._open:
            return ANY
        return None if self._parent is None else self._parent.find(name)

    def add(self, name: str, declared: FeelType | None) -> None:
        self._types[name] = declared

    def names(self) -> set[str]:
        """All names known here."""
        return set(self._types) | (set() if self._parent is None else self._parent.names())


class Inference:
    """Walks one tree; what it finds is in `findings`."""

    def __init__(self, text: str, functions: Mapping[str, Function]) -> None:
        self.text = text
        self.functions = functions
        self.findings: list[Finding] = []

    def report(self, position: int, message: str, severity: str = "error") -> None:
        """Add a finding, once for each place and message."""
        finding = Finding(position, message, severity=severity)
        if finding not in self.findings:
            self.findings.append(finding)

    def type_of(self, node: Node, scope: Scope) -> FeelType:
        """The type of a node; ANY where it cannot be told."""
        return _RULES[type(node)](self, node, scope)

    def tests(self, tests: UnaryTests, scope: Scope, subject: FeelType) -> None:
        """Check unary tests on a value of that type."""
        inner = Scope({"?": subject}, scope)
        for test in tests.tests:
            self._test(test, inner, subject)

    def _test(self, test: Node, scope: Scope, subject: FeelType) -> None:
        if isinstance(test, OperatorTest):
            operand = self.type_of(test.operand, scope)
            self._compared(test.position, test.operator, subject, operand)
        elif isinstance(test, ExpressionTest):
            found = self.type_of(test.expression, scope)
            if not self._fits_test(found, subject):
                self.report(
                    test.position, f"这一列是{label(subject.name)}，这里是{label(found.name)}，永不匹配"
                )

    @staticmethod
    def _fits_test(found: FeelType, subject: FeelType) -> bool:
        if subject.name in ("Any", "list", "Null") or found.name in ("Any", "boolean", "Null", "list"):
            return True
        if found.name == "range":
            return found.element is None or comparable(found.element, subject)
        return comparable(found, subject)

    def _literal(self, node: Literal, scope: Scope) -> FeelType:
        if node.value is None and self.text[node.position : node.position + 1] == "@":
            self.report(node.position, "不是有效的日期、时间或时长")
        return SIMPLE_TYPES[kind(node.value)]

    def _variable(self, node: Variable, scope: Scope) -> FeelType:
        found = scope.find(node.name)
        if found is None:
            self.report(node.position, f"未知的变量“{node.name}”{nearest(node.name, scope.names())}")
            return ANY
        return found

    def _function_name(self, node: BuiltinName | RegisteredName, scope: Scope) -> FeelType:
        return scope.find(node.name) or SIMPLE_TYPES["function"]

    def _need(self, node: Node, scope: Scope, wanted: str, what: str) -> FeelType:
        found = self.type_of(node, scope)
        if found.name not in ("Any", wanted):
            self.report(node.position, f"{what}应为{label(wanted)}，这里是{label(found.name)}")
        return found

    def _connective(self, node: Connective, scope: Scope) -> FeelType:
        for side in (node.left, node.right):
            self._need(side, scope, "boolean", f"“{node.operator}”的两边")
        return BOOLEAN

    def _compared(self, position: int, operator: str, left: FeelType, right: FeelType) -> None:
        if not comparable(left, right):
            hint = ""
            if {left.name, right.name} == {"date", "date and time"}:
                hint = "，请先用 date(…) 取日期"
            self.report(position, f"{label(left.name)}与{label(right.name)}不能比较{hint}")
        elif operator not in ("=", "!="):
            for side in (left, right):
                if side.name not in ORDERED_TYPES:
                    self.report(position, f"{label(side.name)}不能比较大小")

    def _comparison(self, node: Comparison, scope: Scope) -> FeelType:
        left, right = self.type_of(node.left, scope), self.type_of(node.right, scope)
        self._compared(node.position, node.operator, left, right)
        return BOOLEAN

    def _between(self, node: Between, scope: Scope) -> FeelType:
        value = self.type_of(node.value, scope)
        for end in (node.low, node.high):
            self._compared(end.position, "<=", value, self.type_of(end, scope))
        return BOOLEAN

    def _in(self, node: In, scope: Scope) -> FeelType:
        self.tests(UnaryTests(node.position, node.tests, False), scope, self.type_of(node.value, scope))
        return BOOLEAN

    def _instance_of(self, node: InstanceOf, scope: Scope) -> FeelType:
        self.type_of(node.value, scope)
        return BOOLEAN

    def _arithmetic(self, node: Arithmetic, scope: Scope) -> FeelType:
        left, right = self.type_of(node.left, scope), self.type_of(node.right, scope)
        result = arithmetic_type(node.operator, left.name, right.name)
        if result is None:
            self.report(
                node.position, f"{label(left.name)}与{label(right.name)}之间不能用“{node.operator}”计算"
            )
            return ANY
        return SIMPLE_TYPES[result]

    def _negation(self, node: Negation, scope: Scope) -> FeelType:
        found = self.type_of(node.operand, scope)
        if found.name not in ("Any", "number") and "duration" not in found.name:
            self.report(node.position, f"{label(found.name)}前不能有负号")
        return found

    def _path(self, node: Path, scope: Scope) -> FeelType:
        source = self.type_of(node.source, scope)
        if source.name == "list":
            return FeelType("list", self._member(node, source.element or ANY))
        return self._member(node, source)

    def _member(self, node: Path, source: FeelType) -> FeelType:
        if source.name == "context":
            if source.fields is None:
                return ANY
            if node.name in source.fields:
                return source.fields[node.name] or ANY
            self.report(node.position, f"没有字段“{node.name}”{nearest(node.name, source.fields)}")
            return ANY
        if source.name in ("Any", "list"):
            return ANY
        properties = PROPERTY_TYPES.get(source.name, {})
        if node.name in properties:
            return SIMPLE_TYPES[properties[node.name]]
        self.report(node.position, f"{label(source.name)}没有“{node.name}”{nearest(node.name, properties)}")
        return ANY

    def _filter(self, node: Filter, scope: Scope) -> FeelType:
        source = self.type_of(node.source, scope)
        element = (source.element or ANY) if source.name == "list" else source
        known = element.fields if element.name == "context" and element.fields is not None else {}
        is_open = element.name == "Any" or (element.name == "context" and element.fields is None)
        condition = self.type_of(node.condition, Scope({"item": element, **known}, scope, is_open))
        if condition.name == "number":
            return element
        if condition.name not in ("Any", "boolean"):
            self.report(node.condition.position, f"筛选条件应为真或假，或序号，这里是{label(condition.name)}")
        return FeelType("list", element) if condition.name == "boolean" else ANY

    def _call(self, node: Call, scope: Scope) -> FeelType:
        types = [self.type_of(argument, scope) for argument in node.arguments]
        function = node.function
        name = function.name if isinstance(function, (BuiltinName, RegisteredName, Variable)) else None
        hidden = scope.find(name) if name is not None and isinstance(function, Variable) else None
        if name is not None and (hidden is None or hidden.name not in ("Any", "function")):
            if name in self.functions:
                return CallCheck(self.report, node, types).registered(self.functions[name])
            if name in BUILTINS:
                return CallCheck(self.report, node, types).builtin(BUILTINS[name])
            if hidden is None:
                known = {*BUILTINS, *self.functions}
                self.report(function.position, f"未知的函数“{name}”{nearest(name, known)}")
                return ANY
        found = self.type_of(function, scope)
        if found.name not in ("Any", "function"):
            self.report(node.position, f"{label(found.name)}不是函数，不能调用")
        return found.result or ANY

    def _if(self, node: If, scope: Scope) -> FeelType:
        self._need(node.condition, scope, "boolean", "if 的条件")
        return _common([self.type_of(node.then, scope), self.type_of(node.otherwise, scope)])

    def _span(self, node: Span, scope: Scope) -> FeelType:
        low, high = self.type_of(node.low, scope), self.type_of(node.high, scope)
        for end in (low, high):
            if end.name not in ("Any", "number", "date"):
                self.report(node.position, f"“..”的两端应为数字或日期，这里是{label(end.name)}")
        return FeelType("list", _common([low, high]))

    def _iterated(self, iterators: list[tuple[str, Node]], scope: Scope) -> Scope:
        inner = Scope({}, scope)
        for name, source in iterators:
            found = self.type_of(source, inner)
            if found.name in ("list", "range"):
                inner.add(name, found.element)
            else:
                inner.add(name, found)
        return inner

    def _for(self, node: For, scope: Scope) -> FeelType:
        inner = self._iterated(node.iterators, scope)
        inner.add("partial", SIMPLE_TYPES["list"])
        return FeelType("list", self.type_of(node.body, inner))

    def _quantified(self, node: Quantified, scope: Scope) -> FeelType:
        self._need(node.body, self._iterated(node.iterators, scope), "boolean", f"{node.quantifier} 的条件")
        return BOOLEAN

    def _list(self, node: ListLiteral, scope: Scope) -> FeelType:
        return FeelType("list", _common([self.type_of(item, scope) for item in node.items]))

    def _context(self, node: ContextLiteral, scope: Scope) -> FeelType:
        inner, fields = Scope({}, scope), dict[str, FeelType | None]()
        for name, value in node.entries:
            if name in fields:
                self.report(value.position, f"字段“{name}”重复")
            fields[name] = self.type_of(value, inner)
            inner.add(name, fields[name])
        return FeelType("context", fields=fields)

    def _range(self, node: RangeLiteral, scope: Scope) -> FeelType:
        low, high = self.type_of(node.low, scope), self.type_of(node.high, scope)
        if not comparable(low, high):
            self.report(node.position, f"{label(low.name)}与{label(high.name)}不能组成区间")
        elif isinstance(node.low, Literal) and isinstance(node.high, Literal) and low.name == high.name:
            self._ordered_ends(node.position, node.low.value, node.high.value)
        return FeelType("range", _common([low, high]))

    def _ordered_ends(self, position: int, low: Any, high: Any) -> None:
        if hasattr(low, "key"):
            low, high = low.key(), high.key()
        if low is not None and low > high:
            self.report(position, "区间的下限大于上限，永不匹配", "warning")

    def _comparison_range(self, node: ComparisonRange, scope: Scope) -> FeelType:
        return FeelType("range", self.type_of(node.operand, scope))

    def _function(self, node: FunctionLiteral, scope: Scope) -> FeelType:
        body = self.type_of(node.body, Scope(dict(node.parameters), scope))
        return FeelType("function", parameters=[declared for _, declared in node.parameters], result=body)


def _common(types: list[FeelType]) -> FeelType:
    """The type that all have, null aside; ANY where they differ."""
    known = [one for one in types if one.name != "Null"]
    if not known:
        return NULL if types else ANY
    return known[0] if all(one.name == known[0].name for one in known) else ANY


_RULES: dict[type[Node], Callable[[Inference, Any, Scope], FeelType]] = {
    Literal: Inference._literal,
    Variable: Inference._variable,
    BuiltinName: Inference._function_name,
    RegisteredName: Inference._function_name,
    Connective: Inference._connective,
    Comparison: Inference._comparison,
    Between: Inference._between,
    In: Inference._in,
    InstanceOf: Inference._instance_of,
    Arithmetic: Inference._arithmetic,
    Negation: Inference._negation,
    Path: Inference._path,
    Filter: Inference._filter,
    Call: Inference._call,
    If: Inference._if,
    Span: Inference._span,
    For: Inference._for,
    Quantified: Inference._quantified,
    ListLiteral: Inference._list,
    ContextLiteral: Inference._context,
    RangeLiteral: Inference._range,
    ComparisonRange: Inference._comparison_range,
    FunctionLiteral: Inference._function,
}
