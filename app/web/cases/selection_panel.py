"""Beside a case of selection: the activity, its draw, an invitation or a designation; drawn names stay masked."""

from __future__ import annotations

from typing import Any

from flask import url_for
from markupsafe import Markup

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.masking import mask_name
from app.identity import permissions
from app.procedures.selection import seats, store
from app.procedures.selection.models import Activity
from app.registers import experts, units
from app.web.cases.panels import FileItem, Panel, panel_for
from app.web.wording import moment

PANEL, DESIGNATION, INVITATION = "panel_selection", "designation_approval", "invitation"


def _activity(number: str) -> Activity | None:
    try:
        return store.activity(number)
    except NotFound:
        return None


def _named(found: Activity, actor: Actor) -> Any:
    """The title, leading to the activity for those who may read it."""
    if not permissions.allowed(actor, permissions.ACTIVITY_READ, found):
        return found.title
    url = url_for("activities.board", number=found.number)
    return Markup('{} <a class="zk-small" href="{}">看评审小组</a>').format(found.title, url)


def _when(found: Activity) -> str:
    return f"{moment(found.starts_at)}，{found.city}"


@panel_for(PANEL)
def activity_panel(business_key: str, actor: Actor) -> Panel | None:
    """The activity: what, when, who; who sits is on the board."""
    found = _activity(business_key)
    if found is None:
        return None
    draws = store.draws_of(found.number)
    reads = permissions.allowed(actor, permissions.ACTIVITY_READ, found)
    documents = tuple(
        FileItem(
            f"第 {one.draw_no} 次抽取", url_for("activities.draw", number=found.number, n=one.draw_no) if reads else "",
            f"{one.candidate_count} 人参加摇号，{one.state.label}",
        )
        for one in draws
    )
    return Panel(
        keyline=(
            ("评审", _named(found, actor)), ("时间地点", _when(found)), ("组织部门", found.organiser_unit_name),
            ("专家人数", f"{found.panel_size} 人"),
        ),
        facts=_facts(found), documents=documents, status=found.state.label,
    )


def _facts(found: Activity) -> tuple[tuple[str, Any], ...]:
    pairs = (
        ("类型", found.kind + ("，涉密" if found.classified else "")),
        ("项目单位", units.unit(found.project_unit_id).name),
        ("组织人", found.organiser_name), ("分管领导", found.leader_name),
        ("监督人", found.witness_name or "未设，未经第二方见证"), ("缺额", found.shortage or ""),
        ("取消原因", found.cancel_reason or ""),
    )
    return tuple((name, value) for name, value in pairs if value)


@panel_for(DESIGNATION)
def designation_panel(business_key: str, actor: Actor) -> Panel | None:
    """Who was asked for by name, why, and what was decided."""
    try:
        found = seats.designation(business_key)
    except NotFound:
        return None
    activity = store.activity(found.activity_no)
    reads = permissions.allowed(actor, permissions.ACTIVITY_READ, activity)
    person = experts.expert(found.expert_id)
    decided = "，".join(filter(None, (found.decided_by_name, moment(found.decided_at) if found.decided_at else "")))
    return Panel(
        keyline=(
            ("评审", _named(activity, actor)), ("指定的专家", person.name if reads else mask_name(person.name)),
            ("类别", found.category), ("时间地点", _when(activity)),
        ),
        facts=tuple(
            (name, value)
            for name, value in (
                ("指定的理由", found.reason), ("申请人", found.requested_by_name),
                ("抽取后指定", "是" if found.after_draw else ""), ("审批", decided),
                ("审批意见", found.decision_reason or ""),
            )
            if value
        ),
        status=found.state.label,
    )


@panel_for(INVITATION)
def invitation_panel(business_key: str, actor: Actor) -> Panel | None:
    """An invitation with its times; the name masked, on the board it shows in time."""
    try:
        found = seats.invitation(business_key)
    except NotFound:
        return None
    activity = store.activity(found.activity_no)
    person = experts.expert(found.expert_id)
    is_own = person.user_id is not None and person.user_id == actor.user_id
    times = (
        ("送交", found.sent_at), ("答复期限", found.due_at), ("答复", found.answered_at), ("告知详情", found.told_at),
        ("确认", found.confirmed_at), ("离开席位", found.left_at),
    )
    told = is_own and found.told_at is None
    return Panel(
        keyline=(
            ("评审", "收到详情通知后显示" if told else _named(activity, actor)),
            ("专家", person.name if is_own else mask_name(person.name)), ("类别", found.category),
            ("时间", moment(activity.starts_at)),
        ),
        facts=(
            ("产生方式", "指定" if found.designation_id else f"系统抽取，第 {(found.round_no or 0) + 1} 轮"),
            *((name, moment(at)) for name, at in times if at is not None),
            *((("原因", found.reason),) if found.reason else ()),
            *((("答复方式", found.answer_way.label),) if found.answer_way else ()),
        ),
        status=found.state.label, hidden=frozenset() if is_own else frozenset({person.name}),
    )
