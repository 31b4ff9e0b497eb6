"""The outbox as those who run the pool see it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

from app.core import audit, clock
from app.core.database import db
from app.core.errors import Conflict, NotAllowed
from app.core.transaction import transaction
from app.identity import permissions
from app.notices import queries
from app.notices.queries import OutboxLine
from app.web.auth import current_actor, requires
from app.web.pages import is_demo
from app.workflow.models import Task

outbox = Blueprint("outbox", __name__, url_prefix="/outbox")

_PAGE = 30
#: Subjects of messages whose receiver may be an objector.
_OBJECTIONS = frozenset({"objection", "objection_code"})
_LINK = re.compile(r"https?://[^\s<>\"'，。；）]+")


@outbox.get("/")
@requires(permissions.OUTBOX_READ)
def index() -> str:
    """Messages, newest first, of one status if one is asked for."""
    status = request.args.get("status", "")
    status = status if status in queries.STATUS_WORDS else ""
    before = request.args.get("before", type=int)
    lines = queries.outbox_page(status=status or None, before_id=before, limit=_PAGE + 1)
    shown = [_discreet(line) for line in lines[:_PAGE]]
    kept: dict[str, Any] = {"status": status} if status else {}
    return render_template(
        "outbox/index.html", lines=shown, subjects=_subjects(shown), status=status, words=queries.STATUS_WORDS,
        health=queries.outbox_health(clock.now()), may_open=is_demo(),
        next_url=url_for("outbox.index", before=lines[_PAGE - 1].id, **kept) if len(lines) > _PAGE else "",
        first_url=url_for("outbox.index", **kept) if before else "",
    )


def _may_know(line: OutboxLine) -> bool:
    """Who objects is for the bureau's handlers only (no. 12), and a letter about an objection would tell."""
    about_objection = line.subject_type in _OBJECTIONS
    return not about_objection or permissions.allowed(current_actor(), permissions.OBJECTION_READ)


def _discreet(line: OutboxLine) -> OutboxLine:
    return line if _may_know(line) else replace(line, recipient="异议当事人")


@outbox.get("/<int:message_id>")
@requires(permissions.OUTBOX_READ)
def detail(message_id: int) -> str:
    """The text of one message with its links: in the demo only, where nobody has a real mailbox."""
    if not is_demo():
        raise NotAllowed("通知的内容只有收件人可以看，这里只能看到发给谁、发了没有")
    with transaction():
        audit.record(current_actor(), "notices.read_message", "outbox_message", message_id)
        found = queries.outbox_detail(message_id)
        if not _may_know(found.line):
            raise NotAllowed("这条通知会说出异议人是谁，只有局里的办理人员可以看")
        return render_template("outbox/detail.html", found=found, line=found.line,
            subject=_subjects([found.line])[found.line.id], text=linked(found.text or ""))


def _subjects(lines: Sequence[OutboxLine]) -> dict[int, str]:
    """What each message is about, as people call it: a task is called by the number of its case."""
    ids = [line.subject_id for line in lines if line.subject_type == "task"]
    rows = db.session.execute(sa.select(Task.id, Task.business_key).where(Task.id.in_(ids)))
    cases = {row.id: row.business_key for row in rows}
    return {line.id: cases.get(line.subject_id, line.subject_id) for line in lines}


def linked(text: str) -> Markup:
    """The text with its addresses as links; those of this installation lead straight to it."""
    pieces, end = [], 0
    for match in _LINK.finditer(text):
        pieces.append(escape(text[end:match.start()]))
        pieces.append(Markup('<a href="{0}">{0}</a>').format(match.group(0)))
        end = match.end()
    pieces.append(escape(text[end:]))
    return Markup("").join(pieces)


@outbox.post("/<int:message_id>/retry")
@requires(permissions.OUTBOX_READ)
def retry(message_id: int) -> Response:
    """重新发送 a message that could not be delivered."""
    try:
        with transaction():
            queries.retry_dead(message_id, current_actor(), clock.now())
    except Conflict as cannot:
        flash(f"没有重新发送：{cannot.message}。", "care")
    else:
        flash("已重新放入待发送。", "ok")
    return redirect(url_for("outbox.index"))
