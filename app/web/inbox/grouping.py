"""The rows of the inbox by urgency: late, today, this week, later, without deadline; and what may be done at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.regulations.deadlines import last_day_of
from app.web.inbox.bulk import BulkAct
from app.workflow.inbox import InboxRow


@dataclass
class Group:
    """Rows under one heading; `act` if they may be picked."""

    heading: str
    note: str = ""
    is_bad: bool = False
    act: BulkAct | None = None
    rows: list[InboxRow] = field(default_factory=list)


def by_urgency(
    rows: Sequence[InboxRow], now: datetime, acts: Mapping[tuple[str, str], BulkAct],
) -> list[Group]:
    """Groups in the order of urgency, then those to be done at once; empty ones are left out."""
    groups = [Group("已逾期", is_bad=True), Group("今天到期"), Group("本周到期"), Group("以后到期"), Group("没有时限")]
    bulk: dict[str, Group] = {}
    for row in rows:
        act = acts.get((row.process_key, row.element_id))
        if act is not None:
            group = bulk.setdefault(act.key, Group(act.heading, "勾选后一次办理", act=act))
        else:
            group = groups[_place(row, now)]
        group.rows.append(row)
    return [group for group in (*groups, *bulk.values()) if group.rows]


def _place(row: InboxRow, now: datetime) -> int:
    if row.due_at is None:
        return 4
    if now >= row.due_at and not row.provisional:
        return 0
    last, today = last_day_of(row.due_at), now.date()
    if last <= today:
        return 1
    return 2 if last <= _sunday(today) else 3


def _sunday(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())
