"""When a panel will probably be full: from the share of those who accept (domain.md §1.3, the table of fill times)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from app.procedures.selection.rules.answers import Hours, next_opening
from app.regulations.fill_times import shipped_fill_times

_KNOWN = shipped_fill_times()
#: With fewer answers than this the history says nothing yet; what is assumed then, in percent.
FEW_ANSWERS, ASSUMED = _KNOWN.few_answers, _KNOWN.assumed_percent


@dataclass(frozen=True)
class History:
    """Answers of the last year: how many accepted of all who were asked and whose answer or silence is known."""

    accepted: int
    answered: int

    @property
    def percent(self) -> int:
        """The share of acceptances; assumed where there are too few answers."""
        return ASSUMED if self.is_thin else round(100 * self.accepted / self.answered)

    @property
    def is_thin(self) -> bool:
        """Whether there are too few answers to go by."""
        return self.answered < FEW_ANSWERS


@dataclass(frozen=True)
class Forecast:
    """When the open seats are probably filled, at the latest in nine of ten cases, and how many are asked."""

    likely_at: datetime
    latest_at: datetime
    invitations: int
    percent: int
    is_assumed: bool


def forecast(seats: int, history: History, begins_at: datetime, known: Hours) -> Forecast:
    """Of so many open seats, invited from `begins_at` on; nights, when nothing is sent, do not count."""
    percent = history.percent
    median, late = _hours(seats, percent)
    return Forecast(
        _after(begins_at, median, known), _after(begins_at, late, known),
        ceil(100 * seats / max(percent, 1)), percent, history.is_thin,
    )


def _hours(seats: int, percent: int) -> tuple[float, float]:
    points = []
    for share, row in _KNOWN.rows:
        medians = [(size, median) for size, median, _ in row]
        latest = [(size, late) for size, _, late in row]
        points.append((share, _at(seats, medians), _at(seats, latest)))
    held = min(max(percent, points[0][0]), points[-1][0])
    median = _at(held, [(share, hours) for share, hours, _ in points])
    return median, _at(held, [(share, hours) for share, _, hours in points])


def _at(place: int, points: Sequence[tuple[int, float]]) -> float:
    """The value at a place between known points, or beyond the last two of them."""
    upper = next((i for i, (known, _) in enumerate(points) if known >= place and i), len(points) - 1)
    (left, low), (right, high) = points[upper - 1], points[upper]
    return low + (high - low) * (place - left) / (right - left)


def _after(begins_at: datetime, hours: float, known: Hours) -> datetime:
    """So many hours later, counted only while invitations are sent."""
    moment, left = next_opening(begins_at, known), timedelta(hours=hours)
    while True:
        closes_at = datetime.combine(moment.date(), known.closes, moment.tzinfo)
        if moment + left <= closes_at:
            return moment + left
        left -= max(closes_at - moment, timedelta())
        moment = next_opening(max(closes_at, moment) + timedelta(minutes=1), known)
