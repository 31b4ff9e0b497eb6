"""Messages reach the case that waits for them, at once or after the sender's commit, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.audit import AuditEntry
from app.core.database import db
from app.core.errors import Conflict
from app.jobs.due import run_due, run_until_quiet
from app.workflow import messages
from app.workflow.models import Message
from app.workflow.refusals import StepRefused
from app.workflow.states import MESSAGE_WORDS, MessageStatus
from tests.services.workflow.conftest import Workshop
from tests.services.workflow.world import LATE, World, in_transaction
from tests.unit.engine import diagrams as d

Travel = Callable[[str], datetime]


def _listening() -> bytes:
    nodes = [d.start(), d.user("work"), d.boundary("told", "work", d.message("told", "news")), d.user("react"), d.end()]
    return d.diagram("listening", nodes, ["begin > work", "work > done", "told > react", "react > done"])


def _telling(whom: str, operation: str = "testing.tell_other") -> bytes:
    nodes = [d.start(), d.user("work"), d.service("tell", operation, text=f'"{whom}"'), d.end()]
    return d.diagram("telling", nodes, ["begin > work", "work > tell", "tell > done"])


def _messages() -> list[Message]:
    rows = list(db.session.scalars(sa.select(Message).order_by(Message.id).execution_options(populate_existing=True)))
    db.session.expunge_all()
    db.session.rollback()
    return rows


@pytest.fixture
def listener(world: World) -> int:
    """A case that listens."""
    world.deploy("listening", _listening())
    return world.start("listening", "RK-2026-0001")


def test_a_message_is_delivered_at_once(world: World, listener: int) -> None:
    taken = in_transaction(lambda: messages.deliver("told", "RK-2026-0001", {"n": 1}, world["clerk"]))
    assert taken == [listener]
    assert world.open(listener) == ["react"]
    assert world.history(listener)[-1].values == {"n": 1}


@pytest.mark.parametrize(("name", "key"), [("other", "RK-2026-0001"), ("told", "RK-2026-0002")])
def test_a_message_that_nobody_waits_for_changes_nothing(world: World, listener: int, name: str, key: str) -> None:
    with pytest.raises(Conflict, match="已不在可以接收"):
        in_transaction(lambda: messages.deliver(name, key, {}, world["clerk"]))
    assert world.acts(listener) == ["start"]


def test_an_operation_tells_another_case_after_its_own_commit(
    world: World, listener: int, workshop: Workshop
) -> None:
    world.deploy("telling", _telling("RK-2026-0001"))
    sender = world.start("telling", "YY-2026-0001")
    world.complete(sender, "work", "clerk")
    assert world.open(listener) == ["work"]
    run_until_quiet(clock.now())
    assert world.open(listener) == ["react"]
    (message,) = _messages()
    assert (message.status, message.sender_id, message.receiver_id) == ("delivered", sender, listener)
    run_until_quiet(clock.now())
    assert world.acts(listener) == ["start", "message"]


def test_a_message_waits_for_a_receiver_that_is_not_ready(
    world: World, workshop: Workshop, travel: Travel
) -> None:
    world.deploy("telling", _telling("RK-2026-0007"))
    sender = world.start("telling", "YY-2026-0001")
    world.complete(sender, "work", "clerk")
    run_until_quiet(clock.now())
    assert [(one.status, one.attempts) for one in _messages()] == [("pending", 1)]
    world.deploy("listening", _listening())
    receiver = world.start("listening", "RK-2026-0007")
    travel("2026-03-02 09:01")
    run_due(clock.now(), pause=0)
    assert world.open(receiver) == ["react"]


def test_a_message_that_never_finds_its_receiver_is_shown_to_operators(
    world: World, workshop: Workshop, travel: Travel
) -> None:
    world.deploy("telling", _telling("RK-2026-0404"))
    world.complete(world.start("telling", "YY-2026-0001"), "work", "clerk")
    for day in range(2, 20):
        travel(f"2026-03-{day:02} 10:00")
        run_due(clock.now(), pause=0)
    (message,) = _messages()
    assert message.status == "undeliverable"
    (incident,) = world.incidents()
    assert (incident.kind, incident.reference) == ("message", message.id)


def _tidings(key: str, *, times: int = 1) -> None:
    for _ in range(times):
        in_transaction(lambda: messages.enqueue("told", key, {"n": 1}, None, clock.now(), optional=True))


def test_tidings_reach_the_case_that_waits_for_them(world: World, listener: int) -> None:
    _tidings("RK-2026-0001")
    run_until_quiet(clock.now())
    assert world.open(listener) == ["react"]
    assert [(one.status, one.receiver_id) for one in _messages()] == [("delivered", listener)]


@pytest.mark.parametrize("key", ["RK-2026-0001", "RK-2026-0404"])
def test_tidings_that_nobody_waits_for_are_done_with(world: World, listener: int, key: str) -> None:
    in_transaction(lambda: messages.deliver("told", "RK-2026-0001", {}, world["clerk"]))
    _tidings(key)
    run_until_quiet(clock.now())
    (message,) = _messages()
    assert (message.status, message.receiver_id) == ("dropped", None)
    assert MESSAGE_WORDS[MessageStatus(message.status)] == "无人等待，不再送达"
    assert (world.incidents(), world.acts(listener)) == ([], ["start", "message"])


def test_the_same_tidings_twice_make_one_step(world: World, listener: int) -> None:
    _tidings("RK-2026-0001", times=3)
    run_until_quiet(clock.now())
    assert [one.status for one in _messages()] == ["delivered"] * 3
    assert world.acts(listener) == ["start", "message"]


def test_an_operation_sends_tidings(world: World, workshop: Workshop) -> None:
    world.deploy("telling", _telling("RK-2026-0404", operation="testing.hint_other"))
    sender = world.start("telling", "YY-2026-0001")
    world.complete(sender, "work", "clerk")
    run_until_quiet(clock.now())
    assert [(one.status, one.sender_id) for one in _messages()] == [("dropped", sender)]


def test_a_step_that_is_undone_sends_nothing(world: World, listener: int, workshop: Workshop) -> None:
    nodes = [
        d.start(), d.user("work"), d.service("tell", "testing.tell_other", text='"RK-2026-0001"'),
        d.service("register", "testing.make_note", text='"a"'), d.end(),
    ]  # fmt: skip
    flows = ["begin > work", "work > tell", "tell > register", "register > done"]
    world.deploy("telling", d.diagram("telling", nodes, flows))
    sender = world.start("telling", "YY-2026-0001")
    workshop.broken = "coded"
    with pytest.raises(StepRefused, match="现在不能登记"):
        world.complete(sender, "work", "clerk")
    assert _messages() == []


def test_what_was_due_when_an_unawaited_message_came_happens_once(
    world: World, workshop: Workshop, travel: Travel
) -> None:
    nodes = [
        d.start(), d.user("work"), LATE, d.service("register", "testing.make_note", text='"late"'), d.user("chase"),
        d.end(),
    ]  # fmt: skip
    flows = ["begin > work", "work > done", "late > register", "register > chase", "chase > done"]
    world.deploy("timed", d.diagram("timed", nodes, flows))
    case = world.start("timed", "RK-2026-0009")
    in_transaction(lambda: messages.enqueue("told", "RK-2026-0009", {}, None, clock.now()))
    travel("2026-03-05 00:00")
    queued = _messages()[-1].id
    assert in_transaction(lambda: messages.deliver_queued(queued, clock.now())) is False
    run_until_quiet(clock.now())
    statement = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == "test.note")
    assert db.session.scalar(statement) == 1
    db.session.rollback()
    assert (world.acts(case), world.open(case)) == (["start", "timer"], ["chase"])
