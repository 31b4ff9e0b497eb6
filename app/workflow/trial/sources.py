"""Where a trial takes what it runs on: the draft as saved, or a published version."""

from __future__ import annotations

import sqlalchemy as sa

from app.core.database import db
from app.core.errors import NotFound
from app.workflow import definitions
from app.workflow.models import Definition
from app.workflow.parts import Parts
from app.workflow.releases import drafts
from app.workflow.trial.runs import Source


def of_draft(draft_id: int) -> Source:
    """The draft as it is saved now, with the newest versions of what it calls. :raises NotFound:"""
    draft = drafts.get(draft_id)
    parts = drafts.parts_of(draft)
    return Source(
        draft.key, draft.name, parts, definitions.called_diagrams(draft.xml), draft_id=draft.id, draft_rev=draft.rev
    )


def of_version(key: str, version: int) -> Source:
    """A published version with the diagrams pinned with it. :raises NotFound:"""
    statement = sa.select(Definition).where(Definition.key == key, Definition.version == version)
    row: Definition | None = db.session.scalar(statement)
    if row is None:
        raise NotFound(f"流程“{key}”没有第 {version} 版")
    parts = Parts(row.xml, row.tables, row.forms, row.scenarios)
    return Source(key, row.name, parts, row.called, version=row.version)
