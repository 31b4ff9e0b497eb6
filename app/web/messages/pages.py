"""Messages of the person signed in, newest first; reading a page marks nothing, its button does."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.transaction import transaction
from app.notices import queries
from app.notices.queries import InboxLine
from app.web.auth import current_actor, login_required_page
from app.web.proposals import PARAMETER, TEXT

messages = Blueprint("messages", __name__, url_prefix="/messages")

_PAGE = 20


@messages.get("/")
@login_required_page
def index() -> str:
    """One page of the own messages."""
    user_id, before = current_actor().user_id, request.args.get("before", type=int)
    lines = queries.inbox_page(user_id, before_id=before, limit=_PAGE + 1) if user_id is not None else []
    shown = lines[:_PAGE]
    return render_template(
        "messages/index.html", lines=shown, about={line.id: _about(line) for line in shown},
        unread=[line.id for line in shown if not line.is_read],
        next_url=url_for("messages.index", before=shown[-1].id) if len(lines) > _PAGE else "",
        first_url=url_for("messages.index") if before else "",
    )


def _about(line: InboxLine) -> str:
    """Where what the message is about stands, or nothing."""
    if line.subject_type == "task":
        return url_for("tasks.page", task_id=line.subject_id)
    if line.subject_type == "objection":
        return url_for("objections.show", number=line.subject_id)
    if line.subject_type == "activity":
        return url_for("activities.board", number=line.subject_id)
    if line.subject_type == "designation":
        return url_for("approvals.show", number=line.subject_id)
    if line.subject_type == "process_draft":
        return url_for("studio.approval", draft_id=line.subject_id)
    if line.subject_type == PARAMETER:
        return url_for("rules.show_change", number=line.subject_id)
    if line.subject_type == TEXT:
        return url_for("texts.show_version", number=line.subject_id)
    return ""


@messages.post("/read")
@login_required_page
def mark_read() -> Response:
    """标为已读: those of the page that was looked at; what came since stays unread."""
    user_id = current_actor().user_id
    seen = [int(one) for one in request.form.getlist("id") if one.isdecimal()]
    with transaction():
        if user_id is not None:
            queries.mark_read(user_id, seen, clock.now())
    flash(f"已标为已读：{len(seen)} 条消息。", "ok")
    return redirect(url_for("messages.index"))
