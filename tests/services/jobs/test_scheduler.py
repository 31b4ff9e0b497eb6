"""The embedded scheduler: wakes after commits, outlives errors, leaves the work to one of several processes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.core import clock, wake
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.transaction import transaction
from app.jobs import health, scheduler
from app.jobs.due import Report, run_due
from app.jobs.scheduler import EmbeddedScheduler
from app.notices.outbox import Recipient, send
from app.notices.templates import template
from tests.services.workflow.world import LATE, World
from tests.unit.engine import diagrams as d

Travel = Callable[[str], datetime]


class Ticks:
    """Stands in for the work of a tick and lets a test wait for it."""

    def __init__(self) -> None:
        self.count = 0
        self.fail_first = False
        self._happened = threading.Semaphore(0)

    def __call__(self, now: datetime) -> Report:
        self.count += 1
        self._happened.release()
        if self.fail_first and self.count == 1:
            raise OperationalError("select", {}, Exception("the database is away"))
        return Report()

    def wait(self, seconds: float = 10.0) -> bool:
        return self._happened.acquire(timeout=seconds)


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    """Replaces the work of a tick."""
    made = Ticks()
    monkeypatch.setattr(scheduler, "run_due", made)
    return made


@pytest.fixture
def make(app: Flask, tmp_path: Path) -> Iterator[Callable[..., EmbeddedScheduler]]:
    """Makes schedulers of one installation and ends them."""
    made: list[EmbeddedScheduler] = []

    def build(**settings: Any) -> EmbeddedScheduler:
        made.append(EmbeddedScheduler(app, tmp_path / "scheduler.lock", **settings))
        made[-1].start()
        return made[-1]

    yield build
    for one in made:
        one.stop()


def test_a_commit_that_leaves_work_wakes_it_at_once(app: Flask, make: Any, ticks: Ticks) -> None:
    make(tick=3600)
    assert ticks.wait()
    with app.app_context(), transaction():
        wake.request()
    assert ticks.wait()


def _request_and_fail() -> None:
    with transaction():
        wake.request()
        raise ValueError("no")


def test_a_rollback_wakes_nobody(app: Flask, make: Any, ticks: Ticks) -> None:
    make(tick=3600)
    assert ticks.wait()
    with app.app_context(), pytest.raises(ValueError, match="no"):
        _request_and_fail()
    assert not ticks.wait(0.2)


def test_an_error_of_the_database_does_not_end_it(make: Any, ticks: Ticks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "RECOVERY_SECONDS", 0.01)
    ticks.fail_first = True
    make(tick=0.01)
    assert ticks.wait()
    assert ticks.wait()


def test_only_one_of_two_works_and_the_other_takes_over(make: Any, ticks: Ticks) -> None:
    first = make(tick=0.02)
    assert ticks.wait()
    second = make(tick=0.02)
    assert ticks.wait()
    assert first.leads
    assert not second.leads
    first.stop()
    before = ticks.count
    while ticks.count < before + 3:
        assert ticks.wait()
    assert second.leads


def test_health_tells_silence_backlog_and_what_is_overdue(database: Any, travel: Travel) -> None:
    world = World()
    facts = health.health(clock.now())
    assert facts.last_tick_age is None
    assert not facts.is_well
    nodes = [
        d.start(), d.user("work"), LATE,
        d.user("chase"), d.end(),
    ]  # fmt: skip
    flows = ["begin > work", "work > done", "late > chase", "chase > done"]
    world.deploy("timed", d.diagram("timed", nodes, flows))
    world.start("timed")
    health.note_tick()
    assert health.health(clock.now()).is_well
    travel("2026-03-05 00:02")
    facts = health.health(clock.now())
    assert (facts.overdue, facts.oldest_overdue_age) == (1, timedelta(minutes=2))
    assert not facts.is_well
    db.session.rollback()
    run_due(clock.now(), pause=0)
    assert health.health(clock.now()).overdue == 0


def test_a_run_delivers_the_outbox_too(database: Any) -> None:
    World()
    data = dict.fromkeys(template("withdrawn").data, "甲")
    with transaction():
        to = Recipient(None, "周启明", "13900000000", None)
        send("withdrawn", to, data, subject_type="application", subject_id=1, now=clock.now(), actor=SYSTEM)
    assert health.health(clock.now()).oldest_unsent_age == timedelta(0)
    db.session.rollback()
    report = run_due(clock.now(), pause=0)
    assert report.done + report.failed == 1
    assert health.health(clock.now()).oldest_unsent_age is None
