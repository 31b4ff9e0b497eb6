"""Entering a review, saving and submitting its conditions, the leader's word, recusals until the meeting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.identity import permissions, roles
from app.identity.models import Deputy
from app.procedures.selection import access, examination, store
from app.procedures.selection.models import ActivityState, DesignationState, RecusalSource
from app.procedures.selection.rules.conditions import ConditionsDraft, DesignationDraft
from app.procedures.selection.service import activities, locking
from app.procedures.selection.service.activities import Submitted
from tests.services.procedures.people import acts
from tests.services.procedures.selection.making import notices
from tests.services.procedures.selection.world import (
    COST,
    RULES,
    SECURITY,
    SOFTWARE,
    STARTS_AT,
    World,
    account,
    activity,
    activity_draft,
    conditions,
    designation,
    recusal,
    submitted,
)


def save(there: World, number: str, draft: ConditionsDraft, actor: Actor | None = None) -> None:
    activities.save_conditions(number, draft, actor=actor or there.organiser, now=clock.now())


def submit(there: World, number: str) -> Submitted:
    return activities.submit_conditions(number, RULES, actor=there.organiser, now=clock.now())


def refused(there: World, draft: ConditionsDraft) -> dict[str, str]:
    """What the submission of these conditions says, by field."""
    found = activity(there)
    save(there, found.number, draft)
    with pytest.raises(Invalid) as said:
        submit(there, found.number)
    assert store.conditions(found).submitted_at is None
    assert found.state == ActivityState.DRAFT
    return said.value.errors


def test_a_review_is_entered_with_its_project_unit_recused(there: World) -> None:
    found = activity(there)
    assert found.number == "PS-2026-0001"
    assert (found.state, found.organiser_name, found.witness_name) == (ActivityState.DRAFT, "郭子安", "任立诚")
    only = store.recusals_of(found.number)[0]
    assert (only.unit_id, only.source) == (there.project.id, RecusalSource.PROJECT_UNIT)
    assert acts(found.number) == ["activity.create"]


def test_only_an_organiser_enters_a_review(there: World) -> None:
    with pytest.raises(NotAllowed):
        activities.create(activity_draft(there), actor=there.clerk, now=clock.now(), rules=RULES)


def test_leader_and_witness_hold_their_roles(there: World) -> None:
    other = account("lead2", "外部领导", roles.DEPT_LEADER, there.project)
    draft = activity_draft(there, leader_id=other.user_id, witness_id=there.clerk.user_id)
    with pytest.raises(Invalid) as said:
        activities.create(draft, actor=there.organiser, now=clock.now(), rules=RULES)
    assert set(said.value.errors) == {"leader", "witness"}


def test_a_classified_review_keeps_no_address(there: World) -> None:
    found = activity(there, classified=True, title="SM-2026-001", address="某处")
    assert (found.title, found.address) == ("SM-2026-001", "")


def test_a_draft_is_corrected_before_its_draw(there: World) -> None:
    found = activity(there)
    other = activity_draft(there, project_unit_id=there.units[0].id, city="大同")
    activities.change(found.number, other, actor=there.organiser, now=clock.now(), rules=RULES)
    assert found.city == "大同"
    assert [one.unit_id for one in store.recusals_of(found.number)] == [there.units[0].id]


def test_what_was_typed_is_kept_with_its_faults(there: World) -> None:
    found = activity(there)
    faulty = conditions(panel_size=6, recusals=(recusal(unit_id=there.units[0].id),))
    save(there, found.number, faulty)
    assert examination.draft_of(found) == replace(faulty, quota={SECURITY: 2, SOFTWARE: 2, COST: 1})


def test_saving_again_replaces_what_was_saved(there: World) -> None:
    found = activity(there)
    save(there, found.number, conditions(designations=(designation(there.experts[0]),)))
    save(there, found.number, conditions(designations=(designation(there.experts[1]),)))
    assert [one.expert_id for one in store.designations_of(found.number)] == [there.experts[1].id]


def test_nobody_of_another_unit_touches_the_conditions(there: World) -> None:
    found = activity(there)
    stranger = account("org2", "别处", roles.DEPT_ORGANISER, there.project)
    with pytest.raises(NotAllowed):
        save(there, found.number, conditions(), stranger)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (ConditionsDraft(6, {SECURITY: 6}), "panel_size"),
        (ConditionsDraft(3, {SECURITY: 3}), "panel_size"),
        (ConditionsDraft(5, {SOFTWARE: 5}), "security_waiver"),
        (ConditionsDraft(5, {SECURITY: 4}), "quota"),
    ],
)
def test_what_the_regulation_forbids_is_refused_at_its_field(there: World, draft: ConditionsDraft, field: str) -> None:
    assert field in refused(there, draft)


def test_more_than_a_third_cannot_be_designated(there: World) -> None:
    two = tuple(designation(one) for one in there.experts[:2])
    assert "最多指定 1 人" in refused(there, ConditionsDraft(5, {SECURITY: 3}, two))["designations"]


def test_nobody_outside_the_pool_is_designated(there: World) -> None:
    found = activity(there)
    with pytest.raises(Invalid) as said:
        save(there, found.number, conditions(designations=(DesignationDraft(None, SECURITY, "理由", "王某"),)))
    assert "“王某”不在专家库中" in said.value.errors["designations.0.expert"]
    there.experts[0].state = there.experts[0].state.REMOVED
    one = ConditionsDraft(5, {SECURITY: 4}, (designation(there.experts[0]),))
    assert "不在专家库中" in refused(there, one)["designations.0.expert"]


def test_nobody_of_a_recused_unit_is_designated(there: World) -> None:
    one = ConditionsDraft(
        5, {SECURITY: 4}, (designation(there.experts[0]),), (recusal(unit_id=there.experts[0].unit_id),)
    )
    assert "是回避单位" in refused(there, one)["designations.0.expert"]


def test_two_of_one_unit_are_not_designated(there: World) -> None:
    pair = (designation(there.experts[0]), designation(there.experts[30]))
    assert "同属" in refused(there, ConditionsDraft(7, {SECURITY: 5}, pair))["designations.1.expert"]


def test_submitted_conditions_are_not_edited_any_more(there: World) -> None:
    found = submitted(there)
    with pytest.raises(Conflict, match="已经提交，不能再改"):
        save(there, found.number, conditions())
    with pytest.raises(Conflict, match="已经提交"):
        submit(there, found.number)
    with pytest.raises(Conflict):
        activities.change(found.number, activity_draft(there), actor=there.organiser, now=clock.now(), rules=RULES)


WITHOUT_SECURITY = ConditionsDraft(5, {SOFTWARE: 3, COST: 2}, security_waiver="本项目不涉及网络")


def test_without_a_security_expert_the_leader_is_asked(there: World) -> None:
    found = activity(there)
    save(there, found.number, WITHOUT_SECURITY)
    made = submit(there, found.number)
    assert made == Submitted(True, "不设安全相关领域专家：本项目不涉及网络", (there.leader.user_id or 0,))
    assert found.state == ActivityState.APPROVING
    with pytest.raises(Conflict, match="须分管领导同意"):
        locking.lock(found.number, RULES, actor=there.organiser, now=clock.now())


def decide(found_number: str, outcome: str, by: Actor, reason: str = "") -> bool:
    return activities.record_conditions_approval(found_number, outcome, reason, actor=by, now=clock.now())


def test_the_leader_agrees_and_the_conditions_can_be_locked(there: World) -> None:
    found = submitted(there, WITHOUT_SECURITY)
    assert decide(found.number, "agreed", there.leader)
    assert locking.lock(found.number, RULES, actor=there.leader, now=clock.now()).locked
    with pytest.raises(Conflict):
        decide(found.number, "agreed", there.leader)


def test_refused_conditions_come_back_as_a_new_version(there: World) -> None:
    found = submitted(there, WITHOUT_SECURITY)
    with pytest.raises(Invalid):
        decide(found.number, "refused", there.leader)
    assert not decide(found.number, "refused", there.leader, "应有安全专家")
    assert (found.state, found.conditions_version) == (ActivityState.DRAFT, 2)
    assert store.conditions(found, 1).approval_outcome == "refused"
    save(there, found.number, conditions())
    assert not submit(there, found.number).needs_approval


def test_nobody_but_the_leader_or_his_deputy_decides(there: World) -> None:
    found = submitted(there, WITHOUT_SECURITY)
    for stranger in (there.organiser, there.clerk, account("lead2", "别处领导", roles.DEPT_LEADER, there.project)):
        with pytest.raises(NotAllowed):
            decide(found.number, "agreed", stranger)
    deputy = account("deputy", "受托人", roles.DEPT_ORGANISER, there.department)
    db.session.add(
        Deputy(
            principal_user_id=there.leader.user_id, deputy_user_id=deputy.user_id, begins_on=date(2026, 3, 2),
            ends_on=date(2026, 3, 2), reason="出差", created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()
    assert access.approvers(found, date(2026, 3, 3)) == (there.leader.user_id,)
    assert decide(found.number, "agreed", deputy)


def test_recusals_are_taken_until_the_meeting_starts(there: World) -> None:
    found = submitted(there)
    draft = recusal(expert_id=there.experts[0].id, source="written")
    made = activities.record_recusal(found.number, draft, RULES, actor=there.organiser, now=clock.now())
    assert made.after_lock
    assert locking.lock(found.number, RULES, actor=there.organiser, now=clock.now()).locked
    just_before = STARTS_AT - timedelta(seconds=1)
    activities.record_recusal(found.number, recusal(unit_id=1), RULES, actor=there.organiser, now=just_before)
    with pytest.raises(Conflict, match="评审已经开始"):
        activities.record_recusal(found.number, draft, RULES, actor=there.organiser, now=STARTS_AT)


def test_more_written_requests_than_usual_are_reported_to_the_leader_and_taken(there: World) -> None:
    found = submitted(there)
    for one in there.experts[:5]:
        draft = recusal(expert_id=one.id, source="written")
        activities.record_recusal(found.number, draft, RULES, actor=there.organiser, now=clock.now())
    activities.record_recusal(found.number, recusal(unit_id=1), RULES, actor=there.organiser, now=clock.now())
    assert len(store.recusals_of(found.number)) == 7, "all five are taken"
    assert notices("staff_recusals_many") == ["何景行"] * 2, "for the fourth and the fifth"


def test_many_written_requests_among_the_conditions_are_reported_when_they_are_submitted(there: World) -> None:
    away = tuple(recusal(expert_id=one.id, source="written") for one in there.experts[:4])
    submitted(there, conditions(recusals=away))
    assert notices("staff_recusals_many") == ["何景行"]


def test_a_recusal_names_whom_and_why(there: World) -> None:
    found = activity(there)
    for draft in (recusal(), replace(recusal(unit_id=1), reason=" ")):
        with pytest.raises(Invalid):
            activities.record_recusal(found.number, draft, RULES, actor=there.organiser, now=clock.now())


def test_a_late_recusal_stays_when_the_next_version_is_saved(there: World) -> None:
    found = submitted(there, WITHOUT_SECURITY)
    draft = recusal(expert_id=there.experts[0].id, source="written")
    activities.record_recusal(found.number, draft, RULES, actor=there.organiser, now=clock.now())
    decide(found.number, "refused", there.leader, "应有安全专家")
    save(there, found.number, conditions())
    assert there.experts[0].id in {one.expert_id for one in store.recusals_of(found.number)}


def test_who_may_see_and_manage_a_review(there: World) -> None:
    found = activity(there)
    stranger = account("org2", "别处", roles.DEPT_ORGANISER, there.project)
    other_witness = account("wit2", "另一监督人", roles.DISCIPLINE_WITNESS, there.project)
    read = {one.name for one in (there.organiser, there.leader, there.witness, there.clerk, stranger, other_witness)
            if permissions.allowed(one, permissions.ACTIVITY_READ, found)}  # fmt: skip
    assert read == {"郭子安", "何景行", "任立诚", "马晓岚"}
    manage = [one.name for one in (there.organiser, there.leader, there.clerk, stranger)
              if permissions.allowed(one, permissions.ACTIVITY_MANAGE, found)]  # fmt: skip
    assert manage == ["郭子安"]
    for one in (there.organiser, there.witness, stranger, other_witness):
        listed = db.session.query(store.Activity).filter(access.readable(one)).count()
        assert bool(listed) == permissions.allowed(one, permissions.ACTIVITY_READ, found)


def test_designations_are_numbered_after_those_that_stand(there: World) -> None:
    found = submitted(there, conditions(quota={SECURITY: 2, COST: 2}, designations=(designation(there.experts[1]),)))
    locking.lock(found.number, RULES, actor=there.organiser, now=clock.now())
    store.designations_of(found.number)[0].state = DesignationState.APPROVED
    facts = examination.facts_of(found, conditions(), RULES, clock.now())
    assert [(seat.unit_id, seat.category) for seat in facts.standing] == [(there.experts[1].unit_id, SOFTWARE)]
