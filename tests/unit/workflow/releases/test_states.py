"""States of a draft, pair by pair: what may follow what, and nothing else."""

from __future__ import annotations

import itertools

import pytest

from app.core import vocabulary
from app.workflow.releases.models import _ACTIVE
from app.workflow.releases.states import (
    ACT_WORDS,
    ACTIVE,
    ORIGIN_WORDS,
    STATE_WORDS,
    DraftAct,
    DraftOrigin,
    may_move,
)
from app.workflow.releases.states import DraftState as S

ALLOWED = {
    (S.DRAFT, S.SUBMITTED), (S.DRAFT, S.DISCARDED),
    (S.SUBMITTED, S.DRAFT), (S.SUBMITTED, S.APPROVED), (S.SUBMITTED, S.DISCARDED),
    (S.APPROVED, S.DRAFT), (S.APPROVED, S.PUBLISHED), (S.APPROVED, S.DISCARDED),
}  # fmt: skip


@pytest.mark.parametrize(("present", "following"), list(itertools.product(S, S)))
def test_a_draft_moves_only_along_its_way(present: S, following: S) -> None:
    assert may_move(present, following) == ((present, following) in ALLOWED)


def test_only_what_is_not_over_counts_as_the_draft_of_a_process() -> None:
    assert {S.DRAFT, S.SUBMITTED, S.APPROVED} == ACTIVE
    assert all(f"'{state}'" in _ACTIVE for state in ACTIVE)
    assert not any(f"'{state}'" in _ACTIVE for state in set(S) - ACTIVE)


def test_every_state_origin_and_act_has_its_word() -> None:
    assert set(STATE_WORDS) == set(S)
    assert set(ORIGIN_WORDS) == set(DraftOrigin)
    assert set(ACT_WORDS) == set(DraftAct)
    assert {f"process_draft.{act}" for act in DraftAct} <= set(vocabulary.ACTIONS)
