"""加签: the task completes only when everyone asked has answered; 减签 takes one who has not answered off the list."""

from __future__ import annotations

import pytest

from app.core import clock
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.workflow import inbox, tasks
from app.workflow.inbox import Filters
from app.workflow.states import Act
from tests.services.workflow.world import World, in_transaction, three_steps


@pytest.fixture
def world(light_world: World) -> World:
    """On SQLite: nothing here depends on the database."""
    return light_world


@pytest.fixture
def task_id(world: World) -> str:
    """A claimed task with two signers, 赵海宁 and 任向东."""
    world.deploy("three_steps", three_steps())
    found = world.task(world.start("three_steps"), "submit").id
    in_transaction(lambda: tasks.claim(found, world["clerk"]))
    signers = [world.id_of("reviewer"), world.id_of("leader")]
    in_transaction(lambda: tasks.add_signers(found, signers, world["clerk"], "请核"))
    return found


def _case(task_id: str, world: World) -> int:
    found = tasks.detail(task_id, world["clerk"]).instance.id
    db.session.rollback()
    return found


def test_what_the_holder_submits_waits_for_the_last_signer(world: World, task_id: str) -> None:
    assert in_transaction(lambda: tasks.complete(task_id, {"ok": True}, world["clerk"], None)) is None
    assert in_transaction(lambda: tasks.sign(task_id, True, "", world["reviewer"])) is None
    assert world.open(_case(task_id, world)) == ["submit"]
    assert in_transaction(lambda: tasks.sign(task_id, False, "数据有误", world["leader"])) is not None
    case = _case(task_id, world)
    assert world.open(case) == ["review"]
    done = world.task(case, "submit", "completed")
    assert done.completed_by_name == "段晓芸"
    assert world.acts(case)[-4:] == ["submit", "sign", "sign", "complete"]


def test_when_all_have_signed_the_holder_completes_at_once(world: World, task_id: str) -> None:
    in_transaction(lambda: tasks.sign(task_id, True, "", world["reviewer"]))
    in_transaction(lambda: tasks.sign(task_id, True, "", world["leader"]))
    assert in_transaction(lambda: tasks.complete(task_id, {}, world["clerk"], None)) is not None


def test_taking_the_last_signer_off_completes_what_was_submitted(world: World, task_id: str) -> None:
    in_transaction(lambda: tasks.sign(task_id, True, "", world["reviewer"]))
    in_transaction(lambda: tasks.complete(task_id, {}, world["clerk"], None))
    leader = world.id_of("leader")
    assert in_transaction(lambda: tasks.remove_signer(task_id, leader, world["clerk"], "出差")) is not None


def test_one_who_has_answered_is_not_taken_off(world: World, task_id: str) -> None:
    in_transaction(lambda: tasks.sign(task_id, True, "", world["reviewer"]))
    reviewer = world.id_of("reviewer")
    with pytest.raises(Conflict, match="可能刚刚签署"):
        in_transaction(lambda: tasks.remove_signer(task_id, reviewer, world["clerk"], "多余"))


def test_nobody_signs_twice_or_unasked_or_against_without_a_reason(world: World, task_id: str) -> None:
    with pytest.raises(NotAllowed, match="不在"):
        in_transaction(lambda: tasks.sign(task_id, True, "", world["reviewer2"]))
    with pytest.raises(Invalid, match="写明理由"):
        in_transaction(lambda: tasks.sign(task_id, False, " ", world["reviewer"]))
    in_transaction(lambda: tasks.sign(task_id, True, "", world["reviewer"]))
    with pytest.raises(Conflict, match="已对"):
        in_transaction(lambda: tasks.sign(task_id, True, "", world["reviewer"]))


def test_signers_see_the_task_in_their_inbox_and_may_only_sign(world: World, task_id: str) -> None:
    page = inbox.page(world["reviewer"], "signing", Filters(), None, clock.now())
    assert [(row.task_id, row.by_name) for row in page.rows] == [(task_id, "段晓芸")]
    assert inbox.counts(world["reviewer"], clock.now()).signing == 1
    acts = tasks.detail(task_id, world["reviewer"]).acts
    assert Act.SIGN in acts
    assert Act.COMPLETE not in acts


@pytest.mark.parametrize(("who", "message"), [([], "选择"), (["clerk"], "不能是自己"), (["leader"], "已在加签名单")])
def test_a_list_of_signers_makes_sense(world: World, task_id: str, who: list[str], message: str) -> None:
    ids = [world.id_of(login) for login in who]
    with pytest.raises(Invalid, match=message):
        in_transaction(lambda: tasks.add_signers(task_id, ids, world["clerk"]))
