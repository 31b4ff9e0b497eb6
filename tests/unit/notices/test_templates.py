"""Notice templates: every shipped one is whole, and a bad one is refused."""

from __future__ import annotations

import re

import pytest

from app.notices.errors import TemplateRefused
from app.notices.templates import Template, all_templates, parse, render, template

NOTICES = all_templates()
GOOD = "label: 样张\nchannels: sms mail\ndata: name\n--- subject\n题\n--- sms\n{{ name }}\n--- mail\n正文 {{ name }}\n"


def sample(notice: Template) -> dict[str, str]:
    return {name: f"/{name}" if name.endswith("path") else f"〈{name}〉" for name in notice.data}


def test_every_notice_uses_all_its_data_and_no_other() -> None:
    unused = []
    for notice in NOTICES:
        rendered = render(notice, sample(notice), "https://zhiku.example/")
        everything = rendered.title + "".join(rendered.texts.values())
        for name in notice.data:
            if (f"https://zhiku.example/{name}" if name.endswith("path") else f"〈{name}〉") not in everything:
                unused.append((notice.key, name))
    assert NOTICES
    assert unused == []


def test_every_notice_speaks_the_language_of_the_product() -> None:
    said = []
    for notice in NOTICES:
        to_staff = notice.key.startswith(("task_", "deadline_", "incident_", "staff_"))
        forbidden = ("!", "！", "请注意", "温馨提示", "系统错误", "亲爱", "您" if to_staff else "你")
        text = "".join(notice.sections.values())
        said += [(notice.key, word) for word in forbidden if word in text]
    assert said == []


def test_an_sms_is_one_short_line() -> None:
    by_sms = {notice.key: notice.sections["sms"] for notice in NOTICES if "sms" in notice.channels}
    without_data = {key: re.sub(r"\{.*?\}+", "", text) for key, text in by_sms.items()}
    assert [key for key, text in without_data.items() if "\n" in text] == []
    assert {key: len(text) for key, text in without_data.items() if len(text) > 70} == {}


def test_what_holds_a_code_or_an_account_link_is_not_kept() -> None:
    kept = [n.key for n in NOTICES if n.keep_hours is None and n.data & {"code", "activation_path"}]
    assert kept == []


def test_an_invitation_tells_neither_project_nor_unit_nor_whom_to_call() -> None:
    assert template("panel_invited").data == {
        "name", "half_day", "city", "category", "reply_within", "leave_before", "invitation_path"
    }  # fmt: skip


def test_what_is_taken_back_does_not_name_the_project_to_who_was_never_told() -> None:
    for key in ("panel_released", "panel_ineligible", "panel_cancelled", "panel_late_reply", "panel_moved"):
        assert not {"title", "project_unit", "organiser"} & template(key).data


@pytest.mark.parametrize(
    "key", ["panel_invited", "panel_invited_with_details", "panel_details", "panel_rescheduled"]
)
def test_what_starts_the_two_hours_goes_by_sms_first_and_outside_the_product(key: str) -> None:
    assert template(key).channels == ("sms", "mail")
    assert template(key).keep_hours is not None, "a link must not lie in the outbox for ever"


def test_the_candidate_is_never_told_who_objected() -> None:
    for key in ("objection_decided_candidate", "objection_pending_candidate"):
        assert not {field for field in template(key).data if "objector" in field}
        assert "异议人" not in "".join(template(key).sections.values())


def test_missing_or_unexpected_data_is_refused() -> None:
    notice = parse("sample", GOOD)
    with pytest.raises(TemplateRefused, match=r"missing \['name'\], unexpected \['nmae'\]"):
        render(notice, {"nmae": "x"}, "")


def test_names_are_not_escaped() -> None:
    assert render(parse("sample", GOOD), {"name": "A&B<丁>"}, "").texts["sms"] == "A&B<丁>"


def test_an_undeclared_variable_is_refused() -> None:
    notice = parse("sample", GOOD.replace("正文 {{ name }}", "{{ title }}"))
    with pytest.raises(TemplateRefused, match="title"):
        render(notice, {"name": "x"}, "")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("label: 样张\n", "", "no label"),
        ("sms mail", "sms fax", "channels"),
        ("--- mail\n", "--- letter\n", "sections"),
        ("--- sms\n{{ name }}\n", "", "missing sections"),
        ("data: name", "date: name", "head line"),
    ],
)
def test_a_badly_written_template_is_refused(old: str, new: str, fault: str) -> None:
    with pytest.raises(TemplateRefused, match=fault):
        parse("sample", GOOD.replace(old, new))


def test_an_unknown_template_is_refused() -> None:
    with pytest.raises(TemplateRefused, match="no_such"):
        template("no_such")


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n", "\u2028", "\x0b"])
def test_no_data_ends_the_subject_of_a_mail_early(break_: str) -> None:
    title = render(parse("sample", GOOD.replace("题", "{{ name }}")), {"name": f"甲{break_}Bcc: x@y.cn"}, "").title
    assert title == "甲 Bcc: x@y.cn"
