"""Three-valued logic, equality and order: null is neither true nor false, and its reason is kept."""

from __future__ import annotations

from typing import Any

import pytest

from app.feel import compile_expression


def value(text: str, **context: Any) -> Any:
    return compile_expression(text)(context)


def reason(text: str, **context: Any) -> str | None:
    compiled = compile_expression(text)
    assert compiled(context) is None
    return compiled.null_reason


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        ("true", "true", True, True),
        ("true", "false", False, True),
        ("true", "null", None, True),
        ("false", "false", False, False),
        ("false", "null", False, None),
        ("null", "null", None, None),
    ],
)
def test_and_and_or_follow_kleene(left: str, right: str, both: bool | None, either: bool | None) -> None:
    for one, other in ((left, right), (right, left)):
        assert value(f"{one} and {other}") is both
        assert value(f"{one} or {other}") is either


@pytest.mark.parametrize(
    ("text", "expected"), [("not(true)", False), ("not(false)", True), ("not(null)", None)]
)
def test_not_of_null_is_null(text: str, expected: bool | None) -> None:
    assert value(text) is expected


def test_a_side_that_is_no_boolean_decides_nothing() -> None:
    assert value('true or "yes"') is True
    assert value('true and "yes"') is None
    assert value("not(1)") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("null = null", True),
        ("1 = null", False),
        ("null != 1", True),
        ('1 = "1"', None),
        ("true = 1", None),
        ("1.0 = 1", True),
        ("[1, 2] = [1, 2]", True),
        ("[1] = 1", None),
        ("{a: 1} = {a: 1.0}", True),
        ('date("2026-03-02") = date and time("2026-03-02T00:00:00")', None),
        ('duration("P1Y") = duration("P12M")', True),
        ('duration("P1D") = duration("PT24H")', True),
        ("[1..3] = [1..3]", True),
        ("[1..3] = [1..3)", False),
    ],
)
def test_equality_never_converts(text: str, expected: bool | None) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 < 2", True),
        ('"a" < "b"', True),
        ('1 < "2"', None),
        ("null < 1", None),
        ("[1] < [2]", None),
        ('@"2026-03-02" < @"2026-03-03"', True),
        ('@"2026-03-02T09:00:00+08:00" = @"2026-03-02T01:00:00Z"', True),
        ('@"2026-03-02T09:00:00" < @"2026-03-02T10:00:00+08:00"', None),
        ("5 between 1 and 5", True),
        ("null between 1 and 5", None),
    ],
)
def test_order_exists_only_between_values_of_one_kind(text: str, expected: bool | None) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("some x in [1, 2] satisfies x > 1", True),
        ("some x in [1, null] satisfies x > 1", None),
        ("some x in [] satisfies x > 1", False),
        ("every x in [1, 2] satisfies x > 1", False),
        ("every x in [2, null] satisfies x > 1", None),
        ("every x in [] satisfies x > 1", True),
        ("every x in null satisfies x > 1", None),
        ('some x in [1] satisfies "yes"', None),
    ],
)
def test_quantifiers_are_null_when_undecided(text: str, expected: bool | None) -> None:
    assert value(text) is expected


def test_the_reason_of_a_null_names_the_cause_and_not_the_consequence() -> None:
    assert reason("amount + 1 > 5 and true") == "没有名为“amount”的数据"
    assert reason("amount > 5", amount=None) == "“amount”为空"
    assert reason("case.unit > 5", case={"name": "甲"}) == "对象中没有“unit”"
    assert reason("1 / 0 > 3") == "除数为零"
    assert reason('amount > "5"', amount=6) == "数字与文字不能比较大小"
    assert (
        reason('@"2026-03-02T09:00:00" < @"2026-03-02T10:00:00+08:00"')
        == "带时区与不带时区的时间不能比较大小"
    )
    assert reason("if x = null then y + 1 else 2") == "没有名为“y”的数据"
    assert reason("9 ** 999999999 > 1") == "“**”的结果超出数字范围"
    assert reason('date("明天")') == "函数 date 对这样的参数没有结果"


def test_the_reason_belongs_to_the_last_null() -> None:
    compiled = compile_expression("a > 1")
    assert compiled({"a": None}) is None
    assert compiled.null_reason == "“a”为空"
    assert compiled({"a": "x"}) is None
    assert compiled.null_reason == "文字与数字不能比较大小"
