"""Reads what was typed into a form step: clean values on one side, a Chinese message a field on the other."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

_TRUE = frozenset({"1", "true", "on", "yes", "y", "是"})
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
#: 18-character names such as 阿卜杜热合曼·买买提 hold a dot; names in letters are those of the ID card.
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·A-Za-z .]+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_EMAIL = re.compile(r"[^@\s<>\"',;:()\[\]\\]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
SHORT_TEXT = 40
LINE = 120


class Reader:
    """One step or one row as typed; collects the errors, each once a field.

    `prefix` stands before the names of a row's fields: education-0-school.
    """

    def __init__(self, values: Mapping[str, Any], errors: dict[str, str] | None = None, prefix: str = "") -> None:
        self.values = values
        self.errors: dict[str, str] = {} if errors is None else errors
        self.prefix = prefix

    def fail(self, field: str, message: str) -> None:
        """Notes the first thing wrong with a field."""
        self.errors.setdefault(self.prefix + field, message)

    def text(self, field: str, label: str, *, required: bool = True, longest: int = LINE) -> str:
        """A line of text, trimmed; too long or missing is an error."""
        typed = self.values.get(field)
        text = str(typed).strip() if typed is not None else ""
        if not text and required:
            self.fail(field, f"{label}：请填写")
        if len(text) > longest:
            self.fail(field, f"{label}：写了 {len(text)} 字，最多 {longest} 字")
        if any(ord(character) < 32 and character not in "\r\n\t" for character in text):
            self.fail(field, f"{label}：含有不能显示的字符，请重新输入")
        return text

    def choice(self, field: str, label: str, choices: Collection[str], *, required: bool = True) -> str:
        """One of the choices."""
        chosen = self.text(field, label, required=False)
        if not chosen and required:
            self.fail(field, f"{label}：请选择")
        if chosen and chosen not in choices:
            self.fail(field, f"{label}：没有“{chosen[:SHORT_TEXT]}”这一项，请重新选择")
        return chosen

    def choices(self, field: str, label: str, choices: Collection[str], most: int) -> tuple[str, ...]:
        """One to `most` different choices, in the order of `choices`."""
        typed = self.values.get(field) or []
        chosen = [str(item) for item in (typed if isinstance(typed, list | tuple) else [typed])]
        unknown = [item for item in chosen if item not in choices]
        if unknown:
            self.fail(field, f"{label}：没有“{unknown[0][:SHORT_TEXT]}”这一项，请重新选择")
        picked = tuple(item for item in choices if item in chosen)
        if not picked:
            self.fail(field, f"{label}：请选择 1 到 {most} 项")
        if len(picked) > most:
            self.fail(field, f"{label}：选了 {len(picked)} 项，最多 {most} 项")
        return picked

    def ticked(self, field: str) -> bool:
        """A box that may stay empty."""
        typed = self.values.get(field)
        return typed if isinstance(typed, bool) else str(typed or "").strip().lower() in _TRUE

    def month(self, field: str, label: str, today: date, *, required: bool = True) -> str:
        """yyyy-MM, not later than the present month."""
        text = self.text(field, label, required=required)
        if not text:
            return ""
        if not _MONTH.fullmatch(text):
            self.fail(field, f"{label}：“{text[:SHORT_TEXT]}”不是年月，请按 2019-11 的样子填写")
            return ""
        if text > f"{today:%Y-%m}":
            self.fail(field, f"{label}：{text} 还没有到")
        return text

    def day(self, field: str, label: str, today: date, *, required: bool = True) -> date | None:
        """yyyy-MM-dd, not later than today."""
        text = self.text(field, label, required=required)
        if not text:
            return None
        try:
            found = date.fromisoformat(text)
        except ValueError:
            self.fail(field, f"{label}：“{text[:SHORT_TEXT]}”不是日期，请按 2019-11-05 的样子填写")
            return None
        if found > today:
            self.fail(field, f"{label}：{text} 还没有到")
        return found

    def whole(self, field: str, label: str, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`."""
        text = self.text(field, label)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            self.fail(field, f"{label}：“{text[:SHORT_TEXT]}”不是整数")
            return None
        if not least <= int(text) <= most:
            self.fail(field, f"{label}：填了 {int(text)}，应在 {least} 到 {most} 之间")
        return int(text)

    def person_name(self, field: str, label: str) -> str:
        """The name of a person: 2 to 40 characters, Chinese, letters and the dot."""
        text = self.text(field, label, longest=SHORT_TEXT)
        if text and (len(text) < 2 or not _NAME.fullmatch(text)):
            self.fail(field, f"{label}：“{text[:SHORT_TEXT]}”不像姓名，请照身份证填写，只用汉字、字母和间隔号")
        return text

    def rows(self, field: str, read: Callable[[Reader], Any]) -> list[Any]:
        """The rows of a list; rows in which nothing was typed are left out, the rest keep their numbers."""
        typed = self.values.get(field) or []
        rows = typed if isinstance(typed, list) else []
        found = []
        for position, row in enumerate(rows):
            if isinstance(row, Mapping) and any(str(item).strip() for item in row.values() if item):
                found.append(read(Reader(row, self.errors, f"{self.prefix}{field}-{position}-")))
        return found


def check_phone(typed: str) -> str | None:
    """What is wrong with a mobile number, or None."""
    text = "".join(typed.split())
    if not text:
        return "手机号码：请填写"
    return None if _MOBILE.fullmatch(text) else f"手机号码：“{text[:SHORT_TEXT]}”不是 11 位手机号码"


def check_email(typed: str) -> str | None:
    """What is wrong with an e-mail address, or None."""
    text = typed.strip()
    if not text:
        return "电子邮箱：请填写"
    return None if len(text) <= LINE and _EMAIL.fullmatch(text) else f"电子邮箱：“{text[:SHORT_TEXT]}”不是邮箱地址"
