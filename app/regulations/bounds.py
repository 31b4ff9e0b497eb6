"""What a value of a parameter may be: bounds by unit and key, and how the values of one set must fit together.

Pure. The bounds keep out slips of the pen (50 for 5), they are no figures of the regulation; what the articles
themselves fix is told by `legal_note`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any

from app.regulations.parameters import UNIT_WORDS, Parameter, Type, Unit, parameter
from app.regulations.rule_sets import ParameterValue, read_file, shipped_rules

_BY_UNIT: Mapping[Unit, tuple[int, int]] = {
    Unit.WORKING_DAYS: (1, 60),
    Unit.HOURS: (1, 72),
    Unit.MINUTES: (1, 1440),
    Unit.DAYS: (1, 366),
    Unit.MONTHS: (1, 60),
    Unit.YEARS: (0, 80),
    Unit.COUNT: (1, 50),
    Unit.KILOBYTES: (50, 102_400),
    Unit.BYTES: (8, 1024),
    Unit.PIXELS: (100, 4000),
    Unit.PERCENT: (0, 100),
    Unit.PERSONS: (0, 99),
    Unit.TIMES: (0, 50),
    Unit.CHARACTERS: (100, 50_000),
    Unit.NONE: (1, 1000),
}
_BY_KEY: Mapping[str, tuple[int, int]] = {
    "publicity.mail_grace": (0, 20),
    "entry.max_age": (18, 100),
    "entry.work_years_min_age": (14, 30),
    "term.years": (1, 10),
    "reentry.bar_years": (0, 20),
    "reentry.voluntary_bar_years": (0, 20),
    "selection.panel_min": (1, 99),
    "selection.panel_sizes": (1, 99),
    "selection.designated_share": (1, 20),
}
#: A list or a name in it that is longer than this is a slip as well.
MAX_ITEMS, MAX_ITEM = 60, 40


def bounds(declared: Parameter) -> tuple[int, int]:
    """The least and the most that a number of this parameter may be, both included."""
    return _BY_KEY.get(declared.key) or _BY_UNIT.get(declared.unit, (0, 1_000_000))


def fault_of(key: str, raw: Any) -> str | None:
    """What is wrong with a plain value by itself, in Chinese; None if nothing is."""
    declared = parameter(key)
    if declared.type is Type.INTEGER:
        return _number_fault(declared, raw)
    if declared.type is Type.NUMBERS:
        return _numbers_fault(declared, raw)
    if declared.type is Type.TIME:
        return _time_fault(declared, raw)
    if declared.type is Type.TEXTS:
        return _texts_fault(declared.label, raw)
    if not raw:
        return f"{declared.label}：请至少填写一行"
    faults = (_texts_fault(f"{declared.label}“{name}”", items, may_be_empty=True) for name, items in raw.items())
    return _name_fault(declared.label, raw) or next((fault for fault in faults if fault), None)


def _number_fault(declared: Parameter, raw: Any) -> str | None:
    least, most = bounds(declared)
    unit = UNIT_WORDS[declared.unit]
    if isinstance(raw, bool) or not isinstance(raw, int):
        return f"{declared.label}：“{raw}”不是整数，应填 {least} 到 {most} 之间的整数"
    if not least <= raw <= most:
        return f"{declared.label}：{raw}{unit} 超出范围，应在 {least} 到 {most}{unit} 之间"
    return None


def _numbers_fault(declared: Parameter, raw: Any) -> str | None:
    if not raw:
        return f"{declared.label}：请至少填写一个数"
    for item in raw:
        fault = _number_fault(declared, item)
        if fault:
            return fault
    if list(raw) != sorted(set(raw)):
        return f"{declared.label}：请从小到大填写，不要重复"
    return None


def _time_fault(declared: Parameter, raw: Any) -> str | None:
    try:
        time.fromisoformat(raw)
    except (TypeError, ValueError):
        return f"{declared.label}：“{raw}”不是时刻，应写作 18:00"
    return None


def _texts_fault(label: str, raw: Any, *, may_be_empty: bool = False) -> str | None:
    if not raw:
        return None if may_be_empty else f"{label}：请至少填写一项，每行一项"
    if len(raw) > MAX_ITEMS:
        return f"{label}：有 {len(raw)} 项，最多 {MAX_ITEMS} 项"
    doubled = next((item for item in raw if list(raw).count(item) > 1), None)
    if doubled is not None:
        return f"{label}：“{doubled}”写了两次"
    return _name_fault(label, raw)


def _name_fault(label: str, names: Any) -> str | None:
    long = next((item for item in names if len(item) > MAX_ITEM), None)
    return f"{label}：“{long[:20]}…”有 {len(long)} 字，最多 {MAX_ITEM} 字" if long else None


def misfits(values: Mapping[str, ParameterValue]) -> dict[str, str]:
    """Where the values of one set do not fit together: key -> message. Both keys of a pair are named."""
    found: dict[str, str] = {}
    for keys, message in _misfits(values):
        for key in keys:
            found.setdefault(key, message)
    return found


_RISING = (
    ("objection.warning_first", "objection.warning_second"),
    ("objection.warning_second", "objection.decision_period"),
    ("selection.draw_latest", "selection.draw_earliest"),
    ("invitation.window_opens", "invitation.window_closes"),
)
_WITHIN = (
    ("selection.category_directions", "entry.directions"),
    ("selection.security_directions", "selection.category_directions"),
    ("selection.classified_directions", "selection.category_directions"),
)


def _misfits(values: Mapping[str, ParameterValue]) -> Iterator[tuple[tuple[str, ...], str]]:
    for low, high in _RISING:
        if values[low].value >= values[high].value:
            words = f"{values[low].label}（{values[low].words}）须早于{values[high].label}（{values[high].words}）"
            yield (low, high), words
    for part, whole in _WITHIN:
        missing = [item for item in values[part].value if item not in values[whole].value]
        if missing:
            yield (part, whole), f"{values[part].label}中的“{'、'.join(missing)}”不在{values[whole].label}里"
    fields, directions = "entry.direction_fields", "entry.directions"
    lacking = [item for item in values[directions].value if item not in values[fields].value]
    if lacking:
        words = f"技术方向“{'、'.join(lacking)}”没有对应领域；先在“{values[fields].label}”里加上，再加这个方向"
        yield (directions, fields), words
    yield from _panel_misfits(values)


def _panel_misfits(values: Mapping[str, ParameterValue]) -> Iterator[tuple[tuple[str, ...], str]]:
    sizes, least = values["selection.panel_sizes"], values["selection.panel_min"]
    even = [str(size) for size in sizes.value if size % 2 == 0]
    if even:
        yield ("selection.panel_sizes",), f"评审小组人数须为单数（第十七条），{'、'.join(even)} 是双数"
    if sizes.value[0] < least.value:
        yield (sizes.key, least.key), f"可选人数 {sizes.value[0]} 人少于小组最少人数 {least.value} 人"
    security = values["selection.security_min"]
    if security.value > least.value:
        yield (security.key,), f"安全专家最少人数 {security.value} 人多于小组最少人数 {least.value} 人"


def text_value(key: str) -> ParameterValue:
    """The value as the text of the regulation (or, where it is silent, the product as shipped) has it."""
    return shipped_rules().values[key]


def off_the_text(key: str, raw: Any) -> bool:
    """True if an article fixes this parameter and `raw` is another value than the article's."""
    return not parameter(key).is_internal and raw != read_file().values[key]


def legal_note(key: str, raw: Any) -> str | None:
    """What to say of a value that departs from the article, in Chinese; None if it does not."""
    if not off_the_text(key, raw):
        return None
    fixed = text_value(key)
    way = ""
    if isinstance(raw, int) and isinstance(fixed.value, int):
        way = "，拟改的少于办法的规定" if raw < fixed.value else "，拟改的多于办法的规定"
    return (
        f"{fixed.article}规定的是{fixed.brief}{way}。与办法原文不同的值须写明文号，由局领导审批"
    )
