"""What the rules of a table cover twice or not at all, found by trying values around every bound in its cells.

Every finding comes with values for which it was tried out, so none is a guess. Cells that depend on other data
cannot be tried and are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.feel.arithmetic import is_whole
from app.feel.compiler import compile_node
from app.feel.dmn.samples import constants_of, is_constant, samples_between
from app.feel.dmn.table import Cell, DecisionTable, Rule
from app.feel.environment import start
from app.feel.errors import Finding
from app.feel.limits import Evaluation
from app.feel.logic import equal
from app.feel.text import feel_text

MAX_EXAMPLES = 3
MAX_STATES = 20_000
#: So often a gap search goes one column on, and so many cells are tried on a value; a larger table is refused.
MAX_STEPS = 200_000
MAX_TRIALS = 1_000_000
#: More overlaps of one table say nothing new.
MAX_OVERLAPS = 100


@dataclass(slots=True)
class _Column:
    """Values to try, and for each rule those that its cell admits, as bits by index (None: cannot be told)."""

    label: str
    samples: list[Any]
    for_gaps: list[int]
    admitted: list[int | None]


def _is_step(value: Any) -> bool:
    return not isinstance(value, Decimal) or is_whole(value)


class _TooLarge(Exception):
    """The table has more cells and bounds than can be tried out while somebody waits."""


class Coverage:
    """The check of one table; `where` names it."""

    def __init__(self, where: str, table: DecisionTable) -> None:
        self.where, self.table = where, table
        self.env = start(Evaluation())
        self.trials = 0
        self.columns: list[_Column] = []

    def findings(self) -> list[Finding]:
        """Overlaps of UNIQUE, contradictions of ANY, rules of FIRST that are never reached, empty cells, gaps."""
        try:
            self.columns = [self._column(index) for index in range(len(self.table.inputs))]
        except _TooLarge:
            size = f"{len(self.table.rules)} 条规则、{len(self.table.inputs)} 个输入列"
            message = f"{size}太多，查不完有没有重叠和遗漏，请拆成几张表"
            return [self._finding("size", message)]
        found = self._empty_cells()
        if self.table.policy in ("UNIQUE", "ANY"):
            found += self._overlaps()
        if self.table.policy == "FIRST":
            found += self._unreachable()
        return found + self._gaps()

    def _finding(self, code: str, message: str, severity: str = "error", example: str = "") -> Finding:
        """`example` ends the message."""
        return Finding(0, message + example, self.where, severity, code, example)

    def _column(self, index: int) -> _Column:
        column = self.table.inputs[index]
        cells = [self._cell(rule, index) for rule in self.table.rules]
        constants: list[Any] = []
        for tests in (column.allowed_tests, *(cell.tests for cell in cells if cell is not None)):
            if tests is not None and is_constant(tests):
                constants += constants_of(tests)
        self._demand_few(len(constants))
        samples = samples_between(constants, None if column.type is None else column.type.name)
        if column.allowed is not None:
            allowed = column.allowed
            samples = [value for value in samples if allowed(value, self.env.with_value("?", value)) is True]
        whole = all(map(_is_step, constants))  # where all bounds are whole, a gap between 5 and 6 is none
        for_gaps = [place for place, value in enumerate(samples) if not whole or _is_step(value)]
        return _Column(column.label, samples, for_gaps, [self._admitted(cell, samples) for cell in cells])

    def _demand_few(self, values: int) -> None:
        self.trials += values * len(self.table.rules)
        if self.trials > MAX_TRIALS:
            raise _TooLarge

    @staticmethod
    def _cell(rule: Rule, column: int) -> Cell | None:
        return next((cell for cell in rule.cells if cell.column == column), None)

    def _admitted(self, cell: Cell | None, samples: Sequence[Any]) -> int | None:
        if cell is None:
            return (1 << len(samples)) - 1
        if not is_constant(cell.tests):
            return None
        env = self.env
        return sum(
            1 << place
            for place, value in enumerate(samples)
            if cell.test(value, env.with_value("?", value) if cell.uses_input else env) is True
        )

    def _empty_cells(self) -> list[Finding]:
        found = []
        for column in self.columns:
            for rule, admitted in zip(self.table.rules, column.admitted, strict=True):
                if admitted is not None and not admitted and column.samples:
                    message = f"规则 {rule.matched.index} 的“{column.label}”没有任何值能匹配"
                    found.append(self._finding("empty", message, "warning"))
        return found

    def _common(self, first: int, second: int) -> list[int] | None:
        """For each column a value that both rules admit; None if there is none or it cannot be told."""
        places = []
        for column in self.columns:
            one, other = column.admitted[first], column.admitted[second]
            if one is None or other is None:
                return None
            both = one & other
            if not both:
                return None
            places.append((both & -both).bit_length() - 1)
        return places

    def _overlaps(self) -> list[Finding]:
        found: list[Finding] = []
        for second, rule in enumerate(self.table.rules):
            for first in range(second):
                places = self._common(first, second)
                if places is None:
                    continue
                if len(found) >= MAX_OVERLAPS:
                    return found
                numbers = f"规则 {self.table.rules[first].matched.index} 与规则 {rule.matched.index}"
                if self.table.policy == "UNIQUE":
                    message = f"{numbers} 重叠，例如 "
                    found.append(self._finding("overlap", message, example=self._example(places)))
                elif self._differ(self.table.rules[first], rule):
                    message = f"{numbers} 同时匹配但结论不同，例如 "
                    found.append(self._finding("overlap", message, example=self._example(places)))
        return found

    def _differ(self, first: Rule, second: Rule) -> bool:
        for one, other in zip(first.output_nodes, second.output_nodes, strict=True):
            if is_constant(one) and is_constant(other):
                left, right = compile_node(one)(self.env), compile_node(other)(self.env)
                if equal(left, right, self.env.run) is not True:
                    return True
        return False

    def _unreachable(self) -> list[Finding]:
        found = []
        for second, rule in enumerate(self.table.rules):
            for first in range(second):
                if all(self._covers(column, first, second) for column in self.columns):
                    number = self.table.rules[first].matched.index
                    message = f"规则 {rule.matched.index} 永不会用到：规则 {number} 在前，已包含它"
                    found.append(self._finding("unreachable", message, "warning"))
                    break
        return found

    @staticmethod
    def _covers(column: _Column, first: int, second: int) -> bool:
        one, other = column.admitted[first], column.admitted[second]
        return one is not None and other is not None and not other & ~one

    def _gaps(self) -> list[Finding]:
        if self.table.policy not in ("UNIQUE", "ANY", "FIRST", "PRIORITY") or not self.table.inputs:
            return []
        if any(output.default is not None for output in self.table.outputs):
            return []
        if any(admitted is None for column in self.columns for admitted in column.admitted):
            return []
        search = _GapSearch(self.columns, len(self.table.rules))
        return [
            self._finding("gap", "没有规则匹配：例如 ", "warning", self._example(places))
            for places in search.examples()
        ]

    def _example(self, places: Sequence[int]) -> str:
        parts = []
        for column, place in zip(self.columns, places, strict=True):
            if column.samples and place >= 0:
                parts.append(f"{column.label} = {feel_text(column.samples[place], Evaluation(), False)}")
        return "，".join(parts) or "任意输入"


class _GapSearch:
    """Depth-first over the columns, keeping the rules still alive; each (column, alive) is visited once."""

    def __init__(self, columns: list[_Column], rules: int) -> None:
        self.columns = columns
        self.everything = (1 << rules) - 1
        self.masks = [self._masks(column) for column in columns]
        self.visited: set[tuple[int, int]] = set()
        self.steps = 0
        self.found: list[list[int]] = []

    @staticmethod
    def _masks(column: _Column) -> dict[int, int]:
        """Which rules admit each value, as bits; of values that the same rules admit one is enough."""
        masks: dict[int, int] = {}
        for place in column.for_gaps:
            mask = sum(
                1 << rule for rule, admitted in enumerate(column.admitted) if (admitted or 0) >> place & 1
            )
            masks.setdefault(mask, place)
        return {place: mask for mask, place in masks.items()}

    def examples(self) -> list[list[int]]:
        """Up to MAX_EXAMPLES combinations that no rule admits; -1 stands for any value of a column."""
        self._search(0, self.everything, [])
        return self.found

    def _search(self, depth: int, alive: int, places: list[int]) -> None:
        self.steps += 1
        if len(self.found) >= MAX_EXAMPLES or len(self.visited) >= MAX_STATES or self.steps > MAX_STEPS:
            return
        if not alive:
            self.found.append(places + [-1] * (len(self.columns) - depth))
            return
        if depth == len(self.columns) or (depth, alive) in self.visited:
            return
        self.visited.add((depth, alive))
        if not self.masks[depth]:
            self._search(depth + 1, alive, [*places, -1])
        for place, mask in self.masks[depth].items():
            self._search(depth + 1, alive & mask, [*places, place])
