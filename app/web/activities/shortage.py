"""处理缺额: the counts after each filter, and what the organiser does about it (第十九条（二）, 第二十条)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Invalid
from app.identity import permissions
from app.procedures.selection import examination, seats, store
from app.procedures.selection.models import LIVE, ActivityState
from app.procedures.selection.rules.conditions import most_designated
from app.web.activities import finding
from app.web.activities.blueprint import Page, Visit, activities, complete, require_task, visit
from app.web.activities.changes import read_time, required_reason, typed_time
from app.web.activities.finding import number_in
from app.web.activities.refusals import Note, refusal_of
from app.web.activities.supply import supply_of
from app.web.auth import requires
from app.workflow.models import Task

TASK = "handle_shortage"
REDRAW, DESIGNATE, RESCHEDULE = "redraw", "designate", "reschedule"
_FIELDS = ("choice", "reason", "expert", "expert_q", "category", "starts_on", "starts_at", "city", "address")
#: Where the rules' fields stand on this page.
_AT = {"starts_at": "starts_on", "expert_id": "expert"}


@activities.get("/<number>/shortage")
@requires(permissions.ACTIVITY_MANAGE)
def shortage(number: str) -> Page:
    """What falls short, and the ways out."""
    seen = visit(number)
    task = require_task(seen, TASK)
    typed = {**dict.fromkeys(_FIELDS, ""), **typed_time(seen)}
    return _page(seen, task, typed, {})


@activities.post("/<number>/shortage")
@requires(permissions.ACTIVITY_MANAGE)
def handle_shortage(number: str) -> ResponseReturnValue:
    """Completes the task with what was chosen."""
    seen = visit(number)
    task = require_task(seen, TASK)
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}
    if request.form.get("_do") == "find":
        finding.note_search(seen, typed["expert_q"])
        return _page(seen, task, typed, {})
    refused = refusal_of(lambda: complete(seen, task, _values(seen, typed)), "没有提交")
    if refused is not None:
        errors = {_AT.get(field, field): words for field, words in refused.errors.items()}
        return _page(seen, task, typed, errors, refused.note, refused.status)
    return _done(number, typed["choice"])


def _done(number: str, choice: str) -> ResponseReturnValue:
    if choice == REDRAW and store.activity(number).state is ActivityState.DRAFT:
        flash("请调整条件后提交，只抽空出的席位。", "ok")
        return redirect(url_for("activities.conditions", number=number))
    words = {DESIGNATE: "已提交指定，等分管领导审批。", RESCHEDULE: "已改期，新的时间正在通知专家。"}
    flash(words.get(choice, "已提交补足办法。"), "ok")
    return redirect(url_for("activities.board", number=number))


def _values(seen: Visit, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the task. :raises Invalid: faults by the controls of this page."""
    choice = typed["choice"]
    if choice not in (REDRAW, DESIGNATE, RESCHEDULE):
        raise Invalid({"choice": "怎样补足：请选一种办法"})
    errors = required_reason(dict(typed), "原因")
    values: dict[str, Any] = {"choice": choice, "reason": typed["reason"]}
    if choice == DESIGNATE:
        expert_id = number_in(typed["expert"])
        if expert_id is None:
            errors["expert"] = "指定谁：请先按姓名或编号查找，再选一人"
        if not typed["category"]:
            errors["category"] = "担任的类别：请选择"
        values |= {"expert_id": expert_id, "category": typed["category"]}
    if choice == RESCHEDULE:
        try:
            values |= read_time(seen, dict(typed))
        except Invalid as wrong:
            errors = {**wrong.errors, **errors}
    if errors:
        raise Invalid(errors)
    return values


def _page(
    seen: Visit, task: Task, typed: Mapping[str, Any], errors: dict[str, str], note: Note | None = None,
    status: int = 422,
) -> Page:  # fmt: skip
    found = seen.activity
    draft = examination.draft_of(found)
    preview = examination.preview(found, draft, seen.rules, seen.now)
    chosen = finding.person(number_in(typed["expert"]) or 0)
    out = [chosen.id] if chosen else []
    page = render_template(
        "activities/shortage.html", activity=found, typed=typed, errors=errors, note=note, rev=task.rev,
        accepted=len(store.live_invitations(found.number)), left=_left(seen), supply=supply_of(draft, preview),
        panel_min=seen.rules.integer("selection.panel_min"), chosen=[chosen] if chosen else [],
        found=finding.found_people(typed["expert_q"], out), choices=_choices(seen),
        categories=[(name, name) for name in seen.rules.texts("selection.category_directions")],
    )
    return (page, status) if errors or note else page


def _left(seen: Visit) -> int:
    """How many were asked and hold no seat any more."""
    return sum(one.state not in LIVE for one in seats.invitations_of(seen.number))


def _choices(seen: Visit) -> list[tuple[str, str, str]]:
    found = seen.activity
    standing, most = len(store.standing_of(found.number)), most_designated(found.panel_size, seen.rules)
    again = "须分管领导审批" if found.draw_no > seen.rules.integer("selection.redraws_without_leader") else ""
    return [
        (REDRAW, "调整条件，重新抽取", "，".join(filter(None, ("已接受的留下，只抽空席", again)))),
        (DESIGNATE, "指定专家补空席", f"分管领导审批；现有指定 {standing} 人，至多 {most} 人"),
        (RESCHEDULE, "改期", "已接受的确认新时间，空席接着递补"),
    ]
