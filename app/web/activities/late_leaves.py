"""认定迟请假: organiser and centre say whether a leave that came late is excused (第二十条, domain.md no. 26)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import NotAllowed, NotFound
from app.core.transaction import transaction
from app.identity import permissions
from app.procedures.selection.queries import late_leaves as queries
from app.procedures.selection.queries.late_leaves import LateLeave
from app.procedures.selection.service import late_leaves
from app.web.activities.blueprint import Page, Visit, activities, visit
from app.web.activities.refusals import Note, refusal_of
from app.web.auth import requires
from app.workflow.attempt import attempt

_ANSWERS = {"yes": True, "no": False}


@activities.get("/<number>/late-leave/<invitation>")
@requires(permissions.LATE_LEAVE_JUDGE)
def late_leave(number: str, invitation: str) -> Page:
    """Who took leave late and why, what was said to it, and the form of one's own side."""
    seen, found = _late(number, invitation)
    return _page(seen, found, {"excused": "", "reason": ""}, {})


def _late(number: str, invitation: str) -> tuple[Visit, LateLeave]:
    seen = visit(number)
    permissions.require(seen.actor, permissions.LATE_LEAVE_JUDGE, seen.activity)
    found = queries.of_invitation(invitation)
    if found is None:
        raise NotAllowed("这份邀请不是迟请假，无须认定")
    if found.activity != seen.number:
        raise NotFound
    return seen, found


@activities.post("/<number>/late-leave/<invitation>")
@requires(permissions.LATE_LEAVE_JUDGE)
def judge_late_leave(number: str, invitation: str) -> ResponseReturnValue:
    """Writes down what one's own side says."""
    seen, found = _late(number, invitation)
    typed = {name: request.form.get(name, "").strip() for name in ("excused", "reason")}

    def act() -> object:
        chosen = _ANSWERS.get(typed["excused"])
        return late_leaves.judge(
            found.invitation, excused=chosen, reason=typed["reason"], actor=seen.actor, now=seen.now
        )

    refused = refusal_of(lambda: attempt(transaction, act), "没有认定")
    if refused is not None:
        return _page(seen, found, typed, refused.errors, refused.note, refused.status)
    flash(f"已认定：{found.name}的迟请假，{late_leaves.side_of(seen.actor).label}意见已记下。", "ok")
    return redirect(url_for("activities.board", number=seen.number))


def _page(
    seen: Visit, found: LateLeave, typed: dict[str, Any], errors: dict[str, str], note: Note | None = None,
    status: int = 422,
) -> Page:  # fmt: skip
    side = late_leaves.side_of(seen.actor)
    page = render_template(
        "activities/late_leave.html", activity=seen.activity, late=found, typed=typed, errors=errors, note=note,
        side=side.label, waits=found.waits_for(side), notice=seen.rules["leave.notice"].words,
    )
    return (page, status) if errors or note else page
