"""The boundary of task data: plain JSON only, and nothing that SpiffWorkflow would read as one of its own objects."""

from __future__ import annotations

import math
from typing import Any, TypeVar, cast

from app.engine.errors import DataRefused

MAX_DEPTH = 20
Value = TypeVar("Value")


def checked(value: Any) -> Any:
    """A deep copy of plain JSON data. Raises DataRefused with the path of what does not fit."""
    _check(value, "", 0)
    return copied(value)


def checked_object(value: Any) -> dict[str, Any]:
    """The same for an object with text keys."""
    if not isinstance(value, dict):
        raise DataRefused("", "应为键值对照")
    result: dict[str, Any] = checked(value)
    return result


def copied(value: Value) -> Value:
    """A deep copy of plain JSON data; several times faster than ``copy.deepcopy``, which every step feels."""
    copy: Any = value
    if isinstance(value, dict):
        copy = {key: copied(entry) for key, entry in value.items()}
    elif isinstance(value, list):
        copy = [copied(entry) for entry in value]
    return cast("Value", copy)


def _check(value: Any, path: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise DataRefused(path, f"嵌套超过 {MAX_DEPTH} 层")
    if isinstance(value, dict):
        for key, entry in value.items():
            _check_key(key, path)
            _check(entry, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for position, entry in enumerate(value, start=1):
            _check(entry, f"{path}[{position}]", depth + 1)
    else:
        _check_scalar(value, path)


def _check_scalar(value: Any, path: str) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise DataRefused(path, "文字中有空字符")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise DataRefused(path, "不是有限的数")
    elif not (value is None or isinstance(value, bool | int)):
        raise DataRefused(path, f"{type(value).__name__} 不是 JSON 数据")


def _check_key(key: Any, path: str) -> None:
    if not isinstance(key, str):
        raise DataRefused(path, f"键 {key!r} 不是文字")
    if key == "typename" or key.startswith("__") or "\x00" in key:
        raise DataRefused(path, f"不能用 {key!r} 作键")
