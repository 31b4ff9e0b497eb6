"""Logging in and out in the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.core import clock
from app.core.transaction import transaction
from app.identity import accounts, sign_in
from tests.web.auth.conftest import GOOD
from tests.web.house_rules import HouseClient, Page

Staff = Callable[..., int]
Browser = Callable[[], HouseClient]


def enter(client: HouseClient, login: str, password: str = GOOD, **more: str) -> TestResponse:
    return client.post("/login", data={"login": login, "password": password, **more})


def is_in(client: HouseClient) -> bool:
    return client.get("/password").status_code == 200


def test_the_right_password_leads_to_the_page_that_was_asked_for(client: HouseClient, staff: Staff) -> None:
    staff("liwenjing", "bureau_reviewer")
    asked = client.get("/password")
    assert asked.headers["Location"] == "/login?next=/password"
    assert Page(client.get(asked.headers["Location"])).typed("next") == "/password"
    answer = enter(client, "LiWenJing ", next="/password")
    assert answer.headers["Location"] == "/password"
    assert is_in(client)


def test_nobody_is_led_to_another_site(client: HouseClient, staff: Staff) -> None:
    staff("liwenjing", "bureau_reviewer")
    assert enter(client, "liwenjing", next="https://evil.example/").headers["Location"] == "/begin"


def test_wrong_unknown_locked_and_closed_look_the_same(app: Flask, client: HouseClient, staff: Staff) -> None:
    staff("wrong", "bureau_reviewer")
    staff("locked", "bureau_reviewer")
    closed = staff("closed", "bureau_reviewer")
    with app.app_context(), transaction():
        accounts.get(closed).state = "disabled"
    for _ in range(5):
        enter(client, "locked", "x")
    pages = set()
    for login, password in (("wrong", "x"), ("nobody", GOOD), ("locked", GOOD), ("closed", GOOD)):
        answer = enter(client, login, password)
        assert answer.status_code == 422
        page = Page(answer)
        assert page.typed("login") == login
        assert not page.typed("password")
        assert page.title.startswith("有错误：")
        pages.add(page.text)
    assert pages == {pages.copy().pop()}


def test_five_wrong_tries_lock_and_the_administrator_unlocks(
    client: HouseClient, browser: Browser, staff: Staff
) -> None:
    user_id = staff("liwenjing", "bureau_reviewer")
    staff("secadmin", "security_admin", name="钱安")
    for _ in range(5):
        enter(client, "liwenjing", "x")
    assert enter(client, "liwenjing").status_code == 422
    administrator = browser()
    enter(administrator, "secadmin")
    assert "已锁定" in administrator.page(f"/admin/accounts/{user_id}").text
    administrator.post(f"/admin/accounts/{user_id}/unlock")
    assert enter(client, "liwenjing").status_code == 302


def test_logging_out_is_a_post_and_ends_the_session(client: HouseClient, staff: Staff) -> None:
    staff("liwenjing", "bureau_reviewer")
    enter(client, "liwenjing")
    assert client.get("/logout").status_code == 405
    assert is_in(client)
    client.post("/logout")
    assert not is_in(client)


def test_a_copied_cookie_is_worthless_after_the_password_was_changed(
    client: HouseClient, browser: Browser, staff: Staff
) -> None:
    staff("liwenjing", "bureau_reviewer")
    other = browser()
    enter(client, "liwenjing")
    enter(other, "liwenjing")
    assert is_in(client)
    assert is_in(other)
    client.post("/password", data={"current": GOOD, "password": "Wutai-2026-shan", "again": "Wutai-2026-shan"})
    assert not is_in(client)
    assert not is_in(other)
    assert enter(client, "liwenjing").status_code == 422
    assert enter(client, "liwenjing", "Wutai-2026-shan").status_code == 302


def test_a_session_ends_the_moment_the_account_is_closed(app: Flask, client: HouseClient, staff: Staff) -> None:
    user_id = staff("liwenjing", "bureau_reviewer")
    enter(client, "liwenjing")
    with app.app_context(), transaction():
        accounts.get(user_id).state = "disabled"
    assert not is_in(client)


def test_in_production_a_second_log_in_ends_the_first(app: Flask, browser: Browser, staff: Staff) -> None:
    staff("liwenjing", "bureau_reviewer")
    first, second = browser(), browser()
    app.config["MODE"] = "production"
    app.config["SESSION_COOKIE_SECURE"] = False
    assert enter(first, "liwenjing").status_code == 302
    assert is_in(first)
    assert enter(second, "liwenjing").status_code == 302
    assert is_in(second)
    assert not is_in(first)


def test_an_idle_session_ends(app: Flask, client: HouseClient, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    from itsdangerous import timed

    staff("liwenjing", "bureau_reviewer")
    app.config["PERMANENT_SESSION_LIFETIME"] = 15 * 60
    enter(client, "liwenjing")
    assert is_in(client)
    real = timed.time.time()
    monkeypatch.setattr(timed.TimestampSigner, "get_timestamp", lambda self: int(real) + 14 * 60)
    assert is_in(client)  # a page looked at begins the time anew
    monkeypatch.setattr(timed.TimestampSigner, "get_timestamp", lambda self: int(real) + 28 * 60)
    assert is_in(client)
    monkeypatch.setattr(timed.TimestampSigner, "get_timestamp", lambda self: int(real) + 44 * 60)
    assert not is_in(client)


def test_a_password_that_must_be_changed_comes_before_everything_else(client: HouseClient, staff: Staff) -> None:
    staff("auditor", "auditor", must_change=True)
    enter(client, "auditor")
    assert client.get("/audit").headers["Location"] == "/password"
    assert "要先修改密码" in client.page("/password").text


@pytest.fixture
def with_code(app: Flask, staff: Staff) -> str:
    user_id = staff("sysadmin", "system_admin")
    secret = sign_in.new_second_factor()
    with app.app_context(), transaction():
        accounts.get(user_id).totp_secret = secret
    return secret


def code_now(secret: str, steps: int = 0) -> str:
    moment = clock.now() - clock.offset()
    return pyotp.TOTP(secret).generate_otp(int(moment.timestamp()) // 30 + steps)


def test_a_second_factor_is_asked_for_after_the_password(client: HouseClient, with_code: str) -> None:
    assert enter(client, "sysadmin", next="/password").headers["Location"] == "/login/code"
    assert not is_in(client)
    wrong = client.post("/login/code", data={"code": "000000"})
    assert wrong.status_code == 422
    assert not is_in(client)
    right = client.post("/login/code", data={"code": code_now(with_code)})
    assert right.headers["Location"] == "/password"
    assert is_in(client)


def test_a_used_code_does_not_enter_again(client: HouseClient, browser: Browser, with_code: str) -> None:
    enter(client, "sysadmin")
    client.post("/login/code", data={"code": code_now(with_code)})
    other = browser()
    enter(other, "sysadmin")
    assert other.post("/login/code", data={"code": code_now(with_code)}).status_code == 422
    assert not is_in(other)


def test_wrong_codes_lock_as_wrong_passwords_do(app: Flask, client: HouseClient, with_code: str) -> None:
    enter(client, "sysadmin")
    for _ in range(5):
        client.post("/login/code", data={"code": "000000"})
    assert client.post("/login/code", data={"code": code_now(with_code)}).status_code == 422
    assert not is_in(client)


def test_the_code_page_without_a_password_leads_back(client: HouseClient) -> None:
    assert client.get("/login/code").headers["Location"] == "/login"
    assert client.post("/login/code", data={"code": "1"}).headers["Location"] == "/login"


def test_the_second_factor_is_turned_on_and_off_by_its_owner(client: HouseClient, staff: Staff) -> None:
    staff("secadmin", "security_admin")
    enter(client, "secadmin")
    page = client.page("/second-factor")
    with client.session_transaction() as session:
        secret = session["second_factor_to_confirm"]
    assert secret in page.text
    assert Page(client.post("/second-factor", data={"code": "1"})).errors == {
        "code": "验证码不符，请核对手机时间后输入应用里现在显示的 6 位数字"
    }
    client.post("/second-factor", data={"code": code_now(secret)})
    assert "已启用" in client.page("/second-factor").text
    client.post("/second-factor", data={"code": code_now(secret, 1)})
    assert "未启用" in client.page("/second-factor").text


def test_users_without_a_manager_s_role_have_no_second_factor(client: HouseClient, staff: Staff) -> None:
    staff("zhang", "expert")
    enter(client, "zhang")
    assert client.get("/second-factor").status_code == 403


def test_an_installation_may_demand_the_second_factor_of_managers(
    app: Flask, client: HouseClient, staff: Staff
) -> None:
    app.config["MANAGERS_NEED_SECOND_FACTOR"] = True
    staff("auditor", "auditor")
    enter(client, "auditor")
    assert client.get("/audit").headers["Location"] == "/second-factor"


def test_people_see_what_their_own_account_may(client: HouseClient, staff: Staff) -> None:
    staff("auditor", "auditor")
    enter(client, "auditor")
    page = client.page("/account")
    assert "查看留痕" in page.text
    assert "授予、收回角色" not in page.text
    assert "139****5678" in page.text
    assert page.links()["修改密码"] == "/password"


def test_entering_with_one_click_exists_in_the_demo_only(app: Flask, client: HouseClient, staff: Staff) -> None:
    staff("liwenjing", "bureau_reviewer")
    client.post("/demo/enter", data={"role": "bureau_reviewer"})
    assert is_in(client)
    client.post("/logout")
    app.config["MODE"] = "production"
    app.config["SESSION_COOKIE_SECURE"] = False
    assert client.post("/demo/enter", data={"role": "bureau_reviewer"}).status_code == 404
    assert not is_in(client)


@pytest.fixture
def link(app: Flask) -> str:
    from app.core.actor import SYSTEM

    with app.app_context(), transaction():
        opened = accounts.open_account(accounts.Person("guozian", "郭子安"), actor=SYSTEM, now=clock.now())
    return opened.link_path or ""


def test_looking_at_a_first_login_link_changes_nothing(client: HouseClient, link: str) -> None:
    for _ in range(3):
        assert "郭子安" in client.page(link).text
        super(HouseClient, client).open(link, method="HEAD")
    data = {"password": "Wutai-2026-shan", "again": "Wutai-2026-shan"}
    assert client.post(link, data=data).headers["Location"] == "/login"
    assert enter(client, "guozian", "Wutai-2026-shan").status_code == 302


def test_a_first_login_link_works_once(client: HouseClient, link: str) -> None:
    data = {"password": "Wutai-2026-shan", "again": "Wutai-2026-shan"}
    client.post(link, data=data)
    assert client.get(link).status_code == 404
    assert client.post(link, data={"password": "Other-2026-shan", "again": "Other-2026-shan"}).status_code == 404
    assert enter(client, "guozian", "Other-2026-shan").status_code == 422


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "Wutai-2026-shan", "again": "Wutai-2026-shun"}, "again"),
    ],
)
def test_a_bad_first_password_leaves_the_link_unused(
    client: HouseClient, link: str, data: dict[str, str], field: str
) -> None:
    answer = client.post(link, data=data)
    assert answer.status_code == 422
    assert set(Page(answer).errors) == {field}
    assert client.get(link).status_code == 200


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"current": GOOD, "password": "short", "again": "short"}, "password"),
        ({"current": GOOD, "password": "Wutai-2026-shan", "again": "x"}, "again"),
        ({"current": "wrong", "password": "Wutai-2026-shan", "again": "Wutai-2026-shan"}, "current"),
    ],
)
def test_a_password_is_changed_only_with_the_present_one(
    client: HouseClient, staff: Staff, data: dict[str, Any], field: str
) -> None:
    staff("liwenjing", "bureau_reviewer")
    enter(client, "liwenjing")
    answer = client.post("/password", data=data)
    assert answer.status_code == 422
    assert set(Page(answer).errors) == {field}
    assert is_in(client)
