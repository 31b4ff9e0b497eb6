"""What may not be kept longer goes: abandoned drafts, scans of ID cards some days after a case ended, old trials."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.actor import SYSTEM
from app.core.database import db
from app.core.transaction import transaction
from app.procedures.entry import service as entry
from app.regulations import store as regulations
from app.workflow.trial import replays, runs

_EVERY = timedelta(hours=1)
#: By database, so that a process that serves several (tests) looks after each.
_last: dict[str, datetime] = {}


def keep_no_longer(now: datetime) -> int:
    """Looks once an hour of the pool's clock, which may also be set back; returns how many went."""
    database = str(db.engine.url)
    last = _last.get(database)
    if last is not None and last <= now < last + _EVERY:
        return 0
    with transaction():
        if not regulations.rule_sets():
            return 0
        # What is kept is kept by the last rules, even when no new case may start by them.
        rules = regulations.rule_set_to_show(now.date())
        gone = entry.purge_drafts(rules, actor=SYSTEM, now=now)
        gone += entry.purge_identity_papers(rules, actor=SYSTEM, now=now)
        gone += runs.sweep(now) + replays.sweep(now)
    _last[database] = now
    return gone
