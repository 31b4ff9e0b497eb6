"""The lock: what is sealed and committed to, what is refused, and what happens when the pool does not suffice."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.audit import AuditEntry
from app.core.database import db
from app.core.errors import Conflict
from app.draw import commitment, cond_hash
from app.procedures.selection import sealed, store
from app.procedures.selection.models import ActivityState, DrawState
from app.procedures.selection.rules.conditions import ConditionsDraft
from app.procedures.selection.service import activities, drawing, locking
from app.procedures.selection.service.locking import Locked
from app.registers.models import Expert
from tests.services.procedures.people import acts
from tests.services.procedures.selection.world import (
    COST,
    RULES,
    SECURITY,
    SOFTWARE,
    STARTS_AT,
    World,
    activity,
    conditions,
    contributed,
    designation,
    draw_of,
    drawn,
    locked,
    recusal,
    submitted,
)


def lock(there: World, number: str) -> Locked:
    return locking.lock(number, RULES, actor=there.organiser, now=clock.now())


def test_the_commitment_follows_from_list_conditions_and_seed(there: World) -> None:
    found = locked(there)
    draw = draw_of(found)
    behind = sealed.opened(draw)
    content = json.loads(draw.conditions)
    made = commitment(behind.server_seed, cond_hash(content), behind.list_hash, len(behind.candidates))
    assert draw.commit == made.hex()
    assert (draw.state, found.state, found.draw_no) == (DrawState.COMMITTED, ActivityState.LOCKED, 1)
    assert list(behind.candidates) == sorted(behind.candidates)
    assert content["quota"] == {SECURITY: 2, SOFTWARE: 2, COST: 1}
    assert content["categories"] == [SOFTWARE, SECURITY, COST]
    assert content["filters"][-1][2] == draw.candidate_count == len(behind.candidates)


def test_the_lock_says_its_counts_and_short_code(there: World) -> None:
    found = submitted(there)
    done = lock(there, found.number)
    assert (done.locked, done.witnessed, done.draw_no, done.shortage) == (True, True, 1, "")
    commit = draw_of(found).commit.upper()
    assert done.code == f"{commit[:4]}-{commit[-4:]}"
    assert list(done.counts) == store.conditions(found).counts
    assert store.conditions(found).locked_at == clock.now()


def test_every_lock_has_secrets_of_its_own(there: World) -> None:
    one, other = draw_of(locked(there)), draw_of(locked(there))
    first, second = sealed.opened(one), sealed.opened(other)
    assert first.salt != second.salt
    assert first.server_seed != second.server_seed
    assert not set(first.by_pid) & set(second.by_pid)
    assert first.units == second.units


def test_what_is_sealed_lies_encrypted_and_is_in_no_trail(there: World) -> None:
    found = locked(there)
    behind = sealed.opened(draw_of(found))
    db.session.commit()
    raw = db.session.execute(sa.text("SELECT sealed FROM panel_draw")).scalar_one()
    bodies = " ".join(db.session.scalars(sa.select(AuditEntry.body)))
    for secret in (behind.salt.hex(), behind.server_seed.hex(), behind.candidates[0].pid):
        assert secret.encode() not in bytes(raw)
        assert secret not in bodies
        assert secret not in repr(behind)
        assert secret not in draw_of(found).conditions
    assert draw_of(found).commit in bodies
    assert acts(found.number)[-1] == "draw.commit"


def test_a_sealed_list_is_read_as_it_was_written(there: World) -> None:
    draw = draw_of(locked(there))
    behind = sealed.opened(draw)
    again = sealed._read(draw.sealed)
    assert (again.candidates, again.members, again.salt) == (behind.candidates, behind.members, behind.salt)
    assert again.candidates == sealed.opened(draw).candidates


def test_designated_recused_and_their_colleagues_are_not_in_the_list(there: World) -> None:
    asked, recused = there.experts[1], there.experts[6]
    draft = conditions(
        quota={SECURITY: 2, SOFTWARE: 1, COST: 1}, designations=(designation(asked),),
        recusals=(recusal(expert_id=recused.id),),
    )  # fmt: skip
    found = locked(there, draft)
    inside = sealed.opened(draw_of(found)).units
    assert recused.id not in inside
    assert asked.unit_id not in inside.values()
    content = json.loads(draw_of(found).conditions)
    assert (content["designated"], content["designated_seats"]) == (1, {SOFTWARE: 1})
    assert asked.name not in draw_of(found).conditions


def test_nothing_is_locked_before_it_is_submitted_or_twice(there: World) -> None:
    draft = activity(there)
    with pytest.raises(Conflict, match="还没有提交"):
        lock(there, draft.number)
    found = locked(there)
    with pytest.raises(Conflict, match="已经锁定"):
        lock(there, found.number)


def test_conditions_are_not_edited_after_the_lock(there: World) -> None:
    found = locked(there)
    with pytest.raises(Conflict, match="锁定后任何人不能改"):
        activities.save_conditions(found.number, conditions(), actor=there.organiser, now=clock.now())


def test_conditions_changed_behind_the_submission_are_refused(there: World) -> None:
    found = submitted(there)
    version = store.conditions(found)
    version.data = {**version.data, "titles": ["正高"]}
    db.session.flush()
    with pytest.raises(Conflict, match="提交之后有改动"):
        lock(there, found.number)


def test_too_few_candidates_are_said_by_category_and_number(there: World) -> None:
    for person in costs(there)[1:]:
        person.suspended_since = clock.now()
    found = submitted(there, ConditionsDraft(5, {SECURITY: 3, COST: 2}))
    done = lock(there, found.number)
    assert (done.locked, done.shortage) == (False, f"{COST} 需 2，可用单位 1")
    assert (found.state, found.shortage, found.draw_no) == (ActivityState.DRAFT, done.shortage, 0)
    tried = store.conditions(found, 1).counts or []
    left = next(line for line in tried if (line.get("category"), line["code"]) == (COST, "unit"))
    assert (left["experts"], left["units"]) == (1, 1)
    assert "name" not in json.dumps(tried)


def costs(there: World) -> list[Expert]:
    return [one for one in there.experts if COST in {held.direction for held in one.directions}]


def test_after_a_shortage_a_new_version_is_edited_and_locked(there: World) -> None:
    for person in costs(there)[1:]:
        person.suspended_since = clock.now()
    found = submitted(there, ConditionsDraft(5, {SECURITY: 3, COST: 2}))
    lock(there, found.number)
    assert (found.conditions_version, store.conditions(found).submitted_at) == (2, None)
    activities.save_conditions(
        found.number, ConditionsDraft(5, {SECURITY: 4, COST: 1}), actor=there.organiser, now=clock.now()
    )
    activities.submit_conditions(found.number, RULES, actor=there.organiser, now=clock.now())
    assert lock(there, found.number).locked
    assert found.shortage is None


def test_what_became_impossible_until_the_lock_goes_back_to_the_conditions(there: World) -> None:
    found = submitted(there)
    late = locking.lock(found.number, RULES, actor=there.organiser, now=STARTS_AT - timedelta(hours=6))
    assert not late.locked
    assert "不足 7 小时" in late.shortage
    assert found.state == ActivityState.DRAFT


def test_a_redraw_ends_the_draw_before_it(there: World) -> None:
    found, _ = drawn(there)
    first = draw_of(found)
    again(there, found.number, "人选不足")
    second = draw_of(found)
    assert (first.state, first.end_reason, first.revealed_at) == (DrawState.ENDED, "人选不足", None)
    assert (second.draw_no, second.reason, second.state) == (2, "人选不足", DrawState.COMMITTED)
    assert json.loads(second.conditions)["draw"] == 2


def again(there: World, number: str, reason: str) -> None:
    """Another draw, from a new version of the conditions."""
    found = store.locked(number)
    found.state = ActivityState.DRAFT
    locking.versions.open_next(found, redraw_reason=reason, actor=there.organiser, now=clock.now())
    made = activities.submit_conditions(number, RULES, actor=there.organiser, now=clock.now())
    if made.needs_approval:
        assert made.approval_reason == f"第 {found.draw_no + 1} 次抽取：{reason}"
        activities.record_conditions_approval(number, "agreed", "", actor=there.leader, now=clock.now())
    assert lock(there, number).locked


def test_from_the_second_redraw_on_the_leader_agrees_first(there: World) -> None:
    found, _ = drawn(there)
    for reason in ("第一次重抽", "第二次重抽"):
        again(there, found.number, reason)
        contributed(there, found)
        drawing.draw(found.number, RULES, actor=there.organiser, now=clock.now())
    assert [one.approval_outcome for one in store.versions_of(found.number)] == [None, None, "agreed"]
    assert [one.state for one in store.draws_of(found.number)] == [DrawState.ENDED, DrawState.ENDED, DrawState.DRAWN]


def test_a_classified_review_locks_only_verified_experts(there: World) -> None:
    chosen = there.experts[:24]
    for person in chosen:
        person.classified_verified_at = clock.now()
    found = locked(there, classified=True, title="SM-2026-001")
    assert set(sealed.opened(draw_of(found)).units) <= {one.id for one in chosen}
