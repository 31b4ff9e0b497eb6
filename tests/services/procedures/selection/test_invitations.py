"""One invitation: in time, once, by the right person; links; leave; what the expert reads (no. 27, 45, 48-50)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.errors import Conflict, NotAllowed, NotFound, UserError
from app.identity import reveal
from app.notices.models import OutboxMessage
from app.procedures.selection.models import Activity, AnswerWay, Attendance, Invitation, SeatState
from app.procedures.selection.queries import board
from app.procedures.selection.queries import invitations as pages
from app.procedures.selection.service import invitations, links
from app.registers import experts
from tests.services.procedures.people import acts
from tests.services.procedures.selection.making import (
    accept,
    answer,
    at,
    confirm,
    expert_of,
    final,
    hand_over,
    initial,
    inviting,
    leave,
    live,
    notices,
    settle,
    tell,
    told,
)
from tests.services.procedures.selection.world import RULES, STARTS_AT, World, drawn, later


def sent_link(one: Invitation) -> str:
    """The token of a link as it goes out with a message."""
    return links.issue(one, "invite", STARTS_AT, now=clock.now())


def test_an_invitation_in_the_night_waits_for_the_morning(there: World) -> None:
    found, _ = drawn(there)
    at("2026-03-02 20:00")
    settle(found)
    send_at = invitations.prepare(live(found)[0].number, RULES, now=clock.now())
    assert f"{send_at:%Y-%m-%d %H:%M}" == "2026-03-03 08:00"
    at("2026-03-02 19:59:59")
    assert invitations.prepare(live(found)[1].number, RULES, now=clock.now()) == clock.now()


def test_the_two_hours_begin_when_a_provider_takes_the_message(there: World) -> None:
    found, _ = drawn(there)
    settle(found)
    one = live(found)[0]
    invitations.send(one.number, RULES, actor=SYSTEM, now=clock.now())
    handed_at = later(minutes=3)
    window = invitations.mark_sent(one.number, handed_at, RULES, actor=SYSTEM)
    assert (one.state, one.due_at) == (SeatState.SENT, handed_at + timedelta(hours=2))
    assert (window.due_at, window.expires_at) == (one.due_at, handed_at + timedelta(hours=2, seconds=1))
    again = later(minutes=30)
    invitations.mark_sent(one.number, again, RULES, actor=SYSTEM)
    assert one.due_at == again + timedelta(hours=2), "a further channel starts them anew"


def test_the_invitation_names_neither_project_nor_unit(there: World) -> None:
    found = inviting(there)
    rows = db.session.query(OutboxMessage).filter_by(template="panel_invited").all()
    assert len(rows) == 5
    for row in rows:
        assert found.title not in (row.body or "")
        assert there.project.name not in (row.body or "")
        assert "太原" in (row.body or "")
        assert row.reply_to in {one.number for one in live(found)}


@pytest.mark.parametrize(("span", "in_time"), [({"hours": 2}, True), ({"hours": 2, "seconds": 1}, False)])
def test_exactly_two_hours_are_in_time(there: World, span: dict[str, float], in_time: bool) -> None:
    one = live(inviting(there))[0]
    later(**span)
    if in_time:
        assert answer(one, "accept").goes_on
        return
    with pytest.raises(Conflict, match="名额已递补"):
        answer(one, "accept")


@pytest.mark.parametrize("second", ["accept", "decline", "recuse"])
def test_an_invitation_is_answered_once(there: World, second: str) -> None:
    one = live(inviting(there))[0]
    answer(one, "accept")
    with pytest.raises(Conflict, match="接受邀请，无须再次答复"):
        answer(one, second)  # type: ignore[arg-type]
    assert one.state is SeatState.ACCEPTED


def test_after_a_no_there_is_no_yes(there: World) -> None:
    one = live(inviting(there))[0]
    answer(one, "decline", "外出")
    assert (one.reason, one.left_at) == ("外出", clock.now())
    with pytest.raises(Conflict, match="拒绝"):
        answer(one, "accept")


def test_declining_needs_a_reason_recusing_does_not(there: World) -> None:
    first, second = live(inviting(there))[:2]
    with pytest.raises(UserError) as refused:
        answer(first, "decline", " ")
    assert refused.value.field == "reason"
    assert not answer(second, "recuse", "").goes_on
    assert second.state is SeatState.RECUSED


def test_nobody_answers_for_another_expert(there: World) -> None:
    first, second = live(inviting(there))[:2]
    with pytest.raises(NotAllowed, match="另一位专家"):
        answer(first, "accept", actor=expert_of(second))
    assert first.state is SeatState.SENT


def test_an_answer_by_telephone_is_noted_by_the_centre_or_the_unit_s_organiser(there: World) -> None:
    found = inviting(there)
    first, second, third = live(found)[:3]
    answer(first, "accept", way=AnswerWay.PHONE, actor=there.clerk)
    answer(second, "accept", way=AnswerWay.PHONE, actor=there.organiser)
    assert (first.answer_way, first.answered_by_name) == (AnswerWay.PHONE, "马晓岚")
    stranger = Actor(999, "外单位", frozenset({"dept_organiser"}), unit_id=there.project.id)
    with pytest.raises(NotAllowed):
        answer(third, "accept", way=AnswerWay.PHONE, actor=stranger)


def test_the_expert_learns_of_an_answer_noted_in_his_name(there: World) -> None:
    first, second = live(found := inviting(there))[:2]
    answer(first, "decline", way=AnswerWay.PHONE, actor=there.organiser)
    answer(second, "accept")
    assert notices("panel_phone_noted") == [experts.expert(first.expert_id).name]
    chain = board.panel(found.number, there.organiser, clock.now()).lines[first.line - 1].chain
    assert any("郭子安代记电话答复" in one.words for one in chain), "and the board says who noted it"



def test_a_link_is_opened_without_effect_and_used_once(there: World) -> None:
    one = live(inviting(there))[0]
    token = sent_link(one)
    for _ in range(2):
        opened = links.look(token, now=clock.now())
        assert (opened.invitation, opened.purpose, opened.state) == (one.number, "invite", "open")
    number, actor = links.use(token, viewer=None, address="203.0.113.7", now=clock.now())
    assert number == one.number
    assert actor.user_id == expert_of(one).user_id
    assert answer(one, "accept", way=AnswerWay.LINK, actor=actor).goes_on
    assert links.look(token, now=clock.now()).state == "used"
    with pytest.raises(Conflict, match="已经用过"):
        links.use(token, viewer=None, address=None, now=clock.now())


def test_an_altered_or_invented_link_leads_nowhere(there: World) -> None:
    one = live(inviting(there))[0]
    token = sent_link(one)
    altered = ("B" if token[0] == "A" else "A") + token[1:]
    for bad in (altered, token[:-1], ""):
        with pytest.raises(NotFound):
            links.look(bad, now=clock.now())
        with pytest.raises(NotFound):
            links.use(bad, viewer=None, address=None, now=clock.now())


def test_a_link_of_another_expert_does_not_serve_who_is_signed_in(there: World) -> None:
    first, second = live(inviting(there))[:2]
    token = sent_link(first)
    with pytest.raises(NotAllowed, match="另一位专家"):
        links.use(token, viewer=expert_of(second), address=None, now=clock.now())
    assert links.look(token, now=clock.now()).state == "open"
    links.use(token, viewer=expert_of(first), address=None, now=clock.now())


def test_a_newer_link_ends_the_older_and_the_meeting_ends_all(there: World) -> None:
    one = live(inviting(there))[0]
    older, newer = sent_link(one), sent_link(one)
    assert [links.look(token, now=clock.now()).state for token in (older, newer)] == ["used", "open"]
    assert links.look(newer, now=STARTS_AT).state == "expired"
    with pytest.raises(Conflict, match="过期"):
        links.use(newer, viewer=None, address=None, now=STARTS_AT)


def test_an_answer_after_login_ends_the_link_of_the_message(there: World) -> None:
    one = live(inviting(there))[0]
    token = sent_link(one)
    answer(one, "accept")
    assert links.look(token, now=clock.now()).state == "used"


def test_sms_and_mail_both_failing_pass_the_seat_on_and_do_not_count(there: World) -> None:
    found, _ = drawn(there)
    settle(found)
    one = live(found)[0]
    invitations.send(one.number, RULES, actor=SYSTEM, now=clock.now())
    invitations.undelivered(one.number, actor=SYSTEM, now=clock.now())
    assert one.state is SeatState.UNDELIVERED
    assert len(settle(found).start) == 1
    assert len(live(found)) == 5
    assert pages.duty_counts(one.expert_id, RULES, clock.now()) == pages.DutyCounts(0, 0)


def test_details_that_reach_nobody_pass_the_seat_on(there: World) -> None:
    found = initial(there)
    one = live(found)[0]
    invitations.send_details(one.number, RULES, actor=SYSTEM, now=clock.now())
    invitations.undelivered(one.number, actor=SYSTEM, now=clock.now())
    assert one.state is SeatState.UNDELIVERED
    settle(found)
    assert len(live(found)) == 5


def test_a_late_reply_is_kept_and_changes_nothing(there: World) -> None:
    one = live(inviting(there))[0]
    later(hours=2, seconds=1)
    invitations.time_out(one.number, RULES, actor=SYSTEM, now=clock.now())
    invitations.note_late_reply(one.number, "accept", actor=expert_of(one), now=clock.now())
    invitations.note_late_reply(one.number, "decline", actor=expert_of(one), now=later(minutes=1))
    assert (one.state, one.late_reply) == (SeatState.TIMED_OUT, "accept")
    assert len(notices("panel_late_reply")) == 1
    assert "invitation.note_late_reply" in acts(one.number)


def test_a_late_reply_needs_a_seat_that_was_passed_on(there: World) -> None:
    one = live(inviting(there))[0]
    with pytest.raises(Conflict):
        invitations.note_late_reply(one.number, "accept", actor=expert_of(one), now=clock.now())
    with pytest.raises(NotAllowed):
        invitations.note_late_reply(one.number, "accept", actor=there.witness, now=clock.now())


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2026-03-05 06:00:00", SeatState.ON_LEAVE),
        ("2026-03-05 06:00:01", SeatState.LATE_LEAVE),
        ("2026-03-05 06:01:00", SeatState.LATE_LEAVE),
    ],
)
def test_leave_exactly_three_hours_before_is_in_time_a_second_later_is_late(
    there: World, moment: str, state: SeatState
) -> None:
    found = final(there)
    one = live(found)[0]
    at(moment)
    assert leave(one) is (state is SeatState.ON_LEAVE)
    assert one.state is state
    assert one.leave_reason == "身体原因"
    sent = "panel_leave_received" if state is SeatState.ON_LEAVE else "panel_late_leave_received"
    assert len(notices(sent)) == 1


def test_leave_needs_a_reason_an_acceptance_and_a_meeting_ahead(there: World) -> None:
    found = inviting(there)
    first, second = live(found)[:2]
    with pytest.raises(Conflict):
        leave(first)
    answer(second, "accept")
    with pytest.raises(UserError):
        leave(second, " ")
    clock.travel_to(STARTS_AT)
    with pytest.raises(Conflict, match="已经开始"):
        leave(second)


def test_a_recusal_found_after_the_acceptance_is_no_late_leave(there: World) -> None:
    found = final(there)
    at("2026-03-05 08:30")
    one = live(found)[0]
    assert leave(one, "与项目负责人有近亲属关系", recusal=True)
    assert one.state is SeatState.RECUSED


def test_two_reviews_at_one_time_cannot_both_be_accepted(there: World) -> None:
    first, second = inviting(there), inviting(there)
    mine, other = live(first)[0], live(second)[0]
    other.expert_id, other.unit_id = mine.expert_id, mine.unit_id
    answer(mine, "accept")
    with pytest.raises(Conflict, match="时间冲突"):
        answer(other, "accept")
    assert other.state is SeatState.SENT


def test_what_the_root_took_back_is_not_sent_marked_or_answered(there: World) -> None:
    found = inviting(there)
    one = live(found)[0]
    person = next(two for two in there.experts if two.id == one.expert_id)
    person.suspended_since = clock.now()
    settle(found)
    assert invitations.send(one.number, RULES, actor=SYSTEM, now=clock.now()) == 0
    assert invitations.send_details(one.number, RULES, actor=SYSTEM, now=clock.now()) == 0
    invitations.mark_sent(one.number, later(minutes=1), RULES, actor=SYSTEM)
    invitations.mark_told(one.number, clock.now(), RULES, actor=SYSTEM)
    assert not invitations.time_out(one.number, RULES, actor=SYSTEM, now=later(hours=9))
    invitations.release(one.number, "SUSPENDED", actor=SYSTEM, now=clock.now())
    assert one.state is SeatState.REMOVED
    with pytest.raises(Conflict, match="已撤销"):
        answer(one, "accept")


def test_the_details_are_confirmed_within_two_hours_or_passed_on(there: World) -> None:
    found = told(there)
    first, second = live(found)[:2]
    later(hours=2)
    assert confirm(first).goes_on
    later(seconds=1)
    with pytest.raises(Conflict):
        confirm(second)
    assert invitations.time_out(second.number, RULES, actor=SYSTEM, now=clock.now())
    assert second.state is SeatState.TIMED_OUT
    assert not invitations.time_out(first.number, RULES, actor=SYSTEM, now=clock.now())


def test_the_expert_s_page_tells_the_project_only_with_the_details(there: World) -> None:
    found = inviting(there)
    one = live(found)[0]
    page = pages.page(one.number, clock.now())
    assert page.details is None
    assert (page.half_day, page.city, page.length) == ("3月5日（周四）上午", "太原", "约半天")
    assert page.can == {"accept", "decline", "recuse"}
    assert page.due_at == clock.now() + timedelta(hours=2)
    accept(live(found))
    assert pages.page(one.number, clock.now()).can == {"leave"}
    assert pages.page(one.number, clock.now()).details is None
    tell(found)
    page = pages.page(one.number, clock.now())
    assert page.details is not None
    assert (page.details.title, page.details.project_unit) == (found.title, there.project.name)
    assert page.can == {"confirm", "decline", "recuse", "leave"}


def test_an_invitation_not_sent_yet_is_nowhere_to_be_read(there: World) -> None:
    found, _ = drawn(there)
    settle(found)
    one = live(found)[0]
    with pytest.raises(NotFound):
        pages.page(one.number, clock.now())
    assert pages.for_expert(one.expert_id, clock.now()) == []
    hand_over(found)
    assert [line.open for line in pages.for_expert(one.expert_id, clock.now())] == [True]


def counted(found: Activity, state: SeatState, attendance: Attendance | None = None) -> pages.DutyCounts:
    one = live(found)[0]
    one.state, one.attendance = state, attendance
    db.session.flush()
    return pages.duty_counts(one.expert_id, RULES, clock.now())


@pytest.mark.parametrize(
    ("state", "attendance", "expected"),
    [
        (SeatState.DECLINED, None, (1, 0)),
        (SeatState.TIMED_OUT, None, (1, 0)),
        (SeatState.LATE_LEAVE, None, (1, 0)),
        (SeatState.SEATED, Attendance.PRESENT, (1, 1)),
        (SeatState.SEATED, Attendance.ABSENT, (1, 0)),
        (SeatState.SEATED, Attendance.RECUSED, (0, 0)),
        (SeatState.ACCEPTED, None, (0, 0)),
        (SeatState.RECUSED, None, (0, 0)),
        (SeatState.ON_LEAVE, None, (0, 0)),
        (SeatState.WITHDRAWN, None, (0, 0)),
        (SeatState.UNDELIVERED, None, (0, 0)),
        (SeatState.REMOVED, None, (0, 0)),
    ],
)
def test_which_invitations_count(
    there: World, state: SeatState, attendance: Attendance | None, expected: tuple[int, int]
) -> None:
    assert counted(inviting(there), state, attendance) == pages.DutyCounts(*expected)


def test_names_are_masked_until_an_hour_before_and_the_centre_s_officer_unmasks_with_a_reason(there: World) -> None:
    found = final(there)
    one = live(found)[0]
    name = expert_of(one).name
    seen = board.panel(found.number, there.organiser, clock.now())
    assert seen.lines[0].name == name[0] + "*" * (len(name) - 1)
    assert seen.lines[0].unit == ""
    assert not any(name in happening.words for line in seen.lines for happening in line.chain)
    shown = reveal.reveal(there.clerk, "invitation", one.number, "contact", "")
    assert shown.values["姓名"] == name
    assert "personal.reveal" in acts(one.number)
    with pytest.raises(NotAllowed):
        reveal.reveal(there.organiser, "invitation", one.number, "contact", "")
    at("2026-03-05 08:00")
    assert board.panel(found.number, there.organiser, clock.now()).lines[0].name == name


def test_the_board_tells_what_happened_on_each_line(there: World) -> None:
    found = inviting(there)
    gone = live(found)[1]
    later(minutes=5)
    answer(gone, "decline", "时间冲突")
    settle(found)
    hand_over(found)
    accept(live(found)[:1])
    seen = board.panel(found.number, there.organiser, clock.now())
    assert (seen.tally.size, seen.tally.accepted, seen.tally.asked, seen.tally.refilling) == (5, 1, 4, 0)
    line = seen.lines[1]
    masked = expert_of(gone).name[0] + "*" * (len(expert_of(gone).name) - 1)
    words = [happening.words for happening in line.chain]
    assert f"{masked} 拒绝（时间冲突）" in words
    assert any(word.startswith("递补第 ") for word in words)
    assert line.how == "系统抽取，第 2 轮"
    assert (line.state, line.tone) == ("待答复", "waiting")
    assert line.due_at == clock.now() + timedelta(hours=2)
    assert [check.level for check in seen.checks if check.code == "SIZE"] == ["warn"]
    assert [step.state for step in seen.steps][:2] == ["done", "now"]


def test_another_unit_s_organiser_does_not_see_the_board(there: World) -> None:
    found = inviting(there)
    stranger = Actor(999, "外单位", frozenset({"dept_organiser"}), unit_id=there.project.id)
    with pytest.raises(NotAllowed):
        board.panel(found.number, stranger, clock.now())
