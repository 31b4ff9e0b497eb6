"""Filling a form in: what is read, what is wrong, what is hidden or computed, and what is kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.feel import Function
from app.workflow.forms import (
    FormDefinition,
    FormUnsettled,
    LimitMissing,
    Part,
    Scope,
    entries_from,
    fill_in,
    first_entries,
    parse_form,
    with_row_added,
    without_row,
)

FORMS = Path(__file__).parents[3] / "data" / "forms"
TODAY = date(2026, 3, 2)
DATA = {
    "applicant": "周启明", "age": 48, "known_tags": ["甲类", "乙类"], "today": date(2026, 3, 2),
    "precheck": [
        {"code": "age", "label": "年龄", "reason": "48 周岁", "article": "第十一条（一）5", "mark": "ok"},
        {"code": "credit", "label": "失信", "reason": "须人工查询", "article": "第十一条（一）6", "mark": "idle"},
    ],
}
GOOD: dict[str, Any] = {
    "unit.name": "并州大学", "unit.code": "AB12CD", "mail": "a@example.cn", "tel": "13900000000",
    "opinion": "意见五个字",
    "years": "12", "price": "3.50", "agree": ["true"], "directions": ["ai", "data"], "tags": ["甲类"],
    "channel": "self", "nature": "a", "day": "2019-11-20", "clock": "9:30", "at": "2026-03-05T14:00",
    "proof": [{"id": "7", "name": "证明.pdf", "size": 2000, "type": "application/pdf"}], "self.why": "理由",
    "jobs": [{"from": "2011-03-01", "to": "2012-03-01", "left": "调动"}],
}


def form_of(name: str) -> FormDefinition:
    return parse_form((FORMS / f"{name}.form").read_text(encoding="utf-8"))


def one(**component: Any) -> FormDefinition:
    field = {"type": "textfield", "id": "a", "key": "a", "label": "甲", **component}
    return parse_form({"type": "default", "id": "f", "components": [field]})


def error_of(form: FormDefinition, raw: Any, **data: Any) -> str:
    return fill_in(form, {"a": raw}, data=data, today=TODAY).result.errors.get("a", "")


def part_at(parts: tuple[Part, ...], path: str) -> Part:
    for part in parts:
        for inner in (part, *part.parts, *(each for row in part.rows for each in row)):
            if inner.path == path:
                return inner
    raise AssertionError(path)


def test_a_good_form_gives_plain_json() -> None:
    result = fill_in(form_of("every_component"), GOOD, data=DATA, today=TODAY).result
    assert result.errors == {}
    assert result.values == {
        "unit": {"name": "并州大学", "code": "AB12CD"}, "mail": "a@example.cn", "tel": "13900000000",
        "opinion": "意见五个字", "years": 12, "price": "3.50", "agree": True, "directions": ["ai", "data"],
        "tags": ["甲类"], "channel": "self", "nature": "a", "day": "2019-11-20", "clock": "09:30:00",
        "at": "2026-03-05T14:00:00+08:00",
        "proof": [{"id": "7", "name": "证明.pdf", "size": 2000, "type": "application/pdf"}],
        "twice": 24, "self": {"why": "理由"}, "applicant": "周启明",
        "jobs": [{"from": "2011-03-01", "to": "2012-03-01", "now": False, "left": "调动"}],
    }


@pytest.mark.parametrize(
    ("path", "raw", "message"),
    [
        ("unit.name", "", "请填写“单位”"),
        ("unit.name", "并" * 11, "“单位”现有 11 个字，最多 10 个字，请删去 1 个字"),
        ("unit.code", "abc", "“代码”须为 6 位数字或大写字母"),
        ("mail", "a@b", "“邮箱”填写的“a@b”不是有效的电子邮箱"),
        ("tel", "12345", "“电话”填写的“12345”不是有效的电话号码"),
        ("opinion", "短", "“意见”现有 1 个字，至少须 5 个字"),
        ("opinion", "坏\x00字节在里面", "“意见”里有不能保存的控制字符"),
        ("years", "", "请填写“年限”"),
        ("years", "十", "“年限”填写的“十”不是数字"),
        ("years", "1e3", "“年限”填写的“1e3”不是数字"),
        ("years", "-1", "“年限”填写的“-1”不能小于 0"),
        ("years", "33", "“年限”填写的“33”不能大于 32"),
        ("years", "1.5", "“年限”填写的“1.5”小数位数过多，请填整数"),
        ("price", "1.234", "小数位数过多，最多 2 位小数"),
        ("agree", [], "请勾选“同意公示”"),
        ("directions", [], "请选择“技术方向”"),
        ("directions", ["ai", "data", "iot"], "“技术方向”已选 3 项，最多 2 项，请去掉 1 项"),
        ("directions", ["quantum"], "“技术方向”的“quantum”不在可选范围内"),
        ("tags", ["丙类"], "“标签”的“丙类”不在可选范围内"),
        ("channel", "", "请选择“渠道”"),
        ("channel", "call", "“渠道”的“call”不在可选范围内"),
        ("nature", "z", "不在可选范围内"),
        ("day", "2026-02-30", "“评定日期”填写的“2026-02-30”不是有效的日期"),
        ("day", "2026-03-03", "“评定日期”填写的2026年3月3日过晚，不能晚于2026年3月2日"),
        ("clock", "25:00", "“时间”填写的“25:00”不是有效的时间"),
        ("at", "2026-03-01T10:00", "“会议时间”填写的2026年3月1日 10:00已过"),
        ("proof", [{"id": "1", "name": "证.exe", "size": 1, "type": "x/y"}], "“证.exe”不是可用的文件类型"),
        ("proof", [{"id": "1", "name": "照片.jpg", "size": 11_744_051, "type": "image/jpeg"}],
         "“照片.jpg”有 11469 KB，请缩小到 500 KB 以内再选"),
        ("proof", [{"id": "1", "name": "a.pdf", "size": 1, "type": ""}, {"id": "2", "name": "b.pdf", "size": 1}],
         "只能上传 1 份文件"),
        ("self.why", "", "请填写“理由”"),
        ("jobs", [], "“经历”现有 0 行，至少填 1 行"),
        ("jobs", [{"from": "2011-03-01", "left": "x"}] * 3, "“经历”现有 3 行，最多 2 行，请删去 1 行"),
    ],
)
def test_each_wrong_value_is_named_at_its_field(path: str, raw: Any, message: str) -> None:
    errors = fill_in(form_of("every_component"), {**GOOD, path: raw}, data=DATA, today=TODAY).result.errors
    assert list(errors) == [path]
    assert message in errors[path]


def test_errors_inside_rows_carry_the_row() -> None:
    jobs = [{"from": "2011-03-01", "left": "调动"}, {"from": "2013-05-01", "to": "2012-01-01"}]
    errors = fill_in(form_of("every_component"), {**GOOD, "jobs": jobs}, data=DATA, today=TODAY).result.errors
    assert errors == {"jobs.1.to": "“结束”填写的2012年1月1日过早，不能早于2013年5月1日"}


def test_errors_stand_in_the_order_of_the_form() -> None:
    errors = fill_in(form_of("every_component"), {}, data=DATA, today=TODAY).result.errors
    assert list(errors) == ["unit.name", "years", "agree", "directions", "channel", "jobs"]


def test_hidden_fields_are_neither_checked_nor_kept() -> None:
    entries = {**GOOD, "channel": "unit", "self.why": ""}
    result = fill_in(form_of("every_component"), entries, data=DATA, today=TODAY).result
    assert result.errors == {}
    assert "self" not in result.values


def test_conditions_in_rows_see_the_row_and_its_number() -> None:
    jobs = [{"from": "2011-03-01", "now": ["true"]}, {"from": "2013-03-01"}]
    result = fill_in(form_of("every_component"), {**GOOD, "jobs": jobs}, data=DATA, today=TODAY).result
    assert result.errors == {}
    assert "left" not in result.values["jobs"][0]
    assert "left" not in result.values["jobs"][1]


def test_read_only_and_computed_values_are_never_taken_from_what_was_sent() -> None:
    sent = {**GOOD, "applicant": "别人", "twice": "1000000"}
    values = fill_in(form_of("every_component"), sent, data=DATA, today=TODAY).result.values
    assert (values["applicant"], values["twice"]) == ("周启明", 24)


def test_a_hidden_value_is_null_to_expressions_even_if_the_case_knows_one() -> None:
    form = parse_form({"type": "default", "id": "f", "components": [
        {"type": "checkbox", "id": "x", "key": "x", "label": "开"},
        {"type": "textfield", "id": "y", "key": "y", "label": "乙", "conditional": {"hide": "=not(x)"}},
        {"type": "expression", "id": "z", "key": "z", "label": "丙", "expression": "=if y = null then \"无\" else y"},
    ]})
    hidden = fill_in(form, {"y": "写了"}, data={"y": "旧值"}, today=TODAY).result.values
    shown = fill_in(form, {"y": "写了", "x": ["true"]}, data={"y": "旧值"}, today=TODAY).result.values
    assert hidden == {"x": False, "z": "无"}
    assert shown == {"x": True, "y": "写了", "z": "写了"}


def test_conditions_that_contradict_one_another_are_reported() -> None:
    form = parse_form({"type": "default", "id": "f", "properties": {"title": "矛盾"}, "components": [
        {"type": "textfield", "id": "x", "key": "x", "label": "甲", "conditional": {"hide": "=x = \"1\""}},
    ]})
    with pytest.raises(FormUnsettled, match="矛盾"):
        fill_in(form, {"x": "1"}, today=TODAY)


def test_a_limit_that_cannot_be_computed_stops_instead_of_letting_pass() -> None:
    with pytest.raises(LimitMissing, match="范围算不出来"):
        error_of(one(type="number", validate={"max": "=unknown_limit"}), "5")


def test_registered_functions_are_known_to_forms() -> None:
    limit = Function(name="limit", parameters=(), result="number", help="上限", call=lambda: 3)
    form = parse_form({"type": "default", "id": "f", "components": [
        {"type": "number", "id": "a", "key": "a", "label": "甲", "validate": {"max": "=limit()"}}]}, {"limit": limit})
    filled = fill_in(form, {"a": "4"}, functions={"limit": limit}, today=TODAY)
    assert filled.result.errors == {"a": "“甲”填写的“4”不能大于 3"}


@pytest.mark.parametrize(("raw", "value"), [("\uff17", 7), (" 12 ", 12), ("-0", 0), ("3.0", 3), ("0.50", "0.50")])
def test_numbers_are_read_as_people_type_them(raw: str, value: Any) -> None:
    assert fill_in(one(type="number"), {"a": raw}, today=TODAY).result.values == {"a": value}


@pytest.mark.parametrize("raw", ["2026-3-2", "2026/03/02", "2026年3月2日", "2026.3.2"])
def test_dates_are_read_as_people_type_them(raw: str) -> None:
    assert fill_in(one(type="datetime", subtype="date"), {"a": raw}, today=TODAY).result.values == {"a": "2026-03-02"}


@pytest.mark.parametrize("raw", [None, [], {}, 5, ["x", "y"], [{"id": {}}], {"a": 1}, True])
@pytest.mark.parametrize("kind", ["textfield", "number", "datetime", "checkbox", "filepicker"])
def test_no_shape_of_entries_breaks_the_reading(kind: str, raw: Any) -> None:
    extra = {"subtype": "datetime"} if kind == "datetime" else {}
    fill_in(one(type=kind, **extra), {"a": raw}, today=TODAY)


def test_defaults_may_be_expressions_and_rows_begin_as_many_as_demanded() -> None:
    form = parse_form({"type": "default", "id": "f", "components": [
        {"type": "textfield", "id": "a", "key": "a", "label": "甲", "defaultValue": "=\"致\" + applicant"},
        {"type": "checkbox", "id": "b", "key": "b", "label": "乙", "defaultValue": True},
        {"type": "dynamiclist", "id": "l", "path": "l", "label": "列", "defaultRepetitions": 0,
         "properties": {"minRows": "2"},
         "components": [{"type": "number", "id": "n", "key": "n", "label": "数", "defaultValue": 5}]},
    ]})
    assert first_entries(form, data=DATA) == {"a": "致周启明", "b": "true", "l": [{"n": "5"}, {"n": "5"}]}


def test_rows_are_added_and_removed() -> None:
    form = form_of("every_component")
    more = with_row_added(form, GOOD, "jobs", Scope(DATA))
    assert [row.get("from") for row in more["jobs"]] == ["2011-03-01", None]
    assert [row.get("from") for row in without_row(form, more, "jobs", 0)["jobs"]] == [None]
    assert without_row(form, more, "jobs", 9) == more
    assert with_row_added(form, GOOD, "nothing", Scope({})) == GOOD
    jobs = part_at(fill_in(form, more, data=DATA, today=TODAY).parts, "jobs")
    assert (jobs.can_add, jobs.can_remove) == (False, True)


def test_what_was_submitted_can_be_shown_again() -> None:
    form = form_of("every_component")
    values = fill_in(form, GOOD, data=DATA, today=TODAY).result.values
    again = fill_in(form, entries_from(form, values), data=DATA, today=TODAY).result
    assert (again.values, again.errors) == (values, {})


def test_the_review_demands_every_rule_only_for_passing() -> None:
    form = form_of("qualification_review")
    entries = {"decision": "pass", "checked": ["age"], "opinion": "符合第十一条的全部规定。"}
    passing = fill_in(form, entries, data=DATA, today=TODAY)
    failing = fill_in(form, {**entries, "decision": "fail"}, data=DATA, today=TODAY)
    assert passing.result.errors == {"checked": "“入库条件”还有 1 项未勾选：失信"}
    assert failing.result.errors == {}
    assert (passing.next_steps, failing.next_steps) == ("列入拟入库名单，送复核", "书面告知申请人")
    options = part_at(passing.parts, "checked").options
    assert [(option.label, option.mark, option.article) for option in options] == [
        ("年龄", "ok", "第十一条（一）5"), ("失信", "idle", "第十一条（一）6"),
    ]
    assert (form.submit_label, form.is_dynamic) == ("提交审查结论", True)


def test_types_of_variables_are_declared_for_the_engine() -> None:
    types = form_of("every_component").variable_types()
    assert types["years"] == "number"
    assert types["at"] == "date and time"
    assert types["jobs.from"] == "date"
    assert types["agree"] == "boolean"
    assert "mail" not in types
