"""Types that may cross from a diagram into Python and back, their checks, and their names for editors and FEEL.

In a diagram everything is plain JSON; a date is ISO text, a number that is not whole is text. A shape turns that into
the Python value an operation declares, refusing what does not fit, and back.
"""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, get_args, get_origin, get_type_hints

from app.core.clock import ZONE


class Misfit(Exception):
    """A value that does not fit the declared type. ``path`` is where in the value, ``reason`` is Chinese."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}：{reason}" if path else reason)
        self.path = path
        self.reason = reason


@dataclass(frozen=True)
class Shape:
    """One declared type.

    ``editor`` is the word the diagram editor shows and stores as the parameter's type; ``feel`` FEEL's name for it;
    ``label`` its Chinese name.
    """

    editor: str
    feel: str
    label: str
    load: Callable[[Any, str], Any]
    dump: Callable[[Any], Any]
    #: True where null is a value of the type.
    nullable: bool = False
    choices: tuple[str, ...] = ()
    item: Shape | None = None
    fields: tuple[tuple[str, Shape], ...] = ()


def shape_of(hint: Any) -> Shape:
    """The shape of a type hint. Raises TypeError for a type that cannot cross."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _optional(hint, arguments)
    if origin in (list, tuple):
        return _sequence(origin, arguments)
    if origin is dict:
        return _mapping(arguments)
    if origin is typing.Literal:
        return _choice(arguments, lambda text: text, lambda value: value)
    if hint is Any:
        return Shape("any", "Any", "任意值", lambda value, path: value, lambda value: value, nullable=True)
    return _plain(hint)


def _plain(hint: Any) -> Shape:
    if hint in _SCALARS:
        return _SCALARS[hint]
    if hint in (list, dict):
        return shape_of(list[Any] if hint is list else dict[str, Any])
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return _choice(tuple(member.value for member in hint), hint, lambda value: value.value)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _record(hint)
    raise TypeError(f"{hint!r} cannot cross between a diagram and Python")


def _optional(hint: Any, arguments: tuple[Any, ...]) -> Shape:
    inner = [argument for argument in arguments if argument is not types.NoneType]
    if len(inner) != 1 or len(arguments) != 2:
        raise TypeError(f"{hint!r}: only one type or None")
    shape = shape_of(inner[0])
    return dataclasses.replace(
        shape,
        nullable=True,
        load=lambda value, path: None if value is None else shape.load(value, path),
        dump=lambda value: None if value is None else shape.dump(value),
    )


def _sequence(origin: type, arguments: tuple[Any, ...]) -> Shape:
    if origin is tuple and (len(arguments) != 2 or arguments[1] is not Ellipsis):
        raise TypeError("a tuple is written tuple[T, ...]")
    item = shape_of(arguments[0])

    def load(value: Any, path: str) -> Any:
        if not isinstance(value, list):
            raise Misfit(path, f"应为列表，实为{_named(value)}")
        return origin(
            item.load(entry, f"{path}[{position}]") for position, entry in enumerate(value, start=1)
        )

    return Shape(
        "list",
        "list",
        f"{item.label}列表",
        load,
        lambda value: [item.dump(entry) for entry in value],
        item=item,
    )


def _mapping(arguments: tuple[Any, ...]) -> Shape:
    if arguments[0] is not str:
        raise TypeError("the keys of a dict are str")
    item = shape_of(arguments[1])

    def load(value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            raise Misfit(path, f"应为键值对照，实为{_named(value)}")
        return {key: item.load(entry, f"{path}.{key}") for key, entry in value.items()}

    def dump(value: dict[str, Any]) -> dict[str, Any]:
        return {key: item.dump(entry) for key, entry in value.items()}

    return Shape("dict", "context", "键值对照", load, dump, item=item)


def _choice(values: tuple[str, ...], load_one: Callable[[str], Any], dump: Callable[[Any], Any]) -> Shape:
    def load(value: Any, path: str) -> Any:
        if not isinstance(value, str) or value not in values:
            raise Misfit(path, f"应为 {'、'.join(values)} 之一，实为 {value!r}")
        return load_one(value)

    return Shape("string", "string", "选项", load, dump, choices=values)


def _record(hint: type) -> Shape:
    hints = get_type_hints(hint)
    declared = [(field, shape_of(hints[field.name])) for field in dataclasses.fields(hint)]
    names = {field.name for field, _ in declared}

    def load(value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            raise Misfit(path, f"应为键值对照，实为{_named(value)}")
        if extra := sorted(set(value) - names):
            raise Misfit(path, f"没有名为 {'、'.join(extra)} 的项")
        given = {}
        for field, shape in declared:
            inner = f"{path}.{field.name}" if path else field.name
            if field.name in value:
                given[field.name] = shape.load(value[field.name], inner)
            elif is_required(field):
                raise Misfit(inner, "缺少该项")
        return hint(**given)

    def dump(value: Any) -> dict[str, Any]:
        return {field.name: shape.dump(getattr(value, field.name)) for field, shape in declared}

    fields = tuple((field.name, shape) for field, shape in declared)
    return Shape("dict", "context", "键值对照", load, dump, fields=fields)


def is_required(field: dataclasses.Field[Any]) -> bool:
    """Whether a field of a dataclass has no default."""
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _named(value: Any) -> str:
    for kind, name in (
        (bool, "真假值"),
        (int, "整数"),
        (float, "小数"),
        (str, "文字"),
        (list, "列表"),
        (dict, "键值对照"),
    ):
        if isinstance(value, kind):
            return name
    return "空值" if value is None else type(value).__name__


def _load_text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise Misfit(path, f"应为文字，实为{_named(value)}")
    return value


def _load_integer(value: Any, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Misfit(path, f"应为整数，实为{_named(value)}")
    return value


def _load_boolean(value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        raise Misfit(path, f"应为真假值，实为{_named(value)}")
    return value


def _load_decimal(value: Any, path: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Misfit(path, f"应为数字，实为{_named(value)}")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise Misfit(path, f"{value!r} 不是数字") from None
    if not number.is_finite():
        raise Misfit(path, f"{value!r} 不是数字")
    return number


def _dump_decimal(value: Decimal) -> int | str:
    return int(value) if value == value.to_integral_value() else format(value, "f")


def _load_date(value: Any, path: str) -> date:
    try:
        return date.fromisoformat(_load_text(value, path))
    except ValueError:
        raise Misfit(path, f"{value!r} 不是日期（应如 2026-03-02）") from None


def _load_instant(value: Any, path: str) -> datetime:
    try:
        instant = datetime.fromisoformat(_load_text(value, path))
    except ValueError:
        raise Misfit(path, f"{value!r} 不是日期时间（应如 2026-03-02T09:00:00+08:00）") from None
    return instant.replace(tzinfo=ZONE) if instant.tzinfo is None else instant.astimezone(ZONE)


def _dump_instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("an operation returned a naive datetime")
    return value.astimezone(ZONE).isoformat()


_SCALARS: dict[type, Shape] = {
    str: Shape("string", "string", "文字", _load_text, lambda value: value),
    int: Shape("integer", "number", "整数", _load_integer, lambda value: value),
    bool: Shape("boolean", "boolean", "真假值", _load_boolean, lambda value: value),
    Decimal: Shape("number", "number", "数字", _load_decimal, _dump_decimal),
    date: Shape("date", "date", "日期", _load_date, date.isoformat),
    datetime: Shape("datetime", "date and time", "日期时间", _load_instant, _dump_instant),
}
