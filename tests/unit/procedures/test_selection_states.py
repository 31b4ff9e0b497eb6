"""The states of activities, seats and designations: all pairs, every state reached, ends are ends."""

from __future__ import annotations

from typing import Any

import pytest

from app.procedures.selection.models import (
    ACTIVITY_TRANSITIONS,
    LIVE,
    SEAT_TRANSITIONS,
    ActivityState,
    DesignationState,
    SeatState,
)
from app.procedures.selection.service.changes import DESIGNATION_TRANSITIONS
from app.registers.states import WrongState, check_transition

MACHINES: list[tuple[Any, Any, Any]] = [
    (ActivityState, ACTIVITY_TRANSITIONS, ActivityState.DRAFT),
    (SeatState, SEAT_TRANSITIONS, SeatState.PENDING),
    (DesignationState, DESIGNATION_TRANSITIONS, DesignationState.DRAFT),
]


@pytest.mark.parametrize(("kind", "table", "first"), MACHINES)
def test_only_listed_transitions_pass(kind: Any, table: Any, first: Any) -> None:
    tried = {(before, after): refusal(table, before, after) for before in kind for after in kind}
    passed = {pair for pair, message in tried.items() if message is None}
    assert passed == {(before, after) for before in kind for after in table[before]}
    unnamed = [
        (before, after, message)
        for (before, after), message in tried.items()
        if message is not None and not all(state.label in message for state in (before,))
    ]
    assert unnamed == [], "a refusal names the state in which it was tried"


def refusal(table: Any, before: Any, after: Any) -> str | None:
    """What is said against the transition; None if it passes."""
    try:
        check_transition(table, before, after, "席位")
    except WrongState as refused:
        return refused.message
    return None


@pytest.mark.parametrize(("kind", "table", "first"), MACHINES)
def test_every_state_can_be_reached(kind: Any, table: Any, first: Any) -> None:
    reached, found = set(), {first}
    while found != reached:
        reached = set(found)
        found |= {after for before in reached for after in table[before]}
    assert found == set(kind)


@pytest.mark.parametrize("state", [state for state in SeatState if state not in LIVE])
def test_who_gave_up_the_seat_never_gets_it_back(state: SeatState) -> None:
    assert SEAT_TRANSITIONS[state] == frozenset()


@pytest.mark.parametrize("state", sorted(LIVE))
def test_every_seat_can_be_taken_back(state: SeatState) -> None:
    assert {SeatState.REMOVED, SeatState.WITHDRAWN} <= SEAT_TRANSITIONS[state]


@pytest.mark.parametrize("state", [state for state in ActivityState if ACTIVITY_TRANSITIONS[state]])
def test_an_activity_can_be_cancelled_from_every_state_that_is_no_end(state: ActivityState) -> None:
    assert ActivityState.CANCELLED in ACTIVITY_TRANSITIONS[state]
