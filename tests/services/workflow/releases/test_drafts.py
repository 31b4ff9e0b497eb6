"""Drafts: one a process, saved under its rev, so that nobody overwrites anybody and nothing is lost."""

from __future__ import annotations

import pytest

from app.core.errors import Conflict, NotAllowed, NotFound, UserError
from app.workflow import definitions
from app.workflow.parts import Parts
from app.workflow.releases import blank, drafts, record
from app.workflow.releases.drafts import DraftChange, DraftOvertaken
from app.workflow.releases.reading import Unreadable
from tests.services.workflow.releases.desk import Desk, steps


def test_a_draft_begins_with_what_is_in_force(desk: Desk) -> None:
    desk.deploy("ask")
    draft = desk.draft(desk.begin()[0])
    row = definitions.latest("leave")
    assert (draft.xml, draft.forms, draft.tables, draft.base_version) == (row.xml, row.forms, row.tables, 1)
    assert (draft.state, draft.rev, draft.restores_version) == ("draft", 1, None)


def test_a_process_has_one_draft_at_a_time(desk: Desk) -> None:
    desk.deploy("ask")
    draft_id, _ = desk.begin()
    with pytest.raises(Conflict, match="已有一份由樊立新开始的草稿"):
        desk.begin(desk.second)
    desk.do(lambda: drafts.discard(draft_id, desk.first, "不改了"))
    assert desk.begin(desk.second)[0] != draft_id
    assert desk.draft(draft_id).state == "discarded"


def test_who_saved_meanwhile_is_named_and_nothing_of_his_is_overwritten(desk: Desk) -> None:
    desk.deploy("ask")
    draft_id, rev = desk.begin()
    new = desk.save(draft_id, rev, "ask", "second", actor=desk.second)
    assert new == rev + 1
    with pytest.raises(DraftOvertaken) as overtaken:
        desk.save(draft_id, rev, "ask", "mine")
    assert (overtaken.value.rev, overtaken.value.saved_by_name) == (new, "许砚秋")
    assert "许砚秋在 09:00 存了这份草稿" in overtaken.value.message
    assert "second" in desk.draft(draft_id).xml


def test_a_save_without_a_difference_is_none(light_desk: Desk) -> None:
    light_desk.deploy("ask")
    draft_id, rev = light_desk.begin()
    xml = light_desk.draft(draft_id).xml
    assert light_desk.do(lambda: drafts.save(draft_id, rev, DraftChange(xml=xml), light_desk.second)) == rev
    assert drafts.authors(draft_id) == []


def test_saves_of_one_person_in_a_row_are_one_line_for_the_owners_and_each_its_own_for_the_auditor(
    light_desk: Desk,
) -> None:
    light_desk.deploy("ask")
    draft_id, rev = light_desk.changed("ask", "a")
    rev = light_desk.save(draft_id, rev, "ask", "b")
    light_desk.save(draft_id, rev, "ask", "c", actor=light_desk.second)
    assert [step.act for step in record.steps(draft_id)] == ["save", "save", "begin"]
    assert light_desk.trail().count("process_draft.save") == 3
    assert [author.user_name for author in drafts.authors(draft_id)] == ["樊立新", "许砚秋"]


def test_forms_and_tables_are_parts_of_the_draft(light_desk: Desk) -> None:
    light_desk.deploy("ask")
    draft_id, rev = light_desk.begin()
    dmn = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL" id="d"/>'
    form = '{"components": [], "id": "x"}'
    rev = light_desk.do(lambda: drafts.put_form(draft_id, rev, "leave/new", form, light_desk.first))
    rev = light_desk.do(lambda: drafts.put_table(draft_id, rev, "days.dmn", dmn, light_desk.first))
    draft = light_desk.draft(draft_id)
    assert (draft.forms["leave/new"], draft.tables) == (form, {"days.dmn": dmn})
    rev = light_desk.do(lambda: drafts.remove_form(draft_id, rev, "leave/new", light_desk.first))
    rev = light_desk.do(lambda: drafts.remove_table(draft_id, rev, "days.dmn", light_desk.first))
    assert (set(light_desk.draft(draft_id).forms), light_desk.draft(draft_id).tables) == ({"leave/ask"}, {})
    with pytest.raises(Unreadable):
        light_desk.do(lambda: drafts.put_form(draft_id, rev, "../x", form, light_desk.first))


