"""What strangers send to the studio: refused in words at its place, never a failure, never somebody else's time."""

from __future__ import annotations

import io
import json
import time
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.core import clock
from app.workflow.releases import publishing
from tests.services.workflow.releases.desk import steps
from tests.web.studio.releasing import Studio

DEEP = '{"a":' * 30_000 + "1" + "}" * 30_000
HALF = '{"a": "\\ud800"}'
BEGINS = "2026-03-02T09:00"


@pytest.fixture
def studio(app: Flask) -> Studio:
    """A process `leave` in force with one step."""
    made = Studio(app)
    made.inside(lambda desk: desk.deploy("ask"))
    return made


def _form(label: str) -> str:
    return json.dumps({"type": "default", "components": [
        {"type": "textfield", "id": "n", "key": "note", "label": label}]})


@pytest.mark.parametrize("label", ["\ud800", "a\0b"])
def test_a_form_that_no_page_could_show_is_not_kept(studio: Studio, label: str) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.begin())
    headers = {"X-CSRFToken": studio.first.csrf_token(), "If-Match": f'"{rev}"'}
    answer = studio.first.put(f"/studio/drafts/{draft_id}/forms/leave/ask", data=_form(label), headers=headers)
    assert (answer.status_code, "不是完整的 JSON" in answer.json["message"]) == (422, True)
    shown = studio.first.post("/studio/preview/form", data={"_schema": _form(label)})
    assert (shown.status_code, "不是完整的 JSON" in shown.text) == (200, True)


@pytest.mark.parametrize("data", [DEEP, HALF, '{"a": NaN}', "[" * 90_000])
def test_data_that_cannot_be_kept_are_refused_at_their_field(studio: Studio, data: str) -> None:
    begun = studio.first.post("/studio/processes/leave/trials", data={"data": data, "begins": BEGINS})
    assert (begun.status_code, "写成 JSON 对象" in begun.text) == (422, True)
    shown = studio.first.post("/studio/preview/form", data={"_schema": _form("备注"), "_data": data})
    assert (shown.status_code, "须是一个 JSON 对象" in shown.text) == (200, True)


@pytest.mark.parametrize("begins", ["0001-01-01T00:00", "9999-12-31T23:59", "9999-12-31T23:59-20:00"])
def test_a_trial_begins_within_the_calendar(studio: Studio, begins: str) -> None:
    answer = studio.first.post("/studio/processes/leave/trials", data={"data": "", "begins": begins})
    assert (answer.status_code, "年份须在" in answer.text) == (422, True)


@pytest.mark.parametrize("body", ["[]", DEEP, json.dumps({"xml": "<a>\ud800</a>"}), "", '{"xml": 1}'])
def test_a_table_to_try_out_must_be_sent_whole(studio: Studio, body: str) -> None:
    headers = {"X-CSRFToken": studio.first.csrf_token(), "Content-Type": "application/json"}
    answer = studio.first.post("/studio/preview/table", data=body, headers=headers, csrf=False)
    assert (answer.status_code, "没有把决策表交完整" in answer.json["message"]) == (422, True)


def test_numbers_beyond_any_version_are_no_version(studio: Studio) -> None:
    for number in ("9" * 5_000, "9" * 30, "²"):
        assert studio.first.get(f"/studio/processes/leave/compare?from={number}").status_code == 404
    assert studio.first.get(f"/studio/drafts/{'9' * 30}/diagram.bpmn").status_code == 404


def test_waivers_of_no_step_are_passed_over(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.submitted("ask", "more"))
    sent = {"decision": "approved", "rev": str(rev), "waive-" + "9" * 5_000: "x", "waive-²": "x"}
    assert studio.second.post(f"/studio/drafts/{draft_id}/approval", data=sent).status_code == 303


def _archive(method: int, manifest: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("manifest.json", manifest)
        archive.writestr("processes/leave2/diagram.bpmn", steps("ask", key="leave2"))
    return buffer.getvalue()


def _import(studio: Studio, content: bytes) -> Any:
    upload = {"archive": (io.BytesIO(content), "a.zip")}
    return studio.first.post("/studio/import", data=upload, content_type="multipart/form-data")


@pytest.mark.parametrize("name", ["\ud800", "好\0"])
def test_an_archive_with_a_name_that_cannot_be_kept_is_refused(studio: Studio, name: str) -> None:
    told = {"format": "zhiku-processes", "processes": [{"key": "leave2", "name": name, "note": name}]}
    answer = _import(studio, _archive(zipfile.ZIP_DEFLATED, json.dumps(told).encode()))
    assert (answer.status_code, "manifest.json 不对" in answer.text) == (422, True)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_all_at_once_is_not_unpacked(studio: Studio, method: int) -> None:
    bomb = _archive(method, b"0" * 40_000_000)
    started = time.process_time()
    answer = _import(studio, bomb)
    assert (answer.status_code, "不常见的压缩方式" in answer.text) == (422, True)
    assert time.process_time() - started < 2


def test_an_approval_of_what_was_submitted_anew_meanwhile_does_not_count(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.submitted("ask", "more"))
    seen = studio.second.page(f"/studio/drafts/{draft_id}/approval").root
    at = seen.xpath("//input[@name='submitted_at']")[0].get("value")
    clock.travel_to(clock.now() + timedelta(minutes=5))
    studio.inside(lambda desk: desk.do(lambda: publishing.take_back(draft_id, desk.first)))
    studio.inside(lambda desk: desk.do(lambda: publishing.submit(draft_id, rev, desk.first, note="另一回事")))
    sent = {"decision": "approved", "rev": str(rev), "submitted_at": at}
    answer = studio.second.post(f"/studio/drafts/{draft_id}/approval", data=sent)
    assert (answer.status_code, "又重新提交过" in answer.text, "另一回事" in answer.text) == (409, True, True)
    again = studio.second.page(f"/studio/drafts/{draft_id}/approval").root
    at = again.xpath("//input[@name='submitted_at']")[0].get("value")
    sent["submitted_at"] = at
    assert studio.second.post(f"/studio/drafts/{draft_id}/approval", data=sent).status_code == 303
