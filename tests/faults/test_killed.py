"""A process killed with -9 at any moment: what was acknowledged stands, nothing is half done, nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.audit import verify
from app.core.database import db
from app.core.settings import Setting
from app.operations import catalogue
from app.workflow.models import Instance, Message, Task
from tests.faults import worker
from tests.faults.worker import Worker
from tests.services.workflow.conftest import Workshop
from tests.services.workflow.world import LATE, World
from tests.unit.engine import diagrams as d

CASES = 12
LATER = datetime(2026, 3, 5, tzinfo=clock.ZONE)

_NOTE = d.service("register", "testing.make_note", text='"a"')


@pytest.fixture
def world(any_database: Any) -> Iterator[World]:
    """The office, with an operation that counts in the database."""
    made = Workshop()
    catalogue.operation("testing.make_note", label="登记")(worker.note)
    catalogue.operation("testing.tell_other", label="告知")(made.tell)
    yield World()
    for name in ("testing.make_note", "testing.tell_other"):
        del catalogue._operations[name]


def _noted() -> dict[str, int]:
    rows = db.session.execute(sa.select(Setting.key, Setting.value).where(Setting.key.startswith("times.")))
    found = {row.key.removeprefix("times."): row.value for row in rows}
    db.session.rollback()
    return found


def _done() -> set[str]:
    found = set(db.session.scalars(sa.select(Instance.business_key).where(Instance.status == "completed")))
    db.session.rollback()
    return found


def _deploy(world: World) -> set[str]:
    nodes = [
        d.start(), d.user("work"), LATE,
        _NOTE, d.end(),
    ]  # fmt: skip
    flows = ["begin > work", "work > register", "late > register", "register > done"]
    world.deploy("noting", d.diagram("noting", nodes, flows))
    keys = {f"RK-2026-{number:04}" for number in range(CASES)}
    for key in sorted(keys):
        world.start("noting", key)
    return keys


def test_killed_inside_an_operation_the_step_has_not_happened(world: World) -> None:
    keys = _deploy(world)
    acknowledged = Worker(worker.complete, clock.now(), die_at=4).finish()
    assert len(acknowledged) == 3
    assert _done() == set(acknowledged) == set(_noted())
    again = Worker(worker.complete, clock.now()).finish()
    assert again[-1] == "end"
    assert _done() == keys
    assert set(_noted().values()) == {1}
    assert list(verify()) == []


def test_killed_between_steps_everything_acknowledged_stands(world: World) -> None:
    keys = _deploy(world)
    process = Worker(worker.complete, clock.now())
    acknowledged = [process.line() for _ in range(5)]
    process.kill()
    process.finish()
    done = _done()
    assert set(acknowledged) <= done
    assert done == set(_noted())
    Worker(worker.complete, clock.now()).finish()
    assert _done() == keys
    assert set(_noted().values()) == {1}
    assert list(verify()) == []


def test_a_killed_scheduler_loses_no_deadline_and_fires_none_twice(world: World) -> None:
    keys = _deploy(world)
    for die_at in (1, 3):
        Worker(worker.due, LATER, die_at=die_at).finish()
        assert _done() == set(_noted())
    assert 0 < len(_done()) < len(keys)
    Worker(worker.due, LATER).finish()
    assert _done() == keys
    assert set(_noted().values()) == {1}
    open_tasks = db.session.scalars(sa.select(Task.id).where(Task.status == "open")).all()
    assert list(open_tasks) == []


def test_a_killed_delivery_is_made_once_in_the_end(world: World) -> None:
    nodes = [
        d.start(), d.user("work"), d.boundary("told", "work", d.message("told", "news")), _NOTE, d.end(),
    ]  # fmt: skip
    flows = ["begin > work", "work > done", "told > register", "register > done"]
    world.deploy("hearing", d.diagram("hearing", nodes, flows))
    world.start("hearing", "RK-2026-0001")
    telling = [d.start(), d.user("work"), d.service("tell", "testing.tell_other", text='"RK-2026-0001"'), d.end()]
    world.deploy("telling", d.diagram("telling", telling, ["begin > work", "work > tell", "tell > done"]))
    world.complete(world.start("telling", "YY-2026-0001"), "work", "clerk")
    Worker(worker.due, clock.now(), die_at=1).finish()
    assert _noted() == {}
    Worker(worker.due, clock.now()).finish()
    assert _noted() == {"RK-2026-0001": 1}
    assert list(db.session.scalars(sa.select(Message.status))) == ["delivered"]
