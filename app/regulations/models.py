"""Rows of rule sets, their values, 沿用 decisions, and of the working-day calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Instant, JsonText, db

#: A set being written, in force within its dates, or withdrawn.
RuleSetStatus = Literal["draft", "in_force", "withdrawn"]
#: A year entered by one person, confirmed by another, or replaced by a later notice.
CalendarStatus = Literal["proposed", "official", "replaced"]


class RuleSetRow(db.Model):
    """A dated text of the regulation."""

    __tablename__ = "rule_set"
    __table_args__ = (
        sa.CheckConstraint("status IN ('draft', 'in_force', 'withdrawn')", name="status"),
        sa.CheckConstraint("valid_from <= valid_to", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(20), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    valid_from: Mapped[date] = mapped_column(sa.Date)
    valid_to: Mapped[date] = mapped_column(sa.Date)
    status: Mapped[str] = mapped_column(sa.String(12))


class ParameterValueRow(db.Model):
    """The value of one declared parameter in one rule set, as plain JSON."""

    __tablename__ = "parameter_value"

    rule_set_id: Mapped[int] = mapped_column(sa.ForeignKey("rule_set.id"), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(60), primary_key=True)
    value: Mapped[Any] = mapped_column(JsonText)


class RuleSetContinuation(db.Model):
    """A recorded 沿用 decision: an expired rule set serves new cases from a day on (domain.md no. 59)."""

    __tablename__ = "rule_set_continuation"

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_set_id: Mapped[int] = mapped_column(sa.ForeignKey("rule_set.id"))
    from_date: Mapped[date] = mapped_column(sa.Date)
    to_date: Mapped[date | None] = mapped_column(sa.Date)
    document_number: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str] = mapped_column(sa.Text)
    decided_by: Mapped[int | None] = mapped_column(sa.Integer)
    decided_by_name: Mapped[str] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime] = mapped_column(Instant)


class CalendarYearRow(db.Model):
    """One notice about one year: who entered it, who confirmed it."""

    __tablename__ = "calendar_year"
    __table_args__ = (
        sa.CheckConstraint("status IN ('proposed', 'official', 'replaced')", name="status"),
        sa.Index("ix_calendar_year_year_status", "year", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(sa.Integer)
    status: Mapped[str] = mapped_column(sa.String(10))
    source: Mapped[str] = mapped_column(sa.String(200))
    notice_number: Mapped[str | None] = mapped_column(sa.String(80))
    proposed_by: Mapped[int | None] = mapped_column(sa.Integer)
    proposed_by_name: Mapped[str] = mapped_column(sa.String(80))
    proposed_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_by: Mapped[int | None] = mapped_column(sa.Integer)
    confirmed_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)


class WorkdayRow(db.Model):
    """A day that differs from the week: a rest day or a make-up day, with its festival."""

    __tablename__ = "workday"

    calendar_year_id: Mapped[int] = mapped_column(sa.ForeignKey("calendar_year.id"), primary_key=True)
    date: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    is_work: Mapped[bool] = mapped_column(sa.Boolean)
    name: Mapped[str] = mapped_column(sa.String(40))
