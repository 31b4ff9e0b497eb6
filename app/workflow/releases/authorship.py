"""Who wrote what an archive carries: sealed on export, known again on import into the same installation.

Four eyes reach through a file: what was exported, discarded and brought in by a colleague is still its author's.
An author is named by a fingerprint of his login that only this installation can make, so a person of the same login
elsewhere is never taken for him, and no account leaves the house.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.core.crypto import blind_index, sign, verify
from app.core.database import db
from app.identity.models import User
from app.workflow.parts import Parts
from app.workflow.releases.models import DraftAuthor, ProcessDraft
from app.workflow.releases.states import DraftState

_PURPOSE = "zhiku process archive"
_LOGIN = "process_archive.author"
_STRANGER = "压缩包不是本系统导出的，或导出后改过，由谁编写无从核对，只算导入人"


@dataclass(frozen=True)
class Provenance:
    """Where content from elsewhere comes from, in words, and who of this installation wrote it: id and name."""

    words: str
    authors: tuple[tuple[int, str], ...] = ()


def of_draft(draft_id: int) -> tuple[str, ...]:
    """The fingerprints of those who wrote on a draft."""
    return _fingerprints(DraftAuthor.draft_id == draft_id)


def of_version(definition_id: int) -> tuple[str, ...]:
    """The fingerprints of those who wrote on the draft that became a version; nobody for what was shipped."""
    return _fingerprints(ProcessDraft.published_definition_id == definition_id)


def seal(parts: Parts, authors: Sequence[str]) -> str:
    """The word of this installation that these parts are by these authors."""
    return sign(_sealed(parts, authors), _PURPOSE).hex()


def sealed_authors(parts: Parts, authors: Any, found: Any) -> tuple[str, ...] | None:
    """The authors that an archive names, None if it names none or this installation did not seal these parts so."""
    if not isinstance(found, str) or not isinstance(authors, list) or not all(isinstance(one, str) for one in authors):
        return None
    try:
        signature = bytes.fromhex(found)
    except ValueError:
        return None
    return tuple(authors) if verify(_sealed(parts, authors), _PURPOSE, signature) else None


def provenance(authors: Sequence[str] | None) -> Provenance:
    """What an archive's authors mean here; None are those of a file that nobody vouches for."""
    if authors is None:
        return Provenance(_STRANGER)
    wanted = set(authors)
    rows = db.session.execute(sa.select(User.id, User.name, User.login).order_by(User.id)) if wanted else ()
    known = tuple((user_id, name) for user_id, name, login in rows if blind_index(login, _LOGIN) in wanted)
    words = "压缩包由本系统导出，内容没有改过"
    if known:
        words += f"，编写：{'、'.join(name for _, name in known)}"
    left = len(wanted) - len(known)
    return Provenance(f"{words}；另有 {left} 名编写人在本系统没有账号" if left else words, known)


def wrote_discarded(draft: ProcessDraft) -> set[int]:
    """Who wrote on drafts of the process that were discarded on the same base: an import may hold what they wrote."""
    found = sa.select(DraftAuthor.user_id).join(ProcessDraft, ProcessDraft.id == DraftAuthor.draft_id)
    discarded = found.where(
        ProcessDraft.key == draft.key, ProcessDraft.state == DraftState.DISCARDED,
        ProcessDraft.base_version == draft.base_version,
    )
    return set(db.session.scalars(discarded))


def _fingerprints(condition: sa.ColumnElement[bool]) -> tuple[str, ...]:
    logins = (
        sa.select(User.login)
        .join(DraftAuthor, DraftAuthor.user_id == User.id)
        .join(ProcessDraft, ProcessDraft.id == DraftAuthor.draft_id)
        .where(condition)
    )
    return tuple(sorted(blind_index(login, _LOGIN) for login in db.session.scalars(logins)))


def _sealed(parts: Parts, authors: Sequence[str]) -> bytes:
    return json.dumps([parts.own_digest(), list(authors)]).encode()
