"""What operations answer in a trial, since none of them ever runs: what the owner typed, else what the scenarios
recorded, else something plain of the type that the catalogue declares."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import plain_json
from app.core.errors import Invalid
from app.feel import FeelError, Function
from app.operations import OperationError, catalogue
from app.operations.types import Misfit, Shape
from app.workflow.scenarios import RAISES, Json, answered, turn

#: Where an answer came from.
TYPED, RECORDED, DEFAULT, UNKNOWN = "typed", "recorded", "default", "unknown"


@dataclass(frozen=True)
class Given:
    """The answer an operation is to give next, and where it comes from; FEEL in it is not worked out yet."""

    answer: Json
    source: str


def next_answer(answers: Mapping[str, Any], operation: str, earlier: int, now: datetime) -> Given:
    """What `operation` answers after so many earlier calls."""
    known = answers.get(operation, {})
    if TYPED in known:
        return Given(known[TYPED], TYPED)
    if RECORDED in known:
        return Given(turn(known[RECORDED], earlier), RECORDED)
    entry = catalogue.get(operation)
    if entry is None:
        return Given({}, UNKNOWN)
    return Given({name: default_value(shape, now) for name, shape in entry.outputs}, DEFAULT)


def worked_out(
    given: Given, operation: str, arguments: Mapping[str, Any], functions: Mapping[str, Function]
) -> dict[str, Any]:
    """The answer for these arguments. :raises OperationError: it is an error, or there is no such operation."""
    if given.source == UNKNOWN:
        raise OperationError("unknown_operation", f"没有名为 {operation} 的操作")
    try:
        return answered(given.answer, arguments, functions)
    except FeelError as error:
        raise OperationError("answer", f"设定的结果算不出来：{error}") from error


def default_value(shape: Shape, now: datetime) -> Any:
    """Something plain of a type: nothing where nothing is allowed, else the first choice, zero, no, today, empty."""
    if shape.nullable:
        return None
    if shape.choices:
        return shape.choices[0]
    if shape.fields:
        return {name: default_value(inner, now) for name, inner in shape.fields}
    plain = {
        "string": "", "integer": 0, "number": 0, "boolean": False, "list": [], "dict": {},
        "date": now.date().isoformat(), "datetime": now.isoformat(),
    }  # fmt: skip
    return plain.get(shape.editor)


def misfit(operation: str, arguments: Mapping[str, Any]) -> str | None:
    """Why the operation would refuse these arguments if it ran; None if it would not."""
    entry = catalogue.get(operation)
    if entry is None:
        return None
    try:
        entry.load_inputs(dict(arguments), "")
    except Misfit as found:
        return str(found)
    return None


def typed_answer(operation: str, entered: Mapping[str, str], fails_with: str = "") -> Json:
    """An answer as the owner typed it, checked against the types of the catalogue.

    `entered` holds a text for each output; `fails_with` is the code of an error instead.
    :raises Invalid: by output, what does not fit.
    """
    if fails_with.strip():
        return {RAISES: fails_with.strip()}
    entry = catalogue.get(operation)
    if entry is None:
        raise Invalid({"operation": f"没有名为 {operation} 的操作"})
    found: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for name, shape in entry.outputs:
        text = entered.get(name, "")
        try:
            found[name] = text if text.startswith("=") else _value(shape, text, name)
        except Misfit as wrong:
            errors[name] = wrong.reason
    if errors:
        raise Invalid(errors)
    return found


def _value(shape: Shape, text: str, name: str) -> Any:
    """The plain JSON value of a text. :raises Misfit:"""
    if not text.strip() and shape.nullable:
        return None
    value: Any = text.strip() if shape.editor != "string" or shape.choices else text
    if shape.editor in {"integer", "number"}:
        value = _number(value, name)
    elif shape.editor == "boolean":
        value = {"true": True, "false": False}.get(value, value)
    elif shape.editor in ("list", "dict", "any"):
        value = _structure(value, name)
    shape.load(value, name)
    return value


def _number(text: str, name: str) -> Any:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise Misfit(name, f"应为数字，实为“{text}”") from None


def _structure(text: str, name: str) -> Any:
    try:
        return plain_json.read(text or "null")
    except plain_json.NotPlain:
        raise Misfit(name, "应写成 JSON，如 [\"甲\", \"乙\"] 或 {\"state\": \"open\"}") from None


def shown(value: Any) -> str:
    """A value of an answer as the owner edits it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def plain_value(text: str, like: Any = None) -> Any:
    """A value typed without a declared type: JSON where it reads as such, else the text.

    `like` is a value of the same name from a scenario: a text stays a text.
    """
    if isinstance(like, str):
        return text
    try:
        return plain_json.read(text)
    except plain_json.NotPlain:
        return text
