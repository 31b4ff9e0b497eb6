"""Decision tables: every hit policy, the rules that fired, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest

from app.feel import FeelError, FeelLimitExceeded, FeelSyntaxError, Function, Limits, Parameter, from_feel
from app.feel.tables import DecisionModel, Outcome
from tests.unit.feel.dmn_text import decision, input_data, model, table, text

AMOUNT = [("金额", "number")]
RESULT = [("结论", "string")]
OVERLAPPING = [(["> 100"], ['"大"']), (["> 10"], ['"中"']), (["> 1"], ['"小"'])]
SCORES = [(["> 100"], ["3"]), (["> 10"], ["5"]), (["> 1"], ["4"])]


def decide(xml: str, data: dict[str, Any]) -> Outcome:
    return DecisionModel.parse(model(decision(xml))).decide("level", data)


def numbers(outcome: Outcome) -> list[int]:
    return [rule.index for rule in outcome.matched]


def test_unique_gives_the_one_rule_that_fires_with_its_notes() -> None:
    rules = [
        (['"A","B"', "< 5000"], ['"低"']),
        (['not("C")', "[5000..20000]"], ['if 金额 > 9000 then "高" else "中"']),
    ]
    xml = table([("类别", "string"), *AMOUNT], RESULT, rules)
    outcome = decide(xml, {"类别": "B", "金额": 9500})
    assert outcome.value == "高"
    (rule,) = outcome.matched
    assert (rule.index, rule.id, rule.description, rule.annotations) == (
        2,
        "r2",
        "规则2的说明",
        {"条款": "第2条"},
    )
    assert decide(xml, {"类别": "A", "金额": 10}).value == "低"


def test_no_rule_is_null_with_its_reason() -> None:
    outcome = decide(table(AMOUNT, RESULT, OVERLAPPING), {"金额": 0})
    assert (outcome.value, outcome.matched, outcome.null_reason) == (None, (), "决策表没有规则匹配")


def test_no_rule_gives_the_default_where_there_is_one() -> None:
    assert decide(table(AMOUNT, RESULT, OVERLAPPING, default='"无"'), {"金额": 0}).value == "无"


def test_unique_with_two_rules_is_an_error_that_names_them() -> None:
    with pytest.raises(FeelError, match="级别表：命中策略为唯一（U），但规则 2、3 同时匹配"):
        decide(table(AMOUNT, RESULT, OVERLAPPING), {"金额": 50})


def test_any_accepts_rules_that_agree_and_refuses_those_that_differ() -> None:
    agreeing = [(["> 10"], ['"是"']), (["> 1"], ['"是"'])]
    assert decide(table(AMOUNT, RESULT, agreeing, "ANY"), {"金额": 50}).value == "是"
    with pytest.raises(FeelError, match="命中策略为任一（A），但匹配的规则 2、3 结论不同"):
        decide(table(AMOUNT, RESULT, OVERLAPPING, "ANY"), {"金额": 50})


@pytest.mark.parametrize(
    ("policy", "aggregation", "rules", "value", "fired"),
    [
        ("FIRST", "", OVERLAPPING, "中", [2]),
        ("PRIORITY", "", OVERLAPPING, "小", [3, 2]),
        ("OUTPUT ORDER", "", OVERLAPPING, ["小", "中"], [3, 2]),
        ("RULE ORDER", "", OVERLAPPING, ["中", "小"], [2, 3]),
        ("COLLECT", "", OVERLAPPING, ["中", "小"], [2, 3]),
        ("COLLECT", "SUM", SCORES, 9, [2, 3]),
        ("COLLECT", "MIN", SCORES, 4, [2, 3]),
        ("COLLECT", "MAX", SCORES, 5, [2, 3]),
        ("COLLECT", "COUNT", SCORES, 2, [2, 3]),
    ],
)
def test_hit_policies(policy: str, aggregation: str, rules: Any, value: Any, fired: Sequence[int]) -> None:
    outputs = [("结论", "number" if aggregation else "string")]
    ranked = [] if aggregation else ['"小","中","大"']
    xml = table(AMOUNT, outputs, rules, policy, aggregation=aggregation, ranked=ranked)
    outcome = decide(xml, {"金额": 50})
    assert (from_feel(outcome.value), numbers(outcome)) == (value, fired)


@pytest.mark.parametrize(
    ("policy", "aggregation", "value"),
    [
        ("COLLECT", "", []),
        ("RULE ORDER", "", []),
        ("OUTPUT ORDER", "", []),
        ("COLLECT", "COUNT", 0),
        ("COLLECT", "SUM", None),
    ],
)
def test_collecting_nothing(policy: str, aggregation: str, value: Any) -> None:
    outcome = decide(table(AMOUNT, [("分", "")], SCORES, policy, aggregation=aggregation), {"金额": 0})
    assert from_feel(outcome.value) == value


def test_several_outputs_make_a_context_and_priority_goes_column_by_column() -> None:
    rules = [(["> 1"], ['"B"', "2"]), (["> 2"], ['"A"', "2"]), (["> 3"], ['"A"', "1"])]
    xml = table(AMOUNT, [("级", "string"), ("次", "number")], rules, "PRIORITY", ranked=['"A","B"', "1,2"])
    assert decide(xml, {"金额": 5}).value == {"级": "A", "次": Decimal(1)}


def test_declared_types_turn_texts_of_the_task_data_into_values() -> None:
    rules = [(['< date("2026-03-02")', "> 1"], ['"早"']), (["-", "<= 1"], ['"迟"'])]
    xml = table([("申请 日期", "date"), ("份数", "number")], RESULT, rules)
    assert decide(xml, {"申请 日期": "2026-02-01", "份数": "2"}).value == "早"
    with pytest.raises(FeelError, match='“申请 日期”："二月" 不是日期'):
        decide(xml, {"申请 日期": "二月", "份数": 2})


def test_allowed_values_are_enforced() -> None:
    xml = table([("类别", "string")], RESULT, [(["-"], ['"是"'])], allowed=['"A","B"'])
    assert decide(xml, {"类别": "A"}).value == "是"
    with pytest.raises(FeelError, match='“类别”的值 "C" 不在允许的值（"A","B"）之内'):
        decide(xml, {"类别": "C"})


def test_a_null_input_matches_only_what_admits_null() -> None:
    xml = table(AMOUNT, RESULT, [(["null"], ['"空"']), (["> 0"], ['"正"'])], "FIRST")
    assert decide(xml, {"金额": None}).value == "空"
    assert decide(xml, {}).value == "空"


def test_a_decision_uses_the_decisions_it_requires_and_tells_their_rules_too() -> None:
    grade = table(AMOUNT, [("级", "string")], [(["> 10"], ['"高"']), (["<= 10"], ['"低"'])])
    elements = (
        input_data("in_amount", "金额", "number"),
        decision(grade, key="grade", name="档次", type_name="string", needs=["in_amount"]),
        decision(
            f"<literalExpression>{text('档次 + string(金额)')}</literalExpression>",
            needs=["grade", "in_amount"],
        ),
    )
    parsed = DecisionModel.parse(model(*elements))
    outcome = parsed.decide("level", {"金额": 12})
    assert outcome.value == "高12"
    assert outcome.matched == ()
    assert [rule.index for rule in outcome.required["grade"]] == [1]
    assert parsed.decisions == ("grade", "level")
    assert parsed.name("grade") == "档次"
    assert parsed.inputs == {"金额": "number"}


def test_item_definitions_type_the_input() -> None:
    allowed = '<allowedValues><text>"A","B"</text></allowedValues>'
    kind = f'<itemDefinition name="类"><typeRef>string</typeRef>{allowed}</itemDefinition>'
    birthday = '<itemComponent name="生日"><typeRef>date</typeRef></itemComponent>'
    person = f'<itemDefinition name="人">{birthday}</itemDefinition>'
    xml = table(
        [("申请人.生日", "date"), ("类别", "类")], RESULT, [(['< date("1970-01-01")', '"A"'], ['"是"'])]
    )
    data = (input_data("in_p", "申请人", "人"), input_data("in_k", "类别", "类"))
    parsed = DecisionModel.parse(model(kind, person, *data, decision(xml, needs=["in_p", "in_k"])))
    assert parsed.decide("level", {"申请人": {"生日": "1960-05-06"}, "类别": "A"}).value == "是"
    with pytest.raises(FeelError, match='“类别”："C" 不是允许的值'):
        parsed.decide("level", {"申请人": {"生日": "1960-05-06"}, "类别": "C"})


def test_cells_may_call_registered_functions_bound_to_the_step() -> None:
    def functions(limit: int) -> dict[str, Function]:
        return {
            "parameter": Function(
                "parameter", (Parameter("name", "string"),), "number", "规则参数", lambda name: limit
            )
        }

    xml = table(AMOUNT, RESULT, [(['> parameter("max")'], ['"超"']), (['<= parameter("max")'], ['"合"'])])
    parsed = DecisionModel.parse(model(decision(xml)), functions(65))
    assert parsed.decide("level", {"金额": 66}).value == "超"
    assert parsed.decide("level", {"金额": 66}, functions=functions(70)).value == "合"


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (table(AMOUNT, RESULT, [([">"], ['"x"'])]), "级别表 · 规则 1 · 输入列“金额”：表达式到此结束"),
        (table(AMOUNT, RESULT, [(["-"], ['"x'])]), "级别表 · 规则 1 · 输出列“结论”：文字缺少结束的引号"),
        (table([("金额 >", "number")], RESULT, []), "级别表 · 输入列“金额 >”：表达式到此结束"),
        (table(AMOUNT, RESULT, [], "LUCKY"), "不支持的命中策略 LUCKY"),
        (table(AMOUNT, [], []), "决策表没有输出列"),
        (table(AMOUNT, RESULT, [([], ['"x"'])]), "规则 1：格数与列数不符"),
        (
            f"<literalExpression>{text('function() external {java: {}}')}</literalExpression>",
            "不支持 external 函数",
        ),
        (
            f'<literalExpression expressionLanguage="python">{text("1")}</literalExpression>',
            "不支持的表达式语言 python",
        ),
    ],
)
def test_a_broken_model_is_refused_when_it_is_read(xml: str, message: str) -> None:
    with pytest.raises(FeelSyntaxError) as refused:
        DecisionModel.parse(model(decision(xml)))
    assert message in refused.value.message


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        (b"<definitions", "不是有效的 XML"),
        (b"<process/>", "根元素应为 definitions"),
        (b'<!DOCTYPE d [<!ENTITY a "b">]><definitions/>', "DOCTYPE"),
        (
            b'<!DOCTYPE d [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><definitions>&b;</definitions>',
            "DOCTYPE",
        ),
        (b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions>&x;</definitions>', "DOCTYPE"),
        (b"<definitions>" + b" " * 2_000_001 + b"</definitions>", "过大"),
    ],
)
def test_hostile_xml_is_refused(xml: bytes, message: str) -> None:
    with pytest.raises(FeelSyntaxError, match=message):
        DecisionModel.parse(xml)


def test_a_circle_of_decisions_is_an_error() -> None:
    logic = f"<literalExpression>{text('1')}</literalExpression>"
    elements = (
        decision(logic, key="a", name="甲", needs=["b"]),
        decision(logic, key="b", name="乙", needs=["a"]),
    )
    with pytest.raises(FeelError, match="循环依赖"):
        DecisionModel.parse(model(*elements)).decide("a", {})


def test_an_unknown_decision_is_an_error() -> None:
    with pytest.raises(FeelError, match="没有标识为 nothing 的决策"):
        DecisionModel.parse(model(decision(table(AMOUNT, RESULT, [])))).decide("nothing", {})


def test_a_decision_is_bounded() -> None:
    logic = f"<literalExpression>{text('count(for i in 1..n, j in 1..n return 1)')}</literalExpression>"
    parsed = DecisionModel.parse(model(decision(logic)))
    assert parsed.decide("level", {"n": 10}).value == 100
    with pytest.raises(FeelLimitExceeded):
        parsed.decide("level", {"n": 1000}, limits=Limits(steps=10_000))
