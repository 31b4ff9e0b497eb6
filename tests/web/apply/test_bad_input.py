"""What the application form does with wrong input: a clear message at the field, nothing lost, nothing given away."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.database import db
from app.procedures.entry.models import Application, ApplicationState
from app.registers.models import Expert, ExpertState
from app.web.demo.world.applicants import paper
from tests.conftest import build_app
from tests.web.applying import AtTheForm, code_of, posted
from tests.web.house_rules import HouseClient

Travel = Callable[[str], datetime]
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world."""
    return world_app


@pytest.fixture
def form(client: HouseClient) -> AtTheForm:
    """Somebody who has just opened a new draft."""
    return AtTheForm(client).begin()


def id_number_in_state(app: Flask, state: ApplicationState) -> str:
    with app.app_context():
        found = db.session.scalars(sa.select(Application).where(Application.state == state)).first()
        assert found is not None
        assert found.id_number is not None
        return str(found.id_number)


def test_a_wrong_checksum_is_told_at_the_field_and_kept(form: AtTheForm) -> None:
    number = form.typed["identity"]["id_number"]
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    page = form.save("identity", 422, id_number=wrong)
    assert page.errors == {"id_number": "身份证号：最后一位与前 17 位不符，请对照证件核对每一位"}
    assert page.typed("id_number") == wrong
    assert page.typed("name") == "魏致远"


def test_a_fourth_direction_is_counted_aloud(form: AtTheForm) -> None:
    four = ["软件与应用", "大数据", "人工智能", "区块链"]
    page = form.save("identity", 422, directions=four)
    assert page.errors == {"directions": "技术方向：选了 4 项，最多 3 项"}
    ticked = page.root.xpath('//input[@name="directions"][@checked]/@value')
    assert sorted(ticked) == sorted(four)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("原图.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 11 * 1024 * 1024, "“原图.jpg”有 11.0 MB，请缩小到 500 KB 以内再选"),
        ("身份证.jpg", paper("identity"), "“身份证.jpg”"),
        ("头像.svg", _SVG, "“头像.svg”"),
    ],
)
def test_a_wrong_photo_names_itself_and_the_rest_is_kept(
    form: AtTheForm, name: str, content: bytes, told: str
) -> None:
    page = form.save("identity", 422, **{"file-photo": (BytesIO(content), name)})
    assert told in page.errors["photo"]
    assert page.typed("name") == "魏致远"
    assert "魏致远" in str(form.client.page(f"/apply/{form.number}/identity").typed("name"))


def test_a_drawing_with_a_script_is_no_paper(form: AtTheForm) -> None:
    page = form.upload("title", "职称证.pdf", _SVG, 422)
    assert "“职称证.pdf”" in page.errors["title"]
    assert "已上传" not in page.text


def test_the_same_person_cannot_apply_twice(app: Flask, client: HouseClient) -> None:
    other = id_number_in_state(app, ApplicationState.FORMAL_CHECK)
    page = AtTheForm(client, id_number=other).begin().fill_everything().submit(422)
    assert "没有提交，填写的内容都还在" in page.text
    assert "同一身份证号" in page.text


def test_an_expert_of_the_pool_need_not_apply(app: Flask, client: HouseClient) -> None:
    with app.app_context():
        statement = sa.select(Expert).where(Expert.state == ExpertState.IN_POOL, Expert.exemption.is_(None))
        id_number = str(db.session.scalars(statement).first().id_number)  # type: ignore[union-attr]
    page = AtTheForm(client, id_number=id_number).begin().fill_everything().submit(422)
    assert "您已是在库专家，不需要再申请" in page.text


def test_a_barred_person_reads_from_when_to_apply(app: Flask, client: HouseClient) -> None:
    with app.app_context():
        removed = db.session.scalars(sa.select(Expert).where(Expert.state == ExpertState.REMOVED)).first()
        assert removed is not None
        id_number = str(removed.id_number)
    form = AtTheForm(client, id_number=id_number).begin().fill_everything()
    assert "禁入期：不符合" in form.client.page(f"/apply/{form.number}/review").text
    page = form.submit(422)
    assert "2028" in page.text
    assert "第十五条" in page.text


def test_sixty_six_years_need_an_exemption(client: HouseClient) -> None:
    form = AtTheForm(client, age=66).begin().fill_everything()
    assert "年龄：不符合" in client.page(f"/apply/{form.number}/review").text
    page = form.submit(422)
    assert "已满 66 周岁，不超过 65 周岁方可申请" in page.text


def test_a_stale_page_is_told_so_and_loses_nothing(form: AtTheForm) -> None:
    rev = form.client.page(f"/apply/{form.number}/identity").typed("rev")
    form.save("identity", rev=str(rev))
    page = form.save("identity", 422, rev=str(rev), name="魏志远")
    assert "刚在别处保存过" in page.text
    assert page.typed("name") == "魏志远"
    assert form.client.page(f"/apply/{form.number}/identity").typed("name") == "魏致远"


def test_another_browser_is_asked_for_the_code(form: AtTheForm) -> None:
    other = form.client.application.test_client()
    answer = other.get(f"/apply/{form.number}/identity")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/apply/resume")
    assert other.post(f"/apply/{form.number}/identity", data={"name": "他人"}).status_code in (400, 403)


def test_the_known_and_the_unknown_number_answer_alike(client: HouseClient, app: Flask) -> None:
    with app.app_context():
        known = str(db.session.scalars(sa.select(Application.number).where(Application.number.is_not(None))).first())
    said = []
    for number in (known, "RK-2026-9999"):
        asked = posted(client, "/apply/resume", {"number": number})
        wrong = posted(client, f"/apply/code/{number}", {"code": "000000"}, 422)
        said.append((asked.text.replace(number, ""), wrong.text.replace(number, ""), wrong.errors))
    assert said[0] == said[1]
    assert "编号或验证码不对，或验证码已过期" in said[0][1]


def test_a_code_is_worth_nothing_after_five_tries(form: AtTheForm, travel: Travel) -> None:
    travel("2026-03-02 10:00")
    client = form.client
    posted(client, "/apply/resume", {"number": form.number})
    right = code_of(client)
    for wrong in range(5):
        posted(client, f"/apply/code/{form.number}", {"code": f"{(int(right) + wrong + 1) % 1_000_000:06d}"}, 422)
    posted(client, f"/apply/code/{form.number}", {"code": right}, 422)


def test_guessing_is_slowed_down(loaded_world: Path, tmp_path: Path) -> None:
    shutil.copyfile(loaded_world / "zhiku.sqlite3", tmp_path / "zhiku.sqlite3")
    app = build_app(f"sqlite:///{tmp_path / 'zhiku.sqlite3'}", tmp_path, RATELIMIT_ENABLED=True)
    app.test_client_class = HouseClient
    client = app.test_client()
    assert isinstance(client, HouseClient)
    answers = [
        client.post("/apply/code/RK-2026-9999", data={"code": f"{guess:06d}"}).status_code for guess in range(12)
    ]
    assert answers == [422] * 10 + [429] * 2
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
