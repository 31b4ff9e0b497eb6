"""Deadlines fire once, by the row that is due; provisional ones never, and a changed calendar only lengthens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from app import regulations
from app.core import clock
from app.core.database import db
from app.core.transaction import transaction
from app.jobs.due import run_due, run_until_quiet
from app.regulations import store
from app.regulations.models import CalendarYearRow
from app.workflow import tasks
from app.workflow.models import Definition
from tests.services.workflow.world import World, in_transaction
from tests.unit.engine import diagrams as d

Travel = Callable[[str], datetime]


def _with_deadline(key: str = "work") -> bytes:
    """A task that a deadline of two working days takes away."""
    nodes = [
        d.start(), d.user("work"), d.boundary("late", "work", d.timer("Date", f'deadline("{key}", now())')),
        d.user("chase", group="bureau_reviewer"), d.end(),
    ]  # fmt: skip
    flows = ["begin > work", "work > done", "late > chase", "chase > done"]
    return d.diagram("timed", nodes, flows)


@pytest.fixture
def case(world: World) -> int:
    """A case whose task must be done within two working days (objection.acceptance_period)."""
    world.deploy("timed", _with_deadline("objection.acceptance_period"))
    return world.start("timed")


def test_a_timer_row_carries_its_legal_instant_and_how_it_was_counted(world: World, case: int) -> None:
    (timer,) = world.timers(case)
    assert timer.due_at == datetime(2026, 3, 5, 0, 0, tzinfo=clock.ZONE)
    assert (timer.deadline_key, timer.deadline_start) == ("objection.acceptance_period", clock.now())
    assert (timer.status, timer.wake_at) == ("pending", timer.due_at)


def test_it_fires_when_due_and_not_before(world: World, case: int, travel: Travel) -> None:
    travel("2026-03-04 23:59")
    run_due(clock.now(), pause=0)
    assert world.open(case) == ["work"]
    travel("2026-03-05 00:00")
    report = run_due(clock.now(), pause=0)
    assert report.done >= 1
    assert world.open(case) == ["chase"]
    assert world.timers(case)[0].status == "fired"
    assert world.acts(case)[-1] == "timer"


def test_running_twice_does_nothing_twice(world: World, case: int, travel: Travel) -> None:
    travel("2026-03-06 09:00")
    run_until_quiet(clock.now())
    before = world.acts(case)
    again = run_until_quiet(clock.now())
    assert world.acts(case) == before
    assert again.done == 0


def test_completing_in_time_ends_the_timer(world: World, case: int, travel: Travel) -> None:
    world.complete(case, "work", "clerk")
    assert world.timers(case)[0].status == "cancelled"
    travel("2026-03-06 09:00")
    run_until_quiet(clock.now())
    assert world.acts(case) == ["start", "complete"]


def test_an_answer_after_the_instant_is_too_late_even_before_the_job_ran(
    world: World, case: int, travel: Travel
) -> None:
    task_id = world.task(case, "work").id
    travel("2026-03-05 00:01")
    with pytest.raises(Exception, match="已不需要办理"):
        in_transaction(lambda: tasks.complete(task_id, {}, world["clerk"], None))
    run_due(clock.now(), pause=0)
    assert world.open(case) == ["chase"]


def test_a_deadline_over_a_guessed_calendar_ends_nobodys_right(world: World, travel: Travel) -> None:
    travel("2026-12-28 09:00")
    world.deploy("timed", _with_deadline("publicity.period"))
    case = world.start("timed")
    (timer,) = world.timers(case)
    assert timer.provisional
    travel("2027-01-12 09:00")
    run_until_quiet(clock.now())
    assert world.open(case) == ["work"]
    (timer,) = world.timers(case)
    assert timer.held is not None
    assert timer.wake_at > clock.now()
    world.complete(case, "work", "clerk")
    assert world.instance(case).status == "completed"


def _enter_official_year() -> None:
    with transaction():
        session = db.session()
        row = CalendarYearRow(year=2027, status="official", source="test", proposed_by_name="test")
        session.add(row)
        session.flush()
        store.add_days(session, row.id, {date(2027, 1, 1): "元旦", date(2027, 1, 4): "调休"}, {})
    store.forget()


def test_the_official_calendar_makes_a_deadline_definite_and_only_later(world: World, travel: Travel) -> None:
    travel("2026-12-28 09:00")
    run_until_quiet(clock.now())
    world.deploy("timed", _with_deadline("publicity.period"))
    case = world.start("timed")
    (guessed,) = world.timers(case)
    _enter_official_year()
    run_until_quiet(clock.now())
    (timer,) = world.timers(case)
    assert not timer.provisional
    assert timer.due_at == datetime(2027, 1, 7, 0, 0, tzinfo=clock.ZONE)
    assert timer.due_at > guessed.due_at
    assert world.history(case)[-1].words == "工作日安排有变，顺延期限至1月7日00:00"
    travel("2027-01-06 23:59")
    run_until_quiet(clock.now())
    assert world.open(case) == ["work"]
    travel("2027-01-07 00:00")
    run_until_quiet(clock.now())
    assert world.open(case) == ["chase"]


def test_a_deadline_that_was_held_fires_once_the_official_calendar_is_there(world: World, travel: Travel) -> None:
    travel("2026-12-28 09:00")
    world.deploy("timed", _with_deadline("publicity.period"))
    case = world.start("timed")
    travel("2027-01-12 09:00")
    run_until_quiet(clock.now())
    assert world.timers(case)[0].held is not None
    _enter_official_year()
    run_until_quiet(clock.now())
    assert world.open(case) == ["chase"]


def test_a_new_rest_day_lengthens_a_running_deadline(world: World, case: int, travel: Travel) -> None:
    with transaction():
        session = db.session()
        year = session.scalar(sa.select(CalendarYearRow.id).where(CalendarYearRow.year == 2026))
        store.add_days(session, year, {date(2026, 3, 4): "临时放假"}, {})
    store.forget()
    travel("2026-03-05 10:00")
    run_until_quiet(clock.now())
    assert world.open(case) == ["work"]
    (timer,) = world.timers(case)
    assert timer.due_at == datetime(2026, 3, 6, 0, 0, tzinfo=clock.ZONE)
    travel("2026-03-06 00:00")
    run_until_quiet(clock.now())
    assert world.open(case) == ["chase"]


def test_a_case_follows_the_version_and_the_rules_it_started_with(world: World, case: int) -> None:
    world.deploy("timed", d.diagram("timed", [d.start(), d.user("other"), d.end()], ["begin > other", "other > done"]))
    assert [row.version for row in db.session.scalars(sa.select(Definition).order_by(Definition.id))] == [1, 2]
    db.session.rollback()
    assert world.open(world.start("timed", "RK-2026-0002")) == ["other"]
    world.complete(case, "work", "clerk")
    assert world.instance(case).status == "completed"
    assert world.instance(case).rule_set_id == regulations.rule_set_for(clock.today()).id


def test_outside_every_rule_set_nothing_starts(world: World, case: int, travel: Travel) -> None:
    travel("2027-03-02 09:00")
    with pytest.raises(regulations.NoRuleSetInForce, match="没有有效的管理办法"):
        world.start("timed", "RK-2027-0001")


def test_the_due_date_of_a_task_is_counted_again_with_the_calendar(world: World, travel: Travel) -> None:
    travel("2026-12-28 09:00")
    run_until_quiet(clock.now())
    work = d.user("work", attributes='camunda:dueDate=\'=deadline("publicity.period", now())\'')
    world.deploy("due", d.diagram("due", [d.start(), work, d.end()], ["begin > work", "work > done"]))
    case = world.start("due")
    assert world.task(case, "work").provisional
    _enter_official_year()
    run_until_quiet(clock.now())
    task = world.task(case, "work")
    assert (task.provisional, task.due_at) == (False, datetime(2027, 1, 7, 0, 0, tzinfo=clock.ZONE))
    assert world.acts(case) == ["start", "reschedule"]
