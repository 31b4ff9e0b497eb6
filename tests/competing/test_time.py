"""Time against people and messages: exactly one of them decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.core import clock
from app.core.errors import Conflict
from app.jobs.due import Report, run_due, run_until_quiet
from app.workflow import messages, tasks
from app.workflow.step import StepOutcome
from tests.competing.conftest import Race
from tests.services.workflow.conftest import Workshop
from tests.services.workflow.world import LATE, World, in_transaction
from tests.unit.engine import diagrams as d

Travel = Callable[[str], datetime]


def _timed() -> bytes:
    nodes = [
        d.start(), d.user("work"), LATE, d.service("register", "testing.make_note", text='"late"'),
        d.user("chase"), d.end(),
    ]  # fmt: skip
    flows = ["begin > work", "work > done", "late > register", "register > chase", "chase > done"]
    return d.diagram("timed", nodes, flows)


def _awaiting() -> bytes:
    nodes = [
        d.start(), d.node("eventBasedGateway", "wait"), d.catch("told", d.message("told", "news")),
        d.catch("over", d.timer("Date", 'deadline("objection.acceptance_period", now())')),
        d.user("heard"), d.user("silent"), d.end(),
    ]  # fmt: skip
    flows = [
        "begin > wait", "wait > told", "wait > over", "told > heard", "over > silent", "heard > done", "silent > done",
    ]  # fmt: skip
    return d.diagram("awaiting", nodes, flows)


def test_two_schedulers_fire_a_timer_once(world: World, race: Race, workshop: Workshop, travel: Travel) -> None:
    world.deploy("timed", _timed())
    cases = [world.start("timed", f"RK-2026-{number:04}") for number in range(4)]
    travel("2026-03-05 00:00")

    def run() -> Report:
        return run_due(clock.now(), pause=0)

    results = race.run([run, run])
    assert all(isinstance(one, Report) for one in results), results
    run_until_quiet(clock.now())
    for case in cases:
        assert world.acts(case) == ["start", "timer"]
        assert world.open(case) == ["chase"]


def test_a_completion_at_the_very_instant_loses_to_the_deadline(
    world: World, race: Race, workshop: Workshop, travel: Travel
) -> None:
    world.deploy("timed", _timed())
    case = world.start("timed")
    task_id = world.task(case, "work").id
    travel("2026-03-05 00:00")

    def complete() -> Any:
        return in_transaction(lambda: tasks.complete(task_id, {}, world["clerk"], None))

    results = race.run([complete, lambda: run_due(clock.now(), pause=0)])
    assert isinstance(results[0], Conflict), results
    run_until_quiet(clock.now())
    assert world.acts(case) == ["start", "timer"]
    assert world.open(case) == ["chase"]


def test_a_completion_in_time_and_a_scheduler_do_not_disturb_each_other(
    world: World, race: Race, workshop: Workshop, travel: Travel
) -> None:
    world.deploy("timed", _timed())
    case = world.start("timed")
    task_id = world.task(case, "work").id
    travel("2026-03-04 23:59")

    def complete() -> Any:
        return in_transaction(lambda: tasks.complete(task_id, {}, world["clerk"], None))

    results = race.run([complete, lambda: run_due(clock.now(), pause=0)])
    assert isinstance(results[0], StepOutcome), results
    travel("2026-03-06 00:00")
    run_until_quiet(clock.now())
    assert world.instance(case).status == "completed"
    assert world.acts(case) == ["start", "complete"]


def test_a_message_in_time_and_a_late_one(world: World, race: Race, travel: Travel) -> None:
    world.deploy("awaiting", _awaiting())
    for number, moment, expected in ((1, "2026-03-04 23:59", "heard"), (2, "2026-03-09 00:00", "silent")):
        key = f"RK-2026-{number:04}"
        case = world.start("awaiting", key)
        travel(moment)

        def tell(key: str = key) -> list[int]:
            return in_transaction(lambda: messages.deliver("told", key, {}, world["clerk"]))

        results = race.run([tell, lambda: run_due(clock.now(), pause=0)])
        run_until_quiet(clock.now())
        assert world.open(case) == [expected], results
        assert isinstance(results[0], list if expected == "heard" else Conflict)
        assert len(world.acts(case)) == 2


def test_one_message_is_delivered_once_by_many_workers(
    world: World, race: Race, workshop: Workshop
) -> None:
    world.deploy("awaiting", _awaiting())
    case = world.start("awaiting", "RK-2026-0001")
    nodes = [d.start(), d.user("work"), d.service("tell", "testing.tell_other", text='"RK-2026-0001"'), d.end()]
    world.deploy("telling", d.diagram("telling", nodes, ["begin > work", "work > tell", "tell > done"]))
    world.complete(world.start("telling", "YY-2026-0001"), "work", "clerk")
    race.run([lambda: run_due(clock.now(), pause=0)] * 3)
    run_until_quiet(clock.now())
    assert world.acts(case) == ["start", "message"]
