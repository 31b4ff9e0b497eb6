"""退回 moves the case to a passed step with a reason; 撤回 takes one's own last step back while it is untouched."""

from __future__ import annotations

import pytest

from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, UserError
from app.workflow import cases, tasks
from tests.services.workflow.world import World, in_transaction, properties, three_steps
from tests.unit.engine import diagrams as d


@pytest.fixture
def world(light_world: World) -> World:
    """On SQLite: nothing here depends on the database."""
    return light_world


@pytest.fixture
def case(world: World) -> int:
    """A case of three steps, submitted by 段晓芸."""
    world.deploy("three_steps", three_steps())
    found = world.start("three_steps")
    world.complete(found, "submit", "clerk", decision="齐全")
    return found


def test_a_returned_task_goes_to_who_did_it_before_with_the_reason(world: World, case: int) -> None:
    review = world.task(case, "review").id
    outcome = in_transaction(lambda: tasks.return_to(review, "submit", world["reviewer"], "缺学历证明"))
    assert world.open(case) == ["submit"]
    again = world.task(case, "submit")
    assert (again.assignee_name, again.id) == ("段晓芸", outcome.opened[0])
    assert world.history(case)[-1].reason == "缺学历证明"
    assert world.task(case, "review", "returned").completed_by_name == "赵海宁"


def test_the_diagram_shows_only_the_way_the_case_has_gone(world: World, case: int) -> None:
    review = world.task(case, "review").id
    in_transaction(lambda: tasks.return_to(review, "submit", world["reviewer"], "缺学历证明"))
    detail = cases.detail(case, world["clerk"])
    assert detail.active == {"submit"}
    assert detail.passed == {"begin"}
    assert detail.flows == {"f0_begin_submit"}
    assert [step.element_id for step in detail.next_steps] == ["review"]


def test_return_wants_a_reason_and_a_passed_step(world: World, case: int) -> None:
    review = world.task(case, "review").id
    with pytest.raises(Invalid, match="写明退回的理由"):
        in_transaction(lambda: tasks.return_to(review, "submit", world["reviewer"], " "))
    with pytest.raises(Invalid, match="不能退回到所选环节"):
        in_transaction(lambda: tasks.return_to(review, "approve", world["reviewer"], "退"))
    with pytest.raises(NotAllowed):
        in_transaction(lambda: tasks.return_to(review, "submit", world["clerk"], "退"))


def test_the_diagram_may_name_the_targets(world: World) -> None:
    nodes = [
        d.start(), d.user("first"), d.user("second"),
        d.user("third", inner=properties(returnTargets="first")), d.end(),
    ]  # fmt: skip
    flows = ["begin > first", "first > second", "second > third", "third > done"]
    world.deploy("named", d.diagram("named", nodes, flows))
    case = world.start("named")
    world.complete(case, "first", "clerk")
    world.complete(case, "second", "clerk")
    task_id = world.task(case, "third").id
    in_transaction(lambda: tasks.claim(task_id, world["clerk2"]))
    assert [one.element_id for one in tasks.detail(task_id, world["clerk2"]).return_targets] == ["first"]


def test_nothing_is_returned_out_of_parallel_work(world: World) -> None:
    nodes = [
        d.start(), d.user("first"), d.node("parallelGateway", "fork"), d.user("left"), d.user("right"),
        d.node("parallelGateway", "join"), d.end(),
    ]  # fmt: skip
    flows = [
        "begin > first", "first > fork", "fork > left", "fork > right", "left > join", "right > join", "join > done",
    ]  # fmt: skip
    world.deploy("parallel", d.diagram("parallel", nodes, flows))
    case = world.start("parallel")
    world.complete(case, "first", "clerk")
    task_id = world.task(case, "left").id
    assert tasks.detail(task_id, world["clerk"]).return_targets == ()
    db.session.rollback()
    with pytest.raises(UserError, match="不能退回"):
        in_transaction(lambda: tasks.return_to(task_id, "first", world["clerk"], "退"))


def test_a_withdrawn_step_is_undone_and_history_keeps_it(world: World, case: int) -> None:
    submit = world.task(case, "submit", "completed").id
    in_transaction(lambda: tasks.withdraw(submit, world["clerk"]))
    assert world.open(case) == ["submit"]
    assert world.task(case, "submit").id == submit
    assert world.acts(case) == ["start", "complete", "withdraw"]
    withdrawn, withdrawal = world.history(case)[-2:]
    assert withdrawal.voids == withdrawn.id
    detail = cases.detail(case, world["clerk"])
    assert detail.passed == {"begin"}
    db.session.rollback()
    world.complete(case, "submit", "clerk", decision="更正")
    assert world.open(case) == ["review"]


def test_only_ones_own_step_is_withdrawn(world: World, case: int) -> None:
    submit = world.task(case, "submit", "completed").id
    with pytest.raises(NotAllowed, match="自己办结"):
        in_transaction(lambda: tasks.withdraw(submit, world["clerk2"]))


def test_a_step_whose_next_task_was_claimed_stays(world: World, case: int) -> None:
    review = world.task(case, "review").id
    in_transaction(lambda: tasks.claim(review, world["reviewer"]))
    submit = world.task(case, "submit", "completed").id
    with pytest.raises(Conflict, match="赵海宁开始办理"):
        in_transaction(lambda: tasks.withdraw(submit, world["clerk"]))


def test_a_step_whose_next_task_has_a_draft_stays(world: World, case: int) -> None:
    review = world.task(case, "review").id
    in_transaction(lambda: tasks.save_draft(review, {"decision": "通过"}, world["reviewer"]))
    submit = world.task(case, "submit", "completed").id
    with pytest.raises(Conflict, match="草稿"):
        in_transaction(lambda: tasks.withdraw(submit, world["clerk"]))


def test_only_the_last_step_is_withdrawn(world: World, case: int) -> None:
    world.complete(case, "review", "reviewer")
    submit = world.task(case, "submit", "completed").id
    with pytest.raises(Conflict, match="又有进展"):
        in_transaction(lambda: tasks.withdraw(submit, world["clerk"]))


def test_a_withdrawn_step_cannot_be_withdrawn_again(world: World, case: int) -> None:
    submit = world.task(case, "submit", "completed").id
    in_transaction(lambda: tasks.withdraw(submit, world["clerk"]))
    with pytest.raises(NotAllowed):
        in_transaction(lambda: tasks.withdraw(submit, world["clerk"]))
