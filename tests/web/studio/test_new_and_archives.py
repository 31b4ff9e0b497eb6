"""New processes from nothing, from a copy, and from the archive of another installation."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from app.workflow.releases import archive, drafts, publishing
from tests.services.workflow.releases.desk import steps
from tests.web.house_rules import HouseClient, Page
from tests.web.studio.releasing import Studio


@pytest.fixture
def studio(app: Flask) -> Studio:
    """A process `leave` in force with one step."""
    made = Studio(app)
    made.inside(lambda desk: desk.deploy("ask"))
    return made


def _upload(client: HouseClient, content: bytes, name: str = "p.zip") -> Page:
    # Encoded here, in memory: the test client would leave a large body's temporary file open.
    fields = {"csrf_token": client.csrf_token(), "archive": FileStorage(io.BytesIO(content), name)}
    boundary, body = encode_multipart(MultiDict(fields))
    kind = f"multipart/form-data; boundary={boundary}"
    return Page(client.post("/studio/import", data=body, content_type=kind))


def test_a_new_process_begins_with_an_empty_diagram(studio: Studio) -> None:
    assert studio.first.page("/studio/new").heading == "新建流程"
    said = Page(studio.first.post("/studio/new", data={"name": "出差", "key": "travel"}, follow_redirects=True))
    assert "已新建流程“出差”的草稿" in said.text
    assert said.heading == "出差"
    row = next(row for row in studio.first.page("/studio/").root.xpath("//tbody/tr") if "travel" in row.text_content())
    assert "还没有发布" in row[1].text_content()
    draft = studio.inside(lambda desk: drafts.active("travel"))
    assert draft is not None
    check = studio.first.page(f"/studio/drafts/{draft.id}/submission")
    assert "没有错误" in check.text


def test_a_copy_brings_its_forms_into_its_own_folder(studio: Studio) -> None:
    assert studio.first.page("/studio/new?copy_of=leave").typed("copy_of") == "leave"
    studio.first.post("/studio/new", data={"name": "出差", "key": "travel", "copy_of": "leave"})
    draft = studio.inside(lambda desk: drafts.active("travel"))
    assert draft is not None
    assert set(draft.forms) == {"travel/ask"}
    assert "没有错误" in studio.first.page(f"/studio/drafts/{draft.id}/submission").text


@pytest.mark.parametrize(
    ("key", "name", "field"),
    [("Travel", "出差", "key"), ("travel", "", "name"), ("leave", "请假", "key"), ("a-b", "出差", "key")],
)
def test_an_unusable_name_is_refused_at_its_field(studio: Studio, key: str, name: str, field: str) -> None:
    page = Page(studio.first.post("/studio/new", data={"name": name, "key": key}))
    assert set(page.errors) == {field}
    assert (page.typed("key"), page.typed("name")) == (key, name)


def test_a_test_system_feeds_the_real_one(studio: Studio) -> None:
    studio.inside(lambda desk: desk.approve(*desk.submitted("ask", "tried_out")))
    packed = studio.first.get("/studio/processes/leave/versions/2/archive.zip")
    assert packed.mimetype == "application/zip"
    assert "attachment" in packed.headers["Content-Disposition"]
    same = _upload(studio.first, packed.get_data())
    assert "与在用的第 2 版相同，不必导入" in same.text
    old = studio.first.get("/studio/processes/leave/versions/1/archive.zip").get_data()
    done = _upload(studio.first, old)
    assert "已导入为草稿，基于在用的第 2 版" in done.text
    assert done.links()["leave"] == "/studio/processes/leave"
    taken = _upload(studio.first, old)
    assert "没有导入：流程“leave”已有一份由樊立新开始的草稿" in taken.text
    draft = studio.inside(lambda desk: drafts.active("leave"))
    assert draft is not None
    out = archive.read(studio.first.get(f"/studio/drafts/{draft.id}/archive.zip").get_data())
    assert out[0].parts.xml == drafts.parts_of(draft).xml


def test_who_approves_reads_where_an_import_came_from_and_whose_it_is(studio: Studio) -> None:
    draft_id, _ = studio.inside(lambda desk: desk.changed("ask", "mine"))
    packed = studio.first.get(f"/studio/drafts/{draft_id}/archive.zip").get_data()
    studio.inside(lambda desk: desk.do(lambda: drafts.discard(draft_id, desk.first, "换一个人导入")))
    assert "已导入为草稿" in _upload(studio.second, packed).text
    draft = studio.inside(lambda desk: drafts.active("leave"))
    assert draft is not None
    studio.inside(
        lambda desk: desk.do(lambda: publishing.submit(draft.id, draft.rev, desk.second, note="导入"))
    )
    page = studio.first.page(f"/studio/drafts/{draft.id}/approval")
    assert "导入：压缩包由本系统导出，内容没有改过，编写：樊立新" in page.text
    assert "这一版不由你审批" in page.text
    assert "提交审批决定" in studio.leader.page(f"/studio/drafts/{draft.id}/approval").text


def test_all_processes_go_into_one_archive(studio: Studio) -> None:
    studio.inside(lambda desk: desk.world.deploy("trip", steps("ask", key="trip")))
    found = archive.read(studio.first.get("/studio/archive.zip").get_data())
    assert [(one.key, one.version) for one in found] == [("leave", 1), ("trip", 1)]


def test_what_is_no_archive_is_refused_at_its_field(studio: Studio) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("manifest.json", b"0" * 60_000_000)
    for content, said in (
        (b"no zip at all", "不是完整的 zip"),
        (bomb.getvalue(), "解开后超过 30 MB"),
        (b"x" * 10_000_001, "上限为 10 MB"),
    ):
        page = _upload(studio.first, content)
        assert (page.status, said in page.errors["archive"]) == (422, True), page.errors
    none = Page(studio.first.post("/studio/import"))
    assert none.errors == {"archive": "选择要导入的压缩包"}
