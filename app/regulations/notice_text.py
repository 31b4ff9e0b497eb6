"""Reading the State Council's notice of a year: its own sentences, or a table pasted from anywhere.

    二、春节：2月15日（农历腊月二十八、周日）至23日（周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
    2027-01-01,放假,元旦
    节日 <tab> 放假时间 <tab> 调休上班日期

What was understood comes back day by day with its line, and what was not as faults of lines; nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.regulations.wording import WEEKDAYS

_SATURDAY = 5
_DAY = timedelta(days=1)
#: A holiday longer than this is a slip.
_LONGEST = 15
MAX_TEXT = 20_000
_FESTIVALS = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")

_ONE = r"(?:(\d{4})[年/-])?(?:(\d{1,2})[月/-])?(\d{1,2})日?(?:\(([^)]*)\))?"
_DATED = re.compile(
    r"(?P<days>(?:\d{4}[年/-])?(?:\d{1,2}[月/-])?\d{1,2}(?:日|(?<=[/-]\d)|(?<=[/-]\d\d))(?:\([^)]*\))?"
    r"(?:(?:至|到|~|—|–|-)(?:\d{4}[年/-])?(?:\d{1,2}[月/-])?\d{1,2}日?(?:\([^)]*\))?)?)"
    r"|(?P<work>上班|补班)|(?P<rest>放假|休息|补休)|共(?P<count>\d{1,2})天"
)
_RANGE = re.compile(rf"{_ONE}(?:(?:至|到|~|—|–|-){_ONE})?")
_NUMBERING = re.compile(r"^\s*[(]?[一二三四五六七八九十\d]{1,3}[)、.]\s*")
_IN_WEEK = re.compile(r"(?:周|星期)([一二三四五六日天])")
_CELLS = re.compile(r"\s*[\t,|]\s*")
_NUMBER = re.compile(r"国办发(?:明电)?[〔\[（(]\d{4}[〕\]）)]\d+号")
_REST_WORDS = frozenset({"休", "放假", "休息", "节假日", "假", "补休"})
_WORK_WORDS = frozenset({"班", "上班", "补班", "调休上班", "调休"})


@dataclass(frozen=True)
class ReadDay:
    """A day as the notice has it, and the line that says so."""

    date: date
    is_work: bool
    name: str
    line: int


@dataclass(frozen=True)
class LineFault:
    """A line that could not be read, or that contradicts itself or the calendar."""

    line: int
    text: str
    message: str


@dataclass(frozen=True)
class ReadNotice:
    """What was understood of a text; `unused` are lines without any day."""

    days: tuple[ReadDay, ...]
    faults: tuple[LineFault, ...]
    unused: tuple[tuple[int, str], ...]
    notice_number: str | None

    @property
    def rest(self) -> Mapping[date, str]:
        return {one.date: one.name for one in self.days if not one.is_work}

    @property
    def makeup(self) -> Mapping[date, str]:
        return {one.date: one.name for one in self.days if one.is_work}

    @property
    def missing_festivals(self) -> tuple[str, ...]:
        """Festivals of every year that no line names."""
        names = "".join(one.name for one in self.days)
        return tuple(name for name in _FESTIVALS if name not in names)


class _Unreadable(ValueError):
    """Why a line cannot be read, in Chinese."""


@dataclass
class _Reading:
    year: int
    days: list[ReadDay] = field(default_factory=list)
    faults: list[LineFault] = field(default_factory=list)
    unused: list[tuple[int, str]] = field(default_factory=list)
    columns: dict[str, int] | None = None


def read_notice(year: int, text: str) -> ReadNotice:
    """The days of `year` that the text names; its year is meant wherever it names none."""
    reading = _Reading(year)
    for number, line in enumerate(text[:MAX_TEXT].splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found = _line(reading, number, unicodedata.normalize("NFKC", line).strip())
        except _Unreadable as fault:
            reading.faults.append(LineFault(number, line.strip(), str(fault)))
            continue
        if not found:
            reading.unused.append((number, line.strip()))
        reading.days += found
    days, contradictions = _checked(reading)
    faults = sorted([*reading.faults, *contradictions], key=lambda one: one.line)
    number_words = _NUMBER.search(text)
    return ReadNotice(days, tuple(faults), tuple(reading.unused), number_words.group() if number_words else None)


def _line(reading: _Reading, number: int, line: str) -> list[ReadDay]:
    cells = _CELLS.split(line.strip("| ")) if re.search(r"[\t,|]", line) else []
    if len(cells) > 1:
        if _is_heading(reading, cells):
            return []
        table = list(_table_row(reading, number, cells))
        if table:
            return table
    return list(_sentence(reading.year, number, line))


def _is_heading(reading: _Reading, cells: Sequence[str]) -> bool:
    """A heading tells which column is which; it names no day."""
    whole = "".join(cells)
    if re.search(r"\d", whole) or not re.search("日期|时间|节日|名称", whole):
        return False
    columns = {}
    for position, cell in enumerate(cells):
        if "上班" in cell or "补班" in cell:
            columns["work"] = position
        elif "放假" in cell or "休" in cell:
            columns["rest"] = position
        elif "节" in cell or "名" in cell:
            columns["name"] = position
    reading.columns = columns if {"rest", "name"} <= set(columns) else None
    return True


def _table_row(reading: _Reading, number: int, cells: Sequence[str]) -> Iterator[ReadDay]:
    kind = cells[1].strip()
    if kind in _REST_WORDS | _WORK_WORDS:
        name = cells[2].strip() if len(cells) > 2 else ""
        for day in _days(reading.year, cells[0], None):
            yield ReadDay(day, kind in _WORK_WORDS, name, number)
        return
    if reading.columns is None:
        return
    name = cells[reading.columns["name"]].strip()
    for column, is_work in (("rest", False), ("work", True)):
        position = reading.columns.get(column)
        if position is None or position >= len(cells) or not re.search(r"\d", cells[position]):
            continue
        month = None
        for part in re.split(r"[、;]", cells[position]):
            for day in _days(reading.year, part, month):
                month = day.month
                yield ReadDay(day, is_work, name, number)


def _sentence(year: int, number: int, line: str) -> Iterator[ReadDay]:
    name, _, rest = _NUMBERING.sub("", line).partition(":")
    if not rest or re.search(r"\d", name):
        name, rest = "", _NUMBERING.sub("", line)
    pending: list[date] = []
    counted = 0
    month: int | None = None
    for token in _DATED.finditer(rest):
        if token["days"]:
            pending += _days(year, token["days"], month)
            month = pending[-1].month
        elif token["count"]:
            _demand_count(int(token["count"]), counted)
        elif pending:
            counted = counted if token["work"] else len(pending)
            yield from (ReadDay(day, token["work"] is not None, name.strip(), number) for day in pending)
            pending = []
    if pending:
        raise _Unreadable(f"{_words(pending[0])}后面没有写“放假”还是“上班”")


def _demand_count(told: int, counted: int) -> None:
    if counted != told:
        raise _Unreadable(f"写明共 {told} 天，读出放假 {counted} 天")


def _days(year: int, text: str, month: int | None) -> list[date]:
    """A day, or every day from one to another."""
    found = _RANGE.fullmatch(text.strip().rstrip("。.;"))
    if found is None:
        raise _Unreadable(f"“{text.strip()[:30]}”不是日期，应写作 1月1日 或 2027-01-01")
    first = _day(year, month, found[1], found[2], found[3], found[4])
    if found[7] is None:
        return [first]
    last = _day(first.year, first.month, found[5], found[6], found[7], found[8])
    if last < first:
        raise _Unreadable(f"{_words(last)}早于{_words(first)}")
    if (last - first).days >= _LONGEST:
        raise _Unreadable(f"从{_words(first)}到{_words(last)}有 {(last - first).days + 1} 天，太长，请核对")
    return [first + n * _DAY for n in range((last - first).days + 1)]


def _day(
    year: int, month: int | None, in_year: str | None, in_month: str | None, number: str, note: str | None
) -> date:
    wanted_month = int(in_month) if in_month else month
    if wanted_month is None:
        raise _Unreadable(f"“{number}日”没有写月份")
    try:
        day = date(int(in_year or year), wanted_month, int(number))
    except ValueError:
        raise _Unreadable(f"没有{in_year or year}年{wanted_month}月{number}日这一天") from None
    told = _IN_WEEK.search(note or "")
    if told and "一二三四五六日".index(told[1].replace("天", "日")) != day.weekday():
        raise _Unreadable(f"{_words(day)}写的是周{told[1]}，实际是{WEEKDAYS[day.weekday()]}")
    return day


def _checked(reading: _Reading) -> tuple[tuple[ReadDay, ...], list[LineFault]]:
    """The days in order, each once, and what cannot be true of them together."""
    kept: dict[date, ReadDay] = {}
    faults = []
    for one in reading.days:
        fault = _fault_of(one, reading.year, kept.get(one.date))
        if fault:
            faults.append(LineFault(one.line, _words(one.date), fault))
        elif one.date.year == reading.year:  # a weekend of the year before rests anyway
            kept.setdefault(one.date, one)
    return tuple(sorted(kept.values(), key=lambda one: one.date)), faults


def _fault_of(one: ReadDay, year: int, known: ReadDay | None) -> str | None:
    weekend = one.date.weekday() >= _SATURDAY
    if one.date.year != year and (one.is_work or not weekend):
        return f"{one.date.isoformat()} 不在 {year} 年，请在 {one.date.year} 年的放假通知里录入"
    if one.is_work and not weekend:
        return f"{_words(one.date)}（{WEEKDAYS[one.date.weekday()]}）本来就是工作日，不是调休上班日"
    if known is not None and known.is_work != one.is_work:
        return f"{_words(one.date)}在第 {known.line} 行写为{'上班' if known.is_work else '放假'}，这一行相反"
    return None


def _words(day: date) -> str:
    return f"{day.month}月{day.day}日"
