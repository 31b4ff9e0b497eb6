"""What runs: counts by version, the list with its filters, where tokens stand, timers to come with what holds them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from app.core import clock
from app.core.database import db
from app.workflow import instances
from app.workflow.room import overview, suspension
from app.workflow.room.overview import Filters
from tests.services.workflow.world import LATE, World, in_transaction, three_steps
from tests.unit.engine import diagrams as d

Travel = Callable[[str], datetime]
DUE = 'camunda:dueDate="=deadline(&quot;objection.acceptance_period&quot;, now())"'


@pytest.fixture
def cases(world: World, travel: Travel) -> list[int]:
    """Five cases, one started each day: the first is late, the second suspended, the third over."""
    nodes = [d.start(), d.user("work", DUE), LATE, d.user("after"), d.end()]
    world.deploy("timed", d.diagram("timed", nodes, ["begin > work", "work > after", "late > after", "after > done"]))
    made = []
    for number in range(5):
        travel(f"2026-03-0{2 + number} 09:00")
        made.append(world.start("timed", f"RK-2026-000{number}"))
    in_transaction(lambda: suspension.suspend(made[1], world["owner"], "核实材料"))
    in_transaction(lambda: instances.cancel(made[2], world["owner"], "误报"))
    return made


def _keys(filters: Filters, after: int | None = None, size: int = 20) -> list[str]:
    found = overview.page(filters, after, clock.now(), size)
    db.session.rollback()
    return [line.instance.business_key[-1] for line in found.lines]


def test_counts_stand_by_version_also_of_those_without_cases(world: World, cases: list[int]) -> None:
    world.deploy("three_steps", three_steps())
    found = {one.key: one for one in overview.counts(clock.now())}
    assert (found["timed"].running, found["timed"].suspended, found["timed"].failing) == (3, 1, 0)
    assert found["timed"].late == 2
    assert (found["three_steps"].running, found["three_steps"].in_force) == (0, True)


def test_the_list_is_narrowed_by_every_filter(world: World, cases: list[int]) -> None:
    assert _keys(Filters()) == ["4", "3", "1", "0"]
    assert _keys(Filters(status="all")) == ["4", "3", "2", "1", "0"]
    assert _keys(Filters(status="suspended")) == ["1"]
    assert _keys(Filters(status="running", days=4)) == ["0"]
    assert _keys(Filters(status="voided")) == ["2"]
    assert _keys(Filters(late=True)) == ["1", "0"]
    assert _keys(Filters(failing=True)) == []
    assert _keys(Filters(process="other")) == []
    assert _keys(Filters(version=2)) == []
    assert _keys(Filters(q=" rk-2026-0003 ")) == ["3"]


def test_the_list_goes_on_by_key(world: World, cases: list[int]) -> None:
    first = overview.page(Filters(), None, clock.now(), 3)
    assert first.next_after is not None
    assert _keys(Filters(), first.next_after, 3) == ["0"]


def test_tokens_and_late_tasks_stand_at_their_elements(world: World, cases: list[int]) -> None:
    world.complete(cases[4], "work", "clerk", decision="a")
    version = world.instance(cases[0]).definition_id
    found = overview.standing({version}, clock.now())
    assert found.tokens == {"work": 3, "after": 1}
    assert found.late == {"work": 2}
    assert found.failing == {}


def test_late_tasks_of_several_versions_are_told_apart(world: World, cases: list[int]) -> None:
    first = world.instance(cases[0]).definition_id
    nodes = [d.start(), d.user("work"), d.user("more", DUE), d.end()]
    world.deploy("timed", d.diagram("timed", nodes, ["begin > work", "work > more", "more > done"]))
    newer = world.start("timed", "RK-2026-0009")
    world.complete(newer, "work", "clerk")
    second = world.instance(newer).definition_id
    later = clock.now() + timedelta(days=30)
    assert overview.late_by_version({first, second}, later) == {first: {"work": 4}, second: {"more": 1}}
    assert overview.late_by_version({second}, clock.now()) == {}
    assert overview.late_by_version({first}, clock.now())[first] == overview.standing({first}, clock.now()).late


def test_who_waits_for_a_message_is_counted_too(world: World) -> None:
    nodes = [d.start(), d.catch("wait", d.message("told")), d.end()]
    world.deploy("listening", d.diagram("listening", nodes, ["begin > wait", "wait > done"]))
    case = world.start("listening")
    assert overview.standing({world.instance(case).definition_id}, clock.now()).tokens == {"wait": 1}


def test_timers_to_come_say_what_holds_them(world: World, cases: list[int]) -> None:
    found = overview.coming_timers(clock.now())
    held = {one.instance.business_key[-1]: one.why_not for one in found}
    assert held == {"0": None, "1": "办件已暂停：核实材料", "3": None, "4": None}
    assert [one.timer.due_at for one in found] == sorted(one.timer.due_at for one in found)
    assert overview.coming_timers(clock.now(), process="other") == ()
