"""What was done to a draft: a line for its owners and one in the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.core import audit, clock
from app.core.actor import Actor
from app.core.database import db
from app.workflow.releases.models import DraftStep, ProcessDraft
from app.workflow.releases.states import DraftAct


def act(
    draft: ProcessDraft,
    what: DraftAct,
    actor: Actor,
    *,
    reason: str | None = None,
    before: Any = None,
    after: Any = None,
) -> None:
    """Books an act on the draft."""
    _step(draft, what, actor, reason)
    content = {"rev": draft.rev, **(after or {})}
    audit.record(actor, f"process_draft.{what}", "definition", draft.key, before=before, after=content, reason=reason)


def saved(draft: ProcessDraft, actor: Actor, changed: Sequence[str]) -> None:
    """Books a save; saves of one person in a row are one line for the owners, since the editor saves by itself."""
    last = db.session.scalar(
        sa.select(DraftStep).where(DraftStep.draft_id == draft.id).order_by(DraftStep.id.desc()).limit(1)
    )
    if last is not None and last.act == DraftAct.SAVE and last.by_id == actor.user_id:
        last.rev, last.at = draft.rev, clock.now()
    else:
        _step(draft, DraftAct.SAVE, actor, None)
    after = {"rev": draft.rev, "changed": list(changed)}
    audit.record(actor, f"process_draft.{DraftAct.SAVE}", "definition", draft.key, after=after)


def steps(draft_id: int) -> list[DraftStep]:
    """What was done to a draft, newest first."""
    statement = sa.select(DraftStep).where(DraftStep.draft_id == draft_id).order_by(DraftStep.id.desc())
    return list(db.session.scalars(statement))


def _step(draft: ProcessDraft, what: DraftAct, actor: Actor, reason: str | None) -> None:
    db.session.add(
        DraftStep(
            draft_id=draft.id, act=what, rev=draft.rev, at=clock.now(), by_id=actor.user_id, by_name=actor.name,
            reason=reason,
        )
    )
    db.session.flush()
