"""The 工作日尺: the days of a deadline as cells, each saying whether and how it was counted (design language §1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.core import clock
from app.regulations.deadlines import Deadline
from app.regulations.workdays import DayMark
from app.web.wording import weekday

#: So many rest days in a row become one cell.
_LONG_REST = 4


@dataclass(frozen=True)
class Cell:
    """One box of the ruler: what stands in its three lines, and its classes."""

    top: str
    middle: str
    bottom: str
    classes: str
    is_today: bool = False


def cells(deadline: Deadline, start_word: str = "起算") -> list[Cell]:
    """The ruler of a deadline of working days; empty for one of hours, which needs none."""
    today = clock.today()
    found: list[Cell] = []
    for run in _runs(deadline.days):
        if len(run) >= _LONG_REST:
            found.append(_long_rest(run))
        else:
            found += [_cell(mark, deadline.last_day, today, start_word) for mark in run]
    return found


def _runs(days: Sequence[DayMark]) -> Iterator[list[DayMark]]:
    """Rest days in a row together, every other day alone."""
    rest: list[DayMark] = []
    for mark in days:
        if mark.kind == "rest":
            rest.append(mark)
            continue
        if rest:
            yield rest
            rest = []
        yield [mark]
    if rest:
        yield rest


def _long_rest(run: list[DayMark]) -> Cell:
    first, last = run[0].date, run[-1].date
    until = f"至{last.day}日休" if last.month == first.month else f"至{last.month}/{last.day}休"
    return Cell(f"{len(run)} 天", f"{first.month}/{first.day}", until, "is-rest")


def _cell(mark: DayMark, last_day: date, today: date, start_word: str) -> Cell:
    top = "班" if mark.kind == "makeup" else weekday(mark.date)
    bottom = {"start": start_word, "rest": "休"}.get(mark.kind, f"第{mark.ordinal}")
    return Cell(top, f"{mark.date.month}/{mark.date.day}", bottom, _classes(mark, last_day, today), mark.date == today)


def _classes(mark: DayMark, last_day: date, today: date) -> str:
    if mark.kind in ("start", "rest"):
        return f"is-{mark.kind}" + (" is-now" if mark.date == today else "")
    names = []
    if mark.provisional:
        names.append("is-provisional")  # also on the last day: what is guessed is never shown as fixed
    elif mark.date == last_day:
        names.append("is-due")
    elif mark.date < today:
        names.append("is-past")
    if mark.date == today:
        names.append("is-now")
    return " ".join(names)
