"""Operations start cases below their own: in the step's transaction, by its rules, and not at all if it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.jobs.due import run_until_quiet
from app.operations import OperationContext, OperationError, catalogue
from app.workflow import instances, tasks
from app.workflow.models import Instance
from app.workflow.refusals import StepRefused
from tests.services.workflow.conftest import Workshop
from tests.services.workflow.world import World, in_transaction, properties, started_with
from tests.unit.engine import diagrams as d

Travel = Callable[[str], datetime]

ROOT, SEATS = "PS-2026-0001", ("PS-2026-0001-01", "PS-2026-0001-02")


@dataclass(frozen=True)
class Seat:
    """The child that the operation of these tests starts."""

    key: str
    process: str = "invitation"


class Opening:
    """An operation that starts a child; `broken`: it fails once after that, as if by a passing fault."""

    def __init__(self) -> None:
        self.broken = False

    def open_seat(self, inputs: Seat, context: OperationContext) -> None:
        """Opens a seat."""
        context.start_case(inputs.process, inputs.key, f"邀请 {inputs.key}", {"seat": inputs.key}, "seat:7")
        if self.broken:
            self.broken = False
            raise OperationError("not_now", "现在不能邀请")


@pytest.fixture
def opening() -> Iterator[Opening]:
    """The operation in the catalogue for the length of a test."""
    made = Opening()
    catalogue.operation("testing.open_seat", label="开放席位")(made.open_seat)
    yield made
    del catalogue._operations["testing.open_seat"]


_REGISTERING = ("begin > register", "register > reply", "reply > done")
_THROUGH = ("begin > approve", "approve > done")


def _invitation(*nodes: d.Node, flows: Sequence[str] = ("begin > reply", "reply > done")) -> bytes:
    return d.diagram("invitation", [d.start(), d.user("reply"), *nodes, d.end()], flows)


def _selection(*extra: d.Node, inner: str = "", process: str = "invitation") -> bytes:
    nodes = [
        d.start(), d.user("draw", inner=inner), *extra,
        d.service("first", "testing.open_seat", key=f'"{SEATS[0]}"', process=f'"{process}"'),
        d.service("second", "testing.open_seat", key=f'"{SEATS[1]}"'), d.user("wait"), d.end(),
    ]  # fmt: skip
    flows = ["begin > draw", "draw > first", "first > second", "second > wait", "wait > done"]
    return d.diagram("selection", nodes, flows + (["late > first"] if extra else []))


def _children() -> list[Instance]:
    rows = list(db.session.scalars(sa.select(Instance).where(Instance.parent_id.is_not(None)).order_by(Instance.id)))
    db.session.expunge_all()
    db.session.rollback()
    return rows


@pytest.fixture
def root(world: World, opening: Opening) -> int:
    """A selection about to draw; the invitations have a diagram."""
    world.deploy("invitation", _invitation())
    world.deploy("selection", _selection())
    return world.start("selection", ROOT)


def test_children_start_with_the_step_that_wanted_them(world: World, root: int) -> None:
    assert _children() == []
    world.complete(root, "draw", "clerk2")
    children = _children()
    assert [one.business_key for one in children] == list(SEATS)
    for child in children:
        assert (child.process_key, child.parent_id, child.root_id, child.subject) == (
            "invitation", root, root, "seat:7",
        )
        assert child.rule_set_id == world.instance(root).rule_set_id
        assert (child.started_by_name, child.started_at) == (world["clerk2"].name, clock.now())
        assert (child.status, world.open(child.id), world.acts(child.id)) == ("running", ["reply"], ["start"])
    assert world.open(root) == ["wait"]


def test_a_child_is_told_its_data(world: World, root: int) -> None:
    which = d.node("exclusiveGateway", "which")
    flows = [
        "begin > which", f'which > reply : seat = "{SEATS[0]}"', "which > other : default", "reply > done",
        "other > done",
    ]  # fmt: skip
    invitation = d.diagram("invitation", [d.start(), which, d.user("reply"), d.user("other"), d.end()], flows)
    world.deploy("invitation", started_with(invitation, "seat"))
    world.complete(root, "draw", "clerk")
    assert [world.open(child.id) for child in _children()] == [["reply"], ["other"]]


def test_a_grandchild_has_the_same_root(world: World, root: int) -> None:
    below = d.service("below", "testing.open_seat", key='"PS-2026-0001-Z1-1"', process='"designation"')
    world.deploy("designation", d.diagram("designation", [d.start(), d.user("approve"), d.end()], _THROUGH))
    flows = ["begin > below", "below > reply", "reply > done"]
    world.deploy("invitation", _invitation(below, flows=flows))
    world.complete(root, "draw", "clerk")
    children = _children()
    seats = [one.id for one in children if one.parent_id == root]
    assert [one.parent_id for one in children if one.process_key == "designation"] == seats
    assert {one.root_id for one in children} == {root}


def test_a_refused_step_starts_nothing(world: World, opening: Opening, root: int) -> None:
    opening.broken = True
    with pytest.raises(StepRefused, match="现在不能邀请"):
        world.complete(root, "draw", "clerk")
    assert _children() == []
    world.complete(root, "draw", "clerk")
    assert [one.business_key for one in _children()] == list(SEATS)


def test_an_operation_that_failed_in_a_job_starts_its_case_once_when_tried_again(
    world: World, opening: Opening, travel: Travel
) -> None:
    world.deploy("invitation", _invitation())
    late = d.boundary("late", "draw", d.timer("Date", 'deadline("objection.acceptance_period", now())'))
    world.deploy("selection", _selection(late))
    root = world.start("selection", ROOT)
    opening.broken = True
    travel("2026-03-05 00:00")
    run_until_quiet(clock.now())
    assert _children() == []
    assert [one.status for one in world.incidents()] == ["open"]
    travel("2026-03-05 00:02")
    run_until_quiet(clock.now())
    assert [one.business_key for one in _children()] == list(SEATS)
    assert world.open(root) == ["wait"]


def test_a_child_that_cannot_start_refuses_the_whole_step_and_is_recorded_on_it(
    world: World, workshop: Workshop, root: int
) -> None:
    register = d.service("register", "testing.make_note", text='"seat"')
    world.deploy("invitation", _invitation(register, flows=_REGISTERING))
    workshop.broken = "coded"
    task = world.task(root, "draw").id
    with pytest.raises(StepRefused, match="现在不能登记"):
        world.complete(root, "draw", "clerk")
    assert (_children(), world.open(root)) == ([], ["draw"])
    (incident,) = world.incidents()
    assert (incident.instance_id, incident.task_id, incident.element_id) == (root, task, "register")
    workshop.broken = None
    world.complete(root, "draw", "clerk")
    assert ([one.status for one in world.incidents()], len(_children())) == (["resolved"], 2)


def test_an_unknown_process_refuses_the_step(world: World, opening: Opening) -> None:
    world.deploy("selection", _selection(process="nowhere"))
    root = world.start("selection", ROOT)
    with pytest.raises(NotFound):
        world.complete(root, "draw", "clerk")
    assert (_children(), world.open(root)) == ([], ["draw"])


def test_a_step_that_started_children_cannot_be_withdrawn(world: World, opening: Opening) -> None:
    world.deploy("invitation", _invitation())
    world.deploy("selection", _selection(inner=properties(withdrawable="true")))
    root = world.start("selection", ROOT)
    task = world.task(root, "draw").id
    world.complete(root, "draw", "clerk")
    with pytest.raises(Conflict, match="不能撤回"):
        in_transaction(lambda: tasks.withdraw(task, world["clerk"]))
    assert len(_children()) == 2


def test_a_case_started_by_hand_below_another_shares_its_root(world: World, root: int) -> None:
    world.complete(root, "draw", "clerk")
    seat = _children()[0].id
    below = in_transaction(
        lambda: instances.start("invitation", "PS-2026-0001-01-1", "再邀请", {}, world["clerk"], parent_id=seat)
    )
    made = world.instance(below)
    assert (made.parent_id, made.root_id) == (seat, root)
