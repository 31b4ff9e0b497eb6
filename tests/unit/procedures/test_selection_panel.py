"""What a panel needs next, from counts alone: rounds, states, lines, meetings (第十七条, 第十九条, 第二十条)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import ZONE
from app.procedures.selection.rules import answers, panel
from app.procedures.selection.rules.panel import Line, MeetingRules, PanelFacts, Present, Seating, Standing
from app.regulations.rule_sets import shipped_rules

HOURS = answers.hours(shipped_rules())
STARTS_AT = datetime(2026, 3, 5, 9, 0, tzinfo=ZONE)
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=ZONE)
LAST_CALL = STARTS_AT - HOURS.reply
ASKED, ACCEPTED, TOLD, CONFIRMED = Standing.ASKED, Standing.ACCEPTED, Standing.TOLD, Standing.CONFIRMED


def plan(now: datetime = NOW, **seats: object) -> panel.RoundPlan:
    values = {"size": 7, "live": 7, "promised": 0, "capacity": 7, "live_of_draw": 7, **seats}
    return panel.plan_round(Seating(**values), STARTS_AT, now, HOURS)  # type: ignore[arg-type]


def test_a_full_panel_needs_no_round_even_when_it_is_late() -> None:
    assert plan(LAST_CALL + timedelta(hours=1)) == panel.RoundPlan(run=False)


def test_a_promised_seat_is_not_open() -> None:
    assert not plan(live=6, promised=1, capacity=6, live_of_draw=6).run


def test_a_seat_given_up_is_drawn_again() -> None:
    found = plan(live=6, live_of_draw=6)
    assert (found.run, found.opened, found.shortage) == (True, {}, "")


def test_a_designated_seat_that_came_free_opens_in_its_category() -> None:
    found = plan(live=5, capacity=5, live_of_draw=5, freed=("大数据", "大数据"))
    assert (found.run, found.opened) == (True, {"大数据": 2})


def test_a_draw_never_fills_more_seats_than_are_open() -> None:
    found = plan(live=6, live_of_draw=5, capacity=7)
    assert not found.run
    assert "须重新抽取" in found.shortage


def test_a_seat_of_an_earlier_draw_needs_a_new_one() -> None:
    found = plan(live=6, live_of_draw=2, capacity=2)
    assert (found.run, "须重新抽取" in found.shortage) == (False, True)


def test_what_the_draw_can_fill_is_filled_and_the_rest_is_short() -> None:
    found = plan(live=5, live_of_draw=1, capacity=2)
    assert found.run
    assert found.shortage.startswith("另缺 1 席")


@pytest.mark.parametrize(("now", "run"), [(LAST_CALL - timedelta(hours=1), False), (NOW, True)])
def test_at_seven_the_window_opens_too_late_for_nine(now: datetime, run: bool) -> None:
    assert plan(now, live=6, live_of_draw=6).run is run


def test_a_revealed_draw_gives_nobody_any_more() -> None:
    found = plan(live=6, live_of_draw=6, revealed=True)
    assert (found.run, "已经公开" in found.shortage) == (False, True)


def decide(now: datetime = NOW, *, confirmed: bool = False, promised: int = 0, shortage: str = "",
           **standings: int) -> panel.Decision:  # fmt: skip
    counts = {Standing(name): number for name, number in standings.items()}
    return panel.decide(PanelFacts(5, STARTS_AT, counts, promised, confirmed, shortage), now, HOURS)


def test_nothing_is_ready_while_somebody_has_not_answered() -> None:
    assert decide(asked=1, accepted=4).state == "waiting"
    assert decide(accepted=4, promised=1).state == "waiting"


def test_the_initial_list_is_ready_when_all_accepted() -> None:
    assert decide(accepted=5).state == "list_ready"
    assert decide(accepted=4).state == "waiting", "a seat is missing"


def test_a_combined_acceptance_counts_for_the_initial_list_too() -> None:
    facts = PanelFacts(5, STARTS_AT, {ACCEPTED: 2, CONFIRMED: 3}, 0, list_confirmed=False)
    assert panel.decide(facts, NOW, HOURS).state == "list_ready"


def test_a_confirmed_list_tells_who_accepted_and_waits_for_their_word() -> None:
    found = decide(confirmed=True, accepted=2, told=3)
    assert (found.state, found.tell_details) == ("waiting", True)
    assert not decide(confirmed=True, told=5).tell_details
    assert not decide(accepted=5).tell_details, "not before the organiser confirmed the list"


def test_at_night_the_details_wait_and_the_panel_looks_again_in_the_morning() -> None:
    night = datetime(2026, 3, 2, 22, 0, tzinfo=ZONE)
    found = decide(night, confirmed=True, accepted=1, told=4)
    assert (found.state, found.tell_details) == ("waiting", False)
    assert found.check_at == datetime(2026, 3, 3, 8, 0, tzinfo=ZONE)


def final(now: datetime) -> panel.Decision:
    return panel.decide(PanelFacts(5, STARTS_AT, {CONFIRMED: 5}, 0, list_confirmed=True), now, HOURS)


def test_all_confirmed_is_final_and_meets_at_the_start() -> None:
    assert (final(NOW).state, final(NOW).check_at) == ("final", STARTS_AT)
    assert final(STARTS_AT - timedelta(microseconds=1)).state == "final"
    assert final(STARTS_AT).state == "meeting"


def test_at_the_start_anything_less_is_short() -> None:
    assert decide(STARTS_AT, confirmed=True, told=5).shortage == panel.NOT_CONFIRMED_IN_TIME
    assert decide(STARTS_AT, accepted=5).state == "short"


def test_a_shortage_is_short_and_still_tells_who_may_be_told() -> None:
    found = decide(confirmed=True, accepted=1, told=3, shortage="缺 1 席")
    assert (found.state, found.shortage, found.tell_details) == ("short", "缺 1 席", True)


@given(
    st.fixed_dictionaries({standing: st.integers(0, 7) for standing in Standing}),
    st.integers(0, 2), st.booleans(), st.integers(-5, 80),
)  # fmt: skip
def test_a_list_is_ready_or_final_only_when_every_seat_is_held(
    standings: dict[Standing, int], promised: int, confirmed: bool, hours: int
) -> None:
    now = STARTS_AT - timedelta(hours=hours)
    found = panel.decide(PanelFacts(7, STARTS_AT, standings, promised, confirmed), now, HOURS)
    if found.state in ("list_ready", "final", "meeting"):
        assert standings[ASKED] == 0 or standings[CONFIRMED] == 7
        assert sum(standings.values()) == 7 or standings[CONFIRMED] == 7
    assert found.check_at > now or now >= STARTS_AT


RULES = MeetingRules(least=5, security_least=1, security=("网络与信息安全",), share=3, security_waived=False)


def there(count: int, *, designated: int = 0, security: int = 1) -> list[Present]:
    return [
        Present("网络与信息安全" if at < security else "大数据", designated=at < designated) for at in range(count)
    ]


@pytest.mark.parametrize(("count", "faults"), [(5, 0), (7, 0), (15, 0), (6, 1), (4, 1), (3, 1)])
def test_a_meeting_has_an_odd_number_of_at_least_five(count: int, faults: int) -> None:
    assert len(panel.meeting_faults(there(count), RULES)) == faults


def test_a_meeting_has_a_security_expert_unless_the_leader_agreed_to_none() -> None:
    waived = MeetingRules(5, 1, ("网络与信息安全",), 3, security_waived=True)
    assert len(panel.meeting_faults(there(5, security=0), RULES)) == 1
    assert panel.meeting_faults(there(5, security=0), waived) == []


@pytest.mark.parametrize(("count", "designated", "right"), [(5, 1, True), (5, 2, False), (7, 2, True), (9, 3, True)])
def test_of_those_present_no_more_than_a_third_is_designated(count: int, designated: int, right: bool) -> None:
    assert (panel.meeting_faults(there(count, designated=designated), RULES) == []) is right


def test_a_replacement_takes_the_line_of_its_category_else_the_lowest() -> None:
    free = [Line(2, "大数据"), Line(4, "成本评估"), Line(6)]
    assert panel.lines_for(["成本评估"], free) == [4]
    assert panel.lines_for(["软件与应用"], free) == [2]
    assert panel.lines_for(["成本评估", "大数据", "软件与应用"], free) == [4, 2, 6]
    assert panel.lines_for(["软件与应用"], free, last=True) == [6]
