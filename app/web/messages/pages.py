"""Messages of the person signed in, newest first; reading a page marks nothing, its button does."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.transaction import transaction
from app.notices import queries
from app.notices.queries import InboxLine
from app.web.auth import current_actor, login_required_page
from app.web.proposals import CALENDAR, PARAMETER, TEXT

messages = Blueprint("messages", __name__, url_prefix="/messages")

_PAGE = 20
#: What a message is about -> its page and what that calls the number.
_PAGES: dict[str, tuple[str, str]] = {
    "task": ("tasks.page", "task_id"), "objection": ("objections.show", "number"),
    "activity": ("activities.board", "number"), "designation": ("approvals.show", "number"),
    "process_draft": ("studio.approval", "draft_id"), PARAMETER: ("rules.show_change", "number"),
    TEXT: ("texts.show_version", "number"), CALENDAR: ("rules.show_notice", "number"),
}  # fmt: skip


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
    if line.subject_type not in _PAGES:
        return ""
    endpoint, argument = _PAGES[line.subject_type]
    number: dict[str, Any] = {argument: line.subject_id}
    return url_for(endpoint, **number)


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
