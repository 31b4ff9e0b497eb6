"""Reading the YAML of scenarios that a stranger may have written: bounded, plain data, no merge keys."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import date
from functools import lru_cache
from typing import Any

import yaml

from app.core.plain_json import is_plain_text

MAX_CHARACTERS = 150_000
MAX_VALUES = 20_000
MAX_DEPTH = 30
_GREATEST = 10**18
_DEEP = re.compile(rf"(?:[-?] ?){{{MAX_DEPTH}}}")
_PARTS = re.compile(r"[,\n]")


class TextRefused(ValueError):
    """The text is no YAML, or larger than any scenario; the message is Chinese."""


class _Loader(yaml.SafeLoader):
    """Merge keys are refused: a few lines of them unfold without bound."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Called for every mapping before it is built."""
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise TextRefused("场景里不能用合并键 <<")


def read_plain(text: str) -> Any:
    """The data of a text: aliases may be used, but unfolded they must stay within MAX_VALUES.

    Each caller has the data for himself, but the last texts are read once: every page of a trial asks for its text.

    :raises TextRefused:
    """
    return deepcopy(_read(text))


@lru_cache(maxsize=32)
def _read(text: str) -> Any:
    if len(text) > MAX_CHARACTERS:
        raise TextRefused(f"场景有 {len(text)} 个字符，上限为 {MAX_CHARACTERS}")
    if len(_PARTS.findall(text)) > MAX_VALUES:
        raise TextRefused(f"场景超过 {MAX_VALUES} 项")
    if _is_deep(text):  # before it is read: reading takes time by the square of the depth
        raise TextRefused("场景嵌套过深")
    try:
        data = yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"（第 {mark.line + 1} 行）" if mark is not None else ""
        raise TextRefused(f"场景不是有效的 YAML{where}") from error
    except RecursionError as error:
        raise TextRefused("场景嵌套过深") from error
    except TextRefused:
        raise
    except (ValueError, OverflowError, TypeError) as error:
        raise TextRefused(f"场景里有读不懂的数或日期：{error}") from error
    _count(data)
    return data


def _is_deep(text: str) -> bool:
    depth = 0
    for sign in re.findall(r"[\[\]{}]", text):
        depth += 1 if sign in "[{" else -1
        if depth > MAX_DEPTH:
            return True
    return _DEEP.search(text) is not None


def _count(data: Any) -> None:
    left = MAX_VALUES
    waiting = [(data, 0)]
    while waiting:
        value, depth = waiting.pop()
        left -= 1
        if left < 0:
            raise TextRefused(f"场景展开后超过 {MAX_VALUES} 项")
        if depth > MAX_DEPTH:
            raise TextRefused("场景嵌套过深")
        if isinstance(value, dict):
            waiting += [(entry, depth + 1) for entry in value.values()]
            _demand_plain(*value)
        elif isinstance(value, list):
            waiting += [(entry, depth + 1) for entry in value]
        else:
            _demand_plain(value)


def _demand_plain(*values: Any) -> None:
    """Escapes can say characters that no database keeps, tags bytes and sets, a dot numbers without end."""
    for value in values:
        if isinstance(value, str) and not is_plain_text(value):
            raise TextRefused("场景里有不能保存的字符")
        if isinstance(value, int | float) and not -_GREATEST < value < _GREATEST:
            raise TextRefused("场景里有大得不能计算的数")
        if not isinstance(value, str | int | float | date | None):
            raise TextRefused(f"场景里有不能保存的内容（{type(value).__name__}）")
