"""Task data are plain JSON: what becomes a FEEL value on the way in, and what JSON it becomes on the way out."""

from __future__ import annotations

import datetime
import enum
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.feel import FeelError, compile_expression, from_feel, to_feel, to_python
from app.feel.temporal import Date, DateTime, DaysDuration, MonthsDuration, Time

CHINA = datetime.timezone(datetime.timedelta(hours=8))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (5, Decimal(5)),
        (0.1, Decimal("0.1")),
        (float("nan"), None),
        ("2026-03-02", "2026-03-02"),
        ([1, "a"], [Decimal(1), "a"]),
        (("a",), ["a"]),
        ({"a": {"b": 1}}, {"a": {"b": Decimal(1)}}),
        (datetime.date(2026, 3, 2), Date(2026, 3, 2)),
        (datetime.time(9, 30), Time(34_200 * 10**9)),
        (datetime.timedelta(days=1, seconds=5), DaysDuration(86_405 * 10**9)),
    ],
)
def test_without_a_declared_type_text_stays_text(value: Any, expected: Any) -> None:
    assert to_feel(value) == expected


def test_an_aware_moment_keeps_its_offset() -> None:
    moment = datetime.datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert str(to_feel(moment)) == "2026-03-02T09:00:00+08:00"
    assert from_feel(to_feel(moment)) == moment.isoformat()


class Colour(enum.StrEnum):
    RED = "red"


def test_a_member_of_an_enumeration_is_its_text() -> None:
    assert to_feel(Colour.RED) == "red"
    assert compile_expression('c = "red"')({"c": Colour.RED}) is True


@pytest.mark.parametrize(
    ("value", "declared", "expected"),
    [
        ("12.50", "number", Decimal("12.50")),
        (12, "number", Decimal(12)),
        ("2026-03-02", "date", Date(2026, 3, 2)),
        ("09:30:00", "time", Time(34_200 * 10**9)),
        (
            "2026-03-02T09:00:00+08:00",
            "date and time",
            DateTime(Date(2026, 3, 2), Time(32_400 * 10**9, 28_800)),
        ),
        ("PT2H", "duration", DaysDuration(7200 * 10**9)),
        ("P2Y", "duration", MonthsDuration(24)),
        ("P2Y", "years and months duration", MonthsDuration(24)),
        ("", "date", None),
        (None, "number", None),
        ("", "string", ""),
        (["1", "2"], "list<number>", [Decimal(1), Decimal(2)]),
        ({"born": "1960-05-06"}, "context<born: date>", {"born": Date(1960, 5, 6)}),
        ("x", "Any", "x"),
        (["a"], "list", ["a"]),
    ],
)
def test_with_a_declared_type_text_is_read(value: Any, declared: str, expected: Any) -> None:
    assert to_feel(value, declared) == expected


@pytest.mark.parametrize(
    ("value", "declared", "message"),
    [
        ("abc", "number", '"abc" 不是数字'),
        ("NaN", "number", '"NaN" 不是数字'),
        ("2026-02-30", "date", '"2026-02-30" 不是日期'),
        (5, "string", "5 不是文字"),
        ("yes", "boolean", '"yes" 不是真或假'),
        ("P1X", "duration", '"P1X" 不是时长'),
        ({"a": 1}, "list<number>", "对象（1 个字段） 不是列表"),
    ],
)
def test_a_value_that_is_not_of_its_declared_type_is_refused(value: Any, declared: str, message: str) -> None:
    with pytest.raises(FeelError) as refused:
        to_feel(value, declared)
    assert refused.value.message == message


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(FeelError, match="未知的类型“wort”"):
        to_feel("x", "wort")


def test_a_value_without_feel_form_is_refused() -> None:
    with pytest.raises(FeelError, match="object 不能用于表达式"):
        to_feel(object())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", 7),
        ("7.0", 7),
        ("7.50", "7.5"),
        ("1e30", 10**30),
        ('@"2026-03-02"', "2026-03-02"),
        ('@"2026-03-02T09:00:00"', "2026-03-02T09:00:00+08:00"),
        ('@"2026-03-02T09:00:00Z"', "2026-03-02T17:00:00+08:00"),
        ('@"2026-03-02T22:00:00-05:00"', "2026-03-03T11:00:00+08:00"),
        ('@"09:30:00"', "09:30:00"),
        ('@"P1DT2H"', "P1DT2H"),
        ('[1, {a: @"P1M"}]', [1, {"a": "P1M"}]),
        ("null", None),
        ("true", True),
    ],
)
def test_results_become_plain_json(text: str, expected: Any) -> None:
    result = from_feel(compile_expression(text)({}))
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize("text", ["[1..3]", "function(x) x", "abs"])
def test_ranges_and_functions_have_no_json_form(text: str) -> None:
    with pytest.raises(FeelError, match="不能保存为数据"):
        from_feel(compile_expression(text)({}))


def test_python_values_for_registered_functions() -> None:
    text = """{d: @"2026-03-02", m: @"2026-03-02T09:00:00+08:00", z: @"2026-03-02T09:00:00@Asia/Shanghai",
        t: @"09:30:00", p: @"PT2H", n: 1.5}"""
    values = to_python(compile_expression(text)({}))
    assert values == {
        "d": datetime.date(2026, 3, 2),
        "m": datetime.datetime(2026, 3, 2, 9, tzinfo=CHINA),
        "z": datetime.datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai")),
        "t": datetime.time(9, 30),
        "p": datetime.timedelta(hours=2),
        "n": Decimal("1.5"),
    }
    with pytest.raises(FeelError, match="超出日期范围"):
        to_python(compile_expression('@"20260-03-02"')({}))
