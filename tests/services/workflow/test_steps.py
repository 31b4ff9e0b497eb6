"""A case goes from wait to wait; every step leaves its rows, its history and its audit line, or nothing at all."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.core.audit import AuditEntry, verify
from app.core.database import db
from app.core.errors import NotAllowed
from app.workflow import tasks
from app.workflow.refusals import PageStale, TaskTaken
from tests.services.workflow.world import World, in_transaction, three_steps


@pytest.fixture
def case(world: World) -> int:
    """A case of three steps that has just begun."""
    world.deploy("three_steps", three_steps())
    return world.start("three_steps")


def test_a_case_runs_to_its_end(world: World, case: int) -> None:
    assert world.open(case) == ["submit"]
    world.complete(case, "submit", "clerk", decision="齐全")
    assert world.open(case) == ["review"]
    world.complete(case, "review", "reviewer", decision="通过")
    outcome = world.complete(case, "approve", "leader", decision="同意")
    assert outcome is not None
    assert outcome.completed
    instance = world.instance(case)
    assert (instance.status, instance.end_element, instance.state) == ("completed", "done", None)
    assert world.acts(case) == ["start", "complete", "complete", "complete"]
    assert list(verify()) == []


def test_history_says_who_did_what_in_words_with_the_values_and_the_path(world: World, case: int) -> None:
    world.complete(case, "submit", "clerk", decision="齐全")
    entry = world.history(case)[-1]
    assert (entry.actor_name, entry.words, entry.values) == ("段晓芸", "办结“submit”", {"decision": "齐全"})
    passed = [(element, outcome) for element, _name, _kind, outcome, _detail in entry.passed or []]
    assert ("submit", "completed") in passed
    assert ("f1_submit_review", "taken") in passed
    assert ("review", "entered") in passed


def test_every_act_is_audited_with_actor_and_address(world: World, case: int) -> None:
    world.complete(case, "submit", "clerk")
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.seq.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_name, entry.address) == ("workflow.complete", "段晓芸", "127.0.0.1")


def test_a_task_of_another_group_is_refused(world: World, case: int) -> None:
    with pytest.raises(NotAllowed, match="不属于您的岗位"):
        world.complete(case, "submit", "reviewer")
    assert world.open(case) == ["submit"]


def test_who_reviewed_may_neither_claim_nor_approve(world: World, case: int) -> None:
    world.complete(case, "submit", "clerk")
    world.complete(case, "review", "both")
    with pytest.raises(NotAllowed, match="须由另一人办理"):
        world.complete(case, "approve", "both")
    task_id = world.task(case, "approve").id
    with pytest.raises(NotAllowed, match="须由另一人办理"):
        in_transaction(lambda: tasks.claim(task_id, world["both"]))
    world.complete(case, "approve", "leader")
    assert world.instance(case).status == "completed"


def test_a_done_task_says_who_did_it_and_keeps_the_text(world: World, case: int) -> None:
    task_id = world.task(case, "submit").id
    world.complete(case, "submit", "clerk")
    with pytest.raises(TaskTaken, match="已由段晓芸于3月2日09:00办结，您填写的内容已存为草稿"):
        in_transaction(lambda: tasks.complete(task_id, {"decision": "我的意见"}, world["clerk2"], None))
    draft = tasks.detail(task_id, world["clerk2"]).draft
    assert draft is not None
    assert draft.values == {"decision": "我的意见"}
    assert draft.origin is not None


def test_a_stale_page_is_told_so_and_loses_nothing(world: World, case: int) -> None:
    task = world.task(case, "submit")
    in_transaction(lambda: tasks.claim(task.id, world["clerk"]))
    with pytest.raises(PageStale, match="有过变动"):
        in_transaction(lambda: tasks.complete(task.id, {"decision": "旧页"}, world["clerk"], task.rev))
    draft = tasks.detail(task.id, world["clerk"]).draft
    assert draft is not None
    assert draft.values == {"decision": "旧页"}
    assert world.open(case) == ["submit"]


def test_data_that_cannot_be_stored_is_refused_at_its_field(world: World, case: int) -> None:
    with pytest.raises(Exception, match="typename") as refusal:
        world.complete(case, "submit", "clerk", typename="x")
    assert getattr(refusal.value, "errors", None)
    assert world.open(case) == ["submit"]


def test_completing_forgets_the_draft(world: World, case: int) -> None:
    task_id = world.task(case, "submit").id
    in_transaction(lambda: tasks.save_draft(task_id, {"decision": "半"}, world["clerk"]))
    in_transaction(lambda: tasks.save_draft(task_id, {"decision": "半句"}, world["clerk"]))
    draft = tasks.detail(task_id, world["clerk"]).draft
    assert draft is not None
    assert draft.values == {"decision": "半句"}
    db.session.rollback()
    world.complete(case, "submit", "clerk", decision="整句")
    assert tasks.detail(task_id, world["clerk"]).draft is None
