"""The distributed arrangement: a real worker and a real beat on a real Valkey, with PostgreSQL as the truth."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import celery_app
from app.core import clock, wake
from app.core.settings import store
from app.core.transaction import transaction
from tests.servers import Valkey
from tests.services.workflow.world import LATE, World
from tests.unit.engine import diagrams as d

pytestmark = [pytest.mark.postgresql, pytest.mark.valkey, pytest.mark.slow]

_SECONDS = 90.0
Start = Callable[..., subprocess.Popen[bytes]]


def _timed() -> bytes:
    nodes = [
        d.start(), d.user("work"), LATE,
        d.user("chase"), d.end(),
    ]  # fmt: skip
    return d.diagram("timed", nodes, ["begin > work", "work > done", "late > chase", "chase > done"])


@pytest.fixture
def world(postgres_app: Flask, valkey: Valkey) -> Iterator[World]:
    """The office on PostgreSQL; the broker is the test's Valkey."""
    celery_app.celery.conf.broker_url = valkey.url
    with postgres_app.app_context():
        yield World()


@pytest.fixture
def start(postgres_app: Flask, valkey: Valkey, tmp_path: Path) -> Iterator[Start]:
    """Starts a Celery process of this installation whose clock stands after the deadline."""
    running: list[subprocess.Popen[bytes]] = []
    environment = {
        **os.environ,
        "ZHIKU_MODE": "demo",
        "ZHIKU_EMBEDDED_SCHEDULER": "0",
        "ZHIKU_DATABASE_URL": postgres_app.config["SQLALCHEMY_DATABASE_URI"],
        "ZHIKU_REDIS_URL": valkey.url,
    }

    def run(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "app.celery_app", *arguments]
        with (tmp_path / f"{arguments[0]}.log").open("wb") as log:
            running.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        return running[-1]

    yield run
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in running:
        process.wait(30)


def _set_clock(moment: datetime) -> None:
    """Where the clock of a process started from now on stands; this one's stands still."""
    with transaction():
        store("clock.offset_seconds", (moment - datetime.now(UTC)).total_seconds())


def _wait_until_open(world: World, case: int, element: str) -> None:
    deadline = time.monotonic() + _SECONDS
    while world.open(case) != [element]:
        assert time.monotonic() < deadline, f"{world.open(case)} after {_SECONDS} s"
        time.sleep(0.1)


def test_a_worker_runs_what_is_due_when_woken_and_when_beat_comes_round(
    world: World, start: Start, tmp_path: Path
) -> None:
    world.deploy("timed", _timed())
    woken = world.start("timed", "RK-2026-0001")
    _set_clock(datetime(2026, 3, 6, tzinfo=clock.ZONE))
    start("worker", "--concurrency", "1", "--loglevel", "WARNING")
    celery_app.wake_workers()
    _wait_until_open(world, woken, "chase")
    by_beat = world.start("timed", "RK-2026-0002")
    start("beat", "--schedule", str(tmp_path / "beat"), "--loglevel", "WARNING")
    _wait_until_open(world, by_beat, "chase")
    assert world.acts(woken) == world.acts(by_beat) == ["start", "timer"]


def test_a_dead_broker_does_not_hold_up_the_commit(world: World, valkey: Valkey) -> None:
    celery_app.celery.conf.broker_url = "redis://127.0.0.1:1/0"
    celery_app.wake_after_commits()
    try:
        world.deploy("timed", _timed())
        began = time.monotonic()
        case = world.start("timed", "RK-2026-0003")
        assert world.open(case) == ["work"]
        assert time.monotonic() - began < 5
    finally:
        wake.forget(celery_app.wake_workers)


def test_settings_are_those_that_were_proved(world: Any) -> None:
    conf = celery_app.celery.conf
    assert conf.task_acks_late
    assert conf.worker_prefetch_multiplier == 1
    assert conf.beat_schedule["run-due"]["options"]["expires"] == celery_app.EXPIRES_SECONDS
