"""Everything that time starts: timers, queued messages, incident retries, outbox. Both schedulers call `run_due`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Report:
    """What one run did: items done and failed, and whether the limit left some over."""

    done: int
    failed: int
    more: bool


def run_due(now: datetime, limit: int = 200) -> Report:
    """Runs what is due at `now`, each item in a transaction of its own; safe to call at any moment, any number of times."""
    raise NotImplementedError


def run_until_quiet(now: datetime, rounds: int = 50) -> Report:
    """Calls `run_due` until nothing is due: after the demo clock was moved."""
    raise NotImplementedError
