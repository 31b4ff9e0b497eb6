"""The only clock of the product; in development and demo it may be moved, in production it refuses to."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

#: All legal time of the regulation is counted in this zone (domain.md no. 60).
ZONE = ZoneInfo("Asia/Shanghai")


class ClockFixed(RuntimeError):
    """The clock was to be moved where it must not be: production."""

_lock = threading.Lock()
_offset = timedelta()
_movable = False

def now() -> datetime:
    """The present moment, aware, in Asia/Shanghai."""
    return (datetime.now(UTC) + _offset).astimezone(ZONE)

def today() -> date:
    """Today's date in Asia/Shanghai."""
    return now().date()

def allow_moving(movable: bool) -> None:
    """Says whether this process may move its clock; the factory calls it from the configuration."""
    global _movable
    with _lock:
        _movable = movable
    if not movable:
        set_offset(timedelta())

def is_movable() -> bool:
    """True in demo, development and tests."""
    return _movable

def set_offset(offset: timedelta) -> None:
    """Sets how far this clock stands from the machine's; zero is always allowed.

    :raises ClockFixed: where the clock may not be moved.
    """
    global _offset
    if offset and not _movable:
        raise ClockFixed("the clock of this installation may not be moved")
    with _lock:
        _offset = offset

def offset() -> timedelta:
    """How far this clock stands from the machine's."""
    return _offset

def travel_to(moment: datetime) -> timedelta:
    """Moves the clock so that it is `moment` now, and returns the offset for keeping."""
    set_offset(moment - datetime.now(UTC))
    return _offset
