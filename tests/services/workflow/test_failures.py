"""What fails never completes a task silently: a person's step is undone and told, a job's becomes an incident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

from app.core import clock, settings
from app.core.audit import AuditEntry, verify
from app.core.database import db
from app.core.errors import Invalid, NotAllowed
from app.jobs.due import run_due
from app.workflow import incidents
from app.workflow.refusals import StepRefused
from tests.services.workflow.conftest import Workshop
from tests.services.workflow.world import LATE, World, in_transaction, started_with
from tests.unit.engine import diagrams as d

Travel = Callable[[str], datetime]

_NOTE = d.service("register", "testing.make_note", "noted", text='"a"')


def _after_a_task() -> bytes:
    nodes = [d.start(), d.user("work"), _NOTE, d.user("next"), d.end()]
    return d.diagram("noting", nodes, ["begin > work", "work > register", "register > next", "next > done"])


def _after_a_deadline() -> bytes:
    nodes = [
        d.start(), d.user("work"), LATE,
        _NOTE, d.user("next"), d.end(),
    ]  # fmt: skip
    flows = ["begin > work", "work > done", "late > register", "register > next", "next > done"]
    return d.diagram("noting", nodes, flows)


def _caught() -> bytes:
    nodes = [
        d.start(), d.user("work"), _NOTE, d.boundary("refused", "register", d.error("not_now")),
        d.user("next"), d.user("otherwise"), d.end(),
    ]  # fmt: skip
    flows = [
        "begin > work", "work > register", "register > next", "refused > otherwise", "next > done", "otherwise > done",
    ]  # fmt: skip
    return d.diagram("noting", nodes, flows)


def _noted() -> bool:
    found = settings.stored("noted.a") is not None
    db.session.rollback()
    return found


def test_an_operation_runs_in_the_same_transaction_as_the_step(world: World, workshop: Workshop) -> None:
    world.deploy("noting", _after_a_task())
    case = world.start("noting")
    world.complete(case, "work", "clerk")
    assert world.open(case) == ["next"]
    assert _noted()
    assert "test.note" in list(db.session.scalars(sa.select(AuditEntry.action)))


@pytest.mark.parametrize(
    ("broken", "message"), [("coded", "现在不能登记"), ("bug", ".+")]
)
def test_a_failing_operation_undoes_the_persons_step_and_says_why(
    world: World, workshop: Workshop, broken: str, message: str
) -> None:
    world.deploy("noting", _after_a_task())
    case = world.start("noting")
    workshop.broken = broken
    with pytest.raises(StepRefused, match=message) as refusal:
        world.complete(case, "work", "clerk", decision="通过")
    assert "ZeroDivision" not in refusal.value.message
    assert world.open(case) == ["work"]
    assert not _noted()
    (incident,) = world.incidents()
    assert (incident.kind, incident.operation, incident.actor_name) == ("request", "testing.make_note", "段晓芸")
    assert "Traceback" in incident.detail
    assert world.instance(case).open_incidents == 1
    assert "test.note" not in list(db.session.scalars(sa.select(AuditEntry.action)))
    assert list(verify()) == []


def test_what_a_procedure_refuses_is_told_in_its_words_and_is_nobodys_failure(
    world: World, workshop: Workshop
) -> None:
    world.deploy("noting", _after_a_task())
    case = world.start("noting")
    workshop.broken = "refused"
    with pytest.raises(StepRefused, match="该记录已存在"):
        world.complete(case, "work", "clerk", decision="通过")
    assert world.open(case) == ["work"]
    assert not _noted()
    assert world.incidents() == []
    assert world.instance(case).open_incidents == 0


def test_what_a_procedure_refuses_in_a_job_is_an_incident(world: World, workshop: Workshop, travel: Travel) -> None:
    world.deploy("noting", _after_a_deadline())
    case = world.start("noting")
    workshop.broken = "refused"
    travel("2026-03-05 00:00")
    run_due(clock.now(), pause=0)
    (incident,) = world.incidents()
    assert (incident.kind, incident.status, incident.message) == ("operation", "open", "该记录已存在")
    assert world.instance(case).open_incidents == 1


def test_doing_it_again_successfully_closes_the_incident(world: World, workshop: Workshop) -> None:
    world.deploy("noting", _after_a_task())
    case = world.start("noting")
    workshop.broken = "coded"
    with pytest.raises(StepRefused):
        world.complete(case, "work", "clerk")
    workshop.broken = None
    world.complete(case, "work", "clerk")
    assert [one.status for one in world.incidents()] == ["resolved"]
    assert world.instance(case).open_incidents == 0


def test_an_error_that_the_diagram_catches_undoes_only_the_operation(world: World, workshop: Workshop) -> None:
    world.deploy("noting", _caught())
    case = world.start("noting")
    workshop.broken = "coded"
    world.complete(case, "work", "clerk")
    assert world.open(case) == ["otherwise"]
    assert not _noted()
    assert world.incidents() == []
    actions = list(db.session.scalars(sa.select(AuditEntry.action)))
    assert "test.note" not in actions
    assert "workflow.complete" in actions


def test_a_failing_start_leaves_no_case(world: World, workshop: Workshop) -> None:
    world.deploy("noting", d.diagram("noting", [d.start(), _NOTE, d.end()], ["begin > register", "register > done"]))
    workshop.broken = "coded"
    with pytest.raises(StepRefused, match="现在不能登记"):
        world.start("noting")
    (incident,) = world.incidents()
    assert incident.instance_id is None


@pytest.fixture
def stuck(world: World, workshop: Workshop, travel: Travel) -> int:
    """A case that stands at a failed operation after its deadline came."""
    world.deploy("noting", _after_a_deadline())
    case = world.start("noting")
    workshop.broken = "coded"
    travel("2026-03-05 00:00")
    run_due(clock.now(), pause=0)
    return case


def test_in_a_job_the_case_stands_at_the_failed_element(world: World, workshop: Workshop, stuck: int) -> None:
    assert world.open(stuck) == []
    assert not _noted()
    (incident,) = world.incidents()
    assert (incident.kind, incident.status, incident.message) == ("operation", "open", "现在不能登记")
    assert incident.next_retry_at is not None
    assert world.timers(stuck)[0].status == "fired"


def test_a_job_tries_again_with_growing_pauses(world: World, workshop: Workshop, stuck: int, travel: Travel) -> None:
    run_due(clock.now(), pause=0)
    assert [one.attempts for one in world.incidents()] == [1]
    travel("2026-03-05 00:01")
    run_due(clock.now(), pause=0)
    (incident,) = world.incidents()
    assert (incident.attempts, incident.next_retry_at) == (2, datetime(2026, 3, 5, 0, 6, tzinfo=clock.ZONE))
    workshop.broken = None
    travel("2026-03-05 00:06")
    run_due(clock.now(), pause=0)
    assert world.open(stuck) == ["next"]
    assert _noted()
    assert [one.status for one in world.incidents()] == ["resolved"]
    assert world.instance(stuck).open_incidents == 0


def test_after_the_last_attempt_only_a_person_tries_again(
    world: World, workshop: Workshop, stuck: int, travel: Travel
) -> None:
    for moment in ("00:01", "00:06", "00:36", "02:36", "10:36"):
        travel(f"2026-03-05 {moment}")
        run_due(clock.now(), pause=0)
    (incident,) = world.incidents()
    assert (incident.attempts, incident.next_retry_at) == (6, None)
    with pytest.raises(NotAllowed):
        in_transaction(lambda: incidents.retry(incident.id, world["clerk"]))
    assert in_transaction(lambda: incidents.retry(incident.id, world["owner"])) is False
    workshop.broken = None
    assert in_transaction(lambda: incidents.retry(incident.id, world["owner"])) is True
    assert world.open(stuck) == ["next"]


def test_a_failed_element_is_skipped_with_a_reason(world: World, workshop: Workshop, stuck: int) -> None:
    (incident,) = world.incidents()
    with pytest.raises(Invalid, match="理由"):
        in_transaction(lambda: incidents.skip(incident.id, world["owner"], " "))
    in_transaction(lambda: incidents.skip(incident.id, world["owner"], "已线下登记"))
    assert world.open(stuck) == ["next"]
    assert [(one.status, one.reason) for one in world.incidents()] == [("skipped", "已线下登记")]
    assert world.instance(stuck).open_incidents == 0


def test_a_timer_whose_step_cannot_run_is_counted_and_tried_again(
    world: World, workshop: Workshop, travel: Travel
) -> None:
    nodes = [
        d.start(), d.user("work"), LATE,
        d.node("exclusiveGateway", "which"), d.user("left"), d.user("right"), d.end(),
    ]  # fmt: skip
    flows = [
        "begin > work", "work > done", "late > which", "which > left : answer > 1", "which > right : default",
        "left > done", "right > done",
    ]  # fmt: skip
    world.deploy("stuck", started_with(d.diagram("stuck", nodes, flows), "answer"))
    case = world.start("stuck")
    travel("2026-03-05 00:00")
    report = run_due(clock.now(), pause=0)
    assert report.failed == 1
    assert world.open(case) == ["work"]
    (timer,) = world.timers(case)
    assert (timer.status, timer.attempts) == ("pending", 1)
    assert timer.wake_at == datetime(2026, 3, 5, 0, 1, tzinfo=clock.ZONE)
    (incident,) = world.incidents()
    assert (incident.kind, incident.reference) == ("timer", timer.id)


def test_one_failing_item_does_not_stop_the_others(world: World, workshop: Workshop, travel: Travel) -> None:
    world.deploy("noting", _after_a_deadline())
    cases = [world.start("noting", f"RK-2026-000{n}") for n in range(3)]
    workshop.broken = "bug"
    travel("2026-03-05 00:00")
    run_due(clock.now(), pause=0)
    assert len(world.incidents()) == 3
    assert all(world.timers(case)[0].status == "fired" for case in cases)
