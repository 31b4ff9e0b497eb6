"""Two versions of a process compared, part by part."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from app.workflow.comparison import Sign, compare
from app.workflow.comparison.drawings import compare_drawings
from app.workflow.parts import Parts
from tests.unit.engine.diagrams import boundary, diagram, end, multi, service, start, timer, user

SHIPPED = Path("processes/bpmn/expert_entry.bpmn")
FLOWS = ["begin > review", "review > note", "note > done"]


def drawn(
    review: str = "", inner: str = "", value: str = '"a"', flows: list[str] | None = None, more: tuple = ()
) -> str:
    """A small diagram: a task, an operation, the end."""
    nodes = [start(), user("review", review, inner), service("note", "x.note", "noted", text=value), *more, end()]
    return diagram("small", nodes, flows or FLOWS).decode()


FORM = {
    "type": "default",
    "properties": {"title": "审查"},
    "components": [
        {"type": "radio", "id": "f1", "key": "outcome", "label": "结论", "validate": {"required": True}},
        {"type": "textarea", "id": "f2", "key": "opinion", "label": "意见", "validate": {"maxLength": 300}},
        {"type": "group", "id": "g1", "label": "附件组", "components": [
            {"type": "textfield", "id": "f3", "key": "paper", "label": "文号"}]},
    ],
}  # fmt: skip


def form(**changes: object) -> str:
    """The form with its first field changed."""
    components = [{**FORM["components"][0], **changes}, *FORM["components"][1:]]
    return json.dumps({**FORM, "components": components}, ensure_ascii=False)


def only(parts: Parts, other: Parts) -> tuple[str, str, list[str]]:
    """The one element that differs: sign, id, what differs."""
    (change,) = compare(parts, other).elements
    return change.sign.value, change.id, [aspect.words for aspect in change.aspects]


def test_the_same_parts_do_not_differ() -> None:
    parts = Parts(SHIPPED.read_text(encoding="utf-8"))

    found = compare(parts, parts)

    assert found.is_empty
    assert found.summary() == ["两个版本没有差别"]


def test_attributes_and_extensions_are_told_in_chinese() -> None:
    before = Parts(drawn())
    cases = {
        'camunda:dueDate="=now()"': ["期限：加上“=now()”"],
        'camunda:assignee="li"': ["办理人：加上“li”"],
    }

    for attribute, words in cases.items():
        assert only(before, Parts(drawn(attribute))) == ("changed", "review", words)
    assert only(before, Parts(drawn(inner="<bpmn:documentation>第十二条</bpmn:documentation>")))[2] == [
        "说明：加上“第十二条”"
    ]
    properties = (
        '<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="deadline" value="a.b"/>'
        "</spiffworkflow:properties></bpmn:extensionElements>"
    )
    assert only(before, Parts(drawn(inner=properties)))[2] == ["期限参数：加上“a.b”"]
    told = ['参数 text：“"a"（string）”改为“"b"（string）”']
    assert only(before, Parts(drawn(value='"b"'))) == ("changed", "note", told)
    assert only(before, Parts(drawn(inner=multi(cardinality="3", condition="nrOfCompletedInstances = 2"))))[2] == [
        "多实例：加上“同时办理”", "多实例的份数：加上“3”", "多实例的完成条件：加上“nrOfCompletedInstances = 2”",
    ]  # fmt: skip


def test_an_extension_that_nobody_knows_is_not_passed_over() -> None:
    inner = '<bpmn:extensionElements><camunda:taskListener event="create" class="a.B"/></bpmn:extensionElements>'

    told = only(Parts(drawn()), Parts(drawn(inner=inner)))[2]

    assert told == ["扩展 taskListener：加上“taskListener class=a.B event=create”"]


def test_a_default_that_is_written_out_is_no_difference() -> None:
    written = SHIPPED.read_text(encoding="utf-8")
    assert ' cancelActivity="true"' in written
    assert not compare_drawings(written, written.replace(' cancelActivity="true"', ""))
    assert compare_drawings(written, written.replace(' cancelActivity="true"', ' cancelActivity="false"'))


def test_elements_and_flows_come_and_go() -> None:
    second = user("second")
    after = drawn(more=(second,), flows=["begin > review", "review > second", "second > note", "note > done"])

    found = compare(Parts(drawn()), Parts(after))

    assert [(change.sign, change.id) for change in found.elements] == [(Sign.ADDED, "second")]
    assert "新增用户任务“second”" in found.summary()
    assert {change.sign for change in found.flows} == {Sign.ADDED, Sign.REMOVED}
    back = compare(Parts(after), Parts(drawn()))
    assert [(change.sign, change.id) for change in back.elements] == [(Sign.REMOVED, "second")]


def test_a_new_name_changes_the_element_and_no_flow() -> None:
    found = compare(Parts(drawn()), Parts(drawn().replace('name="review"', 'name="审查"')))

    assert [change.words for change in found.drawing] == ["用户任务“审查”改了名称"]


def test_conditions_and_timers_are_told() -> None:
    late = ["begin > review", "review > note", "note > done", "late > note"]
    before = drawn(more=(boundary("late", "review", timer("Duration", 'duration("PT2H")')),), flows=late)

    sign, element, words = only(Parts(before), Parts(before.replace("PT2H", "PT3H")))

    assert (sign, element) == ("changed", "late")
    assert words == ['计时：“duration("PT2H")”改为“duration("PT3H")”']


def test_what_was_only_moved_is_told_apart() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    x = text.split('bpmnElement="formal_check"')[1].split('x="')[1].split('"')[0]
    head, tail = text.split('bpmnElement="formal_check"')

    moved = tail.replace(f'x="{x}"', 'x="7"', 1)
    found = compare(Parts(text), Parts(f'{head}bpmnElement="formal_check"{moved}'))

    assert found.marks() == {"formal_check": "moved"}
    assert not found.drawing
    assert found.summary() == ["只移动了位置的 1 处"]


def test_forms_are_compared_field_by_field() -> None:
    before = Parts(drawn(), forms={"test/review": form()})

    (changed,) = compare(before, replace(before, forms={"test/review": form(label="审查结论")})).forms
    (row,) = changed.rows
    assert (row.id, [aspect.words for aspect in row.aspects]) == ("outcome", ["标题：“结论”改为“审查结论”"])
    assert changed.words == "表单“审查”：修改 1 处"

    nested = json.loads(form())
    nested["components"][2]["components"].append({"type": "number", "id": "f4", "key": "pages", "label": "页数"})
    nested["components"].pop(1)
    (changed,) = compare(before, replace(before, forms={"test/review": json.dumps(nested)})).forms
    assert [(row.sign, row.name) for row in changed.rows] == [(Sign.ADDED, "页数"), (Sign.REMOVED, "意见")]


def test_a_field_put_elsewhere_was_moved_and_only_that_field() -> None:
    turned = {**FORM, "components": [FORM["components"][1], FORM["components"][0], FORM["components"][2]]}

    (changed,) = compare(
        Parts(drawn(), forms={"a": form()}), Parts(drawn(), forms={"a": json.dumps(turned)})
    ).forms

    assert [row.sign for row in changed.rows] == [Sign.MOVED]


def test_a_form_that_is_no_json_is_told_and_breaks_nothing() -> None:
    (changed,) = compare(Parts(drawn(), forms={"a": form()}), Parts(drawn(), forms={"a": "{"})).forms

    assert {row.sign for row in changed.rows} >= {Sign.REMOVED}


def test_tables_are_compared_rule_by_rule() -> None:
    text = Path("processes/dmn/article_11.dmn").read_text(encoding="utf-8")
    start_of_last = text.rindex("<rule ")
    shorter = text[:start_of_last] + text[text.rindex("</rule>") + len("</rule>") :]
    edited = text.replace("<text>true</text>", "<text>false</text>", 1)
    edited = edited.replace('hitPolicy="COLLECT"', 'hitPolicy="FIRST"')

    (removed,) = compare(Parts(drawn(), {"t": text}), Parts(drawn(), {"t": shorter})).tables
    (changed,) = compare(Parts(drawn(), {"t": text}), Parts(drawn(), {"t": edited})).tables

    assert [row.sign for row in removed.rows] == [Sign.REMOVED]
    assert [row.kind for row in changed.rows] == ["决策", "规则"]
    assert changed.rows[0].aspects[0].words == "命中方式：“COLLECT”改为“FIRST”"


def test_parameters_that_are_used_no_more_are_named() -> None:
    before = drawn("camunda:dueDate='=deadline(\"entry.formal_check_period\", now())'")

    found = compare(Parts(before), Parts(drawn("camunda:dueDate='=deadline(\"entry.other\", now())'")))

    assert found.parameters_dropped == ("entry.formal_check_period",)
    assert "不再使用参数 entry.formal_check_period" in found.summary()
    assert "开始使用参数 entry.other" in found.summary()


def test_scenarios_are_compared_by_name() -> None:
    before = "start: {}\nscenarios:\n  - name: 甲\n    ends: a\n  - name: 乙\n    ends: b\n"
    after = "start: {}\nscenarios:\n  - name: 甲\n    ends: c\n  - name: 丙\n    ends: b\n"

    found = compare(Parts(drawn(), scenarios=before), Parts(drawn(), scenarios=after))

    assert [change.words for change in found.scenarios] == ["场景“甲”改了应到达", "新增场景“丙”", "删去场景“乙”"]


@pytest.mark.parametrize("key", ["expert_entry", "panel_selection", "invitation", "objection_handling"])
def test_every_attribute_of_every_shipped_element_is_seen(key: str) -> None:
    """Whatever one character of an attribute is changed, the comparison says so at that element."""
    text = Path(f"processes/bpmn/{key}.bpmn").read_text(encoding="utf-8")
    root = etree.fromstring(text.encode())
    spiff = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
    values = [node for node in root.iter(f"{spiff}*") if node.get("value")]
    for node in values[:: max(1, len(values) // 6)]:
        kept = node.get("value")
        node.set("value", f"{kept}_")
        assert [change.sign for change in compare_drawings(text, etree.tostring(root).decode())] == [Sign.CHANGED]
        node.set("value", kept)
