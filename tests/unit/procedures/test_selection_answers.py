"""Hours of invitations: the window, the two hours, the three hours, exactly and a tick later (no. 27, 45, 48)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import ZONE
from app.procedures.selection.rules import answers
from app.regulations.rule_sets import shipped_rules

HOURS = answers.hours(shipped_rules())
STARTS_AT = datetime(2026, 3, 5, 9, 0, tzinfo=ZONE)
TICK = timedelta(microseconds=1)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=ZONE)


def test_the_hours_are_those_of_the_rule_set() -> None:
    assert (HOURS.reply, HOURS.leave) == (timedelta(hours=2), timedelta(hours=3))
    assert (HOURS.combined, HOURS.names) == (timedelta(hours=4), timedelta(minutes=60))


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("03-02 07:59:59", "03-02 08:00"),
        ("03-02 08:00", "03-02 08:00"),
        ("03-02 19:59:59", "03-02 19:59:59"),
        ("03-02 20:00", "03-03 08:00"),
        ("03-02 23:30", "03-03 08:00"),
        ("03-03 00:00", "03-03 08:00"),
    ],
)
def test_messages_go_out_within_the_window(now: str, opening: str) -> None:
    assert answers.next_opening(moment(now), HOURS) == moment(opening)


def test_the_window_is_that_of_shanghai_whatever_the_zone_of_the_moment() -> None:
    assert answers.next_opening(datetime(2026, 3, 2, 12, 30, tzinfo=UTC), HOURS) == moment("03-03 08:00")


@given(st.integers(0, 60 * 24 * 365))
def test_the_next_opening_is_open_and_never_earlier(minutes: int) -> None:
    there = moment("01-01 00:00") + timedelta(minutes=minutes)
    opening = answers.next_opening(there, HOURS)
    assert opening >= there
    assert answers.is_window_open(opening, HOURS)
    assert answers.next_opening(opening, HOURS) == opening


def test_exactly_two_hours_are_in_time_and_the_timer_waits_for_a_later_instant() -> None:
    handed_at = moment("03-02 09:50")
    due_at = answers.due(handed_at, HOURS)
    assert answers.is_in_time(due_at, due_at)
    assert not answers.is_in_time(due_at, due_at + TICK)
    assert not answers.is_in_time(due_at, answers.expires(due_at))


def test_leave_exactly_three_hours_before_is_in_time() -> None:
    until = answers.leave_until(STARTS_AT, HOURS)
    assert until == moment("03-05 06:00")
    assert answers.is_leave_in_time(STARTS_AT, until, HOURS)
    assert not answers.is_leave_in_time(STARTS_AT, until + TICK, HOURS)
    assert not answers.is_leave_in_time(STARTS_AT, STARTS_AT - timedelta(hours=2, minutes=59), HOURS)


def test_nobody_is_asked_with_less_than_two_hours_left() -> None:
    assert answers.can_be_asked(STARTS_AT - HOURS.reply, STARTS_AT, HOURS)
    assert not answers.can_be_asked(STARTS_AT - HOURS.reply + TICK, STARTS_AT, HOURS)


def test_both_notices_go_in_one_with_less_than_four_hours_left() -> None:
    assert not answers.is_combined(STARTS_AT - HOURS.combined, STARTS_AT, HOURS)
    assert answers.is_combined(STARTS_AT - HOURS.combined + TICK, STARTS_AT, HOURS)


def test_details_wait_for_the_window_unless_there_is_no_time_to_wait() -> None:
    evening = moment("03-04 21:00")
    assert answers.details_at(evening, moment("03-05 10:00"), HOURS) == moment("03-05 08:00")
    assert answers.details_at(evening, STARTS_AT, HOURS) == evening
    assert answers.details_at(moment("03-04 10:00"), STARTS_AT, HOURS) == moment("03-04 10:00")


def test_names_are_shown_an_hour_before() -> None:
    assert answers.names_shown_at(STARTS_AT, HOURS) == moment("03-05 08:00")
    longer = replace(HOURS, names=timedelta(minutes=90))
    assert answers.names_shown_at(STARTS_AT, longer) == moment("03-05 07:30")
