"""Trying tables out: remarks with their place, the values a table reads, what was typed turned into values."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.workflow.part_use import decision_names, decision_uses, form_uses
from app.workflow.table_trial import examine, remarks_of, value_of

ROOT = Path(__file__).parents[3]
XML = (ROOT / "processes/dmn/article_11.dmn").read_text(encoding="utf-8")


def test_an_overlap_says_which_rules_and_gives_an_example() -> None:
    found = [one for one in remarks_of(XML.replace("COLLECT", "UNIQUE"), {}) if "重叠" in one.message]
    assert found[0].rules == (1, 3)
    assert "例如" in found[0].message


def test_a_wrong_cell_says_its_rule_and_column() -> None:
    remark = remarks_of(XML.replace("<text>&gt; 0</text>", "<text>&gt; zero</text>"), {})[0]
    assert (remark.rules, remark.input, remark.severity) == ((18,), "欠缺材料份数", "error")
    broken = remarks_of(XML.replace('"应交材料已齐"', '"应交材料已齐'), {})[0]
    assert (broken.rules, broken.output) == ((17,), "reason")


def test_single_values_are_asked_with_their_type_and_choices() -> None:
    asked = {one.path: one for one in examine(XML, "article_11", None, {}).asked}
    assert asked["facts.committed"].type == "boolean"
    assert asked["facts.bar"].choices == ("none", "cooldown", "principle")
    assert asked["facts.missing_papers"].type == "list"
    assert asked["facts.age"].label == "年龄未超过上限：facts.age"
    assert "facts" not in asked


def test_an_edited_cell_changes_what_matches() -> None:
    typed = {"facts.missing_papers": '["照片"]', "facts.unknown": "1"}
    before = examine(XML, "article_11", typed, {}).tried
    after = examine(XML.replace("&gt; 0", "&gt; 1"), "article_11", typed, {}).tried
    assert before is not None
    assert after is not None
    assert [rule["index"] for rule in before.matched] == [18]
    assert before.value[0]["reason"] == "还缺：照片"
    assert (after.matched, after.problem) == ((), "")
    assert after.value == []


def test_data_that_do_not_fit_say_why() -> None:
    tried = examine(XML, "article_11", {"facts.bar": "for ever"}, {}).tried
    assert tried is not None
    assert "不在允许的值" in tried.problem
    unknown = examine(XML, "no_such", {}, {}).tried
    assert unknown is not None
    assert unknown.problem == "没有标识为 no_such 的决策"


@pytest.mark.parametrize(("text", "kind", "value"), [
    ("45", None, 45), ("true", "boolean", True), ('["A"]', "list", ["A"]), ("A", "string", "A"),
    ('"A"', "string", "A"), ("并州大学", None, "并州大学"), ("null", None, None), ("45", "string", "45"),
    ("1 +", None, "1 +"),
])  # fmt: skip
def test_what_was_typed_is_feel_or_else_a_text(text: str, kind: str | None, value: Any) -> None:
    found = value_of(text, kind, {})
    assert (int(found) if isinstance(found, Decimal) else found) == value


def test_the_steps_that_use_forms_and_decisions_are_found() -> None:
    xml = (ROOT / "processes/bpmn/expert_entry.bpmn").read_text(encoding="utf-8")
    assert ("qualification_review", "资格审查") in {(one.element_id, one.name) for one in form_uses(xml)}
    assert [one.target for one in decision_uses(xml)] == ["article_11"]
    assert decision_names(XML) == {"article_11": "第十一条预审"}
    assert form_uses("no xml") == decision_uses("<!DOCTYPE a><a/>") == ()
    assert decision_names("<a") == {}


def _wide(inputs: int, rules: int) -> str:
    columns = "".join(
        f'<input id="i{at}" label="甲{at}"><inputExpression id="e{at}" typeRef="number"><text>a{at}</text>'
        "</inputExpression></input>" for at in range(inputs)
    )
    rows = "".join(
        f'<rule id="r{row}">' + "".join(
            f'<inputEntry id="c{row}_{at}"><text>[{row + at}..{row * 3 + at + 1}]</text></inputEntry>'
            for at in range(inputs)
        ) + f'<outputEntry id="o{row}"><text>1</text></outputEntry></rule>' for row in range(rules)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="d">'
        '<decision id="wide" name="宽"><decisionTable id="t" hitPolicy="UNIQUE">'
        f'{columns}<output id="out" label="结论" name="out" typeRef="number"/>{rows}</decisionTable></decision>'
        "</definitions>"
    )


def test_a_table_too_large_to_be_tried_out_is_refused_instead_of_filling_the_machine() -> None:
    started = time.process_time()
    found = examine(_wide(2, 3000), "wide", None, {}).remarks
    assert [one.severity for one in found if "拆成几张表" in one.message] == ["error"]
    assert time.process_time() - started < 20


def test_of_many_overlaps_the_first_hundred_are_told() -> None:
    found = examine(_wide(1, 120), "wide", None, {}).remarks
    assert len([one for one in found if "重叠" in one.message]) == 100


def test_typed_values_cannot_keep_the_server_busy() -> None:
    bomb = f'matches("{"a" * 40}!", "^(a|a)*$")'
    started = time.process_time()
    report = examine(_wide(100, 1), "wide", {f"a{at}": bomb for at in range(100)}, {})
    assert report.tried is not None
    assert time.process_time() - started < 15
