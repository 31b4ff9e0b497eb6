"""The editor's side door: read, save under If-Match, check; refusals are JSON and lose nothing."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.services.workflow.releases.desk import steps
from tests.web.house_rules import HouseClient
from tests.web.studio.releasing import Studio


@pytest.fixture
def studio(app: Flask) -> Studio:
    """A process `leave` in force with one step."""
    made = Studio(app)
    made.inside(lambda desk: desk.deploy("ask"))
    return made


def _put(client: HouseClient, draft_id: int, body: bytes, rev: object, **headers: str) -> Any:
    sent = {"X-CSRFToken": client.csrf_token(), "If-Match": f'"{rev}"', **headers}
    return client.put(f"/studio/drafts/{draft_id}/diagram", data=body, headers=sent)


def test_what_is_saved_is_read_again_under_a_new_tag(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.begin())
    first = studio.first.get(f"/studio/drafts/{draft_id}/diagram.bpmn")
    assert first.headers["ETag"] == f'"{rev}"'
    saved = _put(studio.first, draft_id, steps("ask", "更多".encode().hex()), rev)
    assert (saved.status_code, saved.json["rev"], saved.json["saved_by"]) == (200, rev + 1, "樊立新")
    assert saved.headers["ETag"] == f'"{rev + 1}"'
    again = studio.first.get(f"/studio/drafts/{draft_id}/diagram.bpmn")
    assert again.headers["ETag"] == f'"{rev + 1}"'
    assert again.get_data() != first.get_data()


def test_who_saved_meanwhile_is_told_and_nothing_is_overwritten(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.changed("ask", "a", actor=desk.second))
    answer = _put(studio.first, draft_id, steps("ask", "b"), rev - 1)
    assert answer.status_code == 409
    assert (answer.json["rev"], answer.json["saved_by"], answer.json["saved_at"]) == (rev, "许砚秋", "09:00")
    assert "没有覆盖别人的" in answer.json["message"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "不是完整的 XML"),
        (b"<html/>", "不是 BPMN"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "DOCTYPE"),
        (b"<a>" + b"x" * 3_000_000 + b"</a>", "上限为 2000 KB"),
        (b"\x89PNG\r\n", "不是完整的 XML"),
    ],
)
def test_what_is_no_diagram_is_refused_in_words(studio: Studio, body: bytes, said: str) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.begin())
    answer = _put(studio.first, draft_id, body, rev)
    assert answer.status_code == 422
    assert said in answer.json["message"]
    assert studio.inside(lambda desk: desk.draft(draft_id).rev) == rev


def test_a_save_must_say_from_which_state_it_began(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.begin())
    for tag in ("", "abc", "*"):
        answer = _put(studio.first, draft_id, steps("ask", "b"), rev, **{"If-Match": tag})
        assert (answer.status_code, "重新打开" in answer.json["message"]) == (428, True)


def test_a_submitted_draft_takes_no_save(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.submitted("ask", "more"))
    answer = _put(studio.first, draft_id, steps("ask", "b"), rev)
    assert (answer.status_code, "先取回再改" in answer.json["message"]) == (409, True)


def test_a_tab_of_yesterday_is_told_so_and_gets_a_valid_token(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.begin())
    stale = _put(studio.first, draft_id, steps("ask", "b"), rev, **{"X-CSRFToken": "of-yesterday"})
    assert stale.status_code == 400
    assert "打开得太久了" in stale.json["message"]
    fresh = studio.first.get("/studio/token.json").json["csrf_token"]
    assert _put(studio.first, draft_id, steps("ask", "b"), rev, **{"X-CSRFToken": fresh}).status_code == 200


def test_who_was_signed_out_meanwhile_is_told_so(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.begin())
    with studio.first.session_transaction() as session:
        del session["_user_id"]
    answer = _put(studio.first, draft_id, steps("ask", "b"), rev)
    assert (answer.status_code, "登录已经结束" in answer.json["message"]) == (401, True)


def test_the_check_is_kept_with_the_draft(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.changed("ask", "more"))
    headers = {"X-CSRFToken": studio.first.csrf_token()}
    answer = studio.first.post(f"/studio/drafts/{draft_id}/check", headers=headers, csrf=False)
    assert (answer.status_code, answer.json["rev"]) == (200, rev)
    assert {"lines", "variables", "coverage", "scenarios", "milliseconds"} <= set(answer.json)
    assert studio.inside(lambda desk: desk.draft(draft_id).checked_rev) == rev
    assert "通过的检查" in studio.first.page("/studio/processes/leave").text


def test_readers_do_not_write(studio: Studio) -> None:
    draft_id, rev = studio.inside(lambda desk: desk.begin())
    reader = studio.browser(studio.desk.world["reviewer"])
    assert reader.get(f"/studio/drafts/{draft_id}/diagram.bpmn").status_code == 200
    assert _put(reader, draft_id, steps("ask", "b"), rev).status_code == 403
    assert _put(studio.leader, draft_id, steps("ask", "b"), rev).status_code == 403
    nobody = studio.browser(studio.desk.world["clerk"])
    assert nobody.get("/studio/drafts/999/diagram.bpmn").status_code == 404
