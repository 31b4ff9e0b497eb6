"""The inbox: views of open and done tasks of one person, page by page by key, never by counting all rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from app.core.actor import Actor

View = Literal["mine", "groups", "overdue", "signing", "transferred", "copied", "done"]


@dataclass(frozen=True)
class Filters:
    """What narrows a view: process key, element id, day on which it is due, text in title or business key."""

    process: str | None = None
    element: str | None = None
    due_on: date | None = None
    q: str | None = None


@dataclass(frozen=True)
class InboxRow:
    """One line of the inbox."""

    task_id: str
    instance_id: int
    process_key: str
    business_key: str
    title: str
    element_id: str
    name: str
    candidate_group: str | None
    assignee_id: int | None
    assignee_name: str | None
    status: str
    due_at: datetime | None
    provisional: bool
    created_at: datetime
    claimed_at: datetime | None
    completed_at: datetime | None
    rev: int
    #: Who passed it on, copied it or asked for a signature, where the view is about that.
    by_name: str | None = None


@dataclass(frozen=True)
class InboxPage:
    """Rows in the order of their deadlines; `next_after` goes into the URL of the next page, None at the end."""

    rows: tuple[InboxRow, ...]
    next_after: str | None


@dataclass(frozen=True)
class Counts:
    """Rows by view, counted up to `CAP` only (show `99+`)."""

    mine: int
    groups: int
    overdue: int
    signing: int
    copied_unread: int


@dataclass(frozen=True)
class DayLoad:
    """A coming working day and how many of the person's and his groups' tasks are due on it (capped)."""

    day: date
    due: int


def page(actor: Actor, view: View, filters: Filters, after: str | None, now: datetime, size: int = 20) -> InboxPage:
    """One page of a view. `after` is the `next_after` of the page before. :raises UserError: a damaged `after`."""
    raise NotImplementedError


def counts(actor: Actor, now: datetime) -> Counts:
    """The figures beside the tabs."""
    raise NotImplementedError


def load(actor: Actor, now: datetime, days: int = 8) -> tuple[DayLoad, ...]:
    """How much is due on each of the coming working days."""
    raise NotImplementedError


def next_task(actor: Actor, now: datetime) -> str | None:
    """The task to go on with after one is completed: the most urgent of one's own, then of one's groups."""
    raise NotImplementedError
