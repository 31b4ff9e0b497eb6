"""Open failures by cause: how many, since when, and the ids of those of one cause, slice by slice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core.database import db
from app.workflow.failures import INCIDENT
from app.workflow.models import Incident

_OPEN = sa.text("wf_incident.status = 'open'")
#: Counts in the navigation stop here.
_CAP = 100


@dataclass(frozen=True)
class Cause:
    """Open failures of one kind, operation and code; `message` is that of the latest.

    The moments are None where nothing of the cause is open any more.
    """

    kind: str
    operation: str
    code: str
    count: int
    first_at: datetime | None
    last_at: datetime | None
    message: str


def open_failures() -> int:
    """How many failures are open, up to a hundred."""
    some = sa.select(INCIDENT.c.id).where(_OPEN).limit(_CAP).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def causes() -> tuple[Cause, ...]:
    """The causes of all open failures, the most frequent first."""
    grouped = (
        sa.select(
            *(INCIDENT.c.kind, INCIDENT.c.operation, INCIDENT.c.code, sa.func.count().label("open")),
            sa.func.min(INCIDENT.c.created_at).label("first_at"),
            sa.func.max(INCIDENT.c.last_failed_at).label("last_at"),
            sa.func.max(INCIDENT.c.id).label("latest"),
        )
        .where(_OPEN)
        .group_by(INCIDENT.c.kind, INCIDENT.c.operation, INCIDENT.c.code)
        .subquery()
    )
    rows = db.session.execute(
        sa.select(grouped, INCIDENT.c.message)
        .join(INCIDENT, INCIDENT.c.id == grouped.c.latest)
        .order_by(grouped.c.open.desc(), grouped.c.latest.desc())
    )
    return tuple(
        Cause(row.kind, row.operation or "", row.code, row.open, row.first_at, row.last_at, row.message)
        for row in rows
    )


def of_cause(kind: str, operation: str, code: str, *, after: int = 0, limit: int = 20) -> list[Incident]:
    """Open failures of one cause in the order of their ids, those later than `after`."""
    statement = sa.select(Incident).where(
        _OPEN, Incident.kind == kind, Incident.code == code, Incident.id > after,
        Incident.operation == operation if operation else Incident.operation.is_(None),
    )
    return list(db.session.scalars(statement.order_by(Incident.id).limit(limit)))
