"""The scheduler lets go of what may not be kept longer, once an hour and without being asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from app import regulations
from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.transaction import transaction
from app.jobs import retention
from app.jobs.due import run_until_quiet
from app.procedures.entry import service as entry
from app.procedures.entry import store
from tests.services.procedures.people import draft, found, submitted

Travel = Callable[[str], datetime]


@pytest.fixture(autouse=True)
def _seeded(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_last", {})
    with transaction():
        regulations.seed(db.session())


def test_abandoned_drafts_and_scans_of_ended_cases_go_by_themselves(travel: Travel) -> None:
    with transaction():
        left = draft()
        number = submitted()
        entry.close_withdrawn(number, None, actor=SYSTEM, now=clock.now())
    travel("2026-04-02 09:00")
    run_until_quiet(clock.now())
    kinds = {paper.purpose for paper in store.papers_of(found(number))}
    assert ("identity" in kinds, "degree" in kinds, store.find(left) is None) == (False, True, False)
    travel("2026-06-02 09:00")
    run_until_quiet(clock.now())
    assert store.find(left) is None


def test_it_looks_once_an_hour_and_again_when_the_clock_was_set_back(travel: Travel) -> None:
    with transaction():
        draft()
    travel("2026-06-02 09:00")
    assert retention.keep_no_longer(clock.now()) == 1
    with transaction():
        draft()
    travel("2026-06-02 09:59")
    assert retention.keep_no_longer(datetime(2026, 6, 2, 9, 59, tzinfo=clock.ZONE)) == 0
    later = datetime(2026, 10, 2, 9, 0, tzinfo=clock.ZONE)
    assert retention.keep_no_longer(later) == 1
    assert retention.keep_no_longer(datetime(2026, 6, 2, 9, 0, tzinfo=clock.ZONE)) == 0
    assert retention._last[str(db.engine.url)].month == 6


def test_what_is_kept_goes_by_the_last_rules_when_none_are_in_force(travel: Travel) -> None:
    with transaction():
        draft()
    assert retention.keep_no_longer(datetime(2027, 6, 2, 9, 0, tzinfo=clock.ZONE)) == 1
