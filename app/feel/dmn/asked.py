"""What single values a decision model reads: `facts.age` rather than `facts`, so that somebody can try a table out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from app.feel.dmn.model import Model
from app.feel.dmn.table import DecisionTable, InputColumn
from app.feel.kinds import FeelType
from app.feel.nodes import BuiltinName, Call, ExpressionTest, Literal, Node, Path, Variable, children

#: Functions whose first argument is a list.
_OF_LISTS = frozenset({
    "count", "sum", "min", "max", "mean", "list contains", "string join", "append", "distinct values",
})


@dataclass(frozen=True, slots=True)
class Asked:
    """A value that a model reads: its steps joined by dots, the label and type of the column that is just this value,
    and the constants that its column is compared with, as texts where they are texts."""

    path: str
    label: str
    type: str | None
    choices: tuple[str, ...] = ()


def asked(model: Model, inputs: Collection[str]) -> tuple[Asked, ...]:
    """The values of the data `inputs` that the tables read, in the order of their columns."""
    found: dict[str, Asked] = {}
    for tables in model.tables.values():
        for _where, table in tables:
            for index, column in enumerate(table.inputs):
                _add_column(found, column, _texts(table, index), inputs)
            for node in _others(table):
                for path in _paths(node, inputs):
                    found.setdefault(path, Asked(path, path, None))
    read = {path.partition(".")[0] for path in found}
    for name in inputs:
        if name not in read:
            found[name] = Asked(name, name, None)
    return tuple(found.values())


def _add_column(
    found: dict[str, Asked], column: InputColumn, texts: tuple[str, ...], inputs: Collection[str]
) -> None:
    whole = _path_of(column.node, inputs)
    if whole is not None:
        kind = _type_name(column.type)
        found[whole] = Asked(whole, column.label, kind, texts if kind in (None, "string") else ())
        return
    lists = set(_list_paths(column.node, inputs))
    for path in _paths(column.node, inputs):
        found.setdefault(path, Asked(path, f"{column.label}：{path}", "list" if path in lists else None))


def _path_of(node: Node, inputs: Collection[str]) -> str | None:
    """The dotted path that a node is, or None if it is anything else."""
    if isinstance(node, Variable):
        return node.name if node.name in inputs else None
    if isinstance(node, Path):
        before = _path_of(node.source, inputs)
        return None if before is None else f"{before}.{node.name}"
    return None


def _paths(node: Node, inputs: Collection[str]) -> Iterator[str]:
    whole = _path_of(node, inputs)
    if whole is not None:
        yield whole
        return
    for inner in children(node):
        yield from _paths(inner, inputs)


def _list_paths(node: Node, inputs: Collection[str]) -> Iterator[str]:
    if isinstance(node, Call) and isinstance(node.function, BuiltinName) and node.function.name in _OF_LISTS:
        whole = _path_of(node.arguments[0], inputs) if node.arguments else None
        if whole is not None:
            yield whole
    for inner in children(node):
        yield from _list_paths(inner, inputs)


def _others(table: DecisionTable) -> Iterator[Node]:
    for rule in table.rules:
        for cell in rule.cells:
            yield from cell.tests.tests
        yield from rule.output_nodes


def _texts(table: DecisionTable, index: int) -> tuple[str, ...]:
    """The texts that a column is compared with: those it allows, else those in its cells."""
    allowed = table.inputs[index].allowed_tests
    tests = [] if allowed is None else list(allowed.tests)
    if not tests:
        cells = [cell for rule in table.rules for cell in rule.cells if cell.column == index]
        tests = [test for cell in cells for test in cell.tests.tests]
    constants = [test.expression for test in tests if isinstance(test, ExpressionTest)]
    texts = [node.value for node in constants if isinstance(node, Literal) and isinstance(node.value, str)]
    return tuple(dict.fromkeys(texts))


def _type_name(declared: FeelType | None) -> str | None:
    """The name of a declared type; None where anything may stand."""
    return None if declared is None or declared.name == "Any" else declared.name
