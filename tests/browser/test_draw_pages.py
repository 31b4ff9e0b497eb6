"""The auditor checks a draw in a real browser: from the list to the certificate, verified without the network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from app.core.database import db
from app.identity.models import User
from tests.browser.conftest import LiveServer
from tests.web.drawing_records.conftest import FINAL, WAITING, begin_meeting, stage
from tests.web.panel_house import House, copies

pytestmark = pytest.mark.browser

SignIn = Callable[[Page, str], None]


@pytest.fixture
def house(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sqlite_schema: Path) -> Iterator[House]:
    """Draws at several stages."""
    made = copies(tmp_path_factory.mktemp("records"), sqlite_schema, "drawing_records", stage)(tmp_path)
    yield made
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(house: House) -> Flask:
    """The application of the house."""
    return house.app


@pytest.fixture
def sign_in(live: LiveServer, house: House) -> SignIn:
    """`sign_in(page, "aud")`: gives the browser that person's session."""

    def enter(page: Page, login: str) -> None:
        with house.app.app_context():
            user_id = db.session.scalars(sa.select(User.id).where(User.login == login)).one()
        cookie = house.client(user_id).get_cookie("session")
        assert cookie is not None
        page.context.add_cookies([{"name": "session", "value": cookie.value, "url": live.url}])

    return enter


def test_every_page_of_a_draw_is_accessible(
    house: House, page: Page, sign_in: SignIn, look: Callable[[Page, str], None]
) -> None:
    begin_meeting(house)
    seen = {"aud": ("/draws", f"/draws/{FINAL}/1", f"/draws/{WAITING}/1", "/draws?q=nothing"), "wit": ("/witness",),
            "": ("/verify", f"/verify/certificate?number={WAITING}")}  # fmt: skip
    for login, paths in seen.items():
        if login:
            sign_in(page, login)
        else:
            page.context.clear_cookies()
        for path in paths:
            page.goto(path)
            for fold in page.locator("main details").all():
                fold.evaluate("fold => { fold.open = true }")
            look(page, f"draws-{login or 'public'}-{path.strip('/').replace('/', '-').split('?')[0]}")


def test_the_auditor_takes_a_certificate_and_anybody_verifies_it_offline(
    house: House, page: Page, sign_in: SignIn, tmp_path: Path
) -> None:
    begin_meeting(house)
    sign_in(page, "aud")
    page.goto("/draws")
    with page.expect_download() as taken:
        page.get_by_role("link", name=f"公开证书：{FINAL} 第 1 次").click()
    certificate = tmp_path / "certificate.json"
    shutil.copyfile(taken.value.path(), certificate)

    page.context.clear_cookies()
    page.goto("/verify")
    with page.expect_download() as verifier:
        page.get_by_role("link", name="下载核验文件 verify_certificate.py").click()
    script = tmp_path / verifier.value.suggested_filename
    shutil.copyfile(verifier.value.path(), script)
    done = subprocess.run([sys.executable, "-I", "-S", script, certificate], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    page.set_input_files("#certificate-file", certificate)
    expect(page.locator("#verify-result")).to_contain_text("核验通过")

    document = json.loads(certificate.read_text(encoding="utf-8"))
    document["rounds"][0]["log"][0][2] = "NO_SEAT"
    altered = tmp_path / "altered.json"
    altered.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    page.set_input_files("#certificate-file", altered)
    expect(page.locator("#verify-result")).to_contain_text("核验不通过")
    assert asked == []


def test_the_witness_is_led_to_where_his_value_is_wanted(page: Page, sign_in: SignIn) -> None:
    sign_in(page, "wit")
    page.goto("/witness")
    page.get_by_role("link", name="投入随机值：省级公文系统验收").click()
    expect(page).to_have_url(page.url.split("/activities/")[0] + f"/activities/{WAITING}/draw")
    expect(page.locator("main")).to_contain_text("承诺值已公布")
