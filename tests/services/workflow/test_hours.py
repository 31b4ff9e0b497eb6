"""A period of hours at its very last second: exactly two hours are in time, one second more is late (no. 27)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from app.core import clock
from app.jobs.due import run_due, run_until_quiet
from app.workflow.refusals import TaskTaken
from tests.services.workflow.world import World
from tests.unit.engine import diagrams as d

Travel = Callable[[str], datetime]

_PERIOD = 'deadline("invitation.reply_period", now())'
SENT, LAST, LATE = "2026-03-02 09:50:00", "2026-03-02 11:50:00", "2026-03-02 11:50:01"


@pytest.fixture
def asked(world: World, travel: Travel) -> int:
    """An expert who was asked at 09:50 and has two hours."""
    nodes = [
        d.start(), d.user("reply", attributes=f'camunda:dueDate="={_PERIOD.replace(chr(34), "&quot;")}"'),
        d.boundary("late", "reply", d.timer("Date", _PERIOD)), d.user("refill"), d.end(),
    ]  # fmt: skip
    flows = ["begin > reply", "reply > done", "late > refill", "refill > done"]
    world.deploy("invitation", d.diagram("invitation", nodes, flows))
    travel(SENT)
    return world.start("invitation", "PS-2026-0001-07")


def test_the_job_leaves_the_last_second_to_the_expert(world: World, asked: int, travel: Travel) -> None:
    travel(LAST)
    run_until_quiet(clock.now())
    assert (world.open(asked), [one.status for one in world.timers(asked)]) == (["reply"], ["pending"])
    world.complete(asked, "reply", "clerk")
    assert world.instance(asked).status == "completed"
    travel(LATE)
    run_until_quiet(clock.now())
    assert world.acts(asked) == ["start", "complete"]


def test_a_reply_in_the_last_second_comes_before_the_job(world: World, asked: int, travel: Travel) -> None:
    travel(LAST)
    world.complete(asked, "reply", "clerk")
    run_until_quiet(clock.now())
    assert (world.instance(asked).status, world.acts(asked)) == ("completed", ["start", "complete"])


def test_one_second_later_the_job_ends_the_period(world: World, asked: int, travel: Travel) -> None:
    travel(LATE)
    run_due(clock.now(), pause=0)
    assert world.open(asked) == ["refill"]
    assert [one.status for one in world.timers(asked)] == ["fired"]


def test_one_second_later_a_reply_is_late_even_before_the_job(world: World, asked: int, travel: Travel) -> None:
    task = world.task(asked, "reply")
    assert task.due_at == datetime.fromisoformat(f"{LATE}+08:00")
    travel(LATE)
    with pytest.raises(TaskTaken, match="期限已届满"):
        world.complete(asked, "reply", "clerk")
    run_until_quiet(clock.now())
    assert world.open(asked) == ["refill"]
