"""Cases: found by those who may see them, shown with the way they went and what may come, ended by hand."""

from __future__ import annotations

import pytest

from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.workflow import cases, instances, tasks
from app.workflow.cases import CaseFilters
from app.workflow.states import (
    ACT_WORDS,
    INSTANCE_MOVES,
    TASK_MOVES,
    Act,
    InstanceStatus,
    TaskStatus,
)
from tests.services.workflow.world import LATE, World, in_transaction, three_steps
from tests.unit.engine import diagrams as d


@pytest.fixture
def world(light_world: World) -> World:
    """On SQLite: nothing here depends on the database."""
    return light_world


@pytest.fixture
def case(world: World) -> int:
    """A case at its second step."""
    world.deploy("three_steps", three_steps())
    found = world.start("three_steps")
    world.complete(found, "submit", "clerk", decision="齐全")
    return found


def _keys(world: World, login: str, filters: CaseFilters) -> list[str]:
    found = [one.business_key for one in cases.search(world[login], filters).cases]
    db.session.rollback()
    return found


def test_the_page_of_a_case_shows_where_it_stands_and_what_comes(world: World, case: int) -> None:
    detail = cases.detail(case, world["reviewer"])
    assert detail.active == {"review"}
    assert detail.passed == {"begin", "submit"}
    assert detail.flows == {"f0_begin_submit", "f1_submit_review"}
    assert [task.element_id for task in detail.done_tasks] == ["submit"]
    assert [(step.element_id, step.groups) for step in detail.next_steps] == [("approve", ("bureau_leader",))]
    assert (detail.definition.key, detail.definition.version) == ("three_steps", 1)
    assert b"three_steps" in cases.diagram(case, world["reviewer"]).encode()


def test_a_pending_deadline_is_among_the_facts(world: World) -> None:
    nodes = [d.start(), d.user("work"), LATE, d.user("chase"), d.end()]
    world.deploy("timed", d.diagram("timed", nodes, ["begin > work", "work > done", "late > chase", "chase > done"]))
    detail = cases.detail(world.start("timed"), world["clerk"])
    assert [timer.deadline_key for timer in detail.timers] == ["objection.acceptance_period"]


def test_who_has_no_part_in_a_case_is_not_told_that_it_exists(world: World, case: int) -> None:
    with pytest.raises(NotFound):
        cases.detail(case, world["organiser"])
    with pytest.raises(NotFound):
        cases.detail(404, world["clerk"])
    assert _keys(world, "organiser", CaseFilters()) == []


def test_search_by_number_title_process_state_and_what_is_waited_for(world: World, case: int) -> None:
    other = world.start("three_steps", "RK-2026-0002")
    assert _keys(world, "leader", CaseFilters()) == ["RK-2026-0002", "RK-2026-0001"]
    assert _keys(world, "leader", CaseFilters(q="rk-2026-0001")) == ["RK-2026-0001"]
    assert _keys(world, "leader", CaseFilters(q="0002 的")) == ["RK-2026-0002"]
    assert _keys(world, "leader", CaseFilters(waiting_for="review")) == ["RK-2026-0001"]
    assert _keys(world, "leader", CaseFilters(process="other")) == []
    assert _keys(world, "leader", CaseFilters(with_incidents=True)) == []
    in_transaction(lambda: instances.cancel(other, world["owner"], "重复登记"))
    assert _keys(world, "leader", CaseFilters(status="voided")) == ["RK-2026-0002"]


def test_search_goes_on_by_key(world: World, case: int) -> None:
    for number in range(2, 6):
        world.start("three_steps", f"RK-2026-{number:04}")
    first = cases.search(world["leader"], CaseFilters(), size=3)
    rest = cases.search(world["leader"], CaseFilters(), after=first.next_after, size=3)
    found = [one.business_key for page in (first, rest) for one in page.cases]
    assert found == [f"RK-2026-{number:04}" for number in range(5, 0, -1)]
    assert rest.next_after is None
    assert set(first.waiting.values()) == {("submit",)}


def test_a_voided_case_ends_with_its_tasks_and_says_why(world: World, case: int) -> None:
    with pytest.raises(NotAllowed):
        in_transaction(lambda: instances.cancel(case, world["reviewer"], "误报"))
    with pytest.raises(Invalid, match="作废的理由"):
        in_transaction(lambda: instances.cancel(case, world["owner"], " "))
    review = world.task(case, "review").id
    in_transaction(lambda: instances.cancel(case, world["owner"], "误报"))
    instance = world.instance(case)
    assert (instance.status, instance.state) == ("voided", None)
    assert world.open(case) == []
    assert world.history(case)[-1].reason == "误报"
    with pytest.raises(Conflict, match="不需要办理"):
        in_transaction(lambda: tasks.complete(review, {}, world["reviewer"], None))
    with pytest.raises(Conflict, match="已作废"):
        in_transaction(lambda: instances.cancel(case, world["owner"], "再来"))


def test_only_who_started_a_case_revokes_it(world: World, case: int) -> None:
    with pytest.raises(NotAllowed, match="发起人"):
        in_transaction(lambda: instances.revoke(case, world["clerk2"], "误报"))
    in_transaction(lambda: instances.revoke(case, world["clerk"], "误报"))
    assert world.instance(case).status == "revoked"


def test_the_running_cases_of_a_number(world: World, case: int) -> None:
    assert instances.running("RK-2026-0001") == [case]
    db.session.rollback()
    in_transaction(lambda: instances.cancel(case, world["owner"], "误报"))
    assert instances.running("RK-2026-0001") == []


def test_an_operator_sees_but_does_not_work(world: World, case: int) -> None:
    review = world.task(case, "review").id
    detail = tasks.detail(review, world["owner"])
    assert Act.REASSIGN in detail.acts
    assert not detail.acts & {Act.CLAIM, Act.COMPLETE}
    db.session.rollback()
    with pytest.raises(NotAllowed):
        in_transaction(lambda: tasks.claim(review, world["owner"]))


@pytest.mark.parametrize("state", list(InstanceStatus))
def test_every_state_of_a_case_says_what_may_follow(state: InstanceStatus) -> None:
    live = state in (InstanceStatus.RUNNING, InstanceStatus.SUSPENDED)
    assert live == bool(INSTANCE_MOVES[state])
    assert state not in INSTANCE_MOVES[state]


@pytest.mark.parametrize("state", list(TaskStatus))
def test_every_state_of_a_task_says_what_may_follow(state: TaskStatus) -> None:
    assert state not in TASK_MOVES[state]


def test_every_act_has_its_word() -> None:
    assert set(ACT_WORDS) == set(Act)
    assert len(set(ACT_WORDS.values())) == len(Act)
