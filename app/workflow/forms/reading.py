"""What was typed, turned into plain JSON values; and back again for defaults.

`raw` is what a page sends: text, a list of texts, or a list of file records. The reading does not depend on other
fields; limits are looked at in `checks`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from app.core.clock import ZONE
from app.workflow.forms.components import (
    Checkbox,
    Choice,
    Field,
    Files,
    Moment,
    MultiChoice,
    Number,
    TextField,
)

_NUMBER = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,18})?", re.ASCII)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:：](\d{2})(?::(\d{2}))?(?:\.0+)?", re.ASCII)
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_KEPT_OF_FILE = ("id", "name", "size", "type")


@dataclass(frozen=True)
class Reading:
    """A plain JSON value (None: nothing was given), or the reason why there is none, following the label."""

    value: Any = None
    problem: str = ""


def read(part: Field, raw: Any) -> Reading:
    """The value that `raw` means for this field."""
    for kind, reader in _READERS:
        if isinstance(part, kind):
            return reader(part, raw)
    return Reading()


def _single(raw: Any) -> str:
    value = raw[0] if isinstance(raw, list) and raw else raw
    return value if isinstance(value, str) else ""


def _text(part: TextField, raw: Any) -> Reading:
    text = _single(raw).replace("\r\n", "\n").replace("\r", "\n").strip()
    if _FORBIDDEN.search(text):
        return Reading(problem="里有不能保存的控制字符，请删去后重新填写")
    if not part.multiline and "\n" in text:
        text = text.replace("\n", " ")
    return Reading(text or None)


def _number(part: Number, raw: Any) -> Reading:
    text = unicodedata.normalize("NFKC", _single(raw)).strip()
    if not text:
        return Reading()
    if not _NUMBER.fullmatch(text):
        return Reading(problem=f"填写的“{text[:40]}”不是数字，请只填数字")
    number = Decimal(text)
    if part.as_text or number != number.to_integral_value():
        return Reading(f"{number:f}")
    return Reading(int(number))


def _checkbox(_part: Checkbox, raw: Any) -> Reading:
    return Reading(raw is True or _single(raw) in ("true", "on", "y", "1"))


def _choice(_part: Choice, raw: Any) -> Reading:
    return Reading(_single(raw) or None)


def _multi_choice(_part: MultiChoice, raw: Any) -> Reading:
    given = raw if isinstance(raw, list) else [raw]
    return Reading(list(dict.fromkeys(value for value in given if isinstance(value, str) and value)))


def _moment(part: Moment, raw: Any) -> Reading:
    text = unicodedata.normalize("NFKC", _single(raw)).strip()
    if not text:
        return Reading()
    try:
        return Reading(moment_text(parse_moment(text, part.subtype)))
    except ValueError:
        example = {"date": "2026-03-02", "time": "09:30", "datetime": "2026-03-02 09:30"}[part.subtype]
        what = {"date": "日期", "time": "时间", "datetime": "日期和时间"}[part.subtype]
        return Reading(problem=f"填写的“{text[:40]}”不是有效的{what}，请按 {example} 的样子填写")


def parse_moment(text: str, subtype: str) -> date | time | datetime:
    """A date, a time, or an aware date and time out of text.

    :raises ValueError: if it is none.
    """
    if subtype == "date":
        return _date_of(text)
    if subtype == "time":
        return _time_of(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        day, _, hour = text.replace("T", " ").partition(" ")
        moment = datetime.combine(_date_of(day), _time_of(hour.strip()))
    return moment.replace(tzinfo=ZONE) if moment.tzinfo is None else moment.astimezone(ZONE)


def moment_text(moment: date | time | datetime) -> str:
    """ISO text: 2026-03-02, 09:30:00, 2026-03-02T09:30:00+08:00."""
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="seconds")
    return moment.isoformat() if isinstance(moment, date) else moment.isoformat(timespec="seconds")


def _date_of(text: str) -> date:
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return date(*map(int, found.groups()))


def _time_of(text: str) -> time:
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    hour, minute, second = (int(group or 0) for group in found.groups())
    return time(hour, minute, second)


def _files(_part: Files, raw: Any) -> Reading:
    records = raw if isinstance(raw, list) else []
    return Reading([
        {key: record.get(key) for key in _KEPT_OF_FILE} for record in records
        if isinstance(record, dict) and isinstance(record.get("id"), str | int)
    ])


_READERS: tuple[tuple[type[Field], Callable[[Any, Any], Reading]], ...] = (
    (TextField, _text), (Number, _number), (Checkbox, _checkbox), (Choice, _choice), (MultiChoice, _multi_choice),
    (Moment, _moment), (Files, _files),
)


def typed_again(part: Field, value: Any) -> Any:
    """What a page would have sent for a plain JSON value: for defaults and read-only fields."""
    if isinstance(part, Files):
        return value if isinstance(value, list) else []
    if isinstance(part, MultiChoice):
        return [str(item) for item in value] if isinstance(value, list) else []
    if isinstance(part, Checkbox):
        return "true" if value is True else ""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return str(value)
