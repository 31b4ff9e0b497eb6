"""Moving a token by hand: what follows is told first, unsafe moves are refused, the act is written down."""

from __future__ import annotations

import pytest

from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, UserError
from app.engine import Token
from app.workflow import cases, definitions
from app.workflow.models import Instance
from app.workflow.refusals import CaseSuspended
from app.workflow.room import repair, suspension
from app.workflow.states import Act
from tests.services.workflow.conftest import Workshop
from tests.services.workflow.world import World, in_transaction, three_steps
from tests.unit.engine import diagrams as d


def _noting() -> bytes:
    late = d.boundary("late", "work", d.timer("Date", 'deadline("objection.acceptance_period", now())'))
    note = d.service("register", "testing.make_note", "noted", text='"a"')
    nodes = [d.start(), d.user("first"), note, d.user("work"), late, d.user("last"), d.end()]
    flows = ["begin > first", "first > register", "register > work", "work > last", "late > last", "last > done"]
    return d.diagram("noting", nodes, flows)


@pytest.fixture
def case(world: World, workshop: Workshop) -> int:
    """A case that has passed an operation and stands at `work`, whose deadline runs."""
    world.deploy("noting", _noting())
    made = world.start("noting")
    world.complete(made, "first", "clerk", decision="a")
    return made


def _instance(case: int) -> Instance:
    found = db.session.get(Instance, case, populate_existing=True)
    assert found is not None
    return found


def _token(case: int) -> Token:
    (token,) = repair.standing(_instance(case)).tokens
    db.session.rollback()
    return token


def _move(world: World, case: int, to: str, by: str = "owner", reason: str = "补办") -> None:
    token = _token(case)
    in_transaction(lambda: repair.move(case, token.task_id, to, world[by], reason))


def test_the_case_tells_its_tokens_and_data(world: World, case: int) -> None:
    found = repair.standing(_instance(case))
    assert [(one.element_id, one.state) for one in found.tokens] == [("work", "open")]
    assert found.data["decision"] == "a"


def test_going_back_tells_what_is_cancelled_and_what_would_run_again(world: World, case: int) -> None:
    seen = repair.outlook(_instance(case), _token(case).task_id, "first")
    assert {one.element_id for one in seen.cancelled} == {"work", "late"}
    assert [one.id for one in seen.again] == ["register"]
    assert seen.skipped == ()


def test_going_on_tells_what_is_left_out(world: World, case: int) -> None:
    _move(world, case, "first")
    seen = repair.outlook(_instance(case), _token(case).task_id, "last")
    assert [one.id for one in seen.skipped] == ["register", "work"]
    assert seen.again == ()


def test_the_token_moves_with_its_data_and_history_says_who_and_why(world: World, case: int) -> None:
    _move(world, case, "last")
    assert world.open(case) == ["last"]
    assert [one.status for one in world.timers(case)] == ["cancelled"]
    entry = world.history(case)[-1]
    assert (entry.act, entry.words, entry.reason) == (Act.MOVE, "移动办件：从“work”到“last”", "补办")
    world.complete(case, "last", "clerk", decision="b")
    assert world.instance(case).status == "completed"


def test_after_going_back_the_way_shown_ends_where_the_case_stands(world: World, case: int) -> None:
    _move(world, case, "first")
    shown = cases.detail(case, world["owner"])
    assert shown.active == {"first"}
    assert "register" not in shown.passed


def test_a_failed_element_can_be_left_and_its_failure_is_over(world: World, workshop: Workshop, case: int) -> None:
    _move(world, case, "first")
    workshop.broken = "bug"
    _move(world, case, "register")
    assert [(one.status, one.element_id) for one in world.incidents()] == [("open", "register")]
    assert _token(case).state == "failed"
    _move(world, case, "last")
    assert world.open(case) == ["last"]
    assert [one.status for one in world.incidents()] == ["resolved"]
    assert world.instance(case).open_incidents == 0


def test_it_needs_the_right_a_reason_a_target_and_a_case_that_runs(world: World, case: int) -> None:
    with pytest.raises(NotAllowed):
        _move(world, case, "first", by="leader")
    with pytest.raises(Invalid, match="写明移动办件的理由"):
        _move(world, case, "first", reason=" ")
    for target in ("done", "begin", "late", "nowhere", "work"):
        with pytest.raises(Invalid, match="不能移到所选环节"):
            _move(world, case, target)
    token = _token(case).task_id
    _move(world, case, "first")
    with pytest.raises(Conflict, match="已经离开这个环节"):
        in_transaction(lambda: repair.move(case, token, "last", world["owner"], "补办"))
    in_transaction(lambda: suspension.suspend(case, world["owner"], "核实"))
    with pytest.raises(CaseSuspended):
        _move(world, case, "last")


def test_beside_other_tokens_it_is_refused_with_the_reason(world: World) -> None:
    nodes = [d.start(), d.node("parallelGateway", "fork"), d.user("one"), d.user("two"), d.user("three"),
             d.node("parallelGateway", "join"), d.end()]
    flows = ["begin > fork", "fork > one", "fork > two", "one > three", "three > join", "two > join", "join > done"]
    world.deploy("panel", d.diagram("panel", nodes, flows))
    case = world.start("panel")
    token = next(one for one in repair.standing(_instance(case)).tokens if one.element_id == "one")
    with pytest.raises(UserError, match="还有并行的环节未完成（two）"):
        repair.outlook(_instance(case), token.task_id, "three")
    db.session.rollback()
    with pytest.raises(UserError, match="还有并行的环节未完成"):
        in_transaction(lambda: repair.move(case, token.task_id, "three", world["owner"], "补办"))
    assert world.open(case) == ["one", "two"]


def test_a_case_that_is_over_stands_nowhere(light_world: World) -> None:
    light_world.deploy("three_steps", three_steps())
    case = light_world.start("three_steps")
    in_transaction(lambda: suspension.suspend(case, light_world["owner"], "核实"))
    view = definitions.view(_instance(case).definition_id, _instance(case).spec_hash)
    assert [one.id for one in repair.targets(view, _token(case))] == ["review", "approve"]