def test_a_draft_is_called_what_its_diagram_is_called(light_desk: Desk) -> None:
    light_desk.deploy("ask")
    draft_id, rev = light_desk.begin()
    xml = blank.diagram("leave", "请假和销假")
    light_desk.do(lambda: drafts.save(draft_id, rev, DraftChange(xml=xml), light_desk.first))
    assert light_desk.draft(draft_id).name == "请假和销假"


def test_an_unreadable_diagram_changes_nothing(light_desk: Desk) -> None:
    light_desk.deploy("ask")
    draft_id, rev = light_desk.begin()
    for content in (b"<a/>", b"", b"<!DOCTYPE a><a/>", b"x" * 3_000_000):
        with pytest.raises(Unreadable):
            light_desk.do(lambda sent=content: drafts.save(draft_id, rev, DraftChange(xml=sent), light_desk.first))
    assert light_desk.draft(draft_id).rev == rev


def test_a_submitted_draft_is_taken_back_before_it_is_changed(light_desk: Desk) -> None:
    light_desk.deploy("ask")
    draft_id, rev = light_desk.submitted("ask", "more")
    with pytest.raises(Conflict, match=r"待审批.*先取回再改"):
        light_desk.save(draft_id, rev, "ask", "other")


def test_only_owners_write(light_desk: Desk) -> None:
    light_desk.deploy("ask")
    draft_id, rev = light_desk.begin()
    for actor in (light_desk.leader, light_desk.world["clerk"], light_desk.world["auditor"]):
        with pytest.raises(NotAllowed):
            light_desk.begin(actor)
        with pytest.raises(NotAllowed):
            light_desk.save(draft_id, rev, "ask", "x", actor=actor)
        with pytest.raises(NotAllowed):
            light_desk.do(lambda who=actor: drafts.discard(draft_id, who, "不要"))


def test_a_new_process_begins_under_an_id_that_is_free(light_desk: Desk) -> None:
    light_desk.deploy("ask")

    def make(key: str, base: int | None = None) -> int:
        parts = Parts(blank.diagram(key, "出差"))
        return light_desk.do(lambda: drafts.create(key, "出差", parts, light_desk.first, base_version=base).id)

    assert light_desk.draft(make("travel")).base_version is None
    with pytest.raises(Conflict, match="已有一份"):
        make("travel")
    with pytest.raises(Conflict, match="已经存在，在用的是第 1 版"):
        make("leave")
    with pytest.raises(Conflict, match="没有名为"):
        make("other", base=3)
    with pytest.raises(Unreadable):
        make("Other")


def test_what_is_discarded_needs_a_reason_and_stays_on_record(light_desk: Desk) -> None:
    light_desk.deploy("ask")
    draft_id, _ = light_desk.begin()
    with pytest.raises(UserError, match="理由"):
        light_desk.do(lambda: drafts.discard(draft_id, light_desk.first, "  "))
    light_desk.do(lambda: drafts.discard(draft_id, light_desk.first, "改由下月办"))
    with pytest.raises(Conflict, match="已作废"):
        light_desk.do(lambda: drafts.discard(draft_id, light_desk.first, "再作废"))
    assert record.steps(draft_id)[0].reason == "改由下月办"


def test_a_draft_of_an_older_version_is_rebased_by_an_act_of_its_own(light_desk: Desk) -> None:
    light_desk.deploy("ask")
    draft_id, rev = light_desk.changed("ask", "mine")
    light_desk.deploy("ask", "shipped")
    new = light_desk.do(lambda: drafts.rebase(draft_id, rev, light_desk.first))
    draft = light_desk.draft(draft_id)
    assert (new, draft.base_version) == (rev + 1, 2)
    assert ("mine" in draft.xml, "shipped" in draft.xml) == (True, False)


def test_what_is_not_there_is_not_found(light_desk: Desk) -> None:
    light_desk.deploy("ask")
    for act in (
        lambda: drafts.begin("nothing", light_desk.first),
        lambda: drafts.begin("leave", light_desk.first, from_version=7),
        lambda: drafts.save(99, 1, DraftChange(xml=steps("ask")), light_desk.first),
        lambda: drafts.discard(99, light_desk.first, "不要"),
    ):
        with pytest.raises(NotFound):
            light_desk.do(act)
