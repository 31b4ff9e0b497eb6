"""Whether a value may stand: required, lengths, ranges, patterns, options, files. Messages name label and value."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from app.workflow.forms.components import (
    Checkbox,
    Choice,
    Field,
    Files,
    Moment,
    MultiChoice,
    Number,
    Option,
    TextField,
)
from app.workflow.forms.expressions import Expression, Scope, computed
from app.workflow.forms.reading import parse_moment

#: One value against one pattern; an honest pattern takes microseconds.
_PATTERN_SECONDS = 0.1
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}", re.ASCII)
_PHONE = re.compile(r"(?:\+?86[- ]?)?1[3-9]\d{9}|(?:\+?86[- ]?)?0\d{2,3}[- ]?\d{7,8}(?:-\d{1,6})?", re.ASCII)
_SHOWN = 40


class LimitMissing(Exception):
    """FEEL that should give a limit gave nothing usable; a silent pass would let wrong values through."""

    def __init__(self, label: str, what: str, text: str) -> None:
        super().__init__(f"“{label}”的{what}算不出来（{text}），请告知流程管理员")


def problem_of(part: Field, value: Any, label: str, scope: Scope, options: Sequence[Option], today: date) -> str:
    """What is wrong with the value of a visible field, or nothing.

    `label` is the label as shown; `options` are the options as shown (for choices).

    :raises LimitMissing: if a limit written in FEEL cannot be computed.
    """
    if _is_empty(value):
        return _missing(part, label) if computed(part.required, scope) is True else _empty(part, label, scope, options)
    for kind, check in _CHECKS:
        if isinstance(part, kind):
            return check(part, value, label, scope, options, today)
    return ""


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ([], "")


def _missing(part: Field, label: str) -> str:
    if isinstance(part, Checkbox):
        return f"请勾选“{label}”"
    if isinstance(part, Files):
        return f"请上传“{label}”"
    if isinstance(part, Choice | MultiChoice):
        return f"请选择“{label}”"
    return f"请填写“{label}”"


def _empty(part: Field, label: str, scope: Scope, options: Sequence[Option]) -> str:
    """A list that may be left out as such can still demand its items."""
    return _count(part, [], label, scope, options) if isinstance(part, MultiChoice) else ""


def _whole(limit: Any, label: str, what: str, scope: Scope) -> int | None:
    value = computed(limit, scope)
    if value is None and limit is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise LimitMissing(label, what, limit.text if isinstance(limit, Expression) else str(limit))
    return int(value)


def _text(
    part: TextField, value: str, label: str, scope: Scope, _options: Sequence[Option], _today: date,
) -> str:
    least = _whole(part.min_length, label, "最少字数", scope)
    most = _whole(part.max_length, label, "最多字数", scope)
    if least is not None and len(value) < least:
        return f"“{label}”现有 {len(value)} 个字，至少须 {least} 个字"
    if most is not None and len(value) > most:
        return f"“{label}”现有 {len(value)} 个字，最多 {most} 个字，请删去 {len(value) - most} 个字"
    if part.kind == "email" and not _EMAIL.fullmatch(value):
        return f"“{label}”填写的“{value[:_SHOWN]}”不是有效的电子邮箱，应如 name@example.cn"
    if part.kind == "phone" and not _PHONE.fullmatch(value):
        return f"“{label}”填写的“{value[:_SHOWN]}”不是有效的电话号码，请填 11 位手机号码或带区号的座机"
    if part.pattern is not None and not _fits(part.pattern, value):
        return part.pattern_message or f"“{label}”填写的“{value[:_SHOWN]}”格式不正确"
    return ""


def _fits(pattern: Any, value: str) -> bool:
    """Whether the pattern occurs in the value; one that cannot tell in time says no."""
    try:
        return pattern.search(value, timeout=_PATTERN_SECONDS) is not None
    except TimeoutError:
        return False


def _number(
    part: Number, value: Any, label: str, scope: Scope, _options: Sequence[Option], _today: date,
) -> str:
    number = Decimal(str(value))
    places = max(0, -int(number.normalize().as_tuple().exponent))
    if part.decimals is not None and places > part.decimals:
        wanted = f"最多 {part.decimals} 位小数" if part.decimals else "请填整数"
        return f"“{label}”填写的“{value}”小数位数过多，{wanted}"
    if part.increment and number % part.increment:
        return f"“{label}”填写的“{value}”须为 {_figure(part.increment)} 的整数倍"
    for limit, what, wrong in (
        (part.minimum, "小于", Decimal.__lt__), (part.maximum, "大于", Decimal.__gt__),
    ):
        bound = _decimal(limit, label, scope)
        if bound is not None and wrong(number, bound):
            return f"“{label}”填写的“{value}”不能{what} {_figure(bound)}"
    return ""


def _decimal(limit: Any, label: str, scope: Scope) -> Decimal | None:
    value = computed(limit, scope)
    if value is None and limit is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise LimitMissing(label, "范围", limit.text if isinstance(limit, Expression) else str(limit))
    return Decimal(value)


def _figure(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _choice(
    _part: Choice, value: str, label: str, _scope: Scope, options: Sequence[Option], _today: date,
) -> str:
    if value in {option.value for option in options}:
        return ""
    return f"“{label}”的“{value[:_SHOWN]}”不在可选范围内，请重新选择"


def _multi_choice(
    part: MultiChoice, value: list[str], label: str, scope: Scope, options: Sequence[Option], _today: date,
) -> str:
    known = {option.value for option in options}
    strange = [item for item in value if item not in known]
    if strange:
        return f"“{label}”的“{strange[0][:_SHOWN]}”不在可选范围内，请重新选择"
    return _count(part, value, label, scope, options)


def _count(part: MultiChoice, value: list[str], label: str, scope: Scope, options: Sequence[Option]) -> str:
    least, most = _whole(part.min_items, label, "最少项数", scope), _whole(part.max_items, label, "最多项数", scope)
    if least is not None and len(value) < least:
        return f"“{label}”已选 {len(value)} 项，至少选 {least} 项"
    if most is not None and len(value) > most:
        return f"“{label}”已选 {len(value)} 项，最多 {most} 项，请去掉 {len(value) - most} 项"
    left = [option.label for option in options if option.value not in value]
    if left and computed(part.every, scope) is True:
        return f"“{label}”还有 {len(left)} 项未勾选：{'、'.join(left)}"
    return ""


def _moment(
    part: Moment, value: str, label: str, scope: Scope, _options: Sequence[Option], today: date,
) -> str:
    moment: Any = parse_moment(value, part.subtype)
    if part.not_before_today and isinstance(moment, date) and _day(moment) < today:
        return f"“{label}”填写的{in_words(moment)}已过，请填今天（{in_words(today)}）或以后"
    first, last = _bound(part.minimum, part, label, scope), _bound(part.maximum, part, label, scope)
    if first is not None and moment < first:
        return f"“{label}”填写的{in_words(moment)}过早，不能早于{in_words(first)}"
    if last is not None and moment > last:
        return f"“{label}”填写的{in_words(moment)}过晚，不能晚于{in_words(last)}"
    return ""


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _bound(limit: Any, part: Moment, label: str, scope: Scope) -> Any:
    if limit is None:
        return None
    plain = limit.plain(scope) if isinstance(limit, Expression) else limit.isoformat()
    try:
        text = str(plain)
        return parse_moment(text.partition("T")[0] if part.subtype == "date" else text, part.subtype)
    except ValueError as error:
        raise LimitMissing(label, "日期范围", limit.text if isinstance(limit, Expression) else text) from error


def in_words(moment: date | time | datetime) -> str:
    """2026年3月2日, 09:30 or both."""
    if isinstance(moment, datetime):
        return f"{in_words(moment.date())} {moment:%H:%M}"
    if isinstance(moment, date):
        return f"{moment.year}年{moment.month}月{moment.day}日"
    return f"{moment:%H:%M}"


def _files(
    part: Files, value: list[dict[str, Any]], label: str, scope: Scope, _options: Sequence[Option], _today: date,
) -> str:
    if len(value) > 1 and not part.multiple:
        return f"“{label}”只能上传 1 份文件，现有 {len(value)} 份，请移除多余的"
    most = _whole(part.max_kb, label, "文件大小上限", scope)
    for record in value:
        name, size = str(record.get("name")), int(record.get("size") or 0)
        if not _accepted(part, name, str(record.get("type") or "")):
            return f"“{name}”不是可用的文件类型，“{label}”只收 {'、'.join(part.accept)}"
        if most is not None and size > most * 1024:
            return f"“{name}”有 {-(-size // 1024)} KB，请缩小到 {most} KB 以内再选"
    return ""


def _accepted(part: Files, name: str, kind: str) -> bool:
    def fits(pattern: str) -> bool:
        if pattern.startswith("."):
            return name.lower().endswith(pattern)
        return kind == pattern or (pattern.endswith("/*") and kind.startswith(pattern[:-1]))

    return not part.accept or any(map(fits, part.accept))


_CHECKS: tuple[tuple[type[Field], Callable[..., str]], ...] = (
    (TextField, _text), (Number, _number), (Choice, _choice), (MultiChoice, _multi_choice), (Moment, _moment),
    (Files, _files),
)
