"""What an expert sees of his invitations: project and unit only after the details were told (no. 49)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

import sqlalchemy as sa

from app.core.actor import Actor
from app.core.clock import ZONE
from app.core.database import db
from app.core.errors import NotAllowed, NotFound
from app.core.masking import mask_name
from app.identity import permissions, reveal, roles
from app.procedures.selection import seats, store
from app.procedures.selection.eligibility.clashes import SAID_YES
from app.procedures.selection.models import Activity, Attendance, Invitation, SeatState
from app.procedures.selection.rules import answers
from app.procedures.selection.rules.words import half_day_words
from app.registers import experts, units
from app.regulations.deadlines import add_months
from app.regulations.rule_sets import RuleSet

_DRAWN = "您由系统随机抽中"
_DESIGNATED = "您由评审组织部门指定，经分管领导审核同意"
#: Ends of an invitation that count as one received (no. 22); who came or stayed away is told by the attendance.
_COUNTED = (SeatState.DECLINED, SeatState.TIMED_OUT, SeatState.LATE_LEAVE)
_CAME_OR_NOT = (Attendance.PRESENT, Attendance.ABSENT)


@dataclass(frozen=True)
class Details:
    """What is told once the list is confirmed."""

    title: str
    project_unit: str
    organiser_unit: str
    address: str
    starts_at: datetime
    contact: str
    contact_phone: str


@dataclass(frozen=True)
class InvitationPage:
    """An invitation as its expert sees it.

    `can` holds what may be done now: accept, decline, recuse, confirm, leave. `late` if a leave now would be 迟请假.
    `half_day` is 3月4日（周三）上午; `invited` and `served` are counted over twelve months (no. 20-24).
    """

    number: str
    activity: str
    expert_id: int
    expert_name: str
    state: str
    state_code: str
    half_day: str
    length: str
    city: str
    category: str
    kind: str
    how: str
    sent_at: datetime | None
    due_at: datetime | None
    leave_until: datetime
    starts_at: datetime
    details: Details | None
    can: frozenset[str]
    late: bool
    passed_on: bool
    invited: int
    served: int


@dataclass(frozen=True)
class InvitationLine:
    """An invitation in the expert's list."""

    number: str
    state: str
    state_code: str
    half_day: str
    city: str
    category: str
    kind: str
    due_at: datetime | None
    open: bool


def for_expert(expert_id: int, now: datetime, limit: int = 50) -> Sequence[InvitationLine]:
    """An expert's invitations that were sent, the latest first."""
    statement = (
        sa.select(Invitation, Activity)
        .join(Activity, Activity.number == Invitation.activity_no)
        .where(Invitation.expert_id == expert_id, Invitation.sent_at.is_not(None))
        .order_by(Invitation.id.desc())
        .limit(limit)
    )
    return [_line(one, activity, now) for one, activity in db.session.execute(statement)]


def _line(one: Invitation, activity: Activity, now: datetime) -> InvitationLine:
    due_at = _due(one)
    return InvitationLine(
        number=one.number, state=one.state.label, state_code=one.state.value,
        half_day=half_day_words(activity.starts_at, activity.half_days, now.date()), city=activity.city,
        category=one.category, kind=activity.kind, due_at=due_at,
        open=due_at is not None and answers.is_in_time(due_at, now),
    )  # fmt: skip


def _due(one: Invitation) -> datetime | None:
    return {SeatState.SENT: one.due_at, SeatState.TOLD: one.details_due_at}.get(one.state)


def page(number: str, now: datetime) -> InvitationPage:
    """One invitation.

    :raises NotFound: there is none, or it has not been sent yet.
    """
    one = seats.invitation(number)
    if one.sent_at is None:
        raise NotFound(f"没有编号为 {number} 的评审邀请")
    activity, person = store.activity(one.activity_no), experts.expert(one.expert_id)
    rules = seats.rules_of(activity, now)
    known = answers.hours(rules)
    counted = duty_counts(one.expert_id, rules, now)
    return InvitationPage(
        number=one.number, activity=activity.number, expert_id=person.id, expert_name=person.name,
        state=one.state.label, state_code=one.state.value,
        half_day=half_day_words(activity.starts_at, activity.half_days, now.date()),
        length="约半天" if activity.half_days == 1 else f"约 {activity.half_days} 个半天", city=activity.city,
        category=one.category, kind=activity.kind, how=_DRAWN if one.designation_id is None else _DESIGNATED,
        sent_at=one.sent_at, due_at=_due(one), leave_until=answers.leave_until(activity.starts_at, known),
        starts_at=activity.starts_at, details=_details(one, activity), can=_can(one, activity, now),
        late=not answers.is_leave_in_time(activity.starts_at, now, known),
        passed_on=one.state in (SeatState.TIMED_OUT, SeatState.UNDELIVERED), invited=counted.invited,
        served=counted.served,
    )  # fmt: skip


