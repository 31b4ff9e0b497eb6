"""Timers and periods: bound to a parameter of the rules, or to what an operation computes from one; never a literal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.engine import Finding
from app.engine.xml import SPIFF
from app.feel import FeelError, Function, compile_expression
from app.feel.nodes import (
    Between,
    BuiltinName,
    Call,
    Comparison,
    Connective,
    In,
    Literal,
    Node,
    RegisteredName,
    Variable,
    children,
)
from app.regulations.parameters import REGISTER, Unit
from app.regulations.rule_sets import shipped_rules
from app.workflow.conformance.drawing import Drawing
from app.workflow.conformance.variables import start_data

_DURATION = re.compile(r"(?<![\w.])-?P(?=\d|T\d)[\dYMWDTHS.]+(?!\w)")
_WRITTEN_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_AMOUNT = re.compile(r"\d+")
_UNITS = (
    (re.compile(r"^-?PT\d+H"), (Unit.HOURS,)),
    (re.compile(r"^-?PT\d+M"), (Unit.MINUTES,)),
    (re.compile(r"^-?P\d+[DW]"), (Unit.WORKING_DAYS, Unit.DAYS)),
    (re.compile(r"^-?P\d+M"), (Unit.MONTHS,)),
    (re.compile(r"^-?P\d+Y"), (Unit.YEARS,)),
)
PERIODS = (Unit.WORKING_DAYS, Unit.HOURS, Unit.MINUTES, Unit.DAYS, Unit.MONTHS, Unit.YEARS)
_CHOSEN_BY = (Comparison, Connective, Between, In)
_MENDS = 'deadline("参数", 起算时刻)，由规则参数决定'


def literal_time(text: str, functions: Mapping[str, Function]) -> str | None:
    """The number, duration or date that stands in an expression of time, or None."""
    for pattern in (_DURATION, _WRITTEN_DATE):
        if (found := pattern.search(text)) is not None:
            return found.group()
    try:
        node = compile_expression(text, functions=functions).node
    except FeelError:
        return None  # told where it cannot be read
    return next(_literals(node), None)


def _literals(node: Node) -> Iterator[str]:
    """The constants that move the time; not those that only choose between two expressions."""
    if isinstance(node, _CHOSEN_BY):
        return
    if isinstance(node, Literal):
        if node.value is not None and not isinstance(node.value, bool):
            yield str(node.value)
        return
    if isinstance(node, Call) and _name(node.function) in ("deadline", "parameter"):
        for argument in node.arguments[1:]:
            yield from _literals(argument)
        return
    for child in children(node):
        yield from _literals(child)


def _name(node: Node) -> str:
    return node.name if isinstance(node, RegisteredName | BuiltinName | Variable) else ""


def candidates(literal: str) -> list[str]:
    """The keys of the parameters that could stand for a literal: the same unit, the same value first."""
    units = next((units for pattern, units in _UNITS if pattern.match(literal)), PERIODS)
    number = _AMOUNT.search(literal)
    values = shipped_rules().values

    def differs(key: str) -> bool:
        return number is None or values[key].value != int(number.group()[:9])

    keys = [entry.key for entry in REGISTER if entry.unit in units]
    return sorted(keys, key=differs)


def use_parameter(element_id: str, place: str, literal: str) -> dict[str, Any]:
    """The mend of a literal: write a parameter in its place."""
    return {"kind": "use_parameter", "element": element_id, "place": place, "parameters": candidates(literal)}


class Sources:
    """Where the variables of a drawing come from, as far as it matters for times."""

    def __init__(self, drawing: Drawing, functions: Mapping[str, Function]) -> None:
        self._functions = functions
        self._scripts = {
            element.result_variable: next(
                (node.text or "" for node in drawing.children(element.id, "script")), ""
            )
            for element in drawing.of_kind("scriptTask")
            if element.result_variable
        }
        self._given = set(start_data(drawing)) | {
            element.result_variable
            for element in drawing.of_kind("serviceTask", "businessRuleTask")
            if element.result_variable
        }
        for node in drawing.root.iter(f"{{{SPIFF}}}messageVariable"):
            self._given.add((node.text or "").strip())

    def is_bound(self, text: str) -> bool:
        """Whether an expression of time rests on a parameter, an operation, a message or the start data."""
        return self._bound(text, frozenset())

    def reads_data(self, text: str) -> bool:
        """Whether it rests at least on what somebody filled in."""
        try:
            names = compile_expression(text, functions=self._functions).names
        except FeelError:
            return True
        return any(name not in self._scripts and name not in self._functions for name in names)

    def _bound(self, text: str, above: frozenset[str]) -> bool:
        try:
            compiled = compile_expression(text, functions=self._functions)
        except FeelError:
            return True  # told where it cannot be read
        if _asks_the_rules(compiled.node):
            return True
        return any(
            name in self._given
            or (
                name in self._scripts
                and name not in above
                and self._bound(self._scripts[name], above | {name})
            )
            for name in compiled.names
        )

    def scripts_behind(self, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
        """The script variables that expressions of time read, directly or through others, with their texts."""
        waiting, seen = list(texts), set[str]()
        while waiting:
            try:
                names = compile_expression(waiting.pop(), functions=self._functions).names
            except FeelError:
                continue
            for name in names:
                if name in self._scripts and name not in seen:
                    seen.add(name)
                    waiting.append(self._scripts[name])
                    yield name, self._scripts[name]


def _asks_the_rules(node: Node) -> bool:
    if isinstance(node, Call) and _name(node.function) in ("deadline", "parameter"):
        return True
    return any(_asks_the_rules(child) for child in children(node))


def unbound(element_id: str, what: str, text: str, place: str, filled_in: bool) -> Finding:
    """A time that nothing but the diagram decides, or (a warning) what somebody fills in."""
    if filled_in:
        message = f"{what}“{text}”由填写的时间决定，不由规则参数决定"
        return Finding(element_id, "filled_in_time", "warning", message, f"有期限规定的，写成 {_MENDS}")
    message = f"{what}“{text}”不由规则参数决定"
    fix = use_parameter(element_id, place, "")
    return Finding(element_id, "unbound_time", "error", message, f"写成 {_MENDS}", fix=fix)


def literal(element_id: str, what: str, found: str, place: str) -> Finding:
    """A period written as a number."""
    message = f"{what}里直接写了 {found}"
    fix = use_parameter(element_id, place, found)
    return Finding(element_id, "literal_duration", "error", message, f"期限写成 {_MENDS}", fix=fix)
