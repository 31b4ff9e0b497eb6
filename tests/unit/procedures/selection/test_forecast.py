"""When a panel is probably full: by the share of acceptances, counted only while invitations go out."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.core.clock import ZONE
from app.procedures.selection.rules.answers import hours
from app.procedures.selection.rules.forecast import ASSUMED, FEW_ANSWERS, History, forecast
from app.regulations.rule_sets import shipped_rules

KNOWN = hours(shipped_rules())
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("percent", "seats", "likely", "latest", "invitations"),
    [(60, 7, "12:18", "15:00", 12), (75, 5, "11:06", "13:00", 7), (45, 9, "14:42", "19:00", 20)],
)
def test_the_figures_of_the_model(percent: int, seats: int, likely: str, latest: str, invitations: int) -> None:
    found = forecast(seats, History(percent, 100), MORNING, KNOWN)
    assert (f"{found.likely_at:%H:%M}", f"{found.latest_at:%H:%M}") == (likely, latest)
    assert (found.invitations, found.is_assumed) == (invitations, False)


def test_nights_do_not_count() -> None:
    evening = MORNING.replace(hour=18)
    found = forecast(7, History(60, 100), evening, KNOWN)
    assert f"{found.likely_at:%m-%d %H:%M}" == "03-03 09:18"
    assert forecast(7, History(60, 100), MORNING.replace(hour=22), KNOWN).likely_at.hour == 11


def test_a_thin_history_is_not_believed() -> None:
    found = forecast(5, History(1, FEW_ANSWERS - 1), MORNING, KNOWN)
    assert (found.percent, found.is_assumed) == (ASSUMED, True)


def test_fewer_seats_and_more_acceptances_fill_sooner() -> None:
    few, many = forecast(1, History(60, 100), MORNING, KNOWN), forecast(15, History(60, 100), MORNING, KNOWN)
    assert few.likely_at < many.likely_at
    willing, busy = forecast(7, History(90, 100), MORNING, KNOWN), forecast(7, History(50, 100), MORNING, KNOWN)
    assert willing.likely_at < busy.likely_at
