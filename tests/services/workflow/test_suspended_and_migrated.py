"""A case that stands still while it is brought to another version: nothing of it moves, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from app.core import clock
from app.core.audit import verify
from app.core.errors import Conflict
from app.workflow import returning, timers
from app.workflow.refusals import CaseSuspended
from app.workflow.room import suspension
from tests.services.workflow.moving_cases import migrate, undo
from tests.services.workflow.world import LATE, World, in_transaction
from tests.unit.engine import diagrams as d


def drawn(*names: str) -> bytes:
    """Tasks one after another; the last but one has a timer that cancels it."""
    nodes = [d.start(), *(d.user(name) for name in names), LATE, d.end()]
    path = ["begin", *names, "done"]
    flows = [f"{one} > {other}" for one, other in pairwise(path)]
    return d.diagram("line", nodes, [*flows, "late > done"])


@pytest.fixture
def case(world: World) -> int:
    """A suspended case of the first of two versions, one step done, with a timer under way."""
    world.deploy("line", drawn("apply", "work"))
    case = world.start("line", "RK-2026-0001")
    world.complete(case, "apply", "clerk")
    world.deploy("line", drawn("apply", "work", "second"))
    in_transaction(lambda: suspension.suspend(case, world["owner"], "核实举报"))
    return case


def test_it_stands_still_on_the_new_version_and_goes_on_by_it(world: World, case: int) -> None:
    (timer,) = world.timers(case)
    (done,) = migrate(world, "line", case)
    row = world.instance(case)
    assert (done.state, row.status, row.previous_state) == ("migrated", "suspended", None)
    assert [one.wake_at for one in world.timers(case)] == [timer.wake_at]

    clock.travel_to(timer.due_at + timedelta(days=1))
    assert timers.due(clock.now(), 10) == []
    assert world.open(case) == ["work"]
    with pytest.raises(CaseSuspended):
        world.complete(case, "work", "clerk")

    in_transaction(lambda: suspension.resume(case, world["owner"], "核实完毕"))
    applied = world.task(case, "apply", "completed").id
    with pytest.raises(Conflict, match="不能撤回"):
        in_transaction(lambda: returning.withdraw(applied, world["clerk"]))
    (due,) = timers.due(clock.now(), 10)
    in_transaction(lambda: timers.fire(due, clock.now()))
    assert world.instance(case).status == "completed"
    assert list(verify()) == []


def test_undone_while_it_stands_still_it_resumes_on_the_old_version(world: World, case: int) -> None:
    (done,) = migrate(world, "line", case)
    undo(world, done.id)
    assert world.instance(case).status == "suspended"
    in_transaction(lambda: suspension.resume(case, world["owner"], "核实完毕"))
    world.complete(case, "work", "clerk")
    assert world.instance(case).status == "completed"
    assert [act for act in world.acts(case) if act != "complete"] == [
        "start", "suspend", "migrate", "migrate_back", "resume"
    ]
