"""Every state lists its transitions: all pairs, and no state is lost."""

from __future__ import annotations

from typing import Any

import pytest

from app.procedures.entry.models import APPLICATION_TRANSITIONS, EDITABLE, ENDED, ApplicationState
from app.procedures.objection.models import OBJECTION_TRANSITIONS, OPEN, ObjectionState
from app.procedures.publicity.models import BATCH_TRANSITIONS, BatchState
from app.registers.models import EXPERT_TRANSITIONS, PROPOSED_TRANSITIONS, ExpertState, ProposedState
from app.registers.states import WrongState, check_transition

MACHINES: list[tuple[Any, Any, Any]] = [
    (ApplicationState, APPLICATION_TRANSITIONS, ApplicationState.DRAFT),
    (ObjectionState, OBJECTION_TRANSITIONS, ObjectionState.RECEIVED),
    (BatchState, BATCH_TRANSITIONS, BatchState.PUBLISHED),
    (ExpertState, EXPERT_TRANSITIONS, ExpertState.IN_POOL),
    (ProposedState, PROPOSED_TRANSITIONS, ProposedState.LISTED),
]


@pytest.mark.parametrize(("kind", "table", "first"), MACHINES)
def test_only_listed_transitions_pass(kind: Any, table: Any, first: Any) -> None:
    tried = {(before, after): refusal(table, before, after) for before in kind for after in kind}
    passed = {pair for pair, message in tried.items() if message is None}
    assert passed == {(before, after) for before in kind for after in table[before]}
    unnamed = [
        (before, after, message)
        for (before, after), message in tried.items()
        if message is not None and not all(state.label in message for state in (before, after))
    ]
    assert unnamed == [], "a refusal names both states"


def refusal(table: Any, before: Any, after: Any) -> str | None:
    """What is said against the transition; None if it passes."""
    try:
        check_transition(table, before, after, "申请")
    except WrongState as refused:
        return refused.message
    return None


@pytest.mark.parametrize(("kind", "table", "first"), MACHINES)
def test_every_state_can_be_reached(kind: Any, table: Any, first: Any) -> None:
    reached, found = set(), {first}
    while found != reached:
        reached = set(found)
        found |= {after for state in reached for after in table[state]}
    assert found == set(kind)


def test_an_application_can_be_withdrawn_at_any_point_between_submission_and_end() -> None:
    withdrawn = ApplicationState.WITHDRAWN
    withdrawable = {state for state, following in APPLICATION_TRANSITIONS.items() if withdrawn in following}
    assert withdrawable == set(ApplicationState) - set(ENDED) - {ApplicationState.DRAFT}


def test_what_may_be_typed_into_has_not_ended() -> None:
    assert not EDITABLE & ENDED
    assert not OPEN & {ObjectionState.DECIDED, ObjectionState.NOTIFIED, ObjectionState.NOT_ACCEPTED}


def test_codes_and_words_are_both_kept() -> None:
    assert ApplicationState("formal_check") is ApplicationState.FORMAL_CHECK
    assert ApplicationState.FORMAL_CHECK.label == "形式审查"
    assert f"{ApplicationState.FORMAL_CHECK}" == "formal_check"
