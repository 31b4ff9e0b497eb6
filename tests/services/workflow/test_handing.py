"""Passing work on: 转办, 委托, 改派, 催办, 抄送, 留言, 附件."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.identity import accounts
from app.notices.models import InboxMessage
from app.workflow import cases, inbox, tasks
from app.workflow.inbox import Filters
from app.workflow.states import Act
from tests.services.workflow.world import World, in_transaction, three_steps

Travel = Callable[[str], datetime]


@pytest.fixture
def task_id(light_world: World) -> str:
    """A task that 段晓芸 (clerk) has claimed."""
    light_world.deploy("three_steps", three_steps())
    found = light_world.task(light_world.start("three_steps"), "submit").id
    in_transaction(lambda: tasks.claim(found, light_world["clerk"]))
    return found


@pytest.fixture
def world(light_world: World) -> World:
    """On SQLite: nothing here depends on the database."""
    return light_world


def _notices(world: World, login: str) -> list[str]:
    statement = sa.select(InboxMessage.template).where(InboxMessage.user_id == world.id_of(login))
    return list(db.session.scalars(statement.order_by(InboxMessage.id)))


def test_claiming_twice_is_harmless_and_a_second_claimer_is_told_who_and_when(world: World, task_id: str) -> None:
    in_transaction(lambda: tasks.claim(task_id, world["clerk"]))
    with pytest.raises(Conflict, match="已由段晓芸于3月2日09:00领取"):
        in_transaction(lambda: tasks.claim(task_id, world["clerk2"]))


def test_a_colleague_who_was_slower_keeps_his_text(world: World, task_id: str) -> None:
    with pytest.raises(Conflict, match="段晓芸"):
        in_transaction(lambda: tasks.complete(task_id, {"note": "已核"}, world["clerk2"], None))
    draft = tasks.detail(task_id, world["clerk2"]).draft
    assert draft is not None
    assert draft.values == {"note": "已核"}


def test_transfer_gives_the_task_away_with_a_notice(world: World, task_id: str) -> None:
    in_transaction(lambda: tasks.transfer(task_id, world.id_of("clerk2"), world["clerk"], "出差"))
    assert tasks.detail(task_id, world["clerk2"]).task.assignee_name == "郝建国"
    assert _notices(world, "clerk2") == ["task_transferred"]
    page = inbox.page(world["clerk"], "transferred", Filters(), None, clock.now())
    assert [(row.task_id, row.by_name) for row in page.rows] == [(task_id, "郝建国")]


@pytest.mark.parametrize(
    ("to", "reason", "message"),
    [("clerk2", " ", "写明理由"), ("clerk", "换人", "已经由段晓芸办理")],
)
def test_transfer_wants_another_person_and_a_reason(
    world: World, task_id: str, to: str, reason: str, message: str
) -> None:
    with pytest.raises(Invalid, match=message):
        in_transaction(lambda: tasks.transfer(task_id, world.id_of(to), world["clerk"], reason))


def test_a_task_goes_only_to_people_of_its_group(world: World, task_id: str) -> None:
    with pytest.raises(NotAllowed, match="赵海宁不担任中心经办"):
        in_transaction(lambda: tasks.transfer(task_id, world.id_of("reviewer"), world["clerk"], "换人"))


def test_only_the_holder_transfers(world: World, task_id: str) -> None:
    with pytest.raises(NotAllowed, match="不在您名下"):
        in_transaction(lambda: tasks.transfer(task_id, world.id_of("clerk"), world["clerk2"], "换人"))


def test_what_a_delegate_submits_comes_back_to_the_owner_as_a_draft(world: World, task_id: str) -> None:
    in_transaction(lambda: tasks.delegate(task_id, world.id_of("clerk2"), world["clerk"], "请先核对"))
    assert Act.HAND_BACK in tasks.detail(task_id, world["clerk2"]).acts
    db.session.rollback()
    assert in_transaction(lambda: tasks.complete(task_id, {"ok": True}, world["clerk2"], None)) is None
    detail = tasks.detail(task_id, world["clerk"])
    assert (detail.task.assignee_name, detail.task.owner_id, detail.task.status) == ("段晓芸", None, "open")
    assert detail.draft is not None
    assert (detail.draft.values, detail.draft.origin) == ({"ok": True}, "郝建国受委托填写")
    db.session.rollback()
    assert in_transaction(lambda: tasks.complete(task_id, {"ok": True}, world["clerk"], None)) is not None


def test_a_delegated_task_is_neither_passed_on_nor_released(world: World, task_id: str) -> None:
    in_transaction(lambda: tasks.delegate(task_id, world.id_of("clerk2"), world["clerk"], "请先核对"))
    with pytest.raises(NotAllowed, match="交还委托人"):
        in_transaction(lambda: tasks.transfer(task_id, world.id_of("clerk"), world["clerk2"], "不会"))
    with pytest.raises(NotAllowed, match="交还委托人"):
        in_transaction(lambda: tasks.release(task_id, world["clerk2"]))


def test_only_managers_reassign(world: World, task_id: str) -> None:
    with pytest.raises(NotAllowed, match="改派"):
        in_transaction(lambda: tasks.reassign(task_id, world.id_of("clerk2"), world["reviewer"], "病假"))
    in_transaction(lambda: tasks.reassign(task_id, world.id_of("clerk2"), world["owner"], "病假"))
    assert tasks.detail(task_id, world["clerk2"]).task.assignee_name == "郝建国"


def test_four_eyes_hold_for_who_receives_a_task(world: World) -> None:
    world.deploy("three_steps", three_steps())
    case = world.start("three_steps", "RK-2026-0009")
    world.complete(case, "submit", "clerk")
    world.complete(case, "review", "both")
    approve = world.task(case, "approve").id
    in_transaction(lambda: tasks.claim(approve, world["leader"]))
    with pytest.raises(Invalid, match="须由另一人办理"):
        in_transaction(lambda: tasks.transfer(approve, world.id_of("both"), world["leader"], "换人"))


def test_reminding_is_limited_and_reaches_the_holder(world: World, task_id: str, travel: Travel) -> None:
    in_transaction(lambda: tasks.remind(task_id, world["reviewer"], "请尽快"))
    assert _notices(world, "clerk") == ["task_reminder"]
    with pytest.raises(Conflict, match="已催办过"):
        in_transaction(lambda: tasks.remind(task_id, world["leader"]))
    travel("2026-03-02 13:00")
    in_transaction(lambda: tasks.remind(task_id, world["leader"]))
    assert _notices(world, "clerk") == ["task_reminder", "task_reminder"]


def test_reminding_does_not_make_the_holders_page_stale(world: World, task_id: str) -> None:
    rev = tasks.detail(task_id, world["clerk"]).task.rev
    db.session.rollback()
    in_transaction(lambda: tasks.remind(task_id, world["reviewer"]))
    assert in_transaction(lambda: tasks.complete(task_id, {}, world["clerk"], rev)) is not None


def test_who_has_a_copy_may_see_the_case_and_nobody_else_of_his_kind(world: World, task_id: str) -> None:
    with pytest.raises(NotFound):
        tasks.detail(task_id, world["organiser"])
    in_transaction(lambda: tasks.copy_to(task_id, [world.id_of("organiser")], world["clerk"], "供了解"))
    seen = tasks.detail(task_id, world["organiser"])
    assert not seen.acts & {Act.CLAIM, Act.COMPLETE, Act.TRANSFER}
    page = inbox.page(world["organiser"], "copied", Filters(), None, clock.now())
    assert [row.by_name for row in page.rows] == ["段晓芸"]
    assert inbox.counts(world["organiser"], clock.now()).copied_unread == 1
    db.session.rollback()
    in_transaction(lambda: cases.mark_read(seen.instance.id, world["organiser"], clock.now()))
    assert inbox.counts(world["organiser"], clock.now()).copied_unread == 0
    with pytest.raises(NotFound):
        tasks.detail(task_id, world["organiser2"])


def test_a_case_is_shown_to_staff_only_and_never_to_an_expert(world: World, task_id: str) -> None:
    def admit() -> int:
        person = accounts.Person(login="zj-2026-0001", name="周启明", unit_id=9, unit_name="高校")
        return accounts.admit_account(person, {"expert"}, actor=SYSTEM, now=clock.now()).id

    expert = in_transaction(admit)
    with pytest.raises(Invalid, match="周启明不是"):
        in_transaction(lambda: tasks.copy_to(task_id, [expert], world["clerk"]))
    with pytest.raises(Invalid, match="周启明不是"):
        in_transaction(lambda: tasks.add_signers(task_id, [expert], world["clerk"]))


def test_comments_and_documents_stay_with_the_case(world: World, task_id: str) -> None:
    in_transaction(lambda: tasks.comment(task_id, " 材料第3页缺章 ", world["clerk"]))
    in_transaction(lambda: tasks.attach(task_id, "doc-1", "证明.pdf", 2048, world["clerk"]))
    detail = tasks.detail(task_id, world["clerk"])
    assert [comment.text for comment in detail.comments] == ["材料第3页缺章"]
    assert [(one.filename, one.size) for one in detail.attachments] == [("证明.pdf", 2048)]
    db.session.rollback()
    with pytest.raises(Invalid, match="写下留言内容"):
        in_transaction(lambda: tasks.comment(task_id, "  ", world["clerk"]))
    with pytest.raises(NotAllowed):
        in_transaction(lambda: tasks.comment(task_id, "路过", world["organiser2"]))
