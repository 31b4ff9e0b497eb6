"""What nobody can slip past the rules of a review: hidden recusals, texts without room, a word for oneself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.identity import roles
from app.identity.models import Deputy
from app.procedures.selection import store
from app.procedures.selection.models import ActivityState
from app.procedures.selection.rules.conditions import ConditionsDraft
from app.procedures.selection.rules.limits import LONGEST_REASON
from app.procedures.selection.service import activities
from tests.services.procedures.selection.world import (
    COST,
    RULES,
    SECURITY,
    SOFTWARE,
    World,
    account,
    activity,
    conditions,
    designation,
    recusal,
    submitted,
)

WITHOUT_SECURITY = ConditionsDraft(5, {SOFTWARE: 3, COST: 2}, security_waiver="本项目不涉及网络")
TOO_LONG = "长" * (LONGEST_REASON + 1)


def errors_of(there: World, draft: ConditionsDraft) -> dict[str, str]:
    found = activity(there)
    with pytest.raises(Invalid) as said:
        activities.save_conditions(found.number, draft, actor=there.organiser, now=clock.now())
    assert len(store.recusals_of(found.number)) == 1, "the project unit's own alone"
    return said.value.errors


@pytest.mark.parametrize("source", ["project_unit", "nonsense", ""])
def test_only_the_system_says_whose_project_it_is(there: World, source: str) -> None:
    hidden = recusal(expert_id=there.experts[0].id, source=source)
    assert "recusals.0.source" in errors_of(there, conditions(recusals=(hidden,)))
    found = submitted(there)
    with pytest.raises(Invalid) as said:
        activities.record_recusal(found.number, hidden, RULES, actor=there.organiser, now=clock.now())
    assert "source" in said.value.errors


def test_texts_that_no_record_holds_are_refused_at_their_field(there: World) -> None:
    long_recusal = replace(recusal(unit_id=there.units[0].id), reason=TOO_LONG)
    named = replace(designation(there.experts[0], SECURITY), reason=TOO_LONG, category=TOO_LONG)
    draft = conditions(recusals=(long_recusal,), designations=(named,))
    draft = replace(draft, security_waiver=TOO_LONG, redraw_reason=TOO_LONG, quota={TOO_LONG: 1})
    assert set(errors_of(there, draft)) == {
        "recusals.0.reason", "designations.0.reason", "designations.0.category", "security_waiver", "redraw_reason",
        "quota",
    }  # fmt: skip


def test_a_late_recusal_with_a_text_without_room_is_refused(there: World) -> None:
    found = submitted(there)
    draft = replace(recusal(unit_id=there.units[0].id), reason=TOO_LONG)
    with pytest.raises(Invalid) as said:
        activities.record_recusal(found.number, draft, RULES, actor=there.organiser, now=clock.now())
    assert "reason" in said.value.errors


def deputy_of_the_leader(there: World) -> Actor:
    """Another organiser of the unit, who decides in the leader's place today."""
    deputy = account("deputy", "受托人", roles.DEPT_ORGANISER, there.department)
    db.session.add(
        Deputy(
            principal_user_id=there.leader.user_id, deputy_user_id=deputy.user_id, begins_on=date(2026, 3, 2),
            ends_on=date(2026, 3, 2), reason="出差", created_at=clock.now(),
        )
    )  # fmt: skip
    db.session.flush()
    return deputy


def test_a_deputy_does_not_agree_to_what_he_submitted_for_a_colleague(there: World) -> None:
    deputy, found = deputy_of_the_leader(there), activity(there)
    activities.save_conditions(found.number, WITHOUT_SECURITY, actor=there.organiser, now=clock.now())
    made = activities.submit_conditions(found.number, RULES, actor=deputy, now=clock.now())
    assert made.approvers == (there.leader.user_id,)
    with pytest.raises(NotAllowed, match="自己提交"):
        activities.record_conditions_approval(found.number, "agreed", "", actor=deputy, now=clock.now())
    assert activities.record_conditions_approval(found.number, "agreed", "", actor=there.leader, now=clock.now())


def test_conditions_that_only_their_submitter_could_agree_to_are_not_submitted(there: World) -> None:
    found = activity(there)
    leader = replace(there.leader, roles=there.leader.roles | {roles.DEPT_ORGANISER})
    activities.save_conditions(found.number, WITHOUT_SECURITY, actor=leader, now=clock.now())
    with pytest.raises(Conflict, match="不能审批自己"):
        activities.submit_conditions(found.number, RULES, actor=leader, now=clock.now())
    assert found.state == ActivityState.DRAFT
