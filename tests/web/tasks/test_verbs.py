"""The rarer verbs: each on a page with its consequence; reasons demanded; only for those who may."""

from __future__ import annotations

import pytest

from tests.web.house_rules import Page
from tests.web.office import Office
from tests.web.tasks.test_working import claimed, submit


def post(office: Office, login: str, task_id: str, key: str, **data: object) -> Page:
    return Page(office.client(login).post(f"/tasks/{task_id}/{key}", data=data, follow_redirects=True))


def test_transfer_gives_the_task_to_a_colleague(office: Office) -> None:
    case, task_id = claimed(office)
    page = office.client("reviewer").page(f"/tasks/{task_id}/transfer")
    assert "转办后这件事归对方办理" in page.text
    assert "贾文静（单位2）" in page.text
    assert "任向东" not in page.text, "only those who may do it are offered"
    missing = post(office, "reviewer", task_id, "transfer")
    assert missing.status == 422
    assert missing.errors == {"to_user_id": "请选择人员"}
    no_reason = post(office, "reviewer", task_id, "transfer", to_user_id=office.world.id_of("reviewer2"))
    assert no_reason.errors == {"reason": "写明理由，接办人会看到"}
    assert no_reason.typed("to_user_id") == str(office.world.id_of("reviewer2"))
    done = post(office, "reviewer", task_id, "transfer", to_user_id=office.world.id_of("reviewer2"), reason="出差")
    assert "已转办" in done.text
    assert office.task(case, "qualification_review").assignee_name == "贾文静"


def test_a_delegate_hands_the_work_back(office: Office) -> None:
    case, task_id = claimed(office)
    post(office, "reviewer", task_id, "delegate", to_user_id=office.world.id_of("reviewer2"), reason="请先看")
    theirs = office.client("reviewer2")
    assert "办好，交回赵海宁" in theirs.page(f"/tasks/{task_id}").text
    back = submit(theirs, task_id)
    assert "等加签人签署或委托人确认后继续" in back.text
    assert office.task(case, "qualification_review").assignee_name == "赵海宁"
    mine = office.client("reviewer").page(f"/tasks/{task_id}")
    assert mine.typed("decision") == "pass", "what the delegate prepared is there"


def test_returning_needs_a_target_and_a_reason(office: Office) -> None:
    case, task_id = claimed(office)
    page = office.client("reviewer").page(f"/tasks/{task_id}/return")
    assert "formal_check" in page.text
    assert post(office, "reviewer", task_id, "return", element_id="formal_check").errors == {
        "reason": "写明退回的理由，对方会看到"
    }
    done = post(office, "reviewer", task_id, "return", element_id="formal_check", reason="缺推荐意见")
    assert "已退回" in done.text
    assert office.task(case, "formal_check").status == "open"


def test_signers_answer_before_the_task_completes(office: Office) -> None:
    case, task_id = claimed(office)
    asked = post(office, "reviewer", task_id, "add-signers", user_ids=[office.world.id_of("organiser")], note="看保密")
    assert "白雪梅（待签署）" in asked.text
    held = submit(office.client("reviewer"), task_id)
    assert "等加签人签署" in held.text
    page = office.client("organiser").page(f"/tasks/{task_id}/sign")
    assert "看保密" in page.text
    assert post(office, "organiser", task_id, "sign").errors == {"agrees": "请选择同意或不同意"}
    assert post(office, "organiser", task_id, "sign", agrees="no").errors == {"opinion": "不同意时请写明理由"}
    post(office, "organiser", task_id, "sign", agrees="yes")
    assert office.task(case, "confirm_list").status == "open"


def test_a_signer_may_be_taken_off_again(office: Office) -> None:
    case, task_id = claimed(office)
    user = office.world.id_of("organiser")
    post(office, "reviewer", task_id, "add-signers", user_ids=[user])
    done = post(office, "reviewer", task_id, "remove-signer", user_id=user, reason="不涉密")
    assert "已减签" in done.text
    submit(office.client("reviewer"), task_id)
    assert office.task(case, "confirm_list").status == "open"


def test_a_copy_lets_the_other_see_the_case(office: Office) -> None:
    case, task_id = claimed(office)
    assert office.client("organiser").get(f"/cases/{case}").status_code == 404
    assert post(office, "reviewer", task_id, "copy").errors == {"user_ids": "选择抄送的人员"}
    post(office, "reviewer", task_id, "copy", user_ids=[office.world.id_of("organiser")], note="请知悉")
    page = office.client("organiser").page(f"/cases/{case}")
    assert "赵海宁于今天 09:00抄送给你：请知悉" in page.text
    office.client("organiser").post(f"/cases/{case}/read")
    assert "抄送给你" not in office.client("organiser").page(f"/cases/{case}").text


def test_reminding_is_for_those_who_wait_and_not_too_often(office: Office) -> None:
    _case, task_id = claimed(office)
    assert "已催办" in post(office, "clerk", task_id, "remind").text
    again = office.client("clerk").post(f"/tasks/{task_id}/remind")
    assert again.status_code == 409
    assert "已催办过" in Page(again).text


def test_a_manager_reassigns(office: Office) -> None:
    case, task_id = claimed(office)
    done = post(office, "leader", task_id, "reassign", to_user_id=office.world.id_of("reviewer2"), reason="休假")
    assert "已改派" in done.text
    assert office.task(case, "qualification_review").assignee_name == "贾文静"


def test_ones_own_last_step_may_be_withdrawn(office: Office) -> None:
    case, task_id = claimed(office)
    done = submit(office.client("reviewer"), task_id)
    assert done.links()["撤回"] == f"/tasks/{task_id}/withdraw"
    post(office, "reviewer", task_id, "withdraw")
    assert office.task(case, "qualification_review").status == "open"


@pytest.mark.parametrize("key", ["transfer", "delegate", "return", "add-signers", "remove-signer", "sign", "reassign",
                                 "withdraw"])
def test_a_verb_that_is_not_ones_own_is_refused(office: Office, key: str) -> None:
    case, task_id = claimed(office)
    before = office.task(case, "qualification_review").rev
    client = office.client("reviewer2")
    assert client.get(f"/tasks/{task_id}/{key}").status_code == 403
    data = {"to_user_id": office.world.id_of("reviewer2"), "reason": "x", "element_id": "formal_check", "agrees": "yes",
            "user_ids": [office.world.id_of("organiser")], "user_id": office.world.id_of("organiser"), "opinion": ""}
    assert client.post(f"/tasks/{task_id}/{key}", data=data).status_code in (403, 409)
    assert office.task(case, "qualification_review").rev == before


def test_an_unknown_verb_is_not_found(office: Office) -> None:
    _case, task_id = claimed(office)
    assert office.client("reviewer").get(f"/tasks/{task_id}/nothing").status_code == 404
    assert office.client("reviewer").get("/tasks/no-such-task").status_code == 404
