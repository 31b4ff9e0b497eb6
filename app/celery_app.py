"""The Celery application for installations on several machines (`celery -A app.celery_app worker` and `beat`).

The database is the truth; Redis only wakes workers. Losing it loses nothing: beat comes round every few seconds.
"""

from __future__ import annotations

import contextlib
import os
import threading
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from flask import Flask

from app.core import clock, wake
from app.jobs import health
from app.jobs.due import Report, run_due

#: How often beat asks for a run; an order not taken by then is worth nothing any more.
BEAT_SECONDS = 5.0
EXPIRES_SECONDS = 30

SETTINGS: dict[str, Any] = {
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_time_limit": 300,
    "task_soft_time_limit": 240,
    "task_publish_retry": False,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_transport_options": {
        "visibility_timeout": 600,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.2,
    },
    "beat_schedule": {
        "run-due": {"task": "run_due", "schedule": BEAT_SECONDS, "options": {"expires": EXPIRES_SECONDS}}
    },
    "timezone": "Asia/Shanghai",
}

celery = Celery("zhiku", broker=os.environ.get("ZHIKU_REDIS_URL", "redis://127.0.0.1:6379/0"))
celery.conf.update(SETTINGS)

_flask: Flask | None = None
_building = threading.Lock()


def application() -> Flask:
    """The Flask application of this process, made when it is first needed: never before a fork."""
    global _flask
    with _building:
        if _flask is None:
            from app.factory import create_app

            _flask = create_app(EMBEDDED_SCHEDULER=False)
        return _flask


@worker_process_init.connect
def _fresh_process(**_: Any) -> None:
    """A forked worker makes its own application, and with it its own connections."""
    global _flask
    _flask = None


@celery.task(name="run_due")
def run_due_task() -> dict[str, int]:
    """What beat asks for: everything due now."""
    with application().app_context():
        report: Report = run_due(clock.now(), pause=0)
        health.note_tick()
    if report.more and report.done:
        wake_workers()
    return {"done": report.done, "failed": report.failed}


def wake_workers() -> None:
    """Asks a worker to look now; best effort, since beat comes round anyway."""
    with contextlib.suppress(Exception):
        run_due_task.apply_async(expires=EXPIRES_SECONDS, retry=False)


def wake_after_commits() -> None:
    """Sends a hint after every commit that asked for one; for web processes where workers do the work."""
    wake.listen(wake_workers)
