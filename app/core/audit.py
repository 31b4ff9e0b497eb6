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
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import audit_guard, clock
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


@event.listens_for(sa.Table, "after_create")
def _protect(table: sa.Table, connection: Connection, **_: Any) -> None:
    # The head is created after the entries (no keys between them, so the order is the metadata's own: by name).
    if table.name == AuditHead.__tablename__:
        audit_guard.protect(connection, GENESIS)


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
    """A place where the chain does not hold; `what` is Chinese, for the auditor."""

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


def _digest(previous: str, seq: int, draft: _Draft | sa.Row[Any]) -> str:
    actor_id = draft.actor.user_id if isinstance(draft, _Draft) else draft.actor_id
    actor_name = draft.actor.name if isinstance(draft, _Draft) else draft.actor_name
    address = draft.actor.address if isinstance(draft, _Draft) else draft.address
    fields = [previous, seq, int(draft.at.timestamp() * 1_000_000), actor_id, actor_name, address,
              draft.action, draft.subject_type, draft.subject_id, draft.body]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(_key, text.encode(), "sha256").hex()


# Written once: building and caching statements anew would cost more than running them.
_ENTRIES: Any = AuditEntry.__table__
_HEADS: Any = AuditHead.__table__
_LOCK_HEAD = sa.select(_HEADS.c.seq, _HEADS.c.hash).where(_HEADS.c.id == 1).with_for_update()
_FIRST_HEAD = sa.insert(_HEADS)
_ADD = sa.insert(_ENTRIES)
_MOVE_HEAD = (
    sa.update(_HEADS).where(_HEADS.c.id == 1).values(seq=sa.bindparam("to_seq"), hash=sa.bindparam("to_hash"))
)


@event.listens_for(Session, "before_commit")
def _append(session: Session) -> None:
    if session.in_nested_transaction():  # the end of a savepoint is not the end of the transaction
        return
    drafts: list[_Draft] = session.info.pop(_PENDING, [])
    if not drafts:
        return
    session.flush()
    connection = session.connection()
    head = connection.execute(_LOCK_HEAD).first()
    if head is None:
        connection.execute(_FIRST_HEAD, {"id": 1, "seq": 0, "hash": GENESIS})
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
    connection.execute(_ADD, rows)
    connection.execute(_MOVE_HEAD, {"to_seq": seq, "to_hash": previous})


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_PENDING, None)


def pending() -> int:
    """How many acts of the present transaction are waiting to be written."""
    return len(db.session().info.get(_PENDING, ()))


def forget_since(count: int) -> None:
    """Drops the acts recorded after `pending()` was `count`: what they describe was undone with a savepoint."""
    del db.session().info.get(_PENDING, [])[count:]


def verify(batch: int = 5000) -> Iterator[Break]:
    """Walks the whole chain and yields every break: altered, missing or cut entries.

    The head is read first, so that entries written meanwhile do not look like a break.
    """
    previous, expected = GENESIS, 1
    head = db.session.execute(sa.select(AuditHead.seq, AuditHead.hash).where(AuditHead.id == 1)).first()
    # Plain rows: the trail has millions of entries, and objects would cost four times as much.
    statement = sa.select(AuditEntry.__table__).order_by(AuditEntry.seq).execution_options(yield_per=batch)
    if head is not None:
        statement = statement.where(AuditEntry.seq <= head.seq)
    for entry in db.session.execute(statement):
        if entry.seq != expected:
            yield Break(expected, f"第 {expected} 到 {entry.seq - 1} 条不见了")
        if entry.previous_hash != previous:
            yield Break(entry.seq, "接不上前一条")
        if _digest(entry.previous_hash, entry.seq, entry) != entry.hash:
            yield Break(entry.seq, "内容被改动")
        previous, expected = entry.hash, entry.seq + 1
    if (head.seq, head.hash) != (expected - 1, previous) if head else expected > 1:
        yield Break(expected, "链尾被截断，或链头被改动")


def anchor() -> dict[str, Any]:
    """The head of the chain, signed, to be kept outside the database."""
    head = db.session.get(AuditHead, 1)
    content = {"seq": head.seq if head else 0, "hash": head.hash if head else GENESIS, "at": clock.now().isoformat()}
    return {**content, "signature": _signature(content)}


def _signature(content: dict[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hmac.digest(_key, text.encode(), "sha256").hex()


def check_anchor(kept: dict[str, Any]) -> Break | None:
    """Whether the chain still holds what an anchor kept outside says; a cut tail or a rewrite shows here."""
    content = {name: kept.get(name) for name in ("seq", "hash", "at")}
    if not hmac.compare_digest(_signature(content), str(kept.get("signature"))):
        return Break(int(kept.get("seq") or 0), "锚点本身被改动，或由另一把密钥签出")
    seq = int(kept["seq"])
    if seq == 0:
        return None
    found = db.session.scalar(sa.select(AuditEntry.hash).where(AuditEntry.seq == seq))
    if found is None:
        return Break(seq, f"{kept['at']} 的锚点所记的这一条不见了，链尾被截断")
    return None if found == kept["hash"] else Break(seq, f"与 {kept['at']} 的锚点不同，整条链被重写")
