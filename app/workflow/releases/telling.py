"""Notices to those who write and those who approve versions of processes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.identity import accounts
from app.identity.models import User
from app.notices import outbox
from app.regulations.wording import moment_words
from app.workflow.models import Definition
from app.workflow.releases import drafts
from app.workflow.releases.models import ProcessDraft


def holders(role: str) -> list[int]:
    """Ids of those who hold a role."""
    return [user.id for user in accounts.users_in_role(role)]


def submitted(draft: ProcessDraft, to: Iterable[int], actor: Actor) -> None:
    """To those who may approve: a version waits for them."""
    when = moment_words(draft.publish_at, clock.today()) if draft.publish_at else "批准后立即"
    data = {"name": draft.name, "note": draft.note or "", "by": actor.name, "when": when, "path": _approval(draft)}
    for user_id in to:
        _send("staff_version_submitted", draft, user_id, data, actor)


def returned(draft: ProcessDraft, actor: Actor) -> None:
    """To the authors: the draft is theirs again, and why."""
    data = {"name": draft.name, "reason": draft.returned_reason or "", "by": actor.name, "path": _page(draft)}
    for user_id in _writers(draft, actor):
        _send("staff_version_returned", draft, user_id, data, actor)


def published(draft: ProcessDraft, row: Definition, actor: Actor) -> None:
    """To the authors and the approver: the version is in force."""
    data = {"name": row.name, "version": str(row.version), "note": row.note or "", "path": _page(draft)}
    for user_id in _writers(draft, actor) | ({draft.decided_by_id} - {None, actor.user_id}):
        _send("staff_version_published", draft, user_id, data, actor)


def refused(draft: ProcessDraft, actor: Actor) -> None:
    """To the authors and the approver: it was approved and yet not published, and why."""
    data = {"name": draft.name, "reason": draft.returned_reason or "", "path": _page(draft)}
    for user_id in _writers(draft, actor) | ({draft.decided_by_id} - {None, actor.user_id}):
        _send("staff_version_refused", draft, user_id, data, actor)


def _writers(draft: ProcessDraft, actor: Actor) -> set[int | None]:
    wrote = {author.user_id for author in drafts.authors(draft.id)} | {draft.submitted_by_id}
    return wrote - {None, actor.user_id}


def _page(draft: ProcessDraft) -> str:
    return f"/studio/processes/{draft.key}"


def _approval(draft: ProcessDraft) -> str:
    return f"/studio/drafts/{draft.id}/approval"


def _send(key: str, draft: ProcessDraft, user_id: int | None, data: dict[str, Any], actor: Actor) -> None:
    user = db.session.get(User, user_id) if user_id is not None else None
    if user is None:
        return
    to = outbox.Recipient(user.id, user.name, user.phone, user.email)
    outbox.send(key, to, data, subject_type="process_draft", subject_id=draft.id, now=clock.now(), actor=actor)
