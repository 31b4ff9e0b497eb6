"""The static check of decision tables: names, types, overlaps, contradictions, gaps."""

from __future__ import annotations

from typing import Any

import pytest

from app.feel import Function, Parameter
from app.feel.tables import DecisionModel
from tests.unit.feel.dmn_text import Columns, Rules, decision, input_data, model, table, text

AGE = [("年龄", "number")]
RESULT = [("结论", "string")]


def findings(inputs: Columns, rules: Rules, policy: str = "UNIQUE", **options: Any) -> list[tuple[str, str]]:
    outputs = options.pop("outputs", RESULT)
    parsed = DecisionModel.parse(model(decision(table(inputs, outputs, rules, policy, **options))))
    return [(one.severity, str(one)) for one in parsed.check()]


def messages(severity: str, *arguments: Any, **options: Any) -> list[str]:
    return [message for level, message in findings(*arguments, **options) if level == severity]


COMPLETE = [(["< 60"], ['"否"']), (["[60..65]"], ['"看"']), (["> 65"], ['"是"'])]


def test_a_complete_table_without_overlap_has_no_remarks() -> None:
    assert findings(AGE, COMPLETE) == []


def test_overlapping_rules_of_unique_are_errors_with_an_example() -> None:
    rules = [(["<= 60"], ['"否"']), (["[60..65]"], ['"看"']), (["> 65"], ['"是"'])]
    assert messages("error", AGE, rules) == ["级别表：规则 1 与规则 2 重叠，例如 年龄 = 60"]


def test_overlap_needs_a_common_value_in_every_column() -> None:
    apart = [(["> 60", '"男"'], ['"a"']), (["> 50", '"女"'], ['"b"']), (["<= 50", '"女"'], ['"c"'])]
    assert messages("error", [*AGE, ("性别", "string")], apart) == []
    together = [(["> 60", '"男","女"'], ['"a"']), (["> 50", 'not("男")'], ['"b"'])]
    (message,) = messages("error", [*AGE, ("性别", "string")], together)
    assert message == '级别表：规则 1 与规则 2 重叠，例如 年龄 = 61，性别 = "女"'


def test_an_overlap_between_whole_numbers_is_found_too() -> None:
    (message,) = messages("error", AGE, [(["> 5 "], ['"a"']), (["< 6"], ['"b"'])])
    assert message == "级别表：规则 1 与规则 2 重叠，例如 年龄 = 5.5"


def test_rules_of_any_may_overlap_unless_they_contradict() -> None:
    assert messages("error", AGE, [(["> 1"], ['"是"']), (["> 5"], ['"是"'])], "ANY") == []
    (message,) = messages("error", AGE, [(["> 1"], ['"是"']), (["> 5"], ['"否"'])], "ANY")
    assert message == "级别表：规则 1 与规则 2 同时匹配但结论不同，例如 年龄 = 6"


def test_a_rule_of_first_that_is_never_reached_is_remarked() -> None:
    rules = [(["> 60"], ['"a"']), (["> 65"], ['"b"']), (["-"], ['"c"'])]
    assert findings(AGE, rules, "FIRST") == [("warning", "级别表：规则 2 永不会用到：规则 1 在前，已包含它")]


@pytest.mark.parametrize(
    ("rules", "example"),
    [
        ([(["< 60"], ['"a"']), (["> 65"], ['"b"'])], "年龄 = 60"),
        ([(["< 60"], ['"a"']), (["> 60"], ['"b"'])], "年龄 = 60"),
        ([(["< 60.5"], ['"a"']), (["> 60.5"], ['"b"'])], "年龄 = 60.5"),
    ],
)
def test_a_gap_is_remarked_with_an_example(rules: Rules, example: str) -> None:
    assert messages("warning", AGE, rules) == [f"级别表：没有规则匹配：例如 {example}"]


def test_between_whole_bounds_there_is_no_gap() -> None:
    assert findings(AGE, [(["<= 59"], ['"a"']), ([">= 60"], ['"b"'])]) == []


def test_gaps_are_looked_for_over_all_columns() -> None:
    rules = [(["> 60", "true"], ['"a"']), (["<= 60", "-"], ['"b"'])]
    warnings = messages("warning", [*AGE, ("在职", "boolean")], rules)
    assert warnings == ["级别表：没有规则匹配：例如 年龄 = 61，在职 = false"]


def test_allowed_values_close_a_column() -> None:
    rules = [(['"A"'], ['"a"']), (['"B"'], ['"b"'])]
    assert messages("warning", [("类", "string")], rules) == ['级别表：没有规则匹配：例如 类 = "（其他）"']
    assert messages("warning", [("类", "string")], rules, allowed=['"A","B"']) == []


