"""How long elements took is counted every minute, so that the heat map only reads."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core import clock
from app.core.database import db
from app.core.transaction import transaction
from app.workflow.room import tally

_EVERY = timedelta(minutes=1)
#: Slices at most in one run; people's requests come between them, and the next run goes on.
_SLICES = 5
#: By database: when to look again, by the machine's clock.
_next: dict[str, datetime] = {}


def count_stays(now: datetime) -> int:
    """Counts what is new in the history; returns how many rows. Goes on with the next run while there is more."""
    moment, database = clock.now() - clock.offset(), str(db.engine.url)
    if moment < _next.get(database, moment):
        return 0
    counted = 0
    for _ in range(_SLICES):
        with transaction():
            rows = tally.count_slice(now)
        counted += rows
        if rows < tally.SLICE:
            _next[database] = moment + _EVERY
            break
    return counted
