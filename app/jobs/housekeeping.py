"""Files: contents of deleted ones leave the disk, and left-overs of failed uploads too."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core import clock, settings
from app.core.transaction import transaction
from app.registers.files import service as files

_LAST_SWEEP = "files.last_sweep"
_SWEEP_EVERY = timedelta(days=1)

_next_sweep: dict[str, datetime] = {}


def tidy_files(now: datetime) -> int:
    """Removes what has to go from the disk; returns how many contents. Cheap where there is nothing to do."""
    removed = 0
    with transaction():
        if files.to_purge():
            removed += files.purge(now)
    return removed + _sweep_daily()


def _sweep_daily() -> int:
    """Once a day by the machine's clock, since ages of files are; which process does it does not matter."""
    moment, store = clock.now() - clock.offset(), str(files.store().folder)
    if moment < _next_sweep.get(store, moment):
        return 0
    _next_sweep[store] = moment + _SWEEP_EVERY
    with transaction():
        last = settings.stored(_LAST_SWEEP)
        if last is not None and moment < datetime.fromisoformat(last) + _SWEEP_EVERY:
            return 0
        settings.store(_LAST_SWEEP, moment.isoformat())
    return files.sweep(moment)
