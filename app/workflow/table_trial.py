"""Trying a decision table out while it is edited: what is wrong with it, and which rules match what was typed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.feel import FeelError, Finding, Function, Limits, compile_expression, from_feel
from app.feel.tables import Asked, DecisionModel

_RULE = re.compile(r"规则 (\d+)")
_INPUT = re.compile(r"输入列“(.+?)”")
_OUTPUT = re.compile(r"输出列“(.+?)”")
_EMPTY_RULE = re.compile(r"规则 \d+ 的“(.+?)”没有任何值能匹配")
_MAX_TYPED = 2000
#: Typed values are short; a page may send two hundred of them.
_LIMITS = Limits(steps=20_000, items=2_000, characters=20_000, characters_total=100_000, regex_seconds=0.01)


@dataclass(frozen=True)
class Remark:
    """A finding of a table with its place: rule numbers from 1, labels of columns; empty where it has none."""

    message: str
    severity: str
    where: str
    rules: tuple[int, ...]
    input: str = ""
    output: str = ""


@dataclass(frozen=True)
class Tried:
    """What a table gave: the rules that matched (number, id, annotation) and the value as text and as plain JSON.

    `problem` says why there is none, in Chinese.
    """

    matched: tuple[dict[str, Any], ...] = ()
    value: Any = None
    problem: str = ""


@dataclass(frozen=True)
class TableReport:
    """Everything an editor shows beside a table."""

    remarks: tuple[Remark, ...]
    asked: tuple[Asked, ...]
    tried: Tried | None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "findings": [asdict(remark) for remark in self.remarks],
            "asked": [asdict(one) for one in self.asked],
            "tried": None if self.tried is None else asdict(self.tried),
        }


def examine(
    xml: str, decision_id: str, typed: Mapping[str, str] | None, functions: Mapping[str, Function]
) -> TableReport:
    """Checks a DMN file and, with `typed` (text by dotted path), evaluates a decision of it."""
    try:
        model = DecisionModel.parse(xml.encode(), functions)
    except FeelError as error:
        return TableReport((_remark(Finding(0, error.message)),), (), None)
    remarks = tuple(map(_remark, model.check()))
    tried = None if typed is None else _tried(model, decision_id, typed, functions)
    return TableReport(remarks, model.asked, tried)


def remarks_of(xml: str, functions: Mapping[str, Function]) -> tuple[Remark, ...]:
    """What is wrong with a DMN file."""
    return examine(xml, "", None, functions).remarks


def _remark(finding: Finding) -> Remark:
    text = str(finding)
    rules = dict.fromkeys(int(number) for number in _RULE.findall(text))
    column = _INPUT.search(text) or _EMPTY_RULE.search(text)
    output = _OUTPUT.search(text)
    return Remark(
        finding.message_zh, finding.severity, finding.where, tuple(rules),
        column.group(1) if column else "", output.group(1) if output else "",
    )


def _tried(
    model: DecisionModel, decision_id: str, typed: Mapping[str, str], functions: Mapping[str, Function]
) -> Tried:
    kinds = {one.path: one.type for one in model.asked}
    data: dict[str, Any] = {}
    for path, text in typed.items():
        if path in kinds and text.strip():
            _put(data, path, value_of(text[:_MAX_TYPED], kinds[path], functions))
    try:
        outcome = model.decide(decision_id, data, functions)
    except FeelError as error:
        return Tried(problem=error.message)
    matched = tuple(
        {"index": rule.index, "id": rule.id, "note": rule.description or "、".join(rule.annotations.values())}
        for rule in outcome.matched
    )
    value = from_feel(outcome.value)
    problem = (outcome.null_reason or "没有规则匹配") if outcome.value is None else ""
    return Tried(matched, value, "" if matched and value is not None else problem)


def value_of(text: str, kind: str | None, functions: Mapping[str, Function]) -> Any:
    """What was typed for a value: a text where one is asked for, else FEEL, else again a text."""
    found = text.strip()
    if kind == "string":
        return _unquoted(found)
    try:
        value = compile_expression(found, functions=functions)({}, functions=functions, limits=_LIMITS)
    except FeelError:
        return found
    return found if value is None and found != "null" else from_feel(value)


def _unquoted(text: str) -> str:
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        try:
            return str(json.loads(text))
        except ValueError:
            return text
    return text


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        inner = data.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        data = inner
    data[last] = value
