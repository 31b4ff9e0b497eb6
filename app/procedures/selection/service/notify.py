"""What experts are told in the making of a panel, at which step: each notice in one place with its data.

A notice whose delivery starts the two hours is sent with `reply_to`, the case of the invitation: the outbox tells
that case when the notice was handed over (domain.md no. 48). What the staff is told stands in `notify_staff`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from app.core.actor import Actor
from app.notices import outbox
from app.notices.documents.calendar_entry import CalendarEntry
from app.notices.outbox import Attachment, Recipient
from app.procedures.selection.models import Activity, Invitation
from app.procedures.selection.rules.words import half_day_words, ineligibility_words
from app.registers import units
from app.registers.models import Expert
from app.regulations.rule_sets import RuleSet
from app.regulations.wording import moment_words

SUBJECT = "invitation"


def invite(
    activity: Activity, invitation: Invitation, person: Expert, token: str, *, rules: RuleSet, actor: Actor,
    now: datetime,
) -> int:
    """Date, half-day, city and category; neither project nor unit (domain.md no. 49). Returns the outbox row."""
    data = {
        "half_day": _half_day(activity, now),
        "city": activity.city,
        "category": invitation.category,
        **_answering(token, rules),
    }
    return _send("panel_invited", invitation, person, data, starts_clock=True, actor=actor, now=now)


def invite_with_details(
    activity: Activity, invitation: Invitation, person: Expert, token: str, *, rules: RuleSet, actor: Actor,
    now: datetime,
) -> int:
    """Both notices in one, for who is invited shortly before the start (domain.md no. 45)."""
    data = {
        **_project(activity),
        **_meeting(activity, now),
        "category": invitation.category,
        **_answering(token, rules),
    }
    enclosed = (calendar_of(activity, invitation, rules, now),)
    return _send(
        "panel_invited_with_details", invitation, person, data, enclosed, starts_clock=True, actor=actor, now=now
    )


def details(
    activity: Activity, invitation: Invitation, person: Expert, token: str, *, rules: RuleSet, actor: Actor,
    now: datetime,
) -> int:
    """What is reviewed, where and when, after the list was confirmed (第十九条（五）)."""
    data = {**_project(activity), **_meeting(activity, now), **_answering(token, rules)}
    enclosed = (calendar_of(activity, invitation, rules, now),)
    return _send("panel_details", invitation, person, data, enclosed, starts_clock=True, actor=actor, now=now)


def rescheduled(
    activity: Activity, invitation: Invitation, person: Expert, token: str, old_starts_at: datetime, *,
    rules: RuleSet, actor: Actor, now: datetime,
) -> int:
    """The new time, to be confirmed by who had accepted the old one (domain.md no. 51)."""
    data = {
        "title": activity.title,
        "old_starts": moment_words(old_starts_at, now.date()),
        **_meeting(activity, now),
        **_answering(token, rules),
    }
    enclosed = (calendar_of(activity, invitation, rules, now),)
    return _send("panel_rescheduled", invitation, person, data, enclosed, starts_clock=True, actor=actor, now=now)


def moved(
    activity: Activity, invitation: Invitation, person: Expert, old_starts_at: datetime, *, actor: Actor, now: datetime
) -> int:
    """The new half-day, to who was asked and has not been told the project; his answer stays (domain.md no. 51)."""
    data = {
        "old_half_day": half_day_words(old_starts_at, activity.half_days, now.date()),
        "half_day": _half_day(activity, now),
        "city": activity.city,
    }
    return _send("panel_moved", invitation, person, data, actor=actor, now=now)


def final(
    activity: Activity, invitation: Invitation, person: Expert, *, rules: RuleSet, actor: Actor, now: datetime
) -> int:
    """He is on the final list; by mail first, for the sake of the calendar file."""
    data = {"title": activity.title, **_meeting(activity, now), "leave_before": rules["leave.notice"].words}
    enclosed = (calendar_of(activity, invitation, rules, now),)
    return _send("panel_final", invitation, person, data, enclosed, actor=actor, now=now)


def released(
    activity: Activity, invitation: Invitation, person: Expert, reason: str, *, actor: Actor, now: datetime
) -> int:
    """The organiser took the invitation back (撤销); `reason` in words."""
    data = {"half_day": _half_day(activity, now), "reason": reason}
    return _send("panel_released", invitation, person, data, actor=actor, now=now)


def ineligible(
    activity: Activity, invitation: Invitation, person: Expert, code: str, *, actor: Actor, now: datetime
) -> int:
    """He can no longer sit (已失格); `code` is LEAVE, REMOVED, SUSPENDED, RECUSAL, CLASH or UNIT_CHANGED."""
    data = {"half_day": _half_day(activity, now), "reason": ineligibility_words(code)}
    return _send("panel_ineligible", invitation, person, data, actor=actor, now=now)


def cancelled(
    activity: Activity, invitation: Invitation, person: Expert, reason: str, *, actor: Actor, now: datetime
) -> int:
    """The review is cancelled; the project is not named, since not everybody knew it yet."""
    data = {"half_day": _half_day(activity, now), "reason": reason}
    return _send("panel_cancelled", invitation, person, data, actor=actor, now=now)


def leave_received(
    activity: Activity, invitation: Invitation, person: Expert, *, late: bool, rules: RuleSet, actor: Actor,
    now: datetime,
) -> int:
    """His leave is on record, in time or late (第二十条)."""
    data = {
        "half_day": _half_day(activity, now),
        "received": moment_words(now, now.date()),
        "leave_before": rules["leave.notice"].words,
    }
    key = "panel_late_leave_received" if late else "panel_leave_received"
    return _send(key, invitation, person, data, actor=actor, now=now)


def late_reply(
    activity: Activity, invitation: Invitation, person: Expert, *, actor: Actor, now: datetime
) -> int:
    """His answer came after the seat was passed on (domain.md no. 50)."""
    data = {"half_day": _half_day(activity, now), "received": moment_words(now, now.date())}
    return _send("panel_late_reply", invitation, person, data, actor=actor, now=now)


def noted_by_phone(
    activity: Activity, invitation: Invitation, person: Expert, answer: str, *, actor: Actor, now: datetime
) -> int:
    """Staff noted an answer as his: he learns of it, so that nobody answers in his name (domain.md no. 49)."""
    data = {"half_day": _half_day(activity, now), "received": moment_words(now, now.date()), "answer": answer}
    return _send("panel_phone_noted", invitation, person, data, actor=actor, now=now)


def calendar_entry(activity: Activity, invitation: Invitation, rules: RuleSet, now: datetime) -> CalendarEntry:
    """The meeting for the expert's calendar; a later time replaces the earlier one there."""
    hours = activity.half_days * rules.integer("selection.clash_hours")
    return CalendarEntry(
        uid=f"{invitation.number}@zhiku",
        sequence=activity.times_rescheduled,
        stamped_at=now,
        starts_at=activity.starts_at,
        ends_at=activity.starts_at + timedelta(hours=hours),
        summary=f"评审：{activity.title}",
        location=_address(activity),
        description=(
            f"组织部门：{activity.organiser_unit_name}，联系电话 {activity.contact_phone}。"
            f"不能参加的，请在评审开始{rules['leave.notice'].words}以前请假（第二十条）。"
        ),
    )


