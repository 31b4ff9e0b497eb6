"""迟请假: the seat is passed on at once; organiser and centre say whether it is excused, by default not (no. 26)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotAllowed
from app.procedures.selection import seats
from app.procedures.selection.models import Invitation, SeatState
from app.procedures.selection.queries import late_leaves as queries
from app.procedures.selection.service import late_leaves
from tests.services.procedures.people import acts
from tests.services.procedures.selection.making import final, leave, live
from tests.services.procedures.selection.world import STARTS_AT, World, account, unit


@pytest.fixture
def late(there: World) -> Invitation:
    """Somebody asked for leave 2 h 59 before the start."""
    gone = live(final(there))[0]
    clock.travel_to(STARTS_AT - timedelta(hours=2, minutes=59))
    assert not leave(gone, "孩子急病")
    assert gone.state is SeatState.LATE_LEAVE
    return gone


def judge(late: Invitation, actor: Actor, excused: bool | None = True, reason: str = "有就诊记录") -> None:
    late_leaves.judge(late.number, excused=excused, reason=reason, actor=actor, now=clock.now())


def words(late: Invitation) -> str:
    found = queries.of_invitation(late.number)
    assert found is not None
    return found.words


def test_it_is_excused_only_once_both_say_so(there: World, late: Invitation) -> None:
    assert words(late) == "待认定，默认不认可"
    judge(late, there.organiser)
    assert words(late) == "待认定，默认不认可"
    judge(late, there.clerk)
    assert words(late) == "认可"
    assert acts(late.number).count("invitation.judge_late_leave") == 2
    assert late.state is SeatState.LATE_LEAVE, "the panel goes on as it was"


def test_one_that_does_not_excuse_is_enough(there: World, late: Invitation) -> None:
    judge(late, there.clerk, excused=False)
    judge(late, there.organiser)
    assert words(late) == "不认可"


def test_each_side_speaks_once_with_a_reason(there: World, late: Invitation) -> None:
    with pytest.raises(Invalid) as refused:
        judge(late, there.organiser, excused=None, reason=" ")
    assert set(refused.value.errors) == {"excused", "reason"}
    judge(late, there.organiser)
    with pytest.raises(Conflict, match="组织部门已由郭子安认定"):
        judge(late, there.organiser, excused=False)


def test_nobody_else_judges_and_only_a_late_leave_is_judged(there: World, late: Invitation) -> None:
    stranger = account("org2", "韩冬", "dept_organiser", unit("另一个厅"))
    for actor in (stranger, there.leader, there.witness):
        with pytest.raises(NotAllowed):
            judge(late, actor)
    other = next(one for one in seats.invitations_of(late.activity_no) if one.id != late.id)
    with pytest.raises(Conflict, match="不是迟请假"):
        judge(other, there.organiser)
