"""The syntax tree of FEEL. `position` is the offset in the text where a node begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.feel.kinds import FeelType


@dataclass(slots=True)
class Node:
    position: int


@dataclass(slots=True)
class Literal(Node):
    value: Any


@dataclass(slots=True)
class Variable(Node):
    """A variable. `known` is False when no scope has the name; `dynamic` when a filter's item may bring it."""

    name: str
    known: bool = True
    dynamic: bool = False


@dataclass(slots=True)
class BuiltinName(Node):
    name: str


@dataclass(slots=True)
class RegisteredName(Node):
    """A function that the application registered."""

    name: str


@dataclass(slots=True)
class Connective(Node):
    """`and` / `or`."""

    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class Comparison(Node):
    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(slots=True)
class OperatorTest(Node):
    """A unary test such as `> 5`."""

    operator: str
    operand: Node


@dataclass(slots=True)
class ExpressionTest(Node):
    """A unary test that is an expression: a value to equal, a range, a list, or a condition on `?`."""

    expression: Node
    uses_input: bool


@dataclass(slots=True)
class UnaryTests(Node):
    """The content of a decision table's cell; no tests stands for `-`."""

    tests: list[Node]
    negated: bool


@dataclass(slots=True)
class In(Node):
    value: Node
    tests: list[Node]


@dataclass(slots=True)
class InstanceOf(Node):
    value: Node
    type: FeelType


@dataclass(slots=True)
class Arithmetic(Node):
    operator: str
    left: Node
    right: Node


@dataclass(slots=True)
class Negation(Node):
    operand: Node


@dataclass(slots=True)
class Path(Node):
    source: Node
    name: str


@dataclass(slots=True)
class Filter(Node):
    source: Node
    condition: Node


@dataclass(slots=True)
class Call(Node):
    """A call; `names` are given for named arguments."""

    function: Node
    arguments: list[Node]
    names: list[str] | None


@dataclass(slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(slots=True)
class Span(Node):
    """`a..b` after `for x in`."""

    low: Node
    high: Node


@dataclass(slots=True)
class For(Node):
    iterators: list[tuple[str, Node]]
    body: Node


@dataclass(slots=True)
class Quantified(Node):
    """`some` / `every`."""

    quantifier: str
    iterators: list[tuple[str, Node]]
    body: Node


@dataclass(slots=True)
class ListLiteral(Node):
    items: list[Node]


@dataclass(slots=True)
class ContextLiteral(Node):
    entries: list[tuple[str, Node]]


@dataclass(slots=True)
class RangeLiteral(Node):
    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


@dataclass(slots=True)
class ComparisonRange(Node):
    """`(> 5)`."""

    operator: str
    operand: Node


@dataclass(slots=True)
class FunctionLiteral(Node):
    parameters: list[tuple[str, FeelType | None]]
    body: Node


def children(node: Node) -> list[Node]:
    """The nodes directly inside a node."""
    found: list[Node] = []
    for slot in type(node).__slots__:
        value = getattr(node, slot)
        if isinstance(value, Node):
            found.append(value)
        elif isinstance(value, list):
            for item in value:
                inner = item[1] if isinstance(item, tuple) else item
                if isinstance(inner, Node):
                    found.append(inner)
    return found


def names_read(node: Node, into: set[str]) -> None:
    """Collect every variable named in a tree (an over-approximation: local names are included)."""
    if isinstance(node, Variable):
        into.add(node.name)
    for child in children(node):
        names_read(child, into)
