"""The inbox shows one's own and one's groups' open tasks by deadline, and pages through them by key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest

from app.core import clock
from app.core.errors import UserError
from app.workflow import inbox, tasks
from app.workflow.inbox import Filters, View
from tests.services.workflow.world import World, in_transaction, properties, started_with, three_steps
from tests.unit.engine import diagrams as d

Travel = Callable[[str], datetime]


def _titles(world: World, login: str, view: View, filters: Filters | None = None) -> list[str]:
    page = inbox.page(world[login], view, filters or Filters(), None, clock.now())
    return [row.business_key for row in page.rows]


def _due_diagram() -> bytes:
    """One task due by a period that the start data names."""
    work = d.user("work", attributes='camunda:dueDate="=deadline(period, now())"')
    return started_with(d.diagram("due", [d.start(), work, d.end()], ["begin > work", "work > done"]), "period")


@pytest.fixture
def three(world: World) -> list[int]:
    """Three cases waiting at their first task."""
    world.deploy("three_steps", three_steps())
    return [world.start("three_steps", f"RK-2026-000{n}") for n in (1, 2, 3)]


def test_a_group_sees_its_unclaimed_tasks_and_nobody_else_does(world: World, three: list[int]) -> None:
    assert len(_titles(world, "clerk", "groups")) == 3
    assert _titles(world, "reviewer", "groups") == []
    assert _titles(world, "auditor", "groups") == []


def test_a_claimed_task_moves_from_the_group_to_its_holder(world: World, three: list[int]) -> None:
    task_id = world.task(three[0], "submit").id
    in_transaction(lambda: tasks.claim(task_id, world["clerk"]))
    assert _titles(world, "clerk", "mine") == ["RK-2026-0001"]
    assert len(_titles(world, "clerk2", "groups")) == 2
    in_transaction(lambda: tasks.release(task_id, world["clerk"]))
    assert len(_titles(world, "clerk2", "groups")) == 3


def test_done_tasks_are_found_again(world: World, three: list[int]) -> None:
    world.complete(three[1], "submit", "clerk")
    assert _titles(world, "clerk", "done") == ["RK-2026-0002"]
    assert _titles(world, "clerk2", "done") == []


def test_pages_follow_each_other_without_gap_or_repetition(world: World) -> None:
    world.deploy("three_steps", three_steps())
    for number in range(7):
        world.start("three_steps", f"RK-2026-{number:04}")
    seen: list[str] = []
    after: str | None = None
    for _ in range(4):
        page = inbox.page(world["clerk"], "groups", Filters(), after, clock.now(), size=3)
        seen += [row.business_key for row in page.rows]
        after = page.next_after
        if after is None:
            break
    assert sorted(seen) == [f"RK-2026-{number:04}" for number in range(7)]


def test_a_damaged_position_is_refused(world: World) -> None:
    with pytest.raises(UserError, match="从第一页"):
        inbox.page(world["clerk"], "mine", Filters(), "nonsense", clock.now())


def test_the_most_urgent_stands_first_and_what_has_no_deadline_last(world: World) -> None:
    world.deploy("due", _due_diagram())
    world.deploy("three_steps", three_steps())
    world.start("three_steps", "RK-2026-0003")
    world.start("due", "RK-2026-0002", period="objection.decision_period")
    world.start("due", "RK-2026-0001", period="objection.acceptance_period")
    assert _titles(world, "clerk", "groups") == ["RK-2026-0001", "RK-2026-0002", "RK-2026-0003"]


def test_overdue_begins_at_the_midnight_that_ends_the_last_day(world: World, travel: Travel) -> None:
    world.deploy("due", _due_diagram())
    case = world.start("due", period="objection.acceptance_period")
    due_at = world.task(case, "work").due_at
    assert due_at == datetime(2026, 3, 5, 0, 0, tzinfo=clock.ZONE)
    travel("2026-03-04 23:59")
    assert _titles(world, "clerk", "overdue") == []
    travel("2026-03-05 00:00")
    assert len(_titles(world, "clerk", "overdue")) == 1


def test_the_deadline_of_a_task_is_explained_by_parameter_and_start(world: World) -> None:
    world.deploy("due", _due_diagram())
    task = world.task(world.start("due", period="objection.acceptance_period"), "work")
    assert (task.deadline_key, task.deadline_start) == ("objection.acceptance_period", clock.now())
    assert task.provisional is False


def test_the_load_of_the_coming_days_counts_what_is_due_on_each(world: World) -> None:
    world.deploy("due", _due_diagram())
    for number in range(3):
        world.start("due", f"RK-2026-000{number}", period="objection.acceptance_period")
    load = {one.day: one.due for one in inbox.load(world["clerk"], clock.now())}
    assert len(load) == 8
    assert load[date(2026, 3, 4)] == 3
    assert load[date(2026, 3, 3)] == 0
    assert _titles(world, "clerk", "groups", Filters(due_on=date(2026, 3, 4))) != []
    assert _titles(world, "clerk", "groups", Filters(due_on=date(2026, 3, 5))) == []


def test_filters_narrow_by_process_element_and_text(world: World, three: list[int]) -> None:
    world.complete(three[0], "submit", "clerk")
    submitted = _titles(world, "clerk", "groups", Filters(process="three_steps", element="submit"))
    assert sorted(submitted) == ["RK-2026-0002", "RK-2026-0003"]
    assert _titles(world, "clerk", "groups", Filters(q="0003")) == ["RK-2026-0003"]
    assert _titles(world, "clerk", "groups", Filters(q="100%")) == []
    assert _titles(world, "clerk", "groups", Filters(process="other")) == []


def test_a_task_of_two_groups_is_in_both_inboxes_but_once_in_each(world: World) -> None:
    work = d.user("work", group="bureau_reviewer,bureau_leader")
    world.deploy("two", d.diagram("two", [d.start(), work, d.end()], ["begin > work", "work > done"]))
    case = world.start("two")
    for login in ("reviewer", "leader", "both"):
        assert len(_titles(world, login, "groups")) == 1
    world.complete(case, "work", "leader")
    assert _titles(world, "reviewer", "groups") == []


def test_a_task_bound_to_a_unit_is_for_that_unit_only(world: World) -> None:
    work = d.user("work", group="dept_organiser", inner=properties(unitVariable="unit_id"))
    bpmn = d.diagram("unit", [d.start(), work, d.end()], ["begin > work", "work > done"])
    world.deploy("unit", started_with(bpmn, "unit_id"))
    case = world.start("unit", unit_id=3)
    assert len(_titles(world, "organiser", "groups")) == 1
    assert _titles(world, "organiser2", "groups") == []
    with pytest.raises(UserError, match="不属于您的岗位"):
        world.complete(case, "work", "organiser2")
    world.complete(case, "work", "organiser")


def test_a_task_assigned_by_the_diagram_is_its_holders_at_once(world: World) -> None:
    work = d.user("work", attributes='camunda:assignee="clerk2"', group="center_clerk")
    world.deploy("named", d.diagram("named", [d.start(), work, d.end()], ["begin > work", "work > done"]))
    world.start("named")
    assert len(_titles(world, "clerk2", "mine")) == 1
    assert _titles(world, "clerk", "groups") == []


def test_counts_and_the_next_task(world: World, three: list[int]) -> None:
    first = world.task(three[0], "submit").id
    in_transaction(lambda: tasks.claim(first, world["clerk"]))
    counts = inbox.counts(world["clerk"], clock.now())
    assert (counts.mine, counts.groups, counts.overdue, counts.signing) == (1, 2, 0, 0)
    assert inbox.next_task(world["clerk"], clock.now()) == first
    world.complete(three[0], "submit", "clerk")
    assert inbox.next_task(world["clerk"], clock.now()) is not None
    assert inbox.next_task(world["auditor"], clock.now()) is None
