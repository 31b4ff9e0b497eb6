"""A form that the server would not honour is refused when it is loaded, with a Chinese reason for every fault."""

from __future__ import annotations

import time
from datetime import date
from typing import Any, cast

import pytest

from app.workflow.forms import FormRefused, parse_form
from app.workflow.forms.checks import problem_of
from app.workflow.forms.components import TextField
from app.workflow.forms.expressions import Scope

TEXT = {"type": "textfield", "id": "a", "key": "a", "label": "甲"}


def faults(*components: dict[str, Any], **root: Any) -> str:
    with pytest.raises(FormRefused) as refused:
        parse_form({"type": "default", "id": "f", "components": list(components), **root})
    return str(refused.value)


def test_a_sound_form_is_read() -> None:
    form = parse_form({"type": "default", "id": "f", "components": [TEXT], "properties": {"title": "标题"}})
    assert form.title == "标题"
    assert [part.id for part in form.components] == ["a"]


@pytest.mark.parametrize("kind", ["html", "iframe", "documentPreview", "table", "signature"])
def test_components_that_are_not_for_a_counter_are_refused(kind: str) -> None:
    assert "“x”" in faults({"type": kind, "id": "x"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"onclick": "x"}, "不支持的键“onclick”"),
        ({"validate": {"custom": 1}}, "validate里有不支持的键“custom”"),
        ({"validate": {"pattern": "("}}, "不是有效的正则表达式"),
        ({"validate": {"pattern": "^(a+)+$"}}, "嵌套的重复"),
        ({"validate": {"minLength": "many"}}, "minLength 的值“many”无效"),
        ({"validate": {"validationType": "iban"}}, "只能是 email 或 phone"),
        ({"conditional": {"hide": "=if"}}, "conditional.hide"),
        ({"conditional": {"hide": "x = 1"}}, "须为以“=”开头的 FEEL 表达式"),
        ({"conditional": {"hide": "=__import__(\"os\")"}}, "__import__"),
        ({"label": "{{#if x}}甲{{/if}}"}, "不支持模板语句"),
        ({"properties": {"colour": "red"}}, "properties 里有不支持的键“colour”"),
        ({"key": "a b"}, "只能用字母、数字和下划线"),
        ({"key": ""}, "只能用字母"),
        ({"defaultValue": "=1 +"}, "defaultValue"),
    ],
)
def test_what_nobody_would_honour_is_refused(change: dict[str, Any], words: str) -> None:
    assert words in faults({**TEXT, **change})


def test_every_fault_is_listed_with_its_component() -> None:
    said = faults(TEXT, {**TEXT, "label": "乙"}, {"type": "iframe", "id": "z", "label": "丙"})
    assert "“乙”：id“a”重复" in said
    assert "“乙”：键“a”与“甲”的键“a”冲突" in said
    assert "“丙”：不允许嵌入其他网页" in said


def test_two_fields_may_share_a_key_where_conditions_part_them() -> None:
    first = {**TEXT, "conditional": {"hide": "=x = 1"}}
    second = {**TEXT, "id": "b", "conditional": {"hide": "=x != 1"}}
    assert len(parse_form({"type": "default", "id": "f", "components": [first, second]}).components) == 2


@pytest.mark.parametrize("source", ["https://example.cn/a.png", "//example.cn/a.png", "a.png", "/a\\b"])
def test_pictures_come_from_this_site_only(source: str) -> None:
    assert "图片只能取自本站" in faults({"type": "image", "id": "i", "label": "图", "source": source})


def test_lists_do_not_nest_and_have_a_path() -> None:
    inner = {"type": "dynamiclist", "id": "inner", "path": "b", "components": [TEXT]}
    assert "不能再放动态列表" in faults({"type": "dynamiclist", "id": "outer", "path": "a", "components": [inner]})
    assert "须填写 path" in faults({"type": "dynamiclist", "id": "outer", "components": [TEXT]})


def test_a_choice_says_where_its_options_come_from() -> None:
    assert "之一给出" in faults({"type": "radio", "id": "r", "key": "r", "label": "选"})
    twice = [{"value": "a", "label": "甲"}, {"value": "a", "label": "乙"}]
    assert "重复的 value" in faults({"type": "radio", "id": "r", "key": "r", "label": "选", "values": twice})


@pytest.mark.parametrize("source", ["", "[]", "{", '{"type": "form"}', '{"type": "default", "schemaVersion": 99}'])
def test_something_else_than_a_form_is_refused(source: str) -> None:
    with pytest.raises(FormRefused):
        parse_form(source)


@pytest.mark.parametrize("pattern", ["(((a{60}){60}){60}){60}", "a{999999999}", "(a{1000}){1000}", "a" * 501])
def test_a_pattern_that_would_fill_the_machine_is_refused_at_once(pattern: str) -> None:
    field = {"type": "textfield", "id": "n", "key": "note", "label": "备注", "validate": {"pattern": pattern}}
    started = time.process_time()
    with pytest.raises(FormRefused, match="过长或有嵌套的重复"):
        parse_form({"type": "default", "components": [field]})
    assert time.process_time() - started < 1


@pytest.mark.parametrize("pattern", ["^(a|a)*$", "^(a|aa)+$", "^(?:a?){20,40}a{20,40}$"])
def test_a_pattern_that_takes_for_ever_on_chosen_input_is_given_up(pattern: str) -> None:
    field = {"type": "textfield", "id": "n", "key": "note", "label": "备注", "validate": {"pattern": pattern}}
    definition = parse_form({"type": "default", "components": [field]})
    started = time.process_time()
    part = cast(TextField, definition.components[0])
    assert "格式不正确" in problem_of(part, "a" * 60 + "!", "备注", Scope({}), (), date(2026, 3, 2))
    assert problem_of(part, "aaaa" * 8, "备注", Scope({}), (), date(2026, 3, 2)) == ""
    assert time.process_time() - started < 2
