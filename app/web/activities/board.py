"""The board of the panel: every seat with what happened to it, what comes next, the deeds that are possible now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.database import db
from app.core.masking import mask_name
from app.identity import permissions
from app.procedures.selection import store
from app.procedures.selection.models import Activity, ActivityState, DesignationState, Recusal
from app.procedures.selection.queries import board as queries
from app.procedures.selection.queries import late_leaves
from app.procedures.selection.queries.board import PanelBoard, SeatLine
from app.procedures.selection.rules.answers import hours
from app.procedures.selection.service.rescheduling import DRAWING, NOT_WHILE_DRAWING
from app.registers import experts, units
from app.web.activities.blueprint import (
    Page,
    Visit,
    activities,
    complete,
    open_task,
    own_task,
    require_task,
    visit,
)
from app.web.activities.ceremony import mark_of
from app.web.activities.papers import board_papers, certificate_url
from app.web.activities.refusals import Note, refusal_of
from app.web.activities.supply import forecast_of
from app.web.activities.words import Link, Mark, designee_name, numeral, window_words
from app.web.auth import requires
from app.web.reveal import reveal_url
from app.web.wording import duration, moment
from app.workflow import authority, cases
from app.workflow.models import Instance

CONFIRM = "confirm_list"
#: So many of the latest happenings of a seat are shown unfolded.
_SHOWN = 4
#: Before these, nobody has been invited yet.
_EARLY = frozenset(
    {ActivityState.DRAFT, ActivityState.APPROVING, ActivityState.LOCKED, ActivityState.DRAWN}
)
#: While it is in one of these, the board looks by itself whether something changed.
_MOVING = frozenset(
    {
        ActivityState.APPROVING, ActivityState.INVITING, ActivityState.INITIAL, ActivityState.CONFIRMING,
        ActivityState.SHORT,
    }
)  # fmt: skip
#: An open task -> what is said of it, its look, the page on which it is done and the words of the link.
_TASKS: dict[str, tuple[str, str, str, str]] = {
    "set_conditions": ("", "抽取条件还没有提交。", "activities.conditions", "去设定抽取条件"),
    "contribute_organiser": ("", "条件已锁定，承诺值已公布，等各方投入一个数。", "activities.draw", "去抽取"),
    "contribute_witness": ("", "条件已锁定，承诺值已公布，等监督人投入一个数。", "activities.draw", "去抽取"),
    "sign_record": ("", "已抽取，等监督人签署抽取记录。", "activities.draw", "看抽取"),
    "send_invitations": ("", "已抽取，可以发出邀请。", "activities.draw", "去发出邀请"),
    "handle_shortage": ("care", "评审小组坐不满，须由你决定怎样补足。", "activities.shortage", "处理缺额"),
    "record_meeting": ("", "评审时间已到，请登记会议情况。", "activities.meeting", "登记会议"),
}


@dataclass(frozen=True)
class Line:
    """A seat as the page shows it."""

    seat: SeatLine
    numeral: str
    minutes_left: int
    minutes_of: int
    left_words: str
    phone_url: str
    reveal_url: str
    chain: tuple[str, ...]
    earlier: tuple[str, ...]


@activities.get("/<number>")
@requires(permissions.ACTIVITY_READ)
def board(number: str) -> Page:
    """The panel as it stands."""
    return _page(visit(number))


def _page(seen: Visit, note: Note | None = None, status: int = 200) -> Page:
    found, rules = seen.activity, seen.rules
    shown = queries.panel(found.number, seen.actor, seen.now) if found.state not in _EARLY else None
    task, is_off = own_task(seen, CONFIRM), found.state is ActivityState.CANCELLED
    open_seats = shown.tally.size - shown.tally.accepted if shown else 0
    forecast = forecast_of(seen, open_seats) if shown and found.state is ActivityState.INVITING else None
    page = render_template(
        "activities/board.html", activity=found, board=shown, note=note, next_act=_next(seen),
        lines=[_line(seen, one) for one in shown.lines] if shown else [],
        tally=[] if is_off else _tally(shown, forecast),
        may={"change": _may_change(seen), "move": found.state not in DRAWING, "confirm": task is not None},
        not_while_drawing=NOT_WHILE_DRAWING,
        rev=task.rev if task else "", confirm_count=len(shown.lines) if shown else 0,
        reply_words=f"{rules['invitation.reply_period'].words}", window_words=window_words(rules),
        names_before=rules.integer("selection.names_shown_before"), names_shown=bool(shown and shown.names_shown),
        before=_before(seen), designations=_designations(seen), recusals=_recusals(seen), draws=_draws(seen),
        written_many=_written_many(seen), late_leaves=_late_leaves(seen),
        checks=[] if is_off else _checks(shown), is_off=is_off, steps=() if is_off or not shown else shown.steps,
        about=_about(seen), deeds=_deeds(seen), papers=board_papers(seen),
        case_url=_case_url(seen), moves=found.state in _MOVING, mark=mark_of(found),
    )
    return (page, status) if note else page


def _checks(shown: PanelBoard | None) -> list[Mark]:
    """The checks of the present list; what only waits for answers is neither right nor wrong yet."""
    checks = shown.checks if shown is not None else ()
    return [Mark("idle" if one.level == "warn" else one.level, one.words, one.article) for one in checks]


def _may_change(seen: Visit) -> bool:
    """Whether it may be moved or called off: after the start only while it was not held."""
    late = seen.activity.state in (ActivityState.SHORT, ActivityState.MEETING)
    return seen.may_manage and (seen.now < seen.activity.starts_at or late)


def _next(seen: Visit) -> dict[str, str] | None:
    """What waits to be done, and who is to do it."""
    if seen.activity.state is ActivityState.CANCELLED:
        reason = seen.activity.cancel_reason or ""
        return {"look": "", "strong": "评审已取消：", "text": reason, "url": "", "act": ""}
    task = own_task(seen, *_TASKS) or open_task(seen.number, *_TASKS)
    if task is None:
        return None
    look, words, endpoint, act = _TASKS[task.element_id]
    if authority.may_work(task, seen.actor):
        return {"look": look, "strong": "", "text": words, "url": url_for(endpoint, number=seen.number), "act": act}
    return {"look": look, "strong": "", "text": words.replace("，须由你决定怎样补足", ""), "url": "", "act": ""}


def _before(seen: Visit) -> dict[str, str]:
    """What stands in place of the seats while there are none."""
    found = seen.activity
    task = open_task(seen.number, *_TASKS)
    mine = task is not None and authority.may_work(task, seen.actor)
    if found.state is ActivityState.APPROVING:
        text = f"条件须 {found.leader_name} 同意后才能锁定。"
        return {"heading": "等分管领导审批抽取条件", "text": text, "url": "", "act": ""}
    if found.state is ActivityState.DRAFT:
        url = url_for("activities.conditions", number=found.number) if mine else ""
        return {"heading": "还没有抽取", "text": "条件提交、锁定以后才能抽取。", "url": url, "act": "去设定抽取条件"}
    url = url_for("activities.draw", number=found.number) if found.draw_no else ""
    if found.state is ActivityState.CANCELLED:
        return {"heading": "没有发出过邀请", "text": "评审在邀请专家以前取消。", "url": "", "act": ""}
    text = "抽取完成、发出邀请以后，这里显示每一席的经过。"
    return {"heading": "还没有发出邀请", "text": text, "url": url, "act": "去看抽取"}


def _tally(shown: PanelBoard | None, forecast: Any) -> list[dict[str, Any]]:
    if shown is None:
        return []
    tally = shown.tally
    found = [{"name": "已接受", "value": tally.accepted, "unit": f"席，共 {tally.size} 席"}]
    if tally.confirmed:
        found.append({"name": "已确认详情", "value": tally.confirmed, "unit": "席"})
    found.append({"name": "等答复", "value": tally.asked, "unit": "席"})
    promised = sum(one.invitation is None and one.tone == "waiting" for one in shown.lines)
    if promised:
        found.append({"name": "指定待审批", "value": promised, "unit": "席"})
    if tally.refilling > promised:
        refilling = tally.refilling - promised
        is_short = shown.state_code == ActivityState.SHORT.value
        unit = "席" if is_short else f"席，第 {tally.round_no} 轮"
        found.append({"name": "空缺" if is_short else "正在递补", "value": refilling, "unit": unit})
    if forecast is not None:
        found.append({"name": "预计坐满", "value": forecast.likely_time, "unit": f"前后，多半不晚于 {forecast.latest}"})
    return found


def _line(seen: Visit, one: SeatLine) -> Line:
    left = one.due_at - seen.now if one.due_at is not None else None
    minutes = max(0, int(left.total_seconds() // 60)) if left is not None else 0
    reply = hours(seen.rules).reply
    happened = sorted(one.chain, key=lambda item: item.at or seen.now)
    chain = tuple(f"{_short(item.at)} {item.words}" if item.at else item.words for item in happened)
    folded = len(chain) - _SHOWN if len(chain) > _SHOWN + 1 else 0
    return Line(
        one, numeral(one.line), minutes, int(reply.total_seconds() // 60),
        duration(left) if left is not None and minutes else "", _phone_url(seen, one), _reveal_url(seen, one),
        chain[folded:], chain[:folded],
    )


def _short(at: datetime) -> str:
    """10:03 of today, else with the day."""
    return moment(at).removeprefix("今天 ")


def _phone_url(seen: Visit, one: SeatLine) -> str:
    waits = one.due_at is not None and one.invitation is not None
    if not waits or not permissions.allowed(seen.actor, permissions.PHONE_ANSWER, seen.activity):
        return ""
    return url_for("activities.phone", number=seen.number, invitation=one.invitation)


def _reveal_url(seen: Visit, one: SeatLine) -> str:
    """The clerk may see a whole name with a reason, which is written down (no. 54)."""
    if one.invitation is None or not permissions.allowed(seen.actor, permissions.PERSONAL_REVEAL):
        return ""
    return reveal_url("invitation", one.invitation, url_for("activities.board", number=seen.number))


def _designations(seen: Visit) -> list[dict[str, Any]]:
    return [
        {
            "name": designee_name(one), "category": one.category, "reason": one.reason, "after_draw": one.after_draw,
            "state": one.state.label, "decided": _decided(one.decided_by_name, one.decided_at, one.decision_reason),
        }
        for one in store.designations_of(seen.number)
        if one.state is not DesignationState.DRAFT or seen.activity.state in _EARLY
    ]


def _decided(who: str | None, at: datetime | None, reason: str | None) -> str:
    if at is None:
        return ""
    return "，".join(filter(None, (who, moment(at)))) + (f"：{reason}" if reason else "")


def _recusals(seen: Visit) -> list[dict[str, Any]]:
    return [
        {
            "name": _recused(one), "source": one.source.label,
            "reason": one.reason if one.reason != one.source.label else "", "recorded_by": one.recorded_by_name,
            "at": one.received_at, "after_lock": one.after_lock,
        }
        for one in store.recusals_of(seen.number)
    ]


def _late_leaves(seen: Visit) -> list[dict[str, Any]]:
    """Leaves that came late, and where they are judged by who may (no. 26)."""
    may = permissions.allowed(seen.actor, permissions.LATE_LEAVE_JUDGE, seen.activity)
    return [
        {
            "name": one.name, "category": one.category, "at": one.at, "reason": one.reason, "words": one.words,
            "url": url_for("activities.late_leave", number=seen.number, invitation=one.invitation) if may else "",
        }
        for one in late_leaves.of_activity(seen.number)
    ]


def _written_many(seen: Visit) -> str:
    """That the leader was told of many written requests; empty if there are few (domain.md no. 44)."""
    written, most = store.written_recusals(seen.number), seen.rules.integer("selection.max_written_recusals")
    return f"项目单位书面提出 {written} 项，超过 {most} 项，已报分管领导知悉。" if written > most else ""


def _recused(one: Recusal) -> str:
    if one.unit_id is not None:
        return units.unit(one.unit_id).name
    return mask_name(experts.expert(one.expert_id or 0).name)


def _draws(seen: Visit) -> list[dict[str, Any]]:
    return [
        {
            "no": one.draw_no, "at": one.drawn_at or one.committed_at, "candidates": one.candidate_count,
            "rounds": len(store.rounds_of(one.id)), "reason": one.reason, "state": one.state.label,
            "end_reason": one.end_reason, "certificate": certificate_url(seen.activity, one) if one.drawn_at else "",
        }
        for one in store.draws_of(seen.number)
    ]


def _about(seen: Visit) -> list[tuple[str, str]]:
    found = seen.activity
    pairs = [
        ("编号", found.number), ("类型", found.kind + ("，涉密" if found.classified else "")),
        ("项目单位", units.unit(found.project_unit_id).name),
        ("组织部门", found.organiser_unit_name), ("组织人", f"{found.organiser_name}，{found.contact_phone}"),
        ("分管领导", found.leader_name), ("监督人", found.witness_name or "未设，未经第二方见证"),
        ("用时", f"{found.half_days} 个半天"), ("专家人数", f"{found.panel_size} 人"),
        ("改期", f"{found.times_rescheduled} 次" if found.times_rescheduled else ""),
        ("组长", _leader_name(found)), ("会议情况", found.meeting_note or ""),
    ]
    return [(name, value) for name, value in pairs if value]


def _leader_name(found: Activity) -> str:
    return experts.expert(found.panel_leader_expert_id).name if found.panel_leader_expert_id else ""


def _deeds(seen: Visit) -> list[Link]:
    """What else the organiser may do now."""
    found = seen.activity
    if not seen.may_manage:
        return []
    version = f"第 {found.conditions_version} 版"
    deeds = [Link("抽取条件", url_for("activities.conditions", number=found.number), version)]
    if seen.now < found.starts_at:
        url = url_for("activities.ask_recusal", number=found.number)
        deeds.append(Link("登记回避申请", url, "项目单位开会以前书面提出的"))
    if found.state not in _EARLY and seen.now < found.starts_at:
        url = url_for("activities.ask_designate", number=found.number)
        deeds.append(Link("抽取后指定", url, "补空席，须分管领导审批"))
    return deeds


def _case_url(seen: Visit) -> str:
    case = cases.of_key(seen.number)
    instance = db.session.get(Instance, case) if case is not None else None
    if instance is None or not authority.may_see_case(instance, seen.actor):
        return ""
    return url_for("cases.detail", instance_id=case)


@activities.post("/<number>/confirm")
@requires(permissions.ACTIVITY_MANAGE)
def confirm_list(number: str) -> ResponseReturnValue:
    """The organiser confirms the initial list; the details go out at once (第十九条（四）（五）)."""
    seen = visit(number)
    task = require_task(seen, CONFIRM)
    number = seen.number
    refused = refusal_of(lambda: complete(seen, task, {}), "名单没有确认")
    if refused is not None:
        words = "；".join(refused.errors.values())
        return _page(visit(number), refused.note or ("bad", "名单没有确认：", f"{words}。"), refused.status)
    flash("已确认初始名单，详情正在发给各位专家。", "ok")
    return redirect(url_for("activities.board", number=number))
