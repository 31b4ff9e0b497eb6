"""Rows of rule sets, their values and changes, 沿用 decisions, and of the working-day calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Instant, JsonText, db

#: A set being written, in force within its dates, or withdrawn.
RuleSetStatus = Literal["draft", "in_force", "withdrawn"]
#: A year entered by one person, confirmed by another, or replaced by a later notice.
CalendarStatus = Literal["proposed", "official", "replaced", "withdrawn"]
#: A dated value waiting for a second person, approved, turned down, or taken back before its day.
ChangeStatus = Literal["proposed", "approved", "refused", "withdrawn"]


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
    #: code of the text of which this set is a later state; None of the text itself
    amends: Mapped[str | None] = mapped_column(sa.String(20))
    #: the last day of the text, which `valid_to` of a set before a change no longer tells; None if unchanged
    text_end: Mapped[date | None] = mapped_column(sa.Date)


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
        sa.CheckConstraint("status IN ('proposed', 'official', 'replaced', 'withdrawn')", name="status"),
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
    withdrawn_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawal_reason: Mapped[str | None] = mapped_column(sa.Text)


class WorkdayRow(db.Model):
    """A day that differs from the week: a rest day or a make-up day, with its festival."""

    __tablename__ = "workday"

    calendar_year_id: Mapped[int] = mapped_column(sa.ForeignKey("calendar_year.id"), primary_key=True)
    date: Mapped[date] = mapped_column(sa.Date, primary_key=True)
    is_work: Mapped[bool] = mapped_column(sa.Boolean)
    name: Mapped[str] = mapped_column(sa.String(40))

class ParameterChangeRow(db.Model):
    """A value of one parameter from a day on: proposed by one person, approved by another.

    `value` and `base_value` are plain JSON; the base is what held on that day when it was proposed.
    """

    __tablename__ = "parameter_change"
    __table_args__ = (
        sa.CheckConstraint("status IN ('proposed', 'approved', 'refused', 'withdrawn')", name="status"),
        sa.Index("ix_parameter_change_key", "key", "valid_from"),
        sa.Index("ix_parameter_change_status", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(60))
    value: Mapped[Any] = mapped_column(JsonText)
    base_value: Mapped[Any] = mapped_column(JsonText)
    valid_from: Mapped[date] = mapped_column(sa.Date)
    document_number: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str] = mapped_column(sa.Text)
    #: the value is another than the article's: only the bureau's leader approves it
    off_text: Mapped[bool] = mapped_column(sa.Boolean)
    status: Mapped[str] = mapped_column(sa.String(12))
    proposed_by: Mapped[int | None] = mapped_column(sa.Integer)
    proposed_by_name: Mapped[str] = mapped_column(sa.String(80))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    decided_by: Mapped[int | None] = mapped_column(sa.Integer)
    decided_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision_note: Mapped[str | None] = mapped_column(sa.Text)
    #: code of the text whose sets it changes, once approved
    amends: Mapped[str | None] = mapped_column(sa.String(20))
