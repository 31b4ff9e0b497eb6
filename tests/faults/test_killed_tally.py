"""Counting killed with -9 at any moment: every stay is counted once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.database import db
from app.core.transaction import transaction
from app.workflow.room import tally
from app.workflow.room.models import DurationTally, TallyMark
from tests.faults.worker import Worker
from tests.services.workflow.world import World
from tests.unit.engine import diagrams as d

CASES = 10
LATER = datetime(2026, 3, 5, tzinfo=clock.ZONE)


@pytest.fixture
def world(any_database: Any) -> World:
    """The office, with finished cases that nobody has counted."""
    made = World()
    made.deploy("timed", d.diagram("timed", [d.start(), d.user("work"), d.end()], ["begin > work", "work > done"]))
    for number in range(CASES):
        case = made.start("timed", f"RK-2026-{number:04}")
        made.complete(case, "work", "clerk", decision="a")
    return made


def _counting(die_in: int, after_writing: bool) -> Callable[[Callable[[str], None]], None]:
    """Counts three rows at a time; dies in the slice of this number, after the tallies or before the commit."""

    def work(tell: Callable[[str], None]) -> None:
        slices, add = 0, tally._add

        def dying(sums: Any) -> None:
            nonlocal slices
            slices += 1
            if slices == die_in and not after_writing:
                os.kill(os.getpid(), signal.SIGKILL)
            add(sums)
            if slices == die_in:
                db.session.flush()
                os.kill(os.getpid(), signal.SIGKILL)

        tally._add = dying
        while True:
            with transaction():
                rows = tally.count_slice(LATER, 3)
            if not rows:
                return
            tell(f"counted {rows}")

    return work


def _counted() -> tuple[dict[str, int], int]:
    sums = sa.select(DurationTally.element_id, sa.func.sum(DurationTally.ended)).group_by("element_id")
    rows = db.session.execute(sums)
    found = {row[0]: int(row[1]) for row in rows}
    mark = db.session.scalar(sa.select(TallyMark.history_id)) or 0
    db.session.rollback()
    return found, mark


@pytest.mark.parametrize("after_writing", [False, True])
def test_a_killed_slice_has_not_happened_and_the_next_process_goes_on(world: World, after_writing: bool) -> None:
    told = Worker(_counting(3, after_writing), LATER).finish()
    assert told == ["counted 3", "counted 3"]
    half, mark = _counted()
    assert mark == 6
    assert sum(half.values()) == 6
    assert Worker(_counting(0, False), LATER + timedelta(hours=1)).finish()[-1] == "end"
    assert _counted() == ({"work": CASES, "": CASES}, 2 * CASES)
