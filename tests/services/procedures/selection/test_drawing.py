"""From the commitment to the reveal: who gives a value and when, the first round, replacements, signature."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import pytest

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.draw import Ineligibility, Reason, Round, Sealed, replay
from app.identity import accounts, roles
from app.identity.models import AccountState, User
from app.procedures.selection import sealed, store
from app.procedures.selection.models import (
    Activity,
    ActivityState,
    DrawState,
    Invitation,
    PanelDraw,
    SeatState,
)
from app.procedures.selection.rules.conditions import ConditionsDraft
from app.procedures.selection.service import drawing
from app.procedures.selection.service.drawing import DrawnMember, RoundOutcome
from app.registers import experts
from app.registers.models import ExpertState
from tests.services.procedures.people import acts
from tests.services.procedures.selection.world import (
    COST,
    RULES,
    SECURITY,
    SOFTWARE,
    World,
    account,
    activity,
    conditions,
    contributed,
    designation,
    draw_of,
    drawn,
    later,
    locked,
    submitted,
)


def give(number: str, by: Actor, role: str = "organizer", value: str = "a1b2", manner: str = "browser") -> None:
    drawing.contribute(number, role, value, manner, RULES, actor=by, now=clock.now())


def draw(there: World, number: str) -> RoundOutcome:
    return drawing.draw(number, RULES, actor=there.organiser, now=clock.now())


def invite(found: Activity, members: Sequence[DrawnMember], state: SeatState = SeatState.ACCEPTED) -> list[Invitation]:
    """The invitations as settling writes them."""
    made = []
    for one in members:
        found.invitations += 1
        made.append(
            Invitation(
                number=f"{found.number}-{found.invitations:02d}", activity_no=found.number, seq=found.invitations,
                line=1, expert_id=one.expert_id, unit_id=one.unit_id, category=one.category,
                draw_id=draw_of(found).id, round_no=one.round_no, pid=one.pid, state=state, created_at=clock.now(),
            )
        )
    db.session.add_all(made)
    db.session.flush()
    return made


def replaced(there: World, found: Activity, opened: dict[str, int] | None = None) -> RoundOutcome:
    """One replacement round."""
    return drawing.run_round(found, draw_of(found), RULES, opened=opened, actor=there.organiser, now=clock.now())


def test_both_give_their_values_and_the_panel_is_drawn(there: World) -> None:
    found, outcome = drawn(there)
    assert outcome.complete
    assert sorted(outcome.seats.values()) == sorted([SECURITY, SECURITY, SOFTWARE, SOFTWARE, COST])
    assert len({one.unit_id for one in outcome.invite}) == 5
    assert (found.state, draw_of(found).state) == (ActivityState.DRAWN, DrawState.DRAWN)
    assert acts(found.number)[-3:] == ["draw.contribute", "draw.contribute", "draw.draw"]
    for one in outcome.invite:
        assert one.category in {held.direction for held in experts.expert(one.expert_id).directions}


def test_the_round_is_stored_with_everybody_it_came_to(there: World) -> None:
    found, outcome = drawn(there)
    stored = store.rounds_of(draw_of(found).id)[0]
    assert (stored.round_no, stored.retained, stored.ineligible, stored.opened) == (0, [], [], {})
    taken = [pid for _, pid, reason in stored.log if reason == Reason.TAKEN]
    assert taken == [one.pid for one in outcome.invite]
    assert set(stored.seats) == set(taken)
    behind = sealed.opened(draw_of(found))
    assert all(behind.candidates[index].pid == pid for index, pid, _ in stored.log)


def test_no_value_is_taken_before_the_commitment(there: World) -> None:
    for found in (activity(there), submitted(there)):
        with pytest.raises(Conflict, match="承诺值公布之后"):
            give(found.number, there.organiser)
        with pytest.raises(Conflict, match="承诺值公布之后"):
            draw(there, found.number)


def test_nothing_is_drawn_without_values(there: World) -> None:
    found = locked(there, witness_id=None)
    with pytest.raises(Conflict, match="还没有人投入随机值"):
        draw(there, found.number)
    give(found.number, there.organiser)
    assert draw(there, found.number).complete


def test_a_named_witness_is_waited_for(there: World) -> None:
    found = locked(there)
    give(found.number, there.organiser)
    with pytest.raises(Conflict, match="监督人任立诚还没有投入"):
        draw(there, found.number)


def test_each_gives_one_value(there: World) -> None:
    found = locked(there)
    give(found.number, there.organiser)
    with pytest.raises(Conflict, match="不能更改"):
        give(found.number, there.organiser, value="ffff")
    assert [one.value for one in store.contributions_of(draw_of(found).id)] == ["a1b2"]


def test_a_value_that_cannot_be_used_changes_nothing(there: World) -> None:
    found = locked(there)
    with pytest.raises(Invalid):
        give(found.number, there.organiser, value="no hex")
    give(found.number, there.organiser)


def test_nothing_is_drawn_or_given_twice(there: World) -> None:
    found, _ = drawn(there)
    with pytest.raises(Conflict, match="已经抽取，不能再投入或重复抽取"):
        draw(there, found.number)
    with pytest.raises(Conflict, match="已经抽取"):
        give(found.number, there.organiser)
    assert len(store.rounds_of(draw_of(found).id)) == 1


def test_who_left_the_department_gives_nothing(there: World) -> None:
    found = locked(there)
    left = accounts.get(there.organiser.user_id or 0)
    left.unit_id = there.project.id
    with pytest.raises(NotAllowed, match="您已不在省数字资源厅"):
        give(found.number, there.organiser)


def test_a_closed_account_gives_nothing(there: World) -> None:
    found = locked(there)
    for person, role in ((there.organiser, "organizer"), (there.witness, "witness")):
        user = db.session.get(User, person.user_id)
        assert user is not None
        user.state = AccountState.DISABLED.value
        with pytest.raises(NotAllowed, match="已停用"):
            give(found.number, person, role)


def test_a_colleague_of_the_unit_may_give_the_organiser_s_value(there: World) -> None:
    found = locked(there)
    give(found.number, account("org2", "同事", roles.DEPT_ORGANISER, there.department))
    assert store.contributions_of(draw_of(found).id)[0].user_name == "同事"


def test_nobody_gives_for_another(there: World) -> None:
    found = locked(there)
    other_witness = account("wit2", "另一监督人", roles.DISCIPLINE_WITNESS, there.department)
    other_unit = account("org2", "别处", roles.DEPT_ORGANISER, there.project)
    for person, role in (
        (there.organiser, "witness"), (there.witness, "organizer"), (other_witness, "witness"),
        (other_unit, "organizer"), (there.leader, "organizer"), (there.clerk, "organizer"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            give(found.number, person, role)


def test_the_order_depends_on_what_was_given(there: World) -> None:
    found = locked(there)
    one, other = sealed.opened(draw_of(found)), bytes.fromhex(draw_of(found).commit)
    first = list(one.order(other, [b"a"]))
    assert list(one.order(other, [b"b"])) != first
    assert list(one.order(other, [b"a"])) == first


def test_whom_the_first_round_took_is_to_be_invited_once(there: World) -> None:
    found, outcome = drawn(there)
    assert drawing.to_invite(found, draw_of(found)) == outcome.invite
    invite(found, outcome.invite[:2])
    assert drawing.to_invite(found, draw_of(found)) == outcome.invite[2:]


def test_who_declines_is_replaced_and_the_others_stay(there: World) -> None:
    found, outcome = drawn(there)
    seats = invite(found, outcome.invite)
    seats[1].state = SeatState.DECLINED
    after = replaced(there, found)
    assert after.complete
    assert len(after.invite) == 1
    assert after.invite[0].expert_id not in {one.expert_id for one in outcome.invite}
    assert set(after.seats) == {one.expert_id for one in outcome.invite if one.pid != seats[1].pid} | {
        after.invite[0].expert_id
    }
    stored = store.rounds_of(draw_of(found).id)[1]
    assert stored.retained == [one.pid for one in outcome.invite if one.pid != seats[1].pid]
    assert after.round_no == 1


def test_the_stored_rounds_follow_from_the_sealed_draw_alone(there: World) -> None:
    found, outcome = drawn(there)
    seats = invite(found, outcome.invite)
    seats[0].state, seats[3].state = SeatState.TIMED_OUT, SeatState.DECLINED
    there.experts[9].suspended_since = clock.now()
    replaced(there, found)
    made = draw_of(found)
    rounds = store.rounds_of(made.id)
    behind = sealed._read(made.sealed)
    values = [bytes.fromhex(one.value) for one in store.contributions_of(made.id)]
    order = behind.order(bytes.fromhex(made.commit), values)
    starts = [
        Round(tuple(one.retained), {pid: Ineligibility(code) for pid, code in one.ineligible}, one.opened)
        for one in rounds
    ]
    again = replay(Sealed(behind.candidates, json.loads(made.conditions), order), starts)
    assert [[list(line) for line in one.log] for one in again] == [one.log for one in rounds]
    assert [dict(one.seats) for one in again] == [one.seats for one in rounds]


def test_whoever_changed_his_unit_between_lock_and_replacement_is_not_taken(there: World) -> None:
    found, outcome = drawn(there)
    seats = invite(found, outcome.invite)
    seats[0].state = SeatState.DECLINED
    behind = sealed.opened(draw_of(found))
    invited = {one.expert_id for one in outcome.invite}
    moved = [expert_id for expert_id in behind.units if expert_id not in invited][:10]
    for expert_id in moved:
        experts.expert(expert_id).unit_id = there.department.id
    after = replaced(there, found)
    stored = store.rounds_of(draw_of(found).id)[1]
    assert dict(stored.ineligible) == {behind.pid_of[who]: "UNIT_CHANGED" for who in moved}
    assert after.invite[0].expert_id not in moved


@pytest.mark.parametrize(
    ("attribute", "value", "code"),
    [("state", ExpertState.REMOVED, "REMOVED"), ("leave_until", date(2026, 4, 1), "LEAVE")],
)
def test_who_left_the_pool_since_the_lock_is_not_taken(there: World, attribute: str, value: object, code: str) -> None:
    found, outcome = drawn(there)
    invite(found, outcome.invite)[0].state = SeatState.DECLINED
    invited = {one.expert_id for one in outcome.invite}
    for person in there.experts:
        if person.id not in invited and person.id % 2:
            setattr(person, attribute, value)
    after = replaced(there, found)
    assert getattr(experts.expert(after.invite[0].expert_id), attribute) != value
    assert {one for _, one in store.rounds_of(draw_of(found).id)[1].ineligible} == {code}


def test_the_seat_of_a_refused_designation_joins_the_draw(there: World) -> None:
    asked = there.expert(SOFTWARE)
    draft = conditions(quota={SECURITY: 3, COST: 1}, designations=(designation(asked, SOFTWARE),))
    found, outcome = drawn(there, draft)
    invite(found, outcome.invite)
    after = replaced(there, found, {SOFTWARE: 1})
    assert SOFTWARE in after.seats.values()
    assert len(after.invite) == 1
    assert store.rounds_of(draw_of(found).id)[1].opened == {SOFTWARE: 1}
    assert len(after.seats) == 5
    assert drawing.seats_of(draw_of(found), [{SOFTWARE: 1}]).total == 5


def exhausted(there: World) -> tuple[Activity, PanelDraw]:
    """A drawn panel of which one left, when everybody else has left the pool."""
    found, outcome = drawn(there)
    invite(found, outcome.invite)[0].state = SeatState.DECLINED
    invited = {one.expert_id for one in outcome.invite}
    for person in there.experts:
        if person.id not in invited:
            person.suspended_since = clock.now()
    return found, draw_of(found)


def test_a_pool_that_runs_dry_is_said_in_numbers_and_stores_nothing(there: World) -> None:
    found, made = exhausted(there)
    after = replaced(there, found)
    assert (after.complete, after.invite, after.round_no) == (False, (), None)
    assert "需 1，可用单位 0" in after.shortage
    assert len(store.rounds_of(made.id)) == 1


def test_a_dry_pool_suffices_again_when_somebody_comes_back(there: World) -> None:
    found, _ = exhausted(there)
    assert not replaced(there, found).complete
    for person in there.experts:
        person.suspended_since = None
    assert replaced(there, found).complete


def test_an_ended_draw_keeps_the_round_that_fell_short(there: World) -> None:
    found, made = exhausted(there)
    drawing.end(found, made, "人选不足", RULES, actor=there.organiser, now=clock.now())
    last = store.rounds_of(made.id)[-1]
    assert (last.complete, last.log, made.state) == (False, [], DrawState.ENDED)
    assert "需 1，可用单位 0" in (last.shortage or "")
    with pytest.raises(Conflict, match="已重新抽取"):
        replaced(there, found)


def test_a_seat_given_away_after_the_draw_is_not_drawn_as_well(there: World) -> None:
    found, outcome = drawn(there)
    seats = invite(found, outcome.invite)
    seats[0].state = seats[1].state = SeatState.DECLINED
    stranger = there.experts[-1]
    invite(found, [DrawnMember(stranger.id, stranger.unit_id, COST, "", 0)])[0].draw_id = None
    db.session.flush()
    with pytest.raises(Conflict, match="须重新抽取"):
        replaced(there, found)


def test_the_witness_signs_once(there: World) -> None:
    found = locked(there)
    with pytest.raises(Conflict, match="还没有抽取"):
        drawing.sign(found.number, "", actor=there.witness, now=clock.now())
    contributed(there, found)
    draw(there, found.number)
    with pytest.raises(NotAllowed):
        drawing.sign(found.number, "", actor=there.organiser, now=clock.now())
    signed = drawing.sign(found.number, "全程在场", actor=there.witness, now=clock.now())
    assert (signed.signed_by_name, signed.signed_at) == ("任立诚", clock.now())
    with pytest.raises(Conflict, match="已于"):
        drawing.sign(found.number, "", actor=there.witness, now=clock.now())


def test_all_draws_of_a_review_are_revealed_at_once_and_keep_their_moment(there: World) -> None:
    found, _ = drawn(there)
    made = draw_of(found)
    assert made.revealed_at is None
    assert drawing.reveal(found, actor=there.organiser, now=clock.now()) == 1
    moment = made.revealed_at
    assert drawing.reveal(found, actor=there.organiser, now=later(hours=1)) == 0
    assert made.revealed_at == moment


def test_seven_seats_with_a_designation_are_drawn(there: World) -> None:
    asked = there.expert(SECURITY)
    draft = ConditionsDraft(7, {SECURITY: 2, SOFTWARE: 2, COST: 2}, (designation(asked, SECURITY),))
    found, outcome = drawn(there, draft)
    assert len(outcome.invite) == 6
    assert asked.unit_id not in {one.unit_id for one in outcome.invite}
    assert asked.id not in sealed.opened(draw_of(found)).units
