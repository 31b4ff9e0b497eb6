"""The append-only, hash-chained trail of every act and of every look at personal data (第二十六条).

Entries are collected while a transaction runs and written as its last act, under the lock of the chain's head,
so that the chain never holds others up. The chain alone shows neither a cut tail nor a full rewrite: `anchor()`
gives the signed head that is kept outside the database.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock
from app.core.actor import Actor
from app.core.database import Instant, db

_PENDING = "audit_pending"
GENESIS = "0" * 64


class AuditEntry(db.Model):
    """One act: who, when, from where, what, to what, and what changed."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index("ix_audit_entry_subject", "subject_type", "subject_id", "seq"),
        sa.Index("ix_audit_entry_actor", "actor_id", "seq"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Instant)
    actor_id: Mapped[int | None] = mapped_column(sa.Integer)
    actor_name: Mapped[str] = mapped_column(sa.String(80))
    address: Mapped[str | None] = mapped_column(sa.String(64))
    action: Mapped[str] = mapped_column(sa.String(80), index=True)
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[str] = mapped_column(sa.String(80))
    body: Mapped[str] = mapped_column(sa.Text)
    previous_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64))

    @property
    def detail(self) -> dict[str, Any]:
        """before, after, reason and note as they were recorded."""
        content: dict[str, Any] = json.loads(self.body)
        return content


class AuditHead(db.Model):
    """The end of the chain; its row is the lock that orders all entries."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(sa.String(64), default=GENESIS)


@dataclass(frozen=True)
class _Draft:
    at: datetime
    actor: Actor
    action: str
    subject_type: str
    subject_id: str
    body: str


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold."""

    seq: int
    what: str


_key: bytes = b""


def configure(key: bytes) -> None:
    """Installs the key of the chain; it lives outside the database."""
    global _key
    _key = key


def record(
    actor: Actor,
    action: str,
    subject_type: str,
    subject_id: str | int,
    *,
    before: Any = None,
    after: Any = None,
    reason: str | None = None,
    note: str | None = None,
) -> None:
    """Adds an act to the trail of the present transaction; personal data goes in masked.

    `action` is `<area>.<verb>_<noun>`; `before` and `after` are plain JSON.
    """
    content = {"before": before, "after": after, "reason": reason, "note": note}
    body = json.dumps({k: v for k, v in content.items() if v is not None}, ensure_ascii=False, sort_keys=True)
    draft = _Draft(clock.now(), actor, action, subject_type, str(subject_id), body)
    session: Session = db.session()
    session.info.setdefault(_PENDING, []).append(draft)


def _digest(previous: str, seq: int, draft: _Draft | AuditEntry) -> str:
    actor_id = draft.actor.user_id if isinstance(draft, _Draft) else draft.actor_id
    actor_name = draft.actor.name if isinstance(draft, _Draft) else draft.actor_name
    address = draft.actor.address if isinstance(draft, _Draft) else draft.address
    fields = [previous, seq, int(draft.at.timestamp() * 1_000_000), actor_id, actor_name, address,
              draft.action, draft.subject_type, draft.subject_id, draft.body]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(_key, text.encode(), "sha256").hex()


@event.listens_for(Session, "before_commit")
def _append(session: Session) -> None:
    drafts: list[_Draft] = session.info.pop(_PENDING, [])
    if not drafts:
        return
    session.flush()
    head = session.execute(sa.select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1).with_for_update()).first()
    if head is None:
        session.execute(sa.insert(AuditHead).values(id=1, seq=0, hash=GENESIS))
    seq, previous = (head.seq, head.hash) if head is not None else (0, GENESIS)
    rows = []
    for draft in drafts:
        seq += 1
        digest = _digest(previous, seq, draft)
        rows.append({
            "seq": seq, "at": draft.at, "actor_id": draft.actor.user_id, "actor_name": draft.actor.name,
            "address": draft.actor.address, "action": draft.action, "subject_type": draft.subject_type,
            "subject_id": draft.subject_id, "body": draft.body, "previous_hash": previous, "hash": digest,
        })
        previous = digest
    session.execute(sa.insert(AuditEntry.__table__), rows)
    session.execute(sa.update(AuditHead).where(AuditHead.id == 1).values(seq=seq, hash=previous))


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_PENDING, None)


def verify(batch: int = 5000) -> Iterator[Break]:
    """Walks the whole chain and yields every break: altered, missing or cut entries."""
    previous, expected = GENESIS, 1
    statement = sa.select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=batch)
    for entry in db.session.execute(statement).scalars():
        if entry.seq != expected:
            yield Break(expected, f"entries {expected} to {entry.seq - 1} are missing")
        if entry.previous_hash != previous:
            yield Break(entry.seq, "does not follow the entry before it")
        if _digest(entry.previous_hash, entry.seq, entry) != entry.hash:
            yield Break(entry.seq, "was altered")
        previous, expected = entry.hash, entry.seq + 1
    head = db.session.get(AuditHead, 1)
    if (head.seq, head.hash) != (expected - 1, previous) if head else expected > 1:
        yield Break(expected, "the end of the chain was cut or its head altered")


def anchor() -> dict[str, Any]:
    """The head of the chain, signed, to be kept outside the database."""
    head = db.session.get(AuditHead, 1)
    content = {"seq": head.seq if head else 0, "hash": head.hash if head else GENESIS, "at": clock.now().isoformat()}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return {**content, "signature": hmac.digest(_key, text.encode(), "sha256").hex()}
