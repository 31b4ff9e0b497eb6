"""A batch of migrations killed with -9 between two cases: what is done is done once, the rest goes on."""

from __future__ import annotations

from typing import Any

from app.core import clock
from app.core.audit import verify
from app.core.database import db
from app.core.transaction import transaction
from app.jobs.due import run_due
from app.workflow.migration import carrying
from tests.faults.worker import Worker
from tests.services.workflow.moving_cases import begin, item, steps
from tests.services.workflow.world import World

CASES = 12


def test_a_batch_killed_on_the_way_is_finished_by_the_job(any_database: Any) -> None:
    world = World()
    world.deploy("line", steps("apply"))
    cases = [world.start("line", f"RK-2026-{number:04}") for number in range(CASES)]
    world.deploy("line", steps("apply", "second"))
    items = begin(world, "line", cases)

    def work(tell: Any) -> None:
        for one in items:
            with transaction():
                carrying.carry_out(one, clock.now())
            tell(str(one))

    worker = Worker(work, clock.now())
    told = [worker.line() for _ in range(4)]
    worker.kill()
    told += worker.finish()

    states = {str(one): item(one).state for one in items}
    assert all(states[one] == "migrated" for one in told if one in states)
    run_due(clock.now(), pause=0)
    db.session.rollback()

    assert [item(one).state for one in items] == ["migrated"] * CASES
    assert all(world.acts(case) == ["start", "migrate"] for case in cases)
    for case in cases:
        world.complete(case, "apply", "clerk")
        assert world.open(case) == ["second"]
    assert list(verify()) == []
