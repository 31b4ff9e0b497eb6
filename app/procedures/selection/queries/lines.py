"""The lines of the panel board: who sits there, how he came there, what happened there before, names masked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core.database import db
from app.core.masking import mask_name
from app.draw import Reason
from app.notices.models import OutboxMessage, OutboxReport
from app.procedures.selection import seats, store
from app.procedures.selection.models import (
    LIVE,
    Activity,
    ActivityState,
    AnswerWay,
    Designation,
    DesignationState,
    Invitation,
    SeatState,
)
from app.procedures.selection.rules.words import ineligibility_words
from app.registers.models import Expert

CHANNELS = {"sms": "短信", "mail": "邮件", "inbox": "站内消息"}
#: The notices that ask for an answer.
_INVITING = ("panel_invited", "panel_invited_with_details")
_TELLING = ("panel_details", "panel_rescheduled")
_AWAITED = frozenset({DesignationState.DRAFT, DesignationState.REQUESTED, DesignationState.APPROVED})
_WAITING = frozenset({SeatState.PENDING, SeatState.SENT, SeatState.TOLD})


@dataclass(frozen=True)
class Happening:
    """One thing that happened on a line; `words` are ready to be shown, names in them masked."""

    at: datetime | None
    words: str


@dataclass(frozen=True)
class SeatLine:
    """A line of the board. `name` is masked before its time and `unit` empty; `invitation` is the number.

    `tone` is done | waiting | refilling | open; `due_at` until when the present step must be answered.
    """

    line: int
    name: str
    unit: str
    category: str
    how: str
    state: str
    tone: str
    due_at: datetime | None
    chain: tuple[Happening, ...]
    invitation: str | None
    attendance: str
    signed_in_at: datetime | None


@dataclass(frozen=True)
class Row:
    """A line with the invitation that holds it, None while nobody does."""

    shown: SeatLine
    invitation: Invitation | None


@dataclass(frozen=True)
class _Known:
    """Everything the lines of an activity are told from."""

    activity: Activity
    names_shown: bool
    written: Sequence[Invitation]
    people: Mapping[int, Expert]
    designations: Mapping[int, Designation]
    draws: Mapping[int, int]
    places: Mapping[tuple[int, str], int]
    notices: Mapping[str, Sequence[OutboxMessage]]
    #: ids of the notices whose arrival a provider reported
    arrived: Collection[int]

    def name(self, one: Invitation) -> str:
        """The name, whole from an hour before the start, after the sign-in, or where the organiser asked for it.

        Who gave his seat up, with his reason beside it, stays masked like whoever was passed over.
        """
        name = self.people[one.expert_id].name
        was_asked_for = one.designation_id is not None
        is_open = (self.names_shown and one.state in LIVE) or one.signed_in_at is not None or was_asked_for
        return name if is_open else mask_name(name)


def rows(found: Activity, *, names_shown: bool) -> list[Row]:
    """All lines of a panel, from the first to the last."""
    known = _known(found, names_shown)
    by_line: dict[int, list[Invitation]] = {}
    for one in known.written:
        by_line.setdefault(one.line, []).append(one)
    held = {line for line, there in by_line.items() if there[-1].state in LIVE}
    free = [line for line in range(1, found.panel_size + 1) if line not in held]
    invited = {one.designation_id for one in known.written}
    awaited = [one for one in known.designations.values() if one.state in _AWAITED and one.id not in invited]
    # the highest free lines are kept for the designated, as when invitations are written
    kept = dict(zip(reversed(free), awaited, strict=False))
    return [_row(known, line, by_line.get(line, []), kept.get(line)) for line in range(1, found.panel_size + 1)]


def _known(found: Activity, names_shown: bool) -> _Known:
    written = seats.invitations_of(found.number)
    designations = {one.id: one for one in store.designations_of(found.number)}
    ids = {one.expert_id for one in written} | {one.expert_id for one in designations.values()}
    draws = {one.id: one.draw_no for one in store.draws_of(found.number)}
    notices = _notices([one.number for one in written])
    return _Known(
        activity=found,
        names_shown=names_shown,
        written=written,
        people=seats.people(ids),
        designations=designations,
        draws=draws,
        places=_places(draws),
        notices=notices,
        arrived=_arrived([notice.id for there in notices.values() for notice in there]),
    )


def _places(draws: Mapping[int, int]) -> Mapping[tuple[int, str], int]:
    """(draw, pid) -> his place in the order at which he was taken."""
    return {
        (draw_id, pid): place
        for draw_id in draws
        for made in store.rounds_of(draw_id)
        for place, (_, pid, reason) in enumerate(made.log, start=1)
        if reason == Reason.TAKEN
    }


def _notices(numbers: Sequence[str]) -> Mapping[str, Sequence[OutboxMessage]]:
    statement = (
        sa.select(OutboxMessage)
        .where(
            OutboxMessage.subject_type == "invitation", OutboxMessage.subject_id.in_(numbers),
            OutboxMessage.template.in_(_INVITING + _TELLING),
        )
        .order_by(OutboxMessage.id)
    )  # fmt: skip
    found: dict[str, list[OutboxMessage]] = {}
    for row in db.session.scalars(statement):
        found.setdefault(row.subject_id, []).append(row)
    return found


def _arrived(message_ids: Sequence[int]) -> Collection[int]:
    """Which of the messages a provider reported as delivered."""
    statement = sa.select(OutboxReport.message_id).where(
        OutboxReport.message_id.in_(message_ids), OutboxReport.status == "delivered"
    )
    return set(db.session.scalars(statement))


def _row(known: _Known, line: int, there: Sequence[Invitation], awaited: Designation | None) -> Row:
    chain = tuple(happening for at, one in enumerate(there) for happening in _story(known, one, first=at == 0))
    last = there[-1] if there and there[-1].state in LIVE else None
    if last is not None:
        return Row(_seated(known, line, last, chain), last)
    if awaited is not None:
        name = known.people[awaited.expert_id].name
        how = "抽取后指定" if awaited.after_draw else "指定"
        state = awaited.state.label
        shown = SeatLine(line, name, "", awaited.category, how, state, "waiting", None, chain, None, "", None)
        return Row(shown, None)
    category = there[-1].category if there else ""
    running = known.activity.state in (ActivityState.INVITING, ActivityState.CONFIRMING)
    state = "递补中" if running and there else "缺额" if there else "待抽取"
    tone = "refilling" if running and there else "open"
    return Row(SeatLine(line, "", "", category, "", state, tone, None, chain, None, "", None), None)


def _seated(known: _Known, line: int, one: Invitation, chain: tuple[Happening, ...]) -> SeatLine:
    due_at = {SeatState.SENT: one.due_at, SeatState.TOLD: one.details_due_at}.get(one.state)
    shows_unit = known.names_shown or one.designation_id is not None
    return SeatLine(
        line=line,
        name=known.name(one),
        unit=known.people[one.expert_id].unit.name if shows_unit else "",
        category=one.category,
        how=_how(known, one),
        state=one.state.label,
        tone="waiting" if one.state in _WAITING else "done",
        due_at=due_at,
        chain=chain,
        invitation=one.number,
        attendance=one.attendance.label if one.attendance else "",
        signed_in_at=one.signed_in_at,
    )


def _how(known: _Known, one: Invitation) -> str:
    if one.designation_id is not None:
        made = known.designations[one.designation_id]
        kind = "抽取后指定" if made.after_draw else "指定"
        return f"{kind}，{made.decided_by_name} {made.decided_at:%H:%M} 批准" if made.decided_at else kind
    draw_no, round_no = known.draws.get(one.draw_id or 0, 1), (one.round_no or 0) + 1
    return f"第 {draw_no} 次抽取，第 {round_no} 轮" if draw_no > 1 else f"系统抽取，第 {round_no} 轮"


def _story(known: _Known, one: Invitation, *, first: bool) -> Iterator[Happening]:
    """What happened with one invitation, in its order: what falls on one moment stays in this order."""
    place = known.places.get((one.draw_id or 0, one.pid or ""))
    if not first:
        yield Happening(one.created_at, f"递补第 {place} 位" if place else "递补")
    notices = known.notices.get(one.number, ())
    yield from (_sent(known, notice) for notice in notices if notice.template in _INVITING)
    if one.answered_at is not None and one.state not in (SeatState.DECLINED, SeatState.RECUSED):
        yield Happening(one.answered_at, f"接受邀请（{one.answer_way.label}）" if one.answer_way else "接受邀请")
    yield from (_sent(known, notice) for notice in notices if notice.template in _TELLING)
    if one.confirmed_at is not None:
        yield Happening(one.confirmed_at, "确认详情")
    if one.state not in LIVE:
        yield Happening(one.left_at, _leaving(known, one))
    if one.late_reply_at is not None:
        yield Happening(one.late_reply_at, f"{known.name(one)} 迟到的答复，名额已递补")


def _sent(known: _Known, notice: OutboxMessage) -> Happening:
    return Happening(notice.sent_at or notice.created_at, _delivery(notice, arrived=notice.id in known.arrived))


def _delivery(notice: OutboxMessage, *, arrived: bool) -> str:
    channel = CHANNELS.get(notice.channel, notice.channel)
    tried = [CHANNELS.get(one, one) for one in notice.plan[: notice.plan.index(notice.channel)]] if notice.plan else []
    before = f"{'、'.join(tried)}失败，改发" if tried else ""
    what = "详情" if notice.template in _TELLING else "邀请"
    if notice.status == "dead":
        return f"{what}：{before}{channel}失败"
    if notice.status != "sent":
        return f"{what}：{before}{channel}待送出"
    return f"{what}：{before}{channel}{'送达' if arrived else '送出'}"


def _leaving(known: _Known, one: Invitation) -> str:
    reason = one.leave_reason or one.reason
    if one.state is SeatState.REMOVED and one.ineligible:
        reason = ineligibility_words(one.ineligible)
    words = "；".join(filter(None, (_noted_by(one), reason)))
    return f"{known.name(one)} {one.state.label}" + (f"（{words}）" if words else "")


def _noted_by(one: Invitation) -> str:
    """Who noted a refusal from the telephone; empty if the expert gave it himself."""
    said_no = one.state in (SeatState.DECLINED, SeatState.RECUSED) and one.leave_reason is None
    return f"{one.answered_by_name}代记电话答复" if said_no and one.answer_way is AnswerWay.PHONE else ""
