"""Tables of releases: drafts, who wrote them, what was done to them, and what a product update offers.

Ids of users carry no foreign key and names are copied: a version names its people as they were then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Instant, JsonText, db

#: A process has one draft at a time: what is not over yet.
_ACTIVE = "state IN ('draft', 'submitted', 'approved')"
#: The same as a condition, written out as in the partial index.
ACTIVE_DRAFTS = sa.text(_ACTIVE)


class ProcessDraft(db.Model):
    """The next version of a process while it is being made; `rev` counts what was saved.

    `base_version` is the version in force when the draft was begun, None for a process that does not exist yet.
    `report` is what the gate said of `checked_rev`. `overrides` are the legal steps that a leader let pass, each with
    the reason. `returned_reason` says why a draft came back.
    """

    __tablename__ = "wf_process_draft"
    __table_args__ = (
        sa.Index(
            "ix_wf_process_draft_active", "key", unique=True,
            sqlite_where=sa.text(_ACTIVE), postgresql_where=sa.text(_ACTIVE),
        ),
        sa.Index("ix_wf_process_draft_key", "key", "id"),
        sa.Index(
            "ix_wf_process_draft_due", "publish_at",
            sqlite_where=sa.text("state = 'approved'"), postgresql_where=sa.text("state = 'approved'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    base_version: Mapped[int | None]
    state: Mapped[str] = mapped_column(sa.String(12))
    origin: Mapped[str] = mapped_column(sa.String(12))
    restores_version: Mapped[int | None]
    rev: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(sa.String(200))
    xml: Mapped[str] = mapped_column(sa.Text)
    tables: Mapped[dict[str, str]] = mapped_column(JsonText)
    forms: Mapped[dict[str, str]] = mapped_column(JsonText)
    scenarios: Mapped[str | None] = mapped_column(sa.Text)
    note: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by_id: Mapped[int | None]
    created_by_name: Mapped[str] = mapped_column(sa.String(80))
    saved_at: Mapped[datetime] = mapped_column(Instant)
    saved_by_id: Mapped[int | None]
    saved_by_name: Mapped[str] = mapped_column(sa.String(80))
    report: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    checked_rev: Mapped[int | None]
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    submitted_by_id: Mapped[int | None]
    submitted_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by_id: Mapped[int | None]
    decided_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    opinion: Mapped[str | None] = mapped_column(sa.Text)
    overrides: Mapped[list[dict[str, Any]] | None] = mapped_column(JsonText)
    #: None publishes at the moment of the approval.
    publish_at: Mapped[datetime | None] = mapped_column(Instant)
    returned_reason: Mapped[str | None] = mapped_column(sa.Text)
    published_definition_id: Mapped[int | None] = mapped_column(sa.ForeignKey("wf_definition.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class DraftAuthor(db.Model):
    """Somebody who wrote on a draft and therefore never approves it."""

    __tablename__ = "wf_draft_author"

    draft_id: Mapped[int] = mapped_column(
        sa.ForeignKey("wf_process_draft.id"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_name: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime] = mapped_column(Instant)


class DraftStep(db.Model):
    """One act on a draft, for those who work on it; the audit trail has the same for the auditor."""

    __tablename__ = "wf_draft_step"
    __table_args__ = (sa.Index("ix_wf_draft_step_draft", "draft_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_process_draft.id"))
    act: Mapped[str] = mapped_column(sa.String(12))
    rev: Mapped[int]
    at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str | None] = mapped_column(sa.Text)


class ShippedOffer(db.Model):
    """What a product update brought for a process that its owners changed: offered, never put in force by itself.

    `hash` stays after the offer was taken or declined, so that a restart does not offer the same again.
    """

    __tablename__ = "wf_shipped_offer"

    key: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    hash: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(200))
    xml: Mapped[str] = mapped_column(sa.Text)
    tables: Mapped[dict[str, str]] = mapped_column(JsonText)
    forms: Mapped[dict[str, str]] = mapped_column(JsonText)
    scenarios: Mapped[str | None] = mapped_column(sa.Text)
    offered_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by_name: Mapped[str | None] = mapped_column(sa.String(80))