def test_dates_are_tried_day_by_day() -> None:
    rules = [(['< date("2026-03-02")'], ['"a"']), (['> date("2026-03-02")'], ['"b"'])]
    assert messages("warning", [("日", "date")], rules) == ["级别表：没有规则匹配：例如 日 = 2026-03-02"]


def test_a_default_or_a_collecting_policy_leaves_no_gap() -> None:
    rules = [(["> 60"], ['"a"'])]
    assert findings(AGE, rules, default='"无"') == []
    assert findings(AGE, rules, "COLLECT") == []


def test_cells_that_depend_on_other_data_are_not_guessed_about() -> None:
    limits = [("年龄", "number"), ("上限", "number")]
    assert findings(limits, [(["> 上限", "-"], ['"a"']), (["<= 上限", "-"], ['"b"'])]) == []


def test_a_cell_that_nothing_can_match_is_remarked() -> None:
    assert "级别表：规则 1 的“年龄”没有任何值能匹配" in messages(
        "warning", AGE, [(["[5..1]"], ['"a"']), (["-"], ['"b"'])]
    )


@pytest.mark.parametrize(
    ("cell", "output", "message"),
    [
        ("yes", '"a"', "级别表 · 规则 1 · 输入列“年龄”：未知的变量“yes”"),
        ('"60"', '"a"', "级别表 · 规则 1 · 输入列“年龄”：这一列是数字，这里是文字，永不匹配"),
        ("-", "通过", "级别表 · 规则 1 · 输出列“结论”：未知的变量“通过”"),
        ("-", "5", "级别表 · 规则 1 · 输出列“结论”：这一列是文字，这里是数字"),
        (
            "-",
            "upper case(1)",
            "级别表 · 规则 1 · 输出列“结论”：函数 upper case 的参数 string 应为文字，这里是数字",
        ),
    ],
)
def test_names_and_types_of_cells(cell: str, output: str, message: str) -> None:
    assert message in messages("error", AGE, [([cell], [output])])


def test_an_expression_in_the_head_is_held_to_the_declared_type() -> None:
    (message,) = messages("error", [("count(材料)", "string")], [(["-"], ['"a"'])])
    assert message == "级别表 · 输入列“count(材料)”：这一列声明为文字，表达式的结果是数字"


def test_priorities_need_an_order_of_the_outputs() -> None:
    (message,) = messages("error", AGE, [(["-"], ['"a"'])], "PRIORITY")
    assert "要求输出列列出允许值" in message


def test_aggregating_several_outputs_is_an_error() -> None:
    outputs = [("甲", "number"), ("乙", "number")]
    (message,) = messages("error", AGE, [(["-"], ["1", "2"])], "COLLECT", aggregation="SUM", outputs=outputs)
    assert message == "级别表 · 命中策略：汇总（C+、C<、C>）只能有一个输出列"


def test_the_model_is_held_to_the_data_of_the_instance() -> None:
    parsed = DecisionModel.parse(model(decision(table(AGE, RESULT, COMPLETE))))
    assert parsed.check({"年龄": "number"}) == []
    assert [str(one) for one in parsed.check({"年齡": "number", "年龄段": None})] == [
        "输入：数据中没有“年龄”，是否为“年龄段”"
    ]


def test_what_the_instance_knows_of_an_untyped_input_is_used() -> None:
    xml = table(
        [("facts.age", "number"), ("facts.rout", "string")], RESULT, [(["> 1", "-"], ['"a"'])], "COLLECT"
    )
    parsed = DecisionModel.parse(model(input_data("in_f", "facts", "Any"), decision(xml, needs=["in_f"])))
    assert parsed.check() == []
    assert [str(one) for one in parsed.check({"facts": "context<age: string, route: string>"})] == [
        "级别表 · 输入列“facts.age”：这一列声明为数字，表达式的结果是文字",
        "级别表 · 输入列“facts.rout”：没有字段“rout”，是否为“route”",
    ]


def test_a_cell_too_costly_to_try_out_is_told() -> None:
    rules = [(["count(for i in 1..999, j in 1..999, k in 1..9 return 1)"], ['"a"'])]
    (message,) = messages("warning", AGE, rules)
    assert message == "级别表：无法核对规则的覆盖：循环超过 200000 次，已停止"


def test_literal_decisions_are_checked_too() -> None:
    functions = {"limit": Function("limit", (Parameter("name", "string"),), "number", "", lambda name: 1)}
    logic = f"<literalExpression>{text('人数 + limit(1) + rest')}</literalExpression>"
    data = input_data("in_n", "人数", "string")
    parsed = DecisionModel.parse(model(data, decision(logic, needs=["in_n"])), functions)
    assert [str(one) for one in parsed.check()] == [
        "级别表：函数 limit 的参数 name 应为文字，这里是数字",
        "级别表：文字与数字之间不能用“+”计算",
        "级别表：未知的变量“rest”",
    ]
