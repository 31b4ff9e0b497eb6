"""登记会议: who was there, whom the members elected, whether it was held (第十七条, 第二十条)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Invalid
from app.identity import permissions
from app.procedures.selection import store
from app.procedures.selection.models import ActivityState, Attendance
from app.procedures.selection.queries import board as queries
from app.procedures.selection.queries.board import SeatLine
from app.web.activities.blueprint import Page, Visit, activities, complete, require_task, visit
from app.web.activities.finding import number_in
from app.web.activities.papers import board_papers
from app.web.activities.refusals import Note, refusal_of
from app.web.auth import requires
from app.workflow.models import Task

TASK = "record_meeting"
_NOTE = 500


@activities.get("/<number>/meeting")
@requires(permissions.ACTIVITY_MANAGE)
def meeting(number: str) -> Page:
    """The list to sign in, with names by now."""
    seen = visit(number)
    task = require_task(seen, TASK)
    return _page(seen, task, {"attendance": {}, "leader": "", "outcome": "", "note": ""}, {})


@activities.post("/<number>/meeting")
@requires(permissions.ACTIVITY_MANAGE)
def record_meeting(number: str) -> ResponseReturnValue:
    """Completes the task with what happened."""
    seen = visit(number)
    task = require_task(seen, TASK)
    members = _members(seen)
    typed = {
        "attendance": {one.line: request.form.get(f"attendance-{one.line}", "") for one in members},
        **{name: request.form.get(name, "").strip() for name in ("leader", "outcome", "note")},
    }
    refused = refusal_of(lambda: complete(seen, task, _values(typed, members)), "没有登记")
    if refused is not None:
        return _page(seen, task, typed, _at_controls(refused.errors), refused.note, refused.status)
    if store.activity(number).state is ActivityState.HELD:
        flash("已登记会议，评审活动办结。抽取证书可以下载、复核。", "ok")
        return redirect(url_for("activities.board", number=number))
    flash("已登记：会议没有举行。请决定怎样补足，或者改期。", "ok")
    return redirect(url_for("activities.shortage", number=number))


def _values(typed: dict[str, Any], members: list[SeatLine]) -> dict[str, Any]:
    """The values of the task. :raises Invalid: faults by the controls of this page."""
    errors: dict[str, str] = {}
    held = typed["outcome"] == "held"
    if typed["outcome"] not in ("held", "not_held"):
        errors["outcome"] = "会议：请选已经举行或没有举行"
    known = {one.value for one in Attendance}
    for one in members:
        if held and typed["attendance"][one.line] not in known:
            errors[f"attendance-{one.line}"] = f"{one.name}：请选出席、缺席或评审中回避"
    leader = number_in(typed["leader"])
    if held and leader is None:
        errors["leader"] = "评审小组组长：请选到会专家推举的人（第十七条）"
    if typed["outcome"] == "not_held" and not typed["note"]:
        errors["note"] = "情况说明：没有举行的，请写明原因"
    if len(typed["note"]) > _NOTE:
        errors["note"] = f"情况说明：最多 {_NOTE} 字"
    if errors:
        raise Invalid(errors)
    attendance = [{"line": line, "state": state} for line, state in typed["attendance"].items() if state in known]
    values: dict[str, Any] = {"outcome": typed["outcome"], "note": typed["note"], "attendance": attendance}
    return {**values, "leader_line": leader} if held else values


def _at_controls(errors: dict[str, str]) -> dict[str, str]:
    """Errors by the rules' names of fields, moved to the controls of this page."""
    moved = {}
    for name, words in errors.items():
        head, _, line = name.replace(".", "-").partition("-")
        if head == "leader_line":
            moved["leader"] = words
        elif head == "attendance":
            moved[f"attendance-{line}" if line else "outcome"] = words
        else:
            moved[name if name in ("outcome", "note", "leader") else "outcome"] = words
    return moved


def _members(seen: Visit) -> list[SeatLine]:
    shown = queries.panel(seen.number, seen.actor, seen.now)
    return [one for one in shown.lines if one.invitation is not None]


def _page(
    seen: Visit, task: Task, typed: dict[str, Any], errors: dict[str, str], note: Note | None = None,
    status: int = 422,
) -> Page:  # fmt: skip
    members = _members(seen)
    page = render_template(
        "activities/meeting.html", activity=seen.activity, members=members, typed=typed, errors=errors, note=note,
        rev=task.rev, attendances=[(one.value, one.label) for one in Attendance],
        leaders=[(one.line, f"{one.name}（{one.category}）") for one in members], papers=board_papers(seen),
        panel_min=seen.rules.integer("selection.panel_min"),
    )
    return (page, status) if errors or note else page
