"""Dated rule sets: the values of every declared parameter while a text of the regulation is in force."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from pathlib import Path
from typing import Any

import yaml

from app.regulations.calendar import WorkCalendar
from app.regulations.errors import RuleSetRefused
from app.regulations.parameters import REGISTER, UNIT_WORDS, Parameter, Type, Unit, parameter
from app.regulations.shipped_calendar import shipped_calendar

_DATA = Path(__file__).parent / "data"

#: Set once and never renamed: instances pin the rule set by it.
SHIPPED_CODE = "2025"


#: What is longer than this does not stand in a sentence; characters.
_SENTENCE = 24


@dataclass(frozen=True)
class ParameterValue:
    """A declared parameter with its value in one rule set."""

    key: str
    type: Type
    unit: Unit
    value: Any
    label: str
    article: str
    is_internal: bool

    @property
    def words(self) -> str:
        """The value as people say it: 5个工作日."""
        if self.type is Type.TEXTS:
            return "、".join(self.value)
        if self.type is Type.NUMBERS:
            return f"{'、'.join(str(number) for number in self.value)}{UNIT_WORDS[self.unit]}"
        if self.type is Type.MAPPING:
            return "；".join(f"{key}：{'、'.join(items) or '待定'}" for key, items in self.value.items())
        if self.type is Type.TIME:
            return f"{self.value:%H:%M}"
        return f"{self.value}{UNIT_WORDS[self.unit]}"


    @property
    def brief(self) -> str:
        """The same, where it stands in a sentence: of a long list the first entry and how many there are."""
        if self.type in (Type.TEXTS, Type.MAPPING) and len(self.words) > _SENTENCE:
            return f"{next(iter(self.value))}等 {len(self.value)} 项"
        return self.words


@dataclass(frozen=True)
class RuleSet:
    """The values in force from `valid_from` to `valid_to`, both included, and the present calendar.

    `id` is the row's, 0 for the shipped file read without a database. The calendar is not part of what an
    instance pins: it is always the present one, and deadlines may only become later by it.
    """

    id: int
    code: str
    name: str
    valid_from: date
    valid_to: date
    values: Mapping[str, ParameterValue]
    calendar: WorkCalendar = field(repr=False, compare=False)

    def __getitem__(self, key: str) -> ParameterValue:
        """The value of a declared key.

        :raises UnknownParameter: the register has no such key.
        """
        value = self.values.get(key)
        if value is not None:
            return value
        parameter(key)
        raise RuleSetRefused(f"rule set {self.code} has no value for {key}")

    def integer(self, key: str) -> int:
        """The value of a key that is a number.

        :raises TypeError: it is no number.
        """
        value = self[key].value
        if not isinstance(value, int):
            raise TypeError(f"{key} is no number")
        return value

    def numbers(self, key: str) -> tuple[int, ...]:
        """The value of a key that is a list of numbers.

        :raises TypeError: it is no list of numbers.
        """
        declared = self[key]
        if declared.type is not Type.NUMBERS:
            raise TypeError(f"{key} is no list of numbers")
        numbers: tuple[int, ...] = declared.value
        return numbers

    def texts(self, key: str) -> tuple[str, ...]:
        """The value of a key that is a list of texts.

        :raises TypeError: it is no list of texts.
        """
        declared = self[key]
        if declared.type is not Type.TEXTS:
            raise TypeError(f"{key} is no list of texts")
        texts: tuple[str, ...] = declared.value
        return texts

    def covers(self, day: date) -> bool:
        """True if `day` lies within the dates of this set."""
        return self.valid_from <= day <= self.valid_to


def read_values(raw: Mapping[str, Any]) -> dict[str, ParameterValue]:
    """Checks plain values (of a file or of rows) against the register and gives them their meaning.

    :raises RuleSetRefused: naming every missing, unknown or badly typed value.
    """
    declared = {item.key for item in REGISTER}
    faults = [f"unknown parameter {key}" for key in sorted(set(raw) - declared)]
    faults += [f"missing parameter {key}" for key in sorted(declared - set(raw))]
    values = {}
    for item in REGISTER:
        if item.key not in raw:
            continue
        try:
            values[item.key] = _meaning(item, raw[item.key])
        except (TypeError, ValueError) as error:
            faults.append(f"{item.key}: {error}")
    if faults:
        raise RuleSetRefused("; ".join(faults))
    return values


def read_value(key: str, raw: Any) -> ParameterValue:
    """The meaning of one plain value of a declared key.

    :raises UnknownParameter: there is no such key. :raises ValueError: the value is badly typed.
    """
    return _meaning(parameter(key), raw)


def plain_value(known: ParameterValue) -> Any:
    """The value as plain JSON, as files and rows have it."""
    if known.type is Type.TIME:
        return f"{known.value:%H:%M}"
    if known.type in (Type.NUMBERS, Type.TEXTS):
        return list(known.value)
    if known.type is Type.MAPPING:
        return {key: list(items) for key, items in known.value.items()}
    return known.value


def _meaning(declared: Parameter, raw: Any) -> ParameterValue:
    return ParameterValue(
        key=declared.key,
        type=declared.type,
        unit=declared.unit,
        value=_parse(declared.type, raw),
        label=declared.label,
        article=declared.article,
        is_internal=declared.is_internal,
    )


def _parse(kind: Type, raw: Any) -> Any:
    if kind is Type.INTEGER:
        return _number(raw)
    if kind is Type.TIME:
        return time.fromisoformat(raw)
    if kind is Type.TEXTS:
        return _texts(raw)
    if kind is Type.NUMBERS:
        return _numbers(raw)
    if not isinstance(raw, Mapping):
        raise ValueError(f"{raw!r} is no mapping")
    return {str(key): _texts(items) for key, items in raw.items()}


def _number(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or raw < 0:
        raise ValueError(f"{raw!r} is no whole number from 0")
    return raw


def _numbers(raw: Any) -> tuple[int, ...]:
    if not isinstance(raw, list) or not raw:
        raise ValueError(f"{raw!r} is no list of numbers")
    numbers = tuple(_number(item) for item in raw)
    if list(numbers) != sorted(set(numbers)):
        raise ValueError("the numbers must rise")
    return numbers


def _texts(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(item, str) and item for item in raw):
        raise ValueError(f"{raw!r} is no list of texts")
    if len(set(raw)) != len(raw):
        raise ValueError("a text stands twice")
    return tuple(raw)


@dataclass(frozen=True)
class RuleFile:
    """A rule set as written in its data file: plain values."""

    code: str
    name: str
    valid_from: date
    valid_to: date
    values: Mapping[str, Any]


@functools.cache
def read_file(code: str = SHIPPED_CODE) -> RuleFile:
    """The shipped data file of the rule set `code`, read once a process; nobody changes what it holds."""
    data = yaml.safe_load((_DATA / f"rules_{code}.yaml").read_text(encoding="utf-8"))
    return RuleFile(**data)


def shipped_rules(calendar: WorkCalendar | None = None) -> RuleSet:
    """The shipped rule set without any database, for pure rules, the gate, their tests and the shell."""
    return _shipped_rules() if calendar is None else replace(_shipped_rules(), calendar=calendar)


@functools.cache
def _shipped_rules() -> RuleSet:
    file = read_file()
    return RuleSet(
        id=0,
        code=file.code,
        name=file.name,
        valid_from=file.valid_from,
        valid_to=file.valid_to,
        values=read_values(file.values),
        calendar=shipped_calendar(),
    )
