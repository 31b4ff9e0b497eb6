"""How fast the operations room draws its heat map at 100,000 finished cases, and how fast stays are counted.

    python -m benchmarks.room_bench
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.database import db
from app.core.transaction import transaction
from app.workflow.acts import HISTORY, INSTANCE, TASK
from app.workflow.models import Definition, Spec
from app.workflow.room import tally
from app.workflow.room.durations import durations
from app.workflow.room.overview import Filters, counts, page, standing
from benchmarks.ground import applications, median_ms

FINISHED, RUNNING = 100_000, 2_000
ELEMENTS = 12
ROUNDS = 30
NOW = datetime(2026, 3, 31, 9, 0, tzinfo=clock.ZONE)
#: Cases end on sixty days, so that half of them lie in the window.
_SPREAD = timedelta(days=60)
_BATCH = 2_000

Row = dict[str, Any]


def _element(number: int) -> str:
    return f"step_{number}"


def _case(case: int, dice: random.Random, ends: bool) -> tuple[Row, list[Row], list[Row]]:
    """A case with its history and its tasks: one task after the other, three steps of the history each second one."""
    began = NOW - timedelta(days=5) - dice.random() * _SPREAD
    at, history, tasks = began, [], []
    steps = ELEMENTS // 2 if ends else dice.randrange(1, ELEMENTS // 2)
    history.append(_history(case, at, "start", None, [[_element(0), "环节", "userTask", "entered", {}]]))
    for number in range(steps):
        task = f"{case}-{number}"
        opened, at = at, at + timedelta(minutes=dice.lognormvariate(6, 1.5))
        flow = [f"flow_{number}", "", "sequenceFlow", "taken", {}]
        passed = [[_element(number), "环节", "userTask", "completed", {}], flow]
        last = number == steps - 1
        if last and ends:
            passed.append(["done", "结束", "endEvent", "completed", {}])
        else:
            passed.append([_element(number + 1), "环节", "userTask", "entered", {}])
        history.append(_history(case, at, "complete", task, passed, _element(number)))
        tasks.append(_task(case, task, number, opened, at))
    if not ends:
        tasks.append(_task(case, f"{case}-{steps}", steps, at, None))
    instance = {
        "id": case, "definition_id": 1, "spec_hash": "h", "process_key": "p", "business_key": f"RK-2026-{case}",
        "title": "办件", "status": "completed" if ends else "running", "rev": steps, "rule_set_id": 1,
        "open_incidents": int(not ends and case % 50 == 0), "started_at": began, "started_by_name": "x",
        "ended_at": at if ends else None,
    }
    return instance, history, tasks


def _history(case: int, at: datetime, act: str, task: str | None, passed: list[Any], element: str | None = None) -> Row:
    return {
        "instance_id": case, "at": at, "actor_name": "x", "act": act, "task_id": task, "element_id": element,
        "words": "办结", "passed": passed,
    }


def _task(case: int, task: str, number: int, opened: datetime, done: datetime | None) -> Row:
    due = opened + timedelta(days=2)
    return {
        "id": task, "instance_id": case, "process_key": "p", "business_key": f"RK-2026-{case}", "title": "办件",
        "element_id": _element(number), "name": "环节", "candidate_group": "center_clerk", "candidate_groups": [],
        "candidate_user_ids": [], "status": "completed" if done else "open", "rev": 1, "due_at": due,
        "deadline_key": "k", "deadline_start": opened, "provisional": False, "inbox_at": due, "created_at": opened,
        "completed_at": done, "warned": 2, "pending_signers": 0,
    }


def fill() -> None:
    """Writes the cases, two thousand at a time."""
    dice = random.Random(4)
    outline = {"elements": [], "flows": []}
    with transaction() as session:
        session.add(Spec(hash="h", text="{}"))
        session.flush()
        session.add(
            Definition(
                id=1, key="p", version=1, name="p", xml="", tables={}, forms={}, called={}, scenarios=None,
                outline=outline, variable_types={}, spec_hash="h", content_hash="h", state="published",
                published_at=NOW, published_by_name="x",
            )
        )
    cases: Iterator[tuple[Row, list[Row], list[Row]]] = (
        _case(number, dice, number <= FINISHED) for number in range(1, FINISHED + RUNNING + 1)
    )
    while some := list(islice(cases, _BATCH)):
        with transaction() as session:
            connection = session.connection()
            connection.execute(sa.insert(INSTANCE), [one[0] for one in some])
            connection.execute(sa.insert(HISTORY), [row for one in some for row in one[1]])
            connection.execute(sa.insert(TASK), [row for one in some for row in one[2]])
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def count_all() -> tuple[int, float]:
    """Counts the whole history as the job does; rows and seconds."""
    began, rows = time.perf_counter(), 0
    while True:
        with transaction():
            counted = tally.count_slice(NOW)
        rows += counted
        if not counted:
            return rows, time.perf_counter() - began


def timed(act: Callable[[], object]) -> float:
    """The median milliseconds of an act in a read transaction of its own."""
    act()
    found = []
    for _ in range(ROUNDS):
        db.session.rollback()
        db.session.connection()
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    db.session.rollback()
    return median_ms(found)


def bare_count() -> int:
    """What every other figure is set against: the database looks at every case once and counts those completed."""
    completed = sa.select(sa.func.count()).select_from(INSTANCE).where(INSTANCE.c.status == "completed")
    return db.session.scalar(completed) or 0


def measure(app: Flask) -> None:
    """Prints the lines of one database."""
    name = app.config["SQLALCHEMY_DATABASE_URI"].partition(":")[0]
    with app.app_context():
        fill()
        rows, seconds = count_all()
        print(f"{name}: counted {rows:,} rows of history in {seconds:.1f} s, {rows / seconds:,.0f} a second")
        today = NOW.date()
        heat = durations({1}, today)
        assert heat[""].ended > FINISHED // 4, heat[""]
        print(f"{name}: heat of {len(heat)} elements: " + json.dumps(
            {key or "case": [round(at.total_seconds() / 3600, 1) for at in (one.median, one.p90)]
             for key, one in sorted(heat.items())[:4]}) + " hours (median, p90)")
        bare = timed(bare_count)
        print(f"{name + ' bare count of completed cases':52}{bare:9.2f} ms")
        for what, act in _QUESTIONS:
            took = timed(act)
            print(f"{name + ' ' + what:52}{took:9.2f} ms{took / bare:8.2f} x")


_QUESTIONS: tuple[tuple[str, Callable[[], object]], ...] = (
    ("heat map (30 days)", lambda: durations({1}, NOW.date())),
    ("where tokens, incidents, late tasks are", lambda: standing({1}, NOW)),
    ("counts by process and version", lambda: counts(NOW)),
    ("list: first page, running", lambda: page(Filters(status="running"), None, NOW)),
    ("list: late ones", lambda: page(Filters(late=True), None, NOW)),
    ("list: page 50,000 down, all", lambda: page(Filters(), 50_000, NOW)),
)


def main() -> None:
    """Prints the figures of both databases."""
    print(f"{FINISHED:,} finished and {RUNNING:,} running cases; medians of {ROUNDS}")
    with applications() as made:
        for _, app in made:
            measure(app)


if __name__ == "__main__":
    main()
