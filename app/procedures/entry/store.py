"""Finding and locking applications, their typed content and their papers: for service and queries alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.core.database import db
from app.core.errors import NotFound
from app.procedures.entry.models import Application
from app.procedures.entry.rules.form import STEPS
from app.registers.files import service as files
from app.registers.files.models import StoredFile

#: Owner type of the papers in the file store; the owner id is the application's row id.
OWNER = "application"
#: The `intake` of what the centre typed in from paper.
PAPER = "paper"

Content = dict[str, dict[str, Any]]


def normal(number: str) -> str:
    """A number as people type it: spaces dropped, capitals."""
    return "".join(number.split()).upper()


#: Looked up with every step of a case, so written once.
_BY_NUMBER = sa.select(Application).where(
    sa.or_(Application.number == sa.bindparam("key"), Application.draft_no == sa.bindparam("key"))
)
_LOCKED = _BY_NUMBER.with_for_update().execution_options(populate_existing=True)


def find(number: str) -> Application | None:
    """The application of that case or draft number."""
    return db.session.scalars(_BY_NUMBER, {"key": normal(number)}).first()


def application(number: str) -> Application:
    """As `find`, but it must exist.

    :raises NotFound: there is none.
    """
    found = find(number)
    if found is None:
        raise NotFound(f"没有编号为 {number} 的申请")
    return found


def locked(number: str) -> Application:
    """The application, its row locked and read afresh.

    :raises NotFound: there is none.
    """
    found = db.session.scalars(_LOCKED, {"key": normal(number)}).first()
    if found is None:
        raise NotFound(f"没有编号为 {number} 的申请")
    return found


def content_of(found: Application) -> Content:
    """What was typed, by step."""
    typed: Content = json.loads(found.content)
    return {step: typed.get(step, {}) for step in STEPS}


def keep_content(found: Application, content: Content) -> None:
    """Replaces what was typed."""
    found.content = json.dumps(content, ensure_ascii=False, sort_keys=True)


def papers_of(found: Application) -> Sequence[StoredFile]:
    """The papers that count, oldest first; `purpose` is the kind."""
    return files.of_owner(OWNER, found.id)


def papers_of_version(found: Application, version: int) -> frozenset[str]:
    """The ids of the papers that went with a submitted version."""
    for known in found.versions:
        if known.version == version:
            return frozenset(known.file_ids)
    return frozenset()
