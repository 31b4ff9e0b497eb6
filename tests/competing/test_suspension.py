"""暂停 at the moment at which somebody submits, or a message comes: one is first, and nothing is lost."""

from __future__ import annotations

import sqlalchemy as sa

from app.core import clock
from app.core.audit import verify
from app.core.database import db
from app.jobs.due import run_due
from app.workflow import messages, tasks
from app.workflow.models import Message
from app.workflow.refusals import CaseSuspended
from app.workflow.room import suspension
from app.workflow.step import StepOutcome
from tests.competing.conftest import Race
from tests.services.workflow.world import World, in_transaction, three_steps
from tests.unit.engine import diagrams as d

ROUNDS = 6


def test_who_submits_while_it_is_suspended_moves_it_or_keeps_his_text(world: World, race: Race) -> None:
    world.deploy("three_steps", three_steps())
    for number in range(ROUNDS):
        case = world.start("three_steps", f"RK-2026-{number:04}")
        task = world.task(case, "submit").id
        submitted, stopped = race.run([
            lambda task=task: in_transaction(lambda: tasks.complete(task, {"decision": "同意"}, world["clerk"], None)),
            lambda case=case: in_transaction(lambda: suspension.suspend(case, world["owner"], "核实")),
        ])  # fmt: skip
        assert stopped is None
        assert world.instance(case).status == "suspended"
        if isinstance(submitted, StepOutcome):
            assert (world.open(case), world.acts(case)) == (["review"], ["start", "complete", "suspend"])
        else:
            assert isinstance(submitted, CaseSuspended), submitted
            assert (world.open(case), world.acts(case)) == (["submit"], ["start", "suspend"])
            draft = tasks.detail(task, world["clerk"]).draft
            assert draft is not None
            assert draft.values == {"decision": "同意"}
            db.session.rollback()
    assert list(verify()) == []


def test_a_message_that_comes_while_it_resumes_is_not_left_aside(world: World, race: Race) -> None:
    nodes = [d.start(), d.catch("wait", d.message("told")), d.user("heard"), d.end()]
    world.deploy("listening", d.diagram("listening", nodes, ["begin > wait", "wait > heard", "heard > done"]))
    for number in range(ROUNDS):
        key = f"RK-2026-{number:04}"
        case = world.start("listening", key)
        in_transaction(lambda case=case: suspension.suspend(case, world["owner"], "核实"))
        in_transaction(lambda key=key: messages.enqueue("told", key, {}, None, clock.now(), optional=True))
        ran, resumed = race.run([
            lambda: run_due(clock.now(), pause=0),
            lambda case=case: in_transaction(lambda: suspension.resume(case, world["owner"], "核实完毕")),
        ])  # fmt: skip
        assert not isinstance(ran, Exception), ran
        assert resumed is None
        run_due(clock.now(), pause=0)
        assert world.open(case) == ["heard"]
    assert set(db.session.scalars(sa.select(Message.status))) == {"delivered"}
