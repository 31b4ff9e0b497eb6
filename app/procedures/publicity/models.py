"""Batches of publicity (第十二条（三）): one notice, its names, and when each name's period ran."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Instant, JsonText, db
from app.registers.states import Labelled, Transitions, coded


class BatchState(Labelled):
    """A batch is public; it is closed when the last of its names is."""

    PUBLISHED = "published", "公示中"
    CLOSED = "closed", "已结束"


BATCH_TRANSITIONS: Transitions[BatchState] = {
    BatchState.PUBLISHED: frozenset({BatchState.CLOSED}),
    BatchState.CLOSED: frozenset(),
}


class PublicityBatch(db.Model):
    """One notice. `published_at` and `site_address` are what the clerk recorded of the official site.

    `ends_at` is the instant after which an objection is late, `close_at` when the names may be appointed.
    """

    __tablename__ = "publicity_batch"

    number: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    state: Mapped[BatchState] = mapped_column(coded(BatchState), index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    document_no: Mapped[str] = mapped_column(sa.String(60))
    text: Mapped[str] = mapped_column(sa.Text)
    site_address: Mapped[str] = mapped_column(sa.String(300))
    published_at: Mapped[datetime] = mapped_column(Instant, index=True)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    close_at: Mapped[datetime] = mapped_column(Instant)
    provisional: Mapped[bool]
    last_day: Mapped[date]
    #: the rules that its period goes by; None of batches from before it was kept
    rule_set_code: Mapped[str | None] = mapped_column(sa.String(20))
    created_by: Mapped[int | None]
    created_by_name: Mapped[str] = mapped_column(sa.String(80))
    created_at: Mapped[datetime] = mapped_column(Instant)

    items: Mapped[list[PublicityItem]] = relationship(order_by="PublicityItem.position", lazy="selectin")


class PublicityItem(db.Model):
    """A name on the notice as it was published; it keeps its own end, so that one never holds the others."""

    __tablename__ = "publicity_item"
    __table_args__ = (sa.UniqueConstraint("batch_no", "position"),)

    application_no: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    batch_no: Mapped[str] = mapped_column(sa.ForeignKey("publicity_batch.number"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(40))
    unit_name: Mapped[str] = mapped_column(sa.String(120))
    title: Mapped[str] = mapped_column(sa.String(60))
    directions: Mapped[list[str]] = mapped_column(JsonText)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