def calendar_of(activity: Activity, invitation: Invitation, rules: RuleSet, now: datetime) -> Attachment:
    """The calendar file as it goes with a mail."""
    return Attachment(f"评审日程-{invitation.number}.ics", calendar_entry(activity, invitation, rules, now))


def _send(
    key: str,
    invitation: Invitation,
    person: Expert,
    data: Mapping[str, str],
    enclosed: Sequence[Attachment] = (),
    *,
    starts_clock: bool = False,
    actor: Actor,
    now: datetime,
) -> int:
    return outbox.send(
        key,
        Recipient(person.user_id, person.name, person.phone, person.email),
        {"name": person.name, **data},
        subject_type=SUBJECT,
        subject_id=invitation.number,
        attachments=enclosed,
        reply_to=invitation.number if starts_clock else None,
        now=now,
        actor=actor,
    )


def _half_day(activity: Activity, now: datetime) -> str:
    return half_day_words(activity.starts_at, activity.half_days, now.date())


def _address(activity: Activity) -> str:
    return activity.address if activity.address.startswith(activity.city) else f"{activity.city}{activity.address}"


def _project(activity: Activity) -> dict[str, str]:
    return {"title": activity.title, "project_unit": units.unit(activity.project_unit_id).name}


def _meeting(activity: Activity, now: datetime) -> dict[str, str]:
    return {
        "starts": moment_words(activity.starts_at, now.date()),
        "address": _address(activity),
        "organiser": activity.organiser_unit_name,
        "contact": activity.contact_phone,
    }


def _answering(token: str, rules: RuleSet) -> dict[str, str]:
    return {
        "reply_within": rules["invitation.reply_period"].words,
        "leave_before": rules["leave.notice"].words,
        "invitation_path": f"/invitation/{token}",
    }
