"""What organiser, leader and witness are told in the making of a panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.actor import Actor
from app.identity import accounts
from app.identity.models import User
from app.notices import outbox
from app.notices.outbox import Recipient
from app.procedures.selection import seats
from app.procedures.selection.models import Activity, Designation, PanelDraw
from app.registers import units
from app.registers.models import Expert
from app.regulations.rule_sets import RuleSet
from app.regulations.wording import due_words, moment_words

SUBJECT, DESIGNATION = "activity", "designation"


@dataclass(frozen=True)
class WrittenRecusals:
    """How many the project's unit asked for in writing, from how many on the leader is told, why the last one."""

    number: int
    most: int
    latest: str


def designation_requested(
    activity: Activity, designation: Designation, person: Expert, approvers: Iterable[int], due_at: datetime, *,
    actor: Actor, now: datetime,
) -> None:
    """Who is asked for and why, to the leader and his active deputies (第十九条（三）)."""
    case_no = seats.designation_key(designation)
    data = {
        **_about(activity),
        "expert": person.name,
        "unit": person.unit.name,
        "reason": designation.reason,
        "by": designation.requested_by_name,
        "due": due_words(due_at, now).text,
        "path": f"/approvals/{case_no}",
    }
    for user_id in sorted(set(approvers)):
        _send("staff_designation_requested", activity, user_id, data, (DESIGNATION, case_no), actor=actor, now=now)


def designation_decided(
    activity: Activity, designation: Designation, person: Expert, *, actor: Actor, now: datetime
) -> None:
    """What the leader decided, or that nobody decided in time, to the organiser."""
    data = {
        **_about(activity),
        "expert": person.name,
        "decision": designation.state.label,
        "reason": designation.decision_reason or "审批期限已过，这一席改由系统抽取。",
        "by": designation.decided_by_name or "系统",
        "path": _path(activity),
    }
    _send("staff_designation_decided", activity, activity.organiser_id, data, actor=actor, now=now)


def conditions_approval_requested(
    activity: Activity, approvers: Iterable[int], reason: str, *, actor: Actor, now: datetime
) -> None:
    """The conditions need the leader's word: a waiver of the security seat, or a further redraw."""
    path = f"/approvals/{activity.number}"
    data = {**_about(activity), "by": activity.organiser_name, "reason": reason, "path": path}
    for user_id in sorted(set(approvers)):
        _send("staff_conditions_approval", activity, user_id, data, actor=actor, now=now)


def conditions_decided(
    activity: Activity, decision: str, reason: str, by: str, *, actor: Actor, now: datetime
) -> None:
    """同意 or 不同意 with the reason, to the organiser."""
    data = {**_about(activity), "decision": decision, "reason": reason, "by": by, "path": _path(activity)}
    _send("staff_conditions_decided", activity, activity.organiser_id, data, actor=actor, now=now)


def recusals_many(activity: Activity, recusals: WrittenRecusals, *, actor: Actor, now: datetime) -> None:
    """More written requests for recusal than usual, to the leader: reported, never refused (domain.md no. 44)."""
    data = {
        **_about(activity),
        "project_unit": units.unit(activity.project_unit_id).name,
        "written": str(recusals.number),
        "limit": str(recusals.most),
        "latest": recusals.latest,
        "by": actor.name,
        "path": _path(activity),
    }
    _send("staff_recusals_many", activity, activity.leader_id, data, actor=actor, now=now)


def contribution_wanted(activity: Activity, short_code: str, *, actor: Actor, now: datetime) -> None:
    """The commitment stands; the witness, if there is one, gives his value."""
    if activity.witness_id is not None:
        data = {**_about(activity), "short_code": short_code, "path": _path(activity, "draw")}
        _send("staff_contribution_wanted", activity, activity.witness_id, data, actor=actor, now=now)


def signature_wanted(activity: Activity, draw: PanelDraw, *, actor: Actor, now: datetime) -> None:
    """The draw is made; the witness, if there is one, signs the record."""
    if activity.witness_id is not None:
        data = {**_about(activity), "draw": f"第 {draw.draw_no} 次抽取", "path": _path(activity, "draw")}
        _send("staff_signature_wanted", activity, activity.witness_id, data, actor=actor, now=now)


def panel_short(activity: Activity, shortage: str, *, actor: Actor, now: datetime) -> None:
    """A seat cannot be filled: the organiser chooses what to do."""
    data = {
        **_about(activity),
        "shortage": shortage,
        "starts": moment_words(activity.starts_at, now.date()),
        "path": _path(activity, "shortage"),
    }
    _send("staff_panel_short", activity, activity.organiser_id, data, actor=actor, now=now)


def list_ready(activity: Activity, *, actor: Actor, now: datetime) -> None:
    """The initial list is there (第十九条（四）)."""
    data = {**_about(activity), "seats": str(activity.panel_size), "path": _path(activity)}
    _send("staff_list_ready", activity, activity.organiser_id, data, actor=actor, now=now)


def panel_final(activity: Activity, *, rules: RuleSet, actor: Actor, now: datetime) -> None:
    """The final list stands; from when the names are shown."""
    shown_from = activity.starts_at - timedelta(minutes=rules.integer("selection.names_shown_before"))
    data = {
        **_about(activity),
        "seats": str(activity.panel_size),
        "starts": moment_words(activity.starts_at, now.date()),
        "names_from": moment_words(shown_from, now.date()),
        "path": _path(activity),
    }
    _send("staff_panel_final", activity, activity.organiser_id, data, actor=actor, now=now)


def cancelled(activity: Activity, reason: str, *, actor: Actor, now: datetime) -> None:
    """To the leader and the witness; the organiser did it."""
    data = {
        **_about(activity),
        "starts": moment_words(activity.starts_at, now.date()),
        "reason": reason,
        "by": actor.name,
        "path": _path(activity),
    }
    for user_id in _onlookers(activity):
        _send("staff_activity_cancelled", activity, user_id, data, actor=actor, now=now)


def rescheduled(activity: Activity, old_starts_at: datetime, reason: str, *, actor: Actor, now: datetime) -> None:
    """To the leader and the witness, with both times."""
    data = {
        **_about(activity),
        "old_starts": moment_words(old_starts_at, now.date()),
        "starts": moment_words(activity.starts_at, now.date()),
        "address": activity.address,
        "reason": reason,
        "by": actor.name,
        "path": _path(activity),
    }
    for user_id in _onlookers(activity):
        _send("staff_activity_rescheduled", activity, user_id, data, actor=actor, now=now)


def _send(
    key: str, activity: Activity, user_id: int, data: Mapping[str, str], about: tuple[str, str] | None = None, *,
    actor: Actor, now: datetime,
) -> None:
    subject_type, subject_id = about or (SUBJECT, activity.number)
    outbox.send(
        key,
        _recipient(accounts.get(user_id)),
        data,
        subject_type=subject_type,
        subject_id=subject_id,
        now=now,
        actor=actor,
    )


def _recipient(user: User) -> Recipient:
    return Recipient(user.id, user.name, user.phone, user.email)


def _about(activity: Activity) -> dict[str, str]:
    return {"number": activity.number, "title": activity.title}


def _onlookers(activity: Activity) -> list[int]:
    return sorted({activity.leader_id, *([activity.witness_id] if activity.witness_id is not None else [])})


def _path(activity: Activity, page: str = "") -> str:
    return f"/activities/{activity.number}/{page}" if page else f"/activities/{activity.number}"
