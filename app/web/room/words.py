"""Spans of time and the data of a case in words; what looks like personal data is masked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from app.core.masking import mask_email, mask_id_number, mask_name, mask_phone

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_ID_NUMBER = re.compile(r"\d{17}[\dXx]")
_PHONE = re.compile(r"(?<!\d)1\d{10}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_NAMED = re.compile(r"(?:^|_)(?:name|signature|address|contact)$|姓名|地址")
#: So many lines of data are shown; the rest is counted.
MOST = 200
_TYPES: Mapping[type, str] = {bool: "是否", int: "数", float: "数", str: "文字", type(None): "空"}


def span(length: timedelta) -> str:
    """不到 1 分钟, 35 分钟, 3.5 小时, 2.3 天: calendar time, not working time."""
    if length < _MINUTE:
        return "不到 1 分钟"
    if length < _HOUR:
        return f"{length // _MINUTE} 分钟"
    if length < _DAY:
        return f"{length / _HOUR:.1f} 小时"
    return f"{length / _DAY:.1f} 天"


def percent(share: float | None) -> str:
    """62 %, or a dash where there is nothing to tell."""
    return "—" if share is None else f"{share:.0%}"


@dataclass(frozen=True)
class DataLine:
    """One value of a case: the path of the variable, its type and its value in words."""

    path: str
    type: str
    value: str


def data_lines(data: Mapping[str, Any]) -> list[DataLine]:
    """The data of a case as lines, nested values by their path; personal data masked."""
    lines = list(_lines("", dict(sorted(data.items())))) if data else []
    left_out = len(lines) - MOST
    return [*lines[:MOST], DataLine("…", "", f"另有 {left_out} 项")] if left_out > 0 else lines


def _lines(path: str, value: Any) -> Iterator[DataLine]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _lines(f"{path}.{key}" if path else str(key), inner)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value, 1):
            yield from _lines(f"{path}[{number}]", inner)
    elif isinstance(value, Mapping | list):
        yield DataLine(path, "列表" if isinstance(value, list) else "结构", "空")
    else:
        yield DataLine(path, _TYPES.get(type(value), "文字"), _told(path, value))


def _told(path: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None or value == "":
        return "—"
    if not isinstance(value, str):
        return str(value)
    if _NAMED.search(path.rpartition(".")[2].split("[")[0]):
        return mask_name(value)
    return masked(value)


def masked(text: str) -> str:
    """The text with numbers of papers and phones and addresses of mail masked."""
    text = _ID_NUMBER.sub(lambda found: mask_id_number(found[0]), text)
    text = _EMAIL.sub(lambda found: mask_email(found[0]), text)
    return _PHONE.sub(lambda found: mask_phone(found[0]), text)
