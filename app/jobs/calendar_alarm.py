"""From November on, whoever keeps the calendar is told once that the next year's notice is missing."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core import settings
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.transaction import transaction
from app.identity import accounts
from app.notices import outbox
from app.notices.outbox import Recipient
from app.regulations import calendar_import

_EVERY = timedelta(hours=1)
_TOLD = "calendar.alarmed_years"
_PATH = "/rules/notices/new?year={year}"
#: By database, so that a process that serves several (tests) looks after each.
_last: dict[str, datetime] = {}


def warn_of_missing_year(now: datetime) -> int:
    """Looks once an hour of the pool's clock; returns how many were told."""
    database = str(db.engine.url)
    last = _last.get(database)
    if last is not None and last <= now < last + _EVERY:
        return 0
    with transaction():
        told = sum(_tell_keepers(year, now) for year in _news(now))
    _last[database] = now
    return told


def _news(now: datetime) -> list[int]:
    """Missing years of which nobody was told yet."""
    told = settings.stored(_TOLD) or []
    news = [year for year in calendar_import.missing_years(now.date()) if year not in told]
    if news:
        settings.store(_TOLD, [*told, *news])
    return news


def _tell_keepers(year: int, now: datetime) -> int:
    keepers = {one.id: one for role in calendar_import.KEEPING_ROLES for one in accounts.users_in_role(role)}
    for one in keepers.values():
        outbox.send(
            "calendar_missing", Recipient(one.id, one.name, one.phone, one.email),
            {"year": str(year), "path": _PATH.format(year=year)},
            subject_type="calendar_year", subject_id=year, now=now, actor=SYSTEM,
        )
    return len(keepers)
