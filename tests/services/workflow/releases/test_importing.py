"""A foreign diagram with its choices made passes the gate, is published by two persons, and runs a case."""

from __future__ import annotations

from pathlib import Path

from app.workflow.importing import Fate, Offers, Wishes, plan
from app.workflow.releases import checking, drafts, publishing
from app.workflow.releases.states import DraftOrigin
from tests.services.workflow.releases.desk import Desk

FOREIGN = Path(__file__).parents[3] / "data" / "foreign"
_CHOICES = {
    "form:purchase_schema": "blank",
    "lane:Lane_finance": "bureau_reviewer",
}


def test_an_imported_process_is_published_and_runs(desk: Desk) -> None:
    content = (FOREIGN / "spiffarena_purchase.bpmn").read_bytes()
    content = content.replace(b"price * quantity", b"6000").replace(b" and urgent == False", b"")
    content = content.replace(b"manualTask", b"userTask")
    choices = {**_CHOICES, "form:activity_review": "blank"}
    found = plan(content, Wishes(key="purchase", name="采购申请", choices=choices), Offers())
    assert found.of(Fate.CHOOSE) == ()

    def created() -> int:
        return drafts.create("purchase", found.name, found.parts, desk.first, origin=DraftOrigin.IMPORT).id

    draft_id = desk.do(created)
    told = desk.do(lambda: checking.check_draft(draft_id))
    assert told.of("error") == ()
    rev = desk.draft(draft_id).rev
    desk.do(lambda: publishing.submit(draft_id, rev, desk.first, note="由别的软件导入", publish_at=None))
    desk.approve(draft_id, rev)
    case = desk.world.start("purchase")
    assert desk.world.open(case) == ["Activity_fill"]
    desk.world.complete(case, "Activity_fill", by="clerk")
    assert desk.world.open(case) == ["Activity_review"]
    desk.world.complete(case, "Activity_review", by="reviewer")
    assert desk.world.instance(case).status == "completed"


def test_what_was_left_open_stands_in_the_check_list(light_desk: Desk) -> None:
    content = (FOREIGN / "camunda7_expense.bpmn").read_bytes()
    found = plan(content, Wishes(), Offers())

    def created() -> int:
        return drafts.create(found.key, found.name, found.parts, light_desk.first, origin=DraftOrigin.IMPORT).id

    draft_id = light_desk.do(created)
    told = light_desk.do(lambda: checking.check_draft(draft_id))
    codes = {(finding.element_id, finding.code) for finding in told.of("error")}
    assert codes >= {
        ("Activity_check", "unknown_group"), ("Activity_check", "literal_duration"), ("Event_late", "literal_duration"),
        ("Activity_boss", "unknown_form"), ("Activity_pay", "unknown_operation"),
    }  # fmt: skip
