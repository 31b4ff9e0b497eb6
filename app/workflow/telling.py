"""Notices about tasks to persons: written into the outbox of the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.core.database import db
from app.identity.models import User
from app.notices import outbox
from app.regulations.wording import due_words
from app.workflow.acts import Row


def task_path(task_id: str) -> str:
    """Where the page of a task stands."""
    return f"/tasks/{task_id}"


def tell(user_id: int, key: str, task: Row, actor: Actor, now: datetime, **more: Any) -> None:
    """Sends the notice `key` about a task to a member of staff; unknown accounts are passed over."""
    user = db.session.get(User, user_id)
    if user is None:
        return
    data = {"task": task.name, "title": task.title, "path": task_path(task.id), **more}
    if actor.kind != "system":
        data["by"] = actor.name
    to = outbox.Recipient(user.id, user.name, user.phone, user.email)
    outbox.send(key, to, data, subject_type="task", subject_id=task.id, now=now, actor=actor)


def due_text(task: Row, now: datetime) -> str:
    """The deadline of a task in words, or that there is none."""
    if task.due_at is None:
        return "没有规定时限"
    return due_words(task.due_at, now, provisional=task.provisional).text
