"""The embedded scheduler: one thread of one process runs what is due, woken by commits and by the tick.

Of several processes on one machine the holder of a file lock works; the others wait to take over when it dies.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

from app.core import clock, wake
from app.core.database import db
from app.jobs import health
from app.jobs.due import run_due

if TYPE_CHECKING:
    from flask import Flask

_log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
#: After an error of the database or of our own, before the next try.
RECOVERY_SECONDS = 5.0


class EmbeddedScheduler:
    """Runs in a daemon thread; survives every error but the end of its process."""

    def __init__(self, app: Flask, lock_path: Path, tick: float = TICK_SECONDS) -> None:
        self._app = app
        self._lock_path = lock_path
        self._tick = tick
        self._lock: IO[str] | None = None
        #: Held during a tick; whoever replaces the data of the demo holds it meanwhile.
        self.busy = threading.Lock()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        wake.listen(self._wake.set)
        self._thread.start()

    def stop(self, timeout: float = 10.0) -> None:
        """Ends the thread after the item it is at; for tests and orderly shutdown."""
        wake.forget(self._wake.set)
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout)

    @property
    def leads(self) -> bool:
        """True if this process holds the lock."""
        return self._lock is not None

    def _run(self) -> None:
        while not self._stopping.is_set():
            pause = self._tick
            if self._take_lead():
                pause = self._one_tick()
            self._wake.wait(pause)
            self._wake.clear()
        self._let_go()

    def _one_tick(self) -> float:
        """Runs what is due; gives the seconds until the next look."""
        try:
            with self.busy, self._app.app_context():
                report = run_due(clock.now())
                health.note_tick()
        except Exception:  # noqa: BLE001 - the thread must outlive any error of a tick
            _log.exception("the scheduler's tick failed")
            with self._app.app_context():
                db.session.remove()
            return RECOVERY_SECONDS
        return 0.0 if report.more and report.done else self._tick

    def _take_lead(self) -> bool:
        if self._lock is not None:
            return True
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        file = self._lock_path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._lock = file
        return True

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def start_embedded(app: Flask) -> EmbeddedScheduler:
    """Starts the scheduler of this process; the lock lies in the instance folder."""
    scheduler = EmbeddedScheduler(app, Path(app.instance_path) / "scheduler.lock")
    app.extensions["background_busy"] = scheduler.busy
    scheduler.start()
    return scheduler
