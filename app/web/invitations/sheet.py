"""What the pages of an invitation show of it, by link or after log-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from app.core.errors import NotFound
from app.procedures.selection import seats
from app.procedures.selection.models import Invitation, SeatState
from app.procedures.selection.queries import invitations
from app.procedures.selection.queries.invitations import Details, InvitationPage
from app.regulations import RuleSet, rule_set_to_show
from app.workflow import instances

#: `asked` and `told` wait for an answer, `late` is passed on, `coming` is accepted, `over` is everything else.
Phase = Literal["asked", "told", "late", "coming", "over"]
#: Who reads: the expert after log-in, or whoever holds the link of the first or the second notice.
Reader = Literal["own", "invite", "details"]

COMING = frozenset({SeatState.ACCEPTED, SeatState.TOLD, SeatState.CONFIRMED, SeatState.SEATED})
_SETTLED = frozenset({SeatState.CONFIRMED, SeatState.SEATED})
_MINUTE = timedelta(minutes=1)
#: What an answer is called in a record and in a flash.
ANSWER_WORDS = {"accept": "接受邀请", "confirm": "确认参加", "decline": "不能参加", "recuse": "申请回避"}
_OUTCOMES = {
    SeatState.UNDELIVERED: "通知没有送到您的手机和邮箱，名额已递补，不计入您的邀请次数。联系方式有变的请及时申报。",
    SeatState.REMOVED: "您不再参加这次评审，名额已按规定递补。",
    SeatState.WITHDRAWN: "这次邀请已由组织方撤销，您不用答复，也不用到场，不计入您的邀请次数。",
    SeatState.DECLINED: "感谢答复，名额已递补给下一位。",
    SeatState.RECUSED: "感谢告知，名额已递补给下一位。回避不计入您的拒绝次数。",
    SeatState.ON_LEAVE: "名额已开始递补，您不用到场。按时请假不计入无故不参加。",
    SeatState.LATE_LEAVE: "名额已开始递补，您不用到场。是否有正当理由，由评审组织部门和省数字政府服务中心认定。",
}


@dataclass(frozen=True)
class Sheet:
    """An invitation as its page shows it.

    `is_told` is whether project, unit and address may stand on this page; `yes` is the answer of the first button.
    """

    page: InvitationPage
    phase: Phase
    is_told: bool
    yes: str
    minutes_left: int
    minutes_all: int
    reply_article: str
    was_due_at: datetime | None
    answered_at: datetime | None
    confirmed_at: datetime | None
    left_at: datetime | None
    answer_way: str
    answered_by_name: str
    late_reply_at: datetime | None
    late_reply_words: str

    @property
    def number(self) -> str:
        """The number of the invitation."""
        return self.page.number

    @property
    def state(self) -> str:
        """The code of its state."""
        return self.page.state_code

    @property
    def details(self) -> Details | None:
        """Project, unit and address, where this page may show them."""
        return self.page.details if self.is_told else None

    @property
    def is_settled(self) -> bool:
        """Whether the expert has confirmed the details."""
        return SeatState(self.state) in _SETTLED

    @property
    def may_leave(self) -> bool:
        """Whether leave or a recusal may still be asked for."""
        return "leave" in self.page.can

    @property
    def outcome(self) -> str:
        """What the end of this invitation means for the expert."""
        return _OUTCOMES.get(SeatState(self.state), "")


def sheet(number: str, now: datetime, *, by: Reader = "own") -> Sheet:
    """The sheet of an invitation. By the link of the first notice, what only the second tells is left out.

    :raises NotFound: there is none, or it has not been sent yet.
    """
    page = invitations.page(number, now)
    row = seats.invitation(page.number)
    rules = rules_of(page.number, now)
    all_minutes = rules.integer("invitation.reply_period") * 60
    left = int((page.due_at - now) / _MINUTE) if page.due_at else 0
    may_tell = by != "invite" or row.combined
    return Sheet(
        page=page, phase=_phase(page, row, now, may_tell=may_tell), is_told=may_tell and page.details is not None,
        yes="confirm" if row.state == SeatState.TOLD else "accept",
        minutes_left=min(max(left, 0), all_minutes), minutes_all=all_minutes,
        reply_article=rules["invitation.reply_period"].article,
        was_due_at=row.details_due_at or row.due_at, answered_at=row.answered_at,
        confirmed_at=row.confirmed_at, left_at=row.left_at,
        answer_way=row.answer_way or "", answered_by_name=row.answered_by_name or "",
        late_reply_at=row.late_reply_at, late_reply_words=ANSWER_WORDS.get(row.late_reply or "", ""),
    )


def _phase(page: InvitationPage, row: Invitation, now: datetime, *, may_tell: bool) -> Phase:
    if row.state == SeatState.TIMED_OUT:
        return "late"
    asks = row.state == SeatState.SENT or (row.state == SeatState.TOLD and may_tell)
    if asks and page.due_at is not None and now > page.due_at:
        return "late"  # the timer fires a moment later; the page does not wait for it
    if asks:
        return "told" if page.details is not None else "asked"
    if row.state in COMING:
        return "coming"
    return "over"


def rules_of(number: str, now: datetime) -> RuleSet:
    """The rule set that the invitation goes by."""
    return instances.rules_of(number) or rule_set_to_show(now.date())


def own_sheet(number: str, expert_id: int | None, now: datetime) -> Sheet:
    """The sheet for the expert himself.

    :raises NotFound: there is none, or it is somebody else's; the message does not tell which.
    """
    found = None
    try:
        found = sheet(number, now)
    except NotFound:
        found = None
    if found is None or found.page.expert_id != expert_id:
        raise NotFound("没有这次邀请，或者不是发给您的")
    return found
