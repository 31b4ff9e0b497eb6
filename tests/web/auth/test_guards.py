"""What guards every page: headers, forgery protection that loses no text, limits, proxies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.core import audit
from app.core.database import db
from app.web.auth import access
from tests.conftest import build_app
from tests.servers import free_port
from tests.web.auth.conftest import GOOD
from tests.web.house_rules import HouseClient, Page

Staff = Callable[..., int]


@pytest.mark.parametrize("path", ["/login", "/about/regulation", "/no-such-page"])
def test_every_answer_carries_the_headers(client: HouseClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


@pytest.mark.parametrize("path", ["/login%00", "/verify/certificate?number=%00", "/verify/certificate?%00=1"])
def test_no_address_holds_a_nul_which_no_database_keeps(client: HouseClient, path: str) -> None:
    assert client.get(path).status_code == 400


def test_no_form_holds_a_nul(client: HouseClient) -> None:
    sent = {"login": ["liwenjing", "li\x00"], "password": GOOD}
    assert client.post("/login", data=sent).status_code == 400


def test_production_insists_on_https(app: Flask, client: HouseClient) -> None:
    app.config["MODE"] = "production"
    assert "max-age=31536000" in client.get("/login").headers["Strict-Transport-Security"]


def test_pages_of_signed_in_people_are_not_kept_by_the_browser(client: HouseClient, staff: Staff) -> None:
    assert client.get("/login").headers["Cache-Control"] == "no-cache"
    staff("liwenjing", "bureau_reviewer")
    client.post("/login", data={"login": "liwenjing", "password": GOOD})
    assert client.get("/password").headers["Cache-Control"] == "no-store"


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(client: HouseClient) -> None:
    cookie = client.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_stale_form_keeps_what_was_typed_and_can_be_sent_again(client: HouseClient) -> None:
    answer = client.post(
        "/login", data={"login": "liwenjing", "password": "geheim-77"}, csrf=False,
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 400
    page = Page(answer)
    assert page.heading == "这一页打开得太久了"
    assert page.typed("login") == "liwenjing"
    assert "geheim-77" not in answer.get_data(as_text=True)
    token = page.typed("csrf_token")
    again = client.post("/login", data={"login": "liwenjing", "password": "x", "csrf_token": token}, csrf=False)
    assert again.status_code == 422


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}])
def test_a_form_from_elsewhere_is_not_offered_to_be_sent_again(client: HouseClient, headers: dict[str, str]) -> None:
    answer = client.post("/login", data={"login": "<script>x</script>"}, csrf=False, headers=headers)
    assert answer.status_code == 400
    page = Page(answer)
    assert "再次提交" not in page.text
    assert "<script>x</script>" in page.text
    assert "<script>x" not in answer.get_data(as_text=True)


def test_a_post_after_the_session_ended_keeps_what_was_typed(client: HouseClient) -> None:
    answer = client.post("/password", data={"note": "写了很久的意见"})
    assert answer.status_code == 401
    assert "写了很久的意见" in Page(answer).text


@pytest.fixture
def limited(tmp_path: Path, sqlite_schema: Path) -> Iterator[HouseClient]:
    import shutil

    from app.web import security

    shutil.copyfile(sqlite_schema, tmp_path / "zhiku.sqlite3")
    app = build_app(f"sqlite:///{tmp_path / 'zhiku.sqlite3'}", tmp_path, RATELIMIT_ENABLED=True)
    app.test_client_class = HouseClient
    client = app.test_client()
    assert isinstance(client, HouseClient)
    yield client
    security.limiter.reset()
    security.limiter.enabled = False
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_guesses_at_one_account_are_limited_wherever_they_come_from(limited: HouseClient) -> None:
    for number in range(10):
        data = {"login": "liwenjing", "password": "x"}
        assert limited.post("/login", data=data, environ_base={"REMOTE_ADDR": f"10.0.0.{number}"}).status_code == 422
    answer = limited.post(
        "/login", data={"login": " LIWENJING", "password": "x"}, environ_base={"REMOTE_ADDR": "10.0.0.99"}
    )
    assert answer.status_code == 429
    assert "操作太频繁" in Page(answer).heading
    assert limited.post("/login", data={"login": "other", "password": "x"}).status_code == 422


def test_guesses_from_one_address_are_limited_whatever_they_aim_at(limited: HouseClient) -> None:
    for number in range(30):
        assert limited.post("/login", data={"login": f"user{number}", "password": "x"}).status_code == 422
    assert limited.post("/login", data={"login": "user99", "password": "x"}).status_code == 429
    assert limited.get("/login").status_code == 200


def test_losing_the_counter_s_store_does_not_lift_the_limit(tmp_path: Path, sqlite_schema: Path) -> None:
    import shutil

    from app.web import security

    shutil.copyfile(sqlite_schema, tmp_path / "zhiku.sqlite3")
    app = build_app(
        f"sqlite:///{tmp_path / 'zhiku.sqlite3'}", tmp_path, RATELIMIT_ENABLED=True,
        RATELIMIT_STORAGE_URI=f"redis://127.0.0.1:{free_port()}",
    )
    app.test_client_class = HouseClient
    client = app.test_client()
    said = [client.post("/login", data={"login": "liwenjing", "password": "x"}).status_code for _ in range(11)]
    assert said == [422] * 10 + [429]
    security.limiter.enabled = False
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_form_that_is_too_large_is_told_so(app: Flask, client: HouseClient) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = client.post("/login", data={"login": "x" * 2000})
    assert answer.status_code == 413
    assert Page(answer).heading == "文件太大"


def addresses(app: Flask) -> list[str | None]:
    with app.app_context():
        return [entry.address for entry in db.session.query(audit.AuditEntry)]


def test_without_trusted_proxies_a_forwarded_address_is_not_believed(app: Flask, client: HouseClient) -> None:
    client.post("/login", data={"login": "x", "password": "x"}, headers={"X-Forwarded-For": "9.9.9.9"})
    assert addresses(app) == ["127.0.0.1"]


def test_behind_a_trusted_proxy_the_forwarded_address_counts(tmp_path: Path, sqlite_schema: Path) -> None:
    import shutil

    shutil.copyfile(sqlite_schema, tmp_path / "zhiku.sqlite3")
    app = build_app(f"sqlite:///{tmp_path / 'zhiku.sqlite3'}", tmp_path, TRUSTED_PROXIES=1)
    app.test_client_class = HouseClient
    client: Any = app.test_client()
    client.post("/login", data={"login": "x", "password": "x"}, headers={"X-Forwarded-For": "1.1.1.1, 9.9.9.9"})
    assert addresses(app) == ["9.9.9.9"]
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_a_view_without_a_tag_is_open_to_nobody(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    with app.test_request_context("/forgotten"), pytest.raises(access.UndeclaredView, match="forgotten"):
        access.guard()


def test_a_view_has_one_tag() -> None:
    def view() -> str:
        return ""

    access.public_page(view)
    with pytest.raises(access.UndeclaredView, match="two"):
        access.login_required_page(view)


def test_an_unknown_permission_is_a_mistake_at_import() -> None:
    with pytest.raises(KeyError):
        access.requires("everything.do")
