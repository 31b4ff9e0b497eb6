"""Kinds of values and declared types: what a value is, whether it conforms to a type, and implicit conversion."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from app.feel.functions import FunctionValue
from app.feel.ranges import Range
from app.feel.temporal import Date, DateTime, DaysDuration, MonthsDuration, Time, midnight_utc

_KINDS: dict[type, str] = {
    Decimal: "number",
    str: "string",
    bool: "boolean",
    list: "list",
    dict: "context",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    DaysDuration: "days and time duration",
    MonthsDuration: "years and months duration",
    Range: "range",
    FunctionValue: "function",
    type(None): "Null",
}
KIND_LABELS = {
    "number": "数字",
    "string": "文字",
    "boolean": "真或假",
    "list": "列表",
    "context": "对象",
    "date": "日期",
    "time": "时间",
    "date and time": "日期时间",
    "days and time duration": "时长(天、时)",
    "years and months duration": "时长(年、月)",
    "duration": "时长",
    "range": "区间",
    "function": "函数",
    "Null": "空值",
    "Any": "任意",
}


def kind(value: Any) -> str:
    """The FEEL type name of a value; "function" for any function, "Null" for null."""
    return _KINDS.get(type(value), "function")


def is_feel_value(value: Any) -> bool:
    """Whether the Python object is of a class that FEEL values have."""
    return type(value) in _KINDS


def label(type_name: str) -> str:
    """The Chinese word for a type name."""
    return KIND_LABELS.get(type_name, type_name)


class FeelType:
    """A declared type. `element` of a list or range, `fields` of a context, `parameters` and `result` of a function;
    `allowed` tests a value against the allowed values of an item definition."""

    __slots__ = ("allowed", "element", "fields", "name", "parameters", "result")

    def __init__(
        self,
        name: str,
        element: FeelType | None = None,
        fields: dict[str, FeelType | None] | None = None,
        parameters: list[FeelType | None] | None = None,
        result: FeelType | None = None,
        allowed: Callable[[Any], bool] | None = None,
    ) -> None:
        self.name, self.element, self.fields = name, element, fields
        self.parameters, self.result, self.allowed = parameters, result, allowed

    def assign(self, other: FeelType) -> None:
        """Take over another type's content; an item definition may refer to itself before it is complete."""
        for slot in FeelType.__slots__:
            setattr(self, slot, getattr(other, slot))

    def copy(self) -> FeelType:
        return FeelType(self.name, self.element, self.fields, self.parameters, self.result, self.allowed)

    def __repr__(self) -> str:
        return f"FeelType({self.name!r})"


ANY = FeelType("Any")
SIMPLE_TYPES: dict[str, FeelType] = {
    name: FeelType(name) for name in KIND_LABELS if name not in ("Any", "duration")
} | {"Any": ANY}
SIMPLE_TYPES |= {
    alias: SIMPLE_TYPES[name]
    for alias, name in {
        "dateTime": "date and time",
        "dayTimeDuration": "days and time duration",
        "yearMonthDuration": "years and months duration",
        "day-time-duration": "days and time duration",
        "any": "Any",
    }.items()
}


def is_instance(value: Any, declared: FeelType) -> bool:
    """`value instance of declared`."""
    if declared.name == "Any":
        return value is not None
    if declared.name == "Null":
        return value is None
    return value is not None and conforms(value, declared, check_allowed=False)


def conforms(value: Any, declared: FeelType | None, check_allowed: bool = True) -> bool:
    """Whether a value may stand where that type is declared; null conforms to every type but Null."""
    if declared is None or declared.name == "Any" or value is None:
        return True
    if declared.name == "Null" or kind(value) != declared.name:
        return False
    if not _content_conforms(value, declared, check_allowed):
        return False
    return not check_allowed or declared.allowed is None or declared.allowed(value)


def _content_conforms(value: Any, declared: FeelType, check_allowed: bool) -> bool:
    name = declared.name
    if name == "list":
        return declared.element is None or all(
            conforms(item, declared.element, check_allowed) for item in value
        )
    if name == "context" and declared.fields is not None:
        fields = declared.fields
        return all(key in value and conforms(value[key], of, check_allowed) for key, of in fields.items())
    if name == "range" and declared.element is not None:
        has_end = value.low is not None or value.high is not None
        return has_end and conforms(value.low, declared.element) and conforms(value.high, declared.element)
    if name == "function" and declared.parameters is not None:
        return isinstance(value, FunctionValue) and _function_conforms(
            value, declared.parameters, declared.result
        )
    return True


def _function_conforms(
    value: FunctionValue, parameters: list[FeelType | None], result: FeelType | None
) -> bool:
    return (
        len(value.parameters) == len(parameters)
        and all(
            wanted is None or type_conforms(wanted, own)
            for own, wanted in zip(value.types, parameters, strict=True)
        )
        and (value.result is None or type_conforms(value.result, result))
    )


def type_conforms(given: FeelType | None, wanted: FeelType | None) -> bool:
    """Whether every value of one type is a value of the other."""
    if wanted is None or wanted.name == "Any":
        return True
    if given is None or given.name == "Any":
        return False
    if given.name == "Null":
        return True
    if given.name != wanted.name:
        return False
    if given.name in ("list", "range"):
        return wanted.element is None or type_conforms(given.element, wanted.element)
    if given.name == "context":
        return _fields_conform(given.fields, wanted.fields)
    if given.name == "function" and wanted.parameters is not None:
        return _signature_conforms(given, wanted.parameters, wanted.result)
    return True


def _fields_conform(
    given: dict[str, FeelType | None] | None, wanted: dict[str, FeelType | None] | None
) -> bool:
    if wanted is None:
        return True
    return given is not None and all(
        name in given and type_conforms(given[name], of) for name, of in wanted.items()
    )


def _signature_conforms(given: FeelType, parameters: list[FeelType | None], result: FeelType | None) -> bool:
    return (
        given.parameters is not None
        and len(given.parameters) == len(parameters)
        and all(type_conforms(wanted, own) for own, wanted in zip(given.parameters, parameters, strict=True))
        and type_conforms(given.result, result)
    )


def coerce(value: Any, declared: FeelType | None) -> Any:
    """The implicit conversions at arguments and typed results: element to list of one and back, date to date and
    time; a value that does not conform becomes null."""
    if declared is None or value is None or conforms(value, declared):
        return value
    if declared.name == "list":
        return [value] if type(value) is not list and conforms([value], declared) else None
    if type(value) is list and len(value) == 1 and conforms(value[0], declared):
        return value[0]
    if declared.name == "date and time" and type(value) is Date:
        return midnight_utc(value)
    return None
