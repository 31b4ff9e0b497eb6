"""Counting stays from the history: what people and time did comes out as durations, each stay once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.database import db
from app.jobs.due import run_due
from app.workflow import tasks
from app.workflow.room import tally
from app.workflow.room.durations import Duration, durations, durations_by_version
from app.workflow.room.models import DurationTally
from tests.services.workflow.world import LATE, World, in_transaction
from tests.unit.engine import diagrams as d

Travel = Callable[[str], datetime]


def _deploy(world: World) -> None:
    nodes = [d.start(), d.user("work"), LATE, d.user("after"), d.end()]
    world.deploy("timed", d.diagram("timed", nodes, ["begin > work", "work > done", "late > after", "after > done"]))


def _count(limit: int = tally.SLICE) -> int:
    counted = 0
    while rows := in_transaction(lambda: tally.count_slice(clock.now(), limit)):
        counted += rows
    return counted


def _durations(world: World, case: int) -> dict[str, Duration]:
    version = world.instance(case).definition_id
    found = durations({version}, clock.today())
    assert dict(durations_by_version({version, 0}, clock.today())) == ({version: found} if found else {})
    db.session.rollback()
    return dict(found)


def _stored() -> list[tuple[Any, ...]]:
    rows = db.session.execute(
        sa.select(DurationTally.element_id, DurationTally.ended, DurationTally.lapsed).order_by(
            DurationTally.element_id, DurationTally.day
        )
    ).all()
    db.session.rollback()
    return [tuple(row) for row in rows]


def test_tasks_deadlines_and_whole_cases_are_counted(world: World, travel: Travel) -> None:
    travel("2026-03-02 09:00")
    _deploy(world)
    late, early = world.start("timed", "RK-2026-0001"), world.start("timed", "RK-2026-0002")
    travel("2026-03-02 11:00")
    world.complete(early, "work", "clerk", decision="a")
    run_due(travel("2026-03-09 09:00"), pause=0)
    travel("2026-03-09 15:00")
    world.complete(late, "after", "clerk", decision="b")
    travel("2026-03-10 09:00")
    assert _count() > 0
    found = _durations(world, late)
    assert (found["work"].ended, found["work"].lapsed) == (1, 1)
    assert timedelta(hours=1.7) < found["work"].median < timedelta(hours=2.3)
    assert (found["after"].ended, found[""].ended) == (1, 2)


def test_slices_of_any_size_give_the_same_and_nothing_is_counted_twice(world: World, travel: Travel) -> None:
    travel("2026-03-02 09:00")
    _deploy(world)
    for number in range(6):
        case = world.start("timed", f"RK-2026-{number:04}")
        travel(f"2026-03-02 {10 + number}:00")
        world.complete(case, "work", "clerk", decision="a")
    travel("2026-03-03 09:00")
    assert _count(limit=1) == 12
    once = _stored()
    assert _count() == 0
    assert _stored() == once == [("", 6, 0), ("work", 6, 0)]


def test_what_has_just_been_written_is_left_to_the_next_time(world: World, travel: Travel) -> None:
    travel("2026-03-02 09:00")
    _deploy(world)
    case = world.start("timed")
    world.complete(case, "work", "clerk", decision="a")
    assert _count() == 0
    travel("2026-03-02 09:05")
    assert _count() == 2


def test_a_withdrawn_step_ends_no_stay(world: World, travel: Travel) -> None:
    travel("2026-03-02 09:00")
    world.deploy("twice", d.diagram("twice", [d.start(), d.user("one"), d.user("two"), d.end()],
                                  ["begin > one", "one > two", "two > done"]))
    case = world.start("twice")
    travel("2026-03-02 10:00")
    task = world.task(case, "one").id
    world.complete(case, "one", "clerk", decision="a")
    in_transaction(lambda: tasks.withdraw(task, world["clerk"]))
    travel("2026-03-02 17:00")
    world.complete(case, "one", "clerk", decision="b")
    travel("2026-03-03 09:00")
    _count()
    found = _durations(world, case)
    assert found["one"].ended == 1
    assert found["one"].median > timedelta(hours=7)


def test_a_late_task_is_told_as_a_share_of_its_period(world: World, travel: Travel) -> None:
    travel("2026-03-02 09:00")
    due = 'camunda:dueDate="=deadline(&quot;objection.acceptance_period&quot;, now())"'
    world.deploy("due", d.diagram("due", [d.start(), d.user("work", due), d.end()], ["begin > work", "work > done"]))
    soon, late = world.start("due", "RK-2026-0001"), world.start("due", "RK-2026-0002")
    travel("2026-03-02 10:00")
    world.complete(soon, "work", "clerk", decision="a")
    travel("2026-03-20 10:00")
    world.complete(late, "work", "clerk", decision="a")
    travel("2026-03-21 10:00")
    _count()
    found = _durations(world, soon)["work"]
    assert (found.with_deadline, found.overdue) == (2, 0.5)
    assert found.share is not None
    assert found.share < 0.1


def test_the_jobs_count_and_the_window_ends_after_thirty_days(world: World, travel: Travel) -> None:
    travel("2026-03-02 09:00")
    _deploy(world)
    case = world.start("timed")
    world.complete(case, "work", "clerk", decision="a")
    run_due(travel("2026-03-02 10:00"), pause=0)
    assert _durations(world, case)["work"].ended == 1
    travel("2026-04-01 10:00")
    assert _durations(world, case) == {}
