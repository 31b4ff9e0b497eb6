"""What the operations room keeps: why cases are suspended, and how long elements took, day by day, as histograms."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Instant, JsonText, db


class Suspension(db.Model):
    """Since when, by whom and why a case is suspended (暂停); the row goes when it resumes, the history stays."""

    __tablename__ = "wf_suspension"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_instance.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str] = mapped_column(sa.Text)


class DurationTally(db.Model):
    """The stays at one element of one version that ended on one day.

    `element_id` is empty for whole cases. `took` and `shares` count stays by bucket (`app.workflow.room.histogram`):
    of seconds, and of the percent of the legal period that was used up. `with_deadline` of the `ended` stays had a
    deadline, `overdue` of these ended after it; `lapsed` were taken away by a deadline and are not among the ended.
    """

    __tablename__ = "wf_duration"

    definition_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_definition.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    element_id: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    ended: Mapped[int] = mapped_column(default=0)
    took: Mapped[list[int]] = mapped_column(JsonText)
    shares: Mapped[list[int]] = mapped_column(JsonText)
    with_deadline: Mapped[int] = mapped_column(default=0)
    overdue: Mapped[int] = mapped_column(default=0)
    lapsed: Mapped[int] = mapped_column(default=0)


class TallyMark(db.Model):
    """Up to which row of the history the stays are counted; the one row of its table, locked while counting."""

    __tablename__ = "wf_duration_mark"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    history_id: Mapped[int] = mapped_column(sa.BigInteger)
    counted_at: Mapped[datetime] = mapped_column(Instant)
