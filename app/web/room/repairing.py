"""One case in repair: its tokens, data, timers and failures; moving a token, 暂停 and 恢复, each confirmed first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.errors import Conflict, UserError
from app.core.masking import mask_name
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.cases.panels import Panel, panel
from app.web.cases.story import Happening, happenings, way
from app.web.cases.views import STATUS_WORDS
from app.web.confirming import carry_out, sent_reason
from app.web.room.blueprint import names_cases, room, tabs
from app.web.room.words import data_lines
from app.web.wording import due, moment
from app.workflow import cases as case_service
from app.workflow.cases import CaseDetail
from app.workflow.models import Instance, Message
from app.workflow.room import repair, suspension
from app.workflow.states import InstanceStatus

#: Kinds of elements in the words of the diagram.
KIND_WORDS = {
    "userTask": "人工环节", "manualTask": "人工环节", "serviceTask": "系统操作", "sendTask": "发送消息",
    "receiveTask": "等待消息", "intermediateCatchEvent": "等待时限或消息", "eventBasedGateway": "等待先到的一个",
    "boundaryEvent": "时限或消息", "businessRuleTask": "决策表", "callActivity": "子流程", "subProcess": "子流程",
}
STATE_WORDS = {"open": "待办", "failed": "故障", "waiting": "等待"}


@room.get("/cases/<int:instance_id>")
@requires(permissions.ROOM_READ)
def case(instance_id: int) -> str:
    """Everything an operator needs of one case, without personal data."""
    actor = current_actor()
    found = case_service.detail(instance_id, actor)
    shown = panel(found.instance.process_key, found.instance.business_key, actor)
    stands = repair.standing(found.instance)
    return render_template(
        "room/case.html", case=found, status=STATUS_WORDS[InstanceStatus(found.instance.status)], stands=stands,
        data=data_lines(stands.data), why=suspension.of_case(instance_id), history=_history(found, shown, actor),
        way=way(found), kinds=KIND_WORDS, states=STATE_WORDS, names_cases=names_cases(actor),
        may_repair=permissions.allowed(actor, permissions.CASE_REPAIR), tabs=tabs(actor),
        may_open=any(permissions.allowed(actor, one) for one in (permissions.CASE_READ, permissions.TASK_MANAGE)),
        may_mend=permissions.allowed(actor, permissions.INCIDENT_READ), is_live=found.instance.ended_at is None,
    )


def _history(found: CaseDetail, shown: Panel, actor: Actor) -> Sequence[Happening]:
    """What happened; drawn experts are not named, applicants only to those who may read cases."""
    public = {entry.actor_name for entry in found.history if entry.actor_id is None} - {SYSTEM.name}
    hidden = shown.hidden if names_cases(actor) else shown.hidden | public
    return [replace(one, who=mask_name(one.who) if one.who in hidden else one.who) for one in happenings(found.history)]


def _trail(found: CaseDetail, act: str) -> list[tuple[str, str]]:
    instance = found.instance
    return [
        ("运行监控", url_for("room.index")), ("办件", url_for("room.cases")),
        (instance.business_key, url_for("room.case", instance_id=instance.id)), (act, ""),
    ]


@room.get("/cases/<int:instance_id>/suspend")
@requires(permissions.CASE_REPAIR)
def ask_suspend(instance_id: int) -> str:
    """Says what 暂停 means for this case and asks why."""
    return _suspend_page(instance_id, {})


@room.post("/cases/<int:instance_id>/suspend")
@requires(permissions.CASE_REPAIR)
def suspend(instance_id: int) -> ResponseReturnValue:
    """暂停."""
    return carry_out(
        lambda: suspension.suspend(instance_id, current_actor(), sent_reason()),
        lambda errors: _suspend_page(instance_id, errors),
        "已暂停这个办件，原因写入办理经过，办理人在页面上看得到。", url_for("room.case", instance_id=instance_id),
    )


def _suspend_page(instance_id: int, errors: dict[str, str]) -> str:
    found = _case(instance_id, InstanceStatus.RUNNING)
    sentences = ["暂停后没有人能办理，时限到了不执行，发来的消息等到恢复后送达；办理人已填写的内容存为草稿。"]
    if found.open_tasks:
        sentences.append(f"不能办理的环节：{'、'.join(sorted({task.name for task in found.open_tasks}))}。")
    if found.timers:
        told = "、".join(f"{timer.name or timer.element_id}（{due(timer.due_at)}）" for timer in found.timers[:6])
        sentences.append(f"时限照常按日历计算：{told}。恢复时已经到期的立即执行。")
    if below := _live_children(instance_id):
        sentences.append(f"由它发起的 {below} 件办件不受影响，照常办理。")
    return _confirm(
        found, "暂停", "暂停这个办件", "".join(sentences), errors, url_for("room.suspend", instance_id=instance_id)
    )


@room.get("/cases/<int:instance_id>/resume")
@requires(permissions.CASE_REPAIR)
def ask_resume(instance_id: int) -> str:
    """Says what will happen at once on 恢复 and asks why."""
    return _resume_page(instance_id, {})


@room.post("/cases/<int:instance_id>/resume")
@requires(permissions.CASE_REPAIR)
def resume(instance_id: int) -> ResponseReturnValue:
    """恢复."""
    return carry_out(
        lambda: suspension.resume(instance_id, current_actor(), sent_reason()),
        lambda errors: _resume_page(instance_id, errors),
        "已恢复这个办件；暂停期间到期的时限和收到的消息正在处理。", url_for("room.case", instance_id=instance_id),
    )


def _resume_page(instance_id: int, errors: dict[str, str]) -> str:
    found = _case(instance_id, InstanceStatus.SUSPENDED)
    late = [timer.name or timer.element_id for timer in found.timers if timer.due_at <= clock.now()]
    why = suspension.of_case(instance_id)
    sentences = [f"{why.by_name}于{moment(why.since)}暂停：“{why.reason.rstrip('。')}”。"] if why else []
    sentences.append("恢复后按流程继续办理。")
    sentences.append(f"已经到期、将立即执行的时限：{'、'.join(late)}。" if late else "没有已经到期的时限。")
    if waiting := _waiting_messages(found.instance.business_key):
        sentences.append(f"暂停期间收到的 {waiting} 条消息随后送达。")
    return _confirm(
        found, "恢复", "恢复这个办件", "".join(sentences), errors, url_for("room.resume", instance_id=instance_id),
        is_harmless=True,
    )


def _case(instance_id: int, status: InstanceStatus) -> CaseDetail:
    """The case in the state that the act needs. :raises Conflict: it is in another by now."""
    found = case_service.detail(instance_id, current_actor())
    if found.instance.status != status:
        state = STATUS_WORDS[InstanceStatus(found.instance.status)]
        raise Conflict(f"办件{found.instance.business_key}现在是“{state}”，请刷新后再看")
    return found


def _confirm(
    found: CaseDetail, word: str, act: str, consequence: str, errors: dict[str, str], action: str, *,
    is_harmless: bool = False,
) -> str:
    return render_template(
        "confirm.html", heading=f"{word}：{found.instance.business_key} {found.definition.name}", act=act,
        consequence=consequence, errors=errors, reason_label=f"{word}的理由",
        reason_hint="写入办理经过和操作留痕，办理人看得到。", reason=sent_reason(), action=action,
        back=url_for("room.case", instance_id=found.instance.id), stay=f"不{word}，返回", trail=_trail(found, word),
        is_harmless=is_harmless,
    )


def _live_children(instance_id: int) -> int:
    below = sa.select(sa.func.count()).select_from(Instance)
    return db.session.scalar(below.where(Instance.parent_id == instance_id, Instance.ended_at.is_(None))) or 0


def _waiting_messages(business_key: str) -> int:
    waiting = sa.select(sa.func.count()).select_from(Message)
    pending = (sa.text("status = 'pending'"), Message.business_key == business_key)
    return db.session.scalar(waiting.where(*pending)) or 0


@room.get("/cases/<int:instance_id>/move")
@requires(permissions.CASE_REPAIR)
def ask_move(instance_id: int) -> str:
    """Chooses a token and where it goes; once both are chosen, says what follows and asks why."""
    return _move_page(instance_id, current_actor(), request.args, {})


def _move_page(instance_id: int, actor: Actor, given: Any, errors: dict[str, str]) -> str:
    found = _case(instance_id, InstanceStatus.RUNNING)
    tokens = repair.standing(found.instance).tokens
    wanted = given.get("token", tokens[0].task_id if len(tokens) == 1 else "")
    token = next((one for one in tokens if one.task_id == wanted), None)
    outlook, refused = None, ""
    if token is not None and given.get("element"):
        try:
            outlook = repair.outlook(found.instance, token.task_id, given["element"])
        except UserError as unsafe:
            refused = unsafe.message
    return render_template(
        "room/move.html", case=found, tokens=tokens, token=token, outlook=outlook, refused=refused, errors=errors,
        targets=repair.targets(found.definition, token) if token else (), element=given.get("element", ""),
        kinds=KIND_WORDS, states=STATE_WORDS, reason=given.get("reason", ""), trail=_trail(found, "移动办件"),
        task_names={task.id: task for task in found.open_tasks},
    )


@room.post("/cases/<int:instance_id>/move")
@requires(permissions.CASE_REPAIR)
def move(instance_id: int) -> ResponseReturnValue:
    """移动办件."""
    actor, form = current_actor(), request.form
    return carry_out(
        lambda: repair.move(instance_id, form.get("token", ""), form.get("element", ""), actor, sent_reason()),
        lambda errors: _move_page(instance_id, actor, form, errors),
        "已移动办件，理由写入办理经过。", url_for("room.case", instance_id=instance_id),
    )
