"""The three administrators' pages, the auditor's trail, and unmasking."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import audit, clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.errors import NotAllowed
from app.core.transaction import transaction
from app.identity import accounts, reveal
from app.notices.models import OutboxMessage
from app.registers import units
from tests.web.auth.conftest import GOOD
from tests.web.house_rules import HouseClient, Page

Staff = Callable[..., int]
Browser = Callable[[], HouseClient]
USCC = "91140000MA0000005X"


@pytest.fixture
def enter(staff: Staff, browser: Browser) -> Callable[[str], HouseClient]:
    """A browser in which a new person of this role is signed in."""

    def make(role: str) -> HouseClient:
        login = role.replace("_", "-")
        staff(login, role, name="管理员")
        client = browser()
        client.post("/login", data={"login": login, "password": GOOD})
        return client

    return make


GUO = {"login": "guozian", "name": "郭子安", "unit": "", "phone": "13700000000", "email": ""}


def test_an_account_goes_from_one_administrator_to_the_other_to_its_owner(
    app: Flask, enter: Callable[[str], HouseClient], browser: Browser
) -> None:
    system, security = enter("system_admin"), enter("security_admin")
    answer = system.post("/admin/accounts/new", data=GUO)
    where = answer.headers["Location"]
    assert "首次登录链接已发给本人" in system.page(where).text
    with app.app_context():
        sent = db.session.scalars(sa.select(OutboxMessage).where(OutboxMessage.template == "account_opened")).one()
        link = next(word for word in sent.body.split() if "/login/first/" in word)
        link = "/login/first/" + link.split("/login/first/")[1].rstrip('",}')
    assert link not in system.get(where).get_data(as_text=True)
    assert "授予所选角色" not in system.page(where).text
    security.post(where + "/roles", data={"roles": ["dept_organiser"]})
    owner = browser()
    owner.post(link, data={"password": GOOD, "again": GOOD})
    owner.post("/login", data={"login": "guozian", "password": GOOD})
    assert owner.get("/password").status_code == 200
    assert owner.get("/admin/accounts").status_code == 403
    assert "评审组织" in security.page(where).text


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"login": "", "name": ""}, {"login", "name"}),
        ({"phone": "12345"}, {"phone"}),
        ({"phone": "", "email": ""}, {"phone"}),
        ({"phone": "", "email": "guo"}, {"email"}),
        ({"unit": "没有的单位"}, {"unit"}),
        ({"login": "system-admin"}, {"login"}),
    ],
)
def test_a_bad_new_account_keeps_what_was_typed(
    enter: Callable[[str], HouseClient], changes: dict[str, str], fields: set[str]
) -> None:
    answer = enter("system_admin").post("/admin/accounts/new", data={**GUO, **changes})
    assert answer.status_code == 422
    page = Page(answer)
    assert set(page.errors) == fields
    assert page.typed("unit") == {**GUO, **changes}["unit"]
    assert page.typed("phone") == {**GUO, **changes}["phone"]


def test_a_changed_phone_is_kept_and_the_trail_shows_it_masked(
    app: Flask, enter: Callable[[str], HouseClient], staff: Staff
) -> None:
    user_id = staff("liwenjing", "bureau_reviewer")
    client = enter("system_admin")
    assert client.page(f"/admin/accounts/{user_id}/edit").typed("phone") == "13912345678"
    bad = client.post(f"/admin/accounts/{user_id}/edit", data={"name": "", "phone": "139", "email": "", "unit": ""})
    assert set(Page(bad).errors) == {"name", "phone"}
    changed = {"name": "李文静", "phone": "13700001111", "email": "", "unit": ""}
    client.post(f"/admin/accounts/{user_id}/edit", data=changed)
    assert "137****1111" in client.page(f"/admin/accounts/{user_id}").text
    text = enter("auditor").page("/audit?action=account.change_person").text
    assert "139****5678 → 137****1111" in text
    assert "13700001111" not in text


def test_forbidden_roles_are_said_at_the_field_and_ticks_kept(
    enter: Callable[[str], HouseClient], staff: Staff
) -> None:
    user_id = staff("liwenjing", "bureau_reviewer")
    answer = enter("security_admin").post(
        f"/admin/accounts/{user_id}/roles", data={"roles": ["bureau_reviewer", "auditor"]}
    )
    assert answer.status_code == 422
    page = Page(answer)
    assert "分设账号" in page.errors["roles"]
    ticked = page.root.xpath('//input[@name="roles"][@checked]/@value')
    assert set(ticked) == {"bureau_reviewer", "auditor"}


def test_closing_an_account_asks_for_a_reason_and_can_be_undone_by_a_new_link(
    enter: Callable[[str], HouseClient], staff: Staff
) -> None:
    user_id = staff("liwenjing", "bureau_reviewer", name="李文静")
    client = enter("system_admin")
    page = client.page(f"/admin/accounts/{user_id}/disable")
    assert "会立即退出" in page.text
    refused = client.post(f"/admin/accounts/{user_id}/disable", data={"reason": " "})
    assert Page(refused).errors == {"reason": "请写明停用的原因"}
    client.post(f"/admin/accounts/{user_id}/disable", data={"reason": "调离"})
    assert "已停用" in client.page(f"/admin/accounts/{user_id}").text
    client.post(f"/admin/accounts/{user_id}/link")
    assert "待启用" in client.page(f"/admin/accounts/{user_id}").text


def test_ending_a_session_works_at_once(
    enter: Callable[[str], HouseClient], staff: Staff, client: HouseClient
) -> None:
    user_id = staff("liwenjing", "bureau_reviewer")
    client.post("/login", data={"login": "liwenjing", "password": GOOD})
    assert client.get("/password").status_code == 200
    enter("security_admin").post(f"/admin/accounts/{user_id}/sessions/end")
    assert client.get("/password").status_code == 302


def test_the_list_is_searched_and_turned_page_by_page(
    app: Flask, enter: Callable[[str], HouseClient], staff: Staff
) -> None:
    client = enter("auditor")
    with app.app_context(), transaction():
        for number in range(60):
            person = accounts.Person(f"zj{number:04}", f"专家{number}")
            accounts.admit_account(person, {"expert"}, actor=SYSTEM, now=clock.now())
    first = client.page("/admin/accounts")
    assert "zj0010" in first.text
    assert "zj0055" not in first.text
    assert "zj0055" in client.page(first.links()["看后面的"]).text
    found = client.page("/admin/accounts?q=zj0055&role=expert&state=active").text
    assert "zj0055" in found
    assert "zj0010" not in found
    assert "没有符合条件的账号" in client.page("/admin/accounts?q=%25").text


def test_a_unit_is_taken_from_the_register(app: Flask, enter: Callable[[str], HouseClient]) -> None:
    with app.app_context(), transaction():
        units.take_over("省数字资源厅", None, "行政机关", None, actor=SYSTEM, now=clock.now())
    client = enter("system_admin")
    client.post("/admin/accounts/new", data={**GUO, "unit": "省数字资源厅"})
    with app.app_context():
        user = accounts.by_login("guozian")
        assert user is not None
        assert user.unit_name == "省数字资源厅"
        assert user.unit_id is not None


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reveal, "_providers", {})

    @reveal.provider("application")
    def numbers(subject_id: str, actor: Actor) -> reveal.Revealed | None:
        if subject_id == "RK-2026-0001":
            raise NotAllowed
        if subject_id != "RK-2026-0147":
            return None
        return reveal.Revealed("赵海宁", {"居民身份证号码": "14010519820312001X", "联系电话": "13912345678"})


@pytest.mark.usefixtures("known")
def test_a_number_is_shown_once_for_a_reason_that_is_written_down(
    app: Flask, enter: Callable[[str], HouseClient]
) -> None:
    client = enter("center_clerk")
    asked = client.page("/reveal/application/RK-2026-0147")
    assert "14010519820312001X" not in asked.text
    answer = client.post("/reveal/application/RK-2026-0147", data={"reason": "contact", "words": "补正"})
    assert "14010519820312001X" in Page(answer).text
    assert answer.headers["Cache-Control"] == "no-store"
    with app.app_context():
        looks = sa.select(audit.AuditEntry).where(audit.AuditEntry.action == "personal.reveal")
        entry = db.session.scalars(looks).one()
        assert entry.subject_id == "RK-2026-0147"
        assert entry.detail == {"reason": "联系本人：补正", "note": "居民身份证号码、联系电话"}


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("data", "field"), [({}, "reason"), ({"reason": "curiosity"}, "reason"), ({"reason": "other"}, "words")]
)
def test_without_a_reason_nothing_is_shown(
    enter: Callable[[str], HouseClient], data: dict[str, str], field: str
) -> None:
    answer = enter("center_clerk").post("/reveal/application/RK-2026-0147", data=data)
    assert answer.status_code == 422
    assert set(Page(answer).errors) == {field}
    assert "14010519820312001X" not in answer.get_data(as_text=True)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(("subject", "status"), [("RK-2026-0001", 403), ("RK-2026-9999", 404)])
def test_what_may_not_be_seen_is_not_shown(
    enter: Callable[[str], HouseClient], subject: str, status: int
) -> None:
    client = enter("center_clerk")
    assert client.post(f"/reveal/application/{subject}", data={"reason": "contact"}).status_code == status
    assert client.get("/reveal/unknown/1").status_code == 404


def test_the_auditor_sees_who_did_what_and_finds_it_again(
    enter: Callable[[str], HouseClient], staff: Staff
) -> None:
    user_id = staff("liwenjing", "bureau_reviewer", name="李文静")
    enter("security_admin").post(f"/admin/accounts/{user_id}/roles", data={"roles": ["bureau_leader"]})
    client = enter("auditor")
    assert "资格审查岗 → 局领导" in client.page("/audit?action=account.grant_roles").text
    assert "授予角色" in client.page(f"/audit?subject_type=user&subject_id={user_id}").text
    assert "资格审查岗 → 局领导" in client.page("/audit?who=security-admin").text
    assert "没有符合条件的留痕" in client.page("/audit?who=没有这个人").text
    assert "没有符合条件的留痕" in client.page("/audit?until=2026-03-01").text
    assert "授予角色" in client.page("/audit?since=2026-03-02&until=2026-03-02").text
    bad = client.page("/audit?since=昨天&who=李文静", status=422)
    assert bad.errors == {"since": "“昨天”不是日期，请按 年-月-日 填写，如 2026-03-09"}
    assert bad.typed("who") == "李文静"


def test_looks_at_personal_data_can_be_listed_alone(enter: Callable[[str], HouseClient], staff: Staff) -> None:
    user_id = staff("liwenjing", "bureau_reviewer")
    enter("security_admin").get(f"/admin/accounts/{user_id}")
    rows = enter("auditor").page("/audit?personal=1").root.xpath("//tbody/tr")
    assert len(rows) == 1
    assert "查看账号" in rows[0].text_content()


def test_the_trail_turns_page_by_page(app: Flask, enter: Callable[[str], HouseClient]) -> None:
    client = enter("auditor")
    with app.app_context(), transaction():
        for number in range(120):
            audit.record(SYSTEM, "case.open_case", "case", f"C-{number}")
    page = client.page("/audit?who=系统&action=case.open_case")
    seen = []
    while True:
        seen += [row.xpath("./td[5]/span/text()")[0] for row in page.root.xpath("//tbody/tr")]
        if "看后面的" not in page.links():
            break
        page = client.page(page.links()["看后面的"])
    assert seen == [f"C-{number}" for number in reversed(range(120))]


def test_the_chain_is_proved_on_the_page_and_a_break_is_named(
    app: Flask, enter: Callable[[str], HouseClient]
) -> None:
    from app.core import audit_guard

    client = enter("auditor")
    assert "还没有校验过" in client.page("/audit").text
    client.post("/audit/verify")
    assert "首尾相接，没有改动" in client.page("/audit").text
    with app.app_context(), transaction() as session_:
        audit_guard.unprotect(session_.connection())
        session_.execute(sa.text("UPDATE audit_entry SET actor_name = '别人' WHERE seq = 1"))
    client.post("/audit/verify")
    text = client.page("/audit").text
    assert "第 1 条内容被改动" in text
    assert "发现 1 处断点" in text


def test_the_first_administrators_come_from_the_shell(app: Flask, client: HouseClient) -> None:
    runner = app.test_cli_runner()
    result = runner.invoke(args=["accounts", "open-first", "system_admin", "gly", "孙管理"])
    assert result.exit_code == 0, result.output
    link = result.output.strip().removeprefix(app.config["PUBLIC_URL"])
    client.post(link, data={"password": GOOD, "again": GOOD})
    client.post("/login", data={"login": "gly", "password": GOOD})
    assert client.get("/admin/accounts/new").status_code == 200
    again = runner.invoke(args=["accounts", "open-first", "system_admin", "gly2", "钱管理"])
    assert again.exit_code == 1
    assert "已有系统管理员" in again.output
