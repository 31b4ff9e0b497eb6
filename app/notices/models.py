"""The outbox of messages to be delivered, their attachments, the in-app messages, and changed wordings."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.crypto import EncryptedText
from app.core.database import Instant, JsonText, db

#: Written literally into queries so that PostgreSQL uses the partial index under any plan (infra.md §3).
PENDING = sa.text("outbox_message.status = 'pending'")
SENDING = sa.text("outbox_message.status = 'sending'")
DEAD = sa.text("outbox_message.status = 'dead'")


class OutboxMessage(db.Model):
    """One message to one person, tried on the channels of its plan one after the other.

    States: pending -> sending (leased) -> sent | pending (again, or on the next channel) | dead; a dead message
    is put back to pending by hand. Address and bodies are encrypted; what people see is `recipient_masked`.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        sa.CheckConstraint("status IN ('pending', 'sending', 'sent', 'dead')", name="status"),
        sa.Index(
            "ix_outbox_message_due",
            "next_attempt_at",
            "id",
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        ),
        sa.Index(
            "ix_outbox_message_leased",
            "lease_until",
            sqlite_where=sa.text("status = 'sending'"),
            postgresql_where=sa.text("status = 'sending'"),
        ),
        sa.Index(
            "ix_outbox_message_dead",
            "id",
            sqlite_where=sa.text("status = 'dead'"),
            postgresql_where=sa.text("status = 'dead'"),
        ),
        sa.Index(
            "ix_outbox_message_expiring",
            "expires_at",
            sqlite_where=sa.text("expires_at IS NOT NULL AND body IS NOT NULL"),
            postgresql_where=sa.text("expires_at IS NOT NULL AND body IS NOT NULL"),
        ),
        sa.Index("ix_outbox_message_subject", "subject_type", "subject_id"),
        sa.Index(
            "ix_outbox_message_provider_reference",
            "provider_reference",
            sqlite_where=sa.text("provider_reference IS NOT NULL"),
            postgresql_where=sa.text("provider_reference IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(sa.String(60))
    title: Mapped[str] = mapped_column(sa.String(200))
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[str] = mapped_column(sa.String(80))
    #: business key of the case that is told what became of the message
    reply_to: Mapped[str | None] = mapped_column(sa.String(40))
    recipient_user_id: Mapped[int | None] = mapped_column(sa.Integer)
    recipient_name: Mapped[str] = mapped_column(EncryptedText("outbox_message.recipient_name"))
    recipient_masked: Mapped[str] = mapped_column(sa.String(80))
    phone: Mapped[str | None] = mapped_column(EncryptedText("outbox_message.phone"))
    email: Mapped[str | None] = mapped_column(EncryptedText("outbox_message.email"))
    #: JSON: channel -> text; dropped when the message expires
    body: Mapped[str | None] = mapped_column(EncryptedText("outbox_message.body"))
    plan: Mapped[list[str]] = mapped_column(JsonText)
    channel: Mapped[str] = mapped_column(sa.String(10))
    status: Mapped[str] = mapped_column(sa.String(10))
    #: on the present channel; `attempts_in_all` counts on
    attempts: Mapped[int] = mapped_column(default=0)
    attempts_in_all: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    lease_token: Mapped[str | None] = mapped_column(sa.String(36))
    idem_key: Mapped[str] = mapped_column(sa.String(36), unique=True)
    provider_reference: Mapped[str | None] = mapped_column(sa.String(120))
    last_error: Mapped[str | None] = mapped_column(sa.String(300))
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by_name: Mapped[str] = mapped_column(sa.String(80))
    sent_at: Mapped[datetime | None] = mapped_column(Instant)


class OutboxReport(db.Model):
    """What a provider told of a message after it had accepted it: delivered, or failed and why.

    `request_id` is the message's idempotency key at that time, `reference` the provider's own; told once, a report
    counts once.
    """

    __tablename__ = "outbox_report"
    __table_args__ = (sa.CheckConstraint("status IN ('delivered', 'failed')", name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("outbox_message.id"), index=True)
    request_id: Mapped[str] = mapped_column(sa.String(36), unique=True)
    reference: Mapped[str | None] = mapped_column(sa.String(120), index=True)
    status: Mapped[str] = mapped_column(sa.String(10))
    reason: Mapped[str] = mapped_column(sa.String(300))
    reported_at: Mapped[datetime] = mapped_column(Instant)


class OutboxAttachment(db.Model):
    """A document that goes with a message by mail, as the data from which it is made when sending."""

    __tablename__ = "outbox_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("outbox_message.id"), index=True)
    filename: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[str] = mapped_column(sa.String(40))
    data: Mapped[str] = mapped_column(EncryptedText("outbox_attachment.data"))


class InboxMessage(db.Model):
    """A message that a user reads inside the product."""

    __tablename__ = "inbox_message"
    __table_args__ = (sa.Index("ix_inbox_message_user", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.Integer)
    template: Mapped[str] = mapped_column(sa.String(60))
    title: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    subject_type: Mapped[str] = mapped_column(sa.String(40))
    subject_id: Mapped[str] = mapped_column(sa.String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)


class TextVersion(db.Model):
    """Another wording of a notice or letter than the shipped one: proposed by one person, approved by another.

    `sections` are the parts by name; head and data stay those of the shipped file. `shipped_hash` is of the shipped
    text beside which it was written. A letter's wording serves letters dated from `from_day` on.
    """

    __tablename__ = "text_version"
    __table_args__ = (
        sa.CheckConstraint(
            "status IN ('proposed', 'in_force', 'replaced', 'refused', 'withdrawn')", name="status"
        ),
        sa.UniqueConstraint("kind", "key", "version"),
        sa.Index("ix_text_version_status", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    key: Mapped[str] = mapped_column(sa.String(60))
    version: Mapped[int]
    sections: Mapped[dict[str, str]] = mapped_column(JsonText)
    shipped_hash: Mapped[str] = mapped_column(sa.String(64))
    status: Mapped[str] = mapped_column(sa.String(12))
    reason: Mapped[str] = mapped_column(sa.Text)
    proposed_by: Mapped[int | None] = mapped_column(sa.Integer)
    proposed_by_name: Mapped[str] = mapped_column(sa.String(80))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(sa.Integer)
    decided_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision_note: Mapped[str | None] = mapped_column(sa.Text)
    from_day: Mapped[date | None] = mapped_column(sa.Date)