def _details(one: Invitation, activity: Activity) -> Details | None:
    """What the expert was told; nothing before, whoever reads the address bar."""
    if one.told_at is None and not one.combined:
        return None
    return Details(
        title=activity.title, project_unit=units.unit(activity.project_unit_id).name,
        organiser_unit=activity.organiser_unit_name, address=activity.address, starts_at=activity.starts_at,
        contact=activity.organiser_name, contact_phone=activity.contact_phone,
    )  # fmt: skip


def _can(one: Invitation, activity: Activity, now: datetime) -> frozenset[str]:
    due_at = _due(one)
    can: set[str] = set()
    if due_at is not None and answers.is_in_time(due_at, now):
        can |= {"accept" if one.state is SeatState.SENT else "confirm", "decline", "recuse"}
    if one.state in SAID_YES and now < activity.starts_at:
        can.add("leave")
    return frozenset(can)


@dataclass(frozen=True)
class DutyCounts:
    """Invitations that count and duties performed within the counted months of the present term (no. 20-24)."""

    invited: int
    served: int


def duty_counts(expert_id: int, rules: RuleSet, now: datetime) -> DutyCounts:
    """How often the expert was invited and how often he served, by closed invitations (第十四条（四）).

    Declining and silence count; recusal, timely leave, what the organiser took back and what never arrived do not.
    """
    first_day = add_months(now.date(), -rules.integer("duty.count_months"))
    starts = [term.start_on for term in experts.expert(expert_id).terms if term.start_on <= now.date()]
    since = datetime.combine(max([first_day, *starts[-1:]]), time(), tzinfo=ZONE)
    served = sa.case((Invitation.attendance == Attendance.PRESENT, 1), else_=0)
    came = sa.and_(Invitation.state == SeatState.SEATED, Invitation.attendance.in_(_CAME_OR_NOT))
    statement = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(served), 0)).where(
        Invitation.expert_id == expert_id, Invitation.sent_at >= since, sa.or_(Invitation.state.in_(_COUNTED), came)
    )
    invited, times = db.session.execute(statement).one()
    return DutyCounts(int(invited), int(times))


@dataclass(frozen=True)
class PhoneCall:
    """Whom staff may note an answer for, the name masked until its time; the number is unmasked with a reason."""

    number: str
    activity: str
    name: str
    category: str
    state: str
    due_at: datetime | None
    asks: str


def phone_call(number: str, viewer: Actor, now: datetime) -> PhoneCall:
    """What staff sees when noting an answer by telephone; `asks` is invite | details | nothing.

    :raises NotFound: there is none. :raises NotAllowed: another unit's.
    """
    one = seats.invitation(number)
    activity = store.activity(one.activity_no)
    permissions.require(viewer, permissions.PHONE_ANSWER, activity)
    shown_at = answers.names_shown_at(activity.starts_at, answers.hours(seats.rules_of(activity, now)))
    name = experts.expert(one.expert_id).name
    due_at = _due(one)
    waits = due_at is not None and answers.is_in_time(due_at, now)
    return PhoneCall(
        number=one.number, activity=activity.number,
        name=name if now >= shown_at or one.designation_id is not None else mask_name(name), category=one.category,
        state=one.state.label, due_at=due_at,
        asks=("invite" if one.state is SeatState.SENT else "details") if waits else "nothing",
    )  # fmt: skip


@reveal.provider("invitation")
def _revealed(number: str, actor: Actor) -> reveal.Revealed | None:
    """Who is invited, in clear, for the duty officer of the centre alone (no. 54)."""
    if not actor.has(roles.CENTER_CLERK):
        raise NotAllowed("开会前只有中心值班人员可以查看专家姓名")
    try:
        one = seats.invitation(number)
    except NotFound:
        return None
    person = experts.expert(one.expert_id)
    values = {"姓名": person.name, "工作单位": person.unit.name, "手机号码": person.phone}
    return reveal.Revealed(f"邀请 {number}", values)
