"""Lists of activities as far as the viewer may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.procedures.selection import access, store
from app.procedures.selection.models import Activity, ActivityState, Invitation, SeatState

#: States in which somebody has said that he will come.
_SAID_YES = (SeatState.ACCEPTED, SeatState.TOLD, SeatState.CONFIRMED, SeatState.SEATED)


@dataclass(frozen=True)
class ActivityFilters:
    """What the list is narrowed by; empty fields do not narrow. `text` is a number or part of the title.

    `when` is coming (the review has not begun) or past.
    """

    text: str = ""
    state: str = ""
    open_only: bool = False
    kind: str = ""
    when: str = ""


@dataclass(frozen=True)
class ActivityLine:
    """An activity in a list; `seated` of `panel_size` seats are accepted or further.

    `decides_first`: the viewer is a leader who decides on its designated experts before he sees the panel.
    """

    number: str
    title: str
    kind: str
    state: ActivityState
    starts_at: datetime
    city: str
    organiser_unit: str
    organiser: str
    panel_size: int
    seated: int
    shortage: str
    classified: bool
    decides_first: bool


def listing(viewer: Actor, filters: ActivityFilters, after: str = "", limit: int = 50) -> Sequence[ActivityLine]:
    """Activities, latest numbers first, from the one before the number `after` on."""
    seated = (
        sa.select(Invitation.activity_no, sa.func.count().label("seated"))
        .where(Invitation.state.in_(_SAID_YES))
        .group_by(Invitation.activity_no)
        .subquery()
    )
    statement = (
        sa.select(Activity, sa.func.coalesce(seated.c.seated, 0))
        .outerjoin(seated, seated.c.activity_no == Activity.number)
        .where(access.readable(viewer), *_narrowed(filters))
        .order_by(Activity.number.desc())
        .limit(limit)
    )
    if after:
        statement = statement.where(Activity.number < after)
    return [_line(found, number, viewer) for found, number in db.session.execute(statement)]


def _narrowed(filters: ActivityFilters) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if filters.text.strip():
        number = Activity.number == store.normal(filters.text)
        found.append(sa.or_(number, Activity.title.contains(filters.text.strip(), autoescape=True)))
    if filters.state:
        found.append(Activity.state == ActivityState(filters.state))
    if filters.open_only:
        found.append(Activity.state.not_in([ActivityState.HELD, ActivityState.CANCELLED]))
    if filters.kind:
        found.append(Activity.kind == filters.kind)
    if filters.when:
        begun = Activity.starts_at <= clock.now()
        found.append(begun if filters.when == "past" else sa.not_(begun))
    return found


def _line(found: Activity, seated: int, viewer: Actor) -> ActivityLine:
    return ActivityLine(
        number=found.number, title=found.title, kind=found.kind, state=found.state, starts_at=found.starts_at,
        city=found.city, organiser_unit=found.organiser_unit_name, organiser=found.organiser_name,
        panel_size=found.panel_size, seated=seated, shortage=found.shortage or "", classified=found.classified,
        decides_first=access.decides_unseen(viewer, found),
    )
