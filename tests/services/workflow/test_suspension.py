"""暂停 and 恢复: nothing touches a suspended case, nothing of it is lost, its deadlines go on counting by law."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.audit import AuditEntry, verify
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.jobs.due import run_due
from app.workflow import inbox, incidents, instances, messages, recounting, reminders, tasks, timers
from app.workflow.inbox import Filters
from app.workflow.models import Draft, Message
from app.workflow.refusals import CaseSuspended
from app.workflow.room import suspension
from app.workflow.states import Act
from tests.services.workflow.conftest import Workshop
from tests.services.workflow.world import LATE, World, in_transaction, three_steps
from tests.unit.engine import diagrams as d

Travel = Callable[[str], datetime]
WHY = "材料真伪正在核实"


def _with_deadline() -> bytes:
    nodes = [d.start(), d.user("work"), LATE, d.user("after"), d.end()]
    return d.diagram("timed", nodes, ["begin > work", "work > done", "late > after", "after > done"])


def _listening() -> bytes:
    waits = d.catch("wait", d.message("told"))
    return d.diagram("listening", [d.start(), waits, d.user("heard"), d.end()],
                     ["begin > wait", "wait > heard", "heard > done"])


def _suspend(world: World, case: int) -> None:
    in_transaction(lambda: suspension.suspend(case, world["owner"], WHY))


def _resume(world: World, case: int) -> None:
    in_transaction(lambda: suspension.resume(case, world["owner"], "核实完毕"))


@pytest.fixture
def stopped(world: World) -> int:
    """A suspended case at its first step."""
    world.deploy("three_steps", three_steps())
    case = world.start("three_steps")
    _suspend(world, case)
    return case


def test_only_who_repairs_may_suspend_and_must_say_why(world: World) -> None:
    world.deploy("three_steps", three_steps())
    case = world.start("three_steps")
    for login in ("clerk", "leader", "auditor"):
        with pytest.raises(NotAllowed):
            in_transaction(lambda login=login: suspension.suspend(case, world[login], WHY))
    with pytest.raises(Invalid, match="写明暂停的理由"):
        in_transaction(lambda: suspension.suspend(case, world["owner"], "  "))
    assert world.instance(case).status == "running"


def test_it_is_told_by_whom_and_why_and_audited(world: World, stopped: int) -> None:
    found = suspension.of_case(stopped)
    assert found is not None
    assert (found.by_name, found.reason) == ("樊立新", WHY)
    entry = world.history(stopped)[-1]
    assert (entry.act, entry.words, entry.reason) == (Act.SUSPEND, "暂停办件RK-2026-0001", WHY)
    _resume(world, stopped)
    assert suspension.of_case(stopped) is None
    actions = list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)))
    assert [one for one in actions if "sus" in one or "resume" in one] == ["workflow.suspend", "workflow.resume"]
    assert list(verify()) == []


def test_who_submits_is_told_and_keeps_his_text(world: World, stopped: int) -> None:
    with pytest.raises(CaseSuspended, match="已暂停办理，恢复后才能继续，您填写的内容已存为草稿"):
        world.complete(stopped, "submit", "clerk", decision="同意")
    draft = db.session.scalar(sa.select(Draft))
    assert draft is not None
    assert (draft.values, draft.origin) == ({"decision": "同意"}, "办件已暂停，未能提交")
    db.session.rollback()
    assert world.acts(stopped) == ["start", "suspend"]
    _resume(world, stopped)
    world.complete(stopped, "submit", "clerk", decision="同意")
    assert world.open(stopped) == ["review"]


def test_nothing_else_can_be_done_with_its_tasks_but_remarks(world: World, stopped: int) -> None:
    task = world.task(stopped, "submit").id
    clerk, owner, other = world["clerk"], world["owner"], world.id_of("clerk2")
    for act in (
        lambda: tasks.claim(task, clerk),
        lambda: tasks.reassign(task, other, owner, "忙"),
        lambda: tasks.remind(task, world["leader"]),
        lambda: tasks.add_signers(task, [other], clerk),
        lambda: tasks.return_to(task, "submit", clerk, "退"),
        lambda: instances.revoke(stopped, clerk, "不办了"),
        lambda: suspension.suspend(stopped, owner, WHY),
    ):
        with pytest.raises(CaseSuspended):
            in_transaction(act)
    in_transaction(lambda: tasks.comment(task, "等核实结果", clerk))
    in_transaction(lambda: tasks.save_draft(task, {"decision": "拟同意"}, clerk))
    assert tasks.detail(task, clerk).acts == {Act.COMMENT, Act.COPY}


def test_the_inbox_shows_it_and_leads_past_it(world: World, stopped: int) -> None:
    other = world.start("three_steps", "RK-2026-0002")
    rows = inbox.page(world["clerk"], "groups", Filters(), None, clock.now()).rows
    assert {row.business_key: row.suspended for row in rows} == {"RK-2026-0001": True, "RK-2026-0002": False}
    assert inbox.next_task(world["clerk"], clock.now()) == world.task(other, "submit").id


def test_deadlines_count_on_and_go_off_when_it_resumes(world: World, travel: Travel) -> None:
    world.deploy("timed", _with_deadline())
    case = world.start("timed")
    due = world.timers(case)[0].due_at
    _suspend(world, case)
    now = travel("2026-03-20 09:00")
    assert timers.next_due(clock.now().replace(day=1)) is None
    assert reminders.due(now, 10) == []
    assert run_due(now, pause=0).done == 0
    assert (world.open(case), world.timers(case)[0].due_at) == (["work"], due)
    _resume(world, case)
    run_due(now, pause=0)
    assert world.open(case) == ["after"]


def test_a_timer_that_a_failure_brought_back_is_put_aside_again(world: World, travel: Travel) -> None:
    world.deploy("timed", _with_deadline())
    case = world.start("timed")
    _suspend(world, case)
    timer = world.timers(case)[0].id
    in_transaction(lambda: timers.fail(timer, RuntimeError("as it was suspended"), clock.now()))
    now = travel("2026-03-20 09:00")
    run_due(now, pause=0)
    assert timers.due(now, 10) == []
    assert world.open(case) == ["work"]


def test_messages_wait_optional_ones_too(world: World) -> None:
    world.deploy("listening", _listening())
    case = world.start("listening")
    _suspend(world, case)
    with pytest.raises(CaseSuspended):
        in_transaction(lambda: messages.deliver("told", "RK-2026-0001", {}, world["clerk"]))
    in_transaction(lambda: messages.enqueue("told", "RK-2026-0001", {}, None, clock.now(), optional=True))
    assert run_due(clock.now(), pause=0).done == 0
    row = db.session.scalars(sa.select(Message)).one()
    assert (row.status, row.attempts) == ("pending", 0)
    db.session.rollback()
    assert messages.due(clock.now(), 10) == []
    _resume(world, case)
    run_due(clock.now(), pause=0)
    assert world.open(case) == ["heard"]


def test_its_failures_wait_too(world: World, workshop: Workshop, travel: Travel) -> None:
    note = d.service("register", "testing.make_note", "noted", text='"a"')
    nodes = [d.start(), d.user("work"), LATE, note, d.user("next"), d.end()]
    flows = ["begin > work", "work > done", "late > register", "register > next", "next > done"]
    world.deploy("noting", d.diagram("noting", nodes, flows))
    case = world.start("noting")
    workshop.broken = "bug"
    run_due(travel("2026-03-09 00:00"), pause=0)
    failed = world.incidents()[0].id
    _suspend(world, case)
    workshop.broken = None
    now = travel("2026-03-09 01:00")
    assert incidents.due(now, 10) == []
    assert in_transaction(lambda: incidents.retry_due(failed, now))
    with pytest.raises(CaseSuspended):
        in_transaction(lambda: incidents.retry(failed, world["owner"]))
    assert world.incidents()[0].attempts == 1
    _resume(world, case)
    run_due(now, pause=0)
    assert world.open(case) == ["next"]


def test_a_recount_of_the_calendar_is_made_up_for_when_it_resumes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.deploy("timed", _with_deadline())
    case = world.start("timed")
    _suspend(world, case)
    counted: list[int] = []
    monkeypatch.setattr(recounting, "recount_case", lambda found: bool(counted.append(found.instance.id)))
    assert not in_transaction(lambda: recounting.recount(case, clock.now()))
    assert counted == []
    _resume(world, case)
    assert counted == [case]


def test_it_can_be_voided_but_a_case_that_runs_cannot_be_resumed(world: World, stopped: int) -> None:
    in_transaction(lambda: messages.enqueue("told", "RK-2026-0001", {}, None, clock.now(), optional=True))
    run_due(clock.now(), pause=0)
    in_transaction(lambda: instances.cancel(stopped, world["owner"], "误报"))
    assert world.instance(stopped).status == "voided"
    assert suspension.of_case(stopped) is None
    run_due(clock.now(), pause=0)
    assert db.session.scalars(sa.select(Message.status)).one() == "dropped"
    db.session.rollback()
    with pytest.raises(Conflict, match="没有暂停"):
        _resume(world, stopped)
