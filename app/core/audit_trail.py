"""Looking things up in the audit trail: filters and keyset pages, newest first; nothing here writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core.audit import AuditEntry
from app.core.database import db
from app.core.settings import store, stored
from app.core.vocabulary import PERSONAL_READS

_LAST_PROOF = "audit.last_proof"


@dataclass(frozen=True)
class TrailFilter:
    """Who, what, whom it concerned, and when; None asks for nothing.

    `actor_ids` are accounts, `actor_name` is for those without (the system, the public). `personal` leaves only
    looks at personal data. `since` is included, `until` is not.
    """

    actor_ids: Collection[int] = ()
    actor_name: str | None = None
    action: str | None = None
    subject_type: str | None = None
    subject_id: str | None = None
    personal: bool = False
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Proof:
    """When the whole chain was last proved, up to which entry, and how many breaks were found."""

    at: datetime
    seq: int
    breaks: int


def is_personal_read(action: str) -> bool:
    """Whether an act is a look at personal data."""
    return action in PERSONAL_READS


def page(wanted: TrailFilter, before: int | None, size: int) -> list[AuditEntry]:
    """At most `size` entries older than `before`, newest first."""
    statement = sa.select(AuditEntry).where(*_conditions(wanted)).order_by(AuditEntry.seq.desc()).limit(size)
    if before is not None:
        statement = statement.where(AuditEntry.seq < before)
    return list(db.session.scalars(statement))


def _conditions(wanted: TrailFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.actor_ids:
        found.append(AuditEntry.actor_id.in_(wanted.actor_ids))
    elif wanted.actor_name:
        found.append(AuditEntry.actor_name == wanted.actor_name)
    for column, value in (
        (AuditEntry.action, wanted.action),
        (AuditEntry.subject_type, wanted.subject_type),
        (AuditEntry.subject_id, wanted.subject_id),
    ):
        if value:
            found.append(column == value)
    if wanted.personal:
        found.append(AuditEntry.action.in_(sorted(PERSONAL_READS)))
    if wanted.since is not None:
        found.append(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        found.append(AuditEntry.at < wanted.until)
    return found


def last_proof() -> Proof | None:
    """The last proof of the whole chain, or None if there was none."""
    kept = stored(_LAST_PROOF)
    return None if kept is None else Proof(datetime.fromisoformat(kept["at"]), kept["seq"], kept["breaks"])


def remember_proof(proof: Proof) -> None:
    """Keeps a proof for the auditor's page, in the present transaction."""
    store(_LAST_PROOF, {"at": proof.at.isoformat(), "seq": proof.seq, "breaks": proof.breaks})
