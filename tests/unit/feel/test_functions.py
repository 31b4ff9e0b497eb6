"""Functions that the application registers: how they are called, typed and bound to the step."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.feel import FeelError, Function, Parameter, compile_expression, from_feel

CHINA = datetime.timezone(datetime.timedelta(hours=8))
MARCH = datetime.datetime(2026, 3, 2, 9, tzinfo=CHINA)


def clock(moment: datetime.datetime) -> dict[str, Function]:
    return {"now": Function("now", (), "date and time", "这一步的时刻", lambda: moment)}


def registered(call: Callable[..., Any], *parameters: Parameter, result: str = "Any") -> dict[str, Function]:
    return {
        "working days after": Function(
            "working days after", parameters, result, "某日之后第 n 个工作日", call
        )
    }


DAY, COUNT = Parameter("date", "date"), Parameter("n", "number")


def test_the_clock_of_the_step_is_the_one_given_to_that_evaluation() -> None:
    compiled = compile_expression('now() + duration("PT2H")', functions=clock(MARCH))
    later = clock(MARCH + datetime.timedelta(days=1))
    assert from_feel(compiled({})) == "2026-03-02T11:00:00+08:00"
    assert from_feel(compiled({}, functions=later)) == "2026-03-03T11:00:00+08:00"
    again = compile_expression('now() + duration("PT2H")', functions=later)
    assert from_feel(again({})) == "2026-03-03T11:00:00+08:00", (
        "a cached expression never keeps an earlier clock"
    )


def test_there_is_no_clock_unless_one_is_registered() -> None:
    compiled = compile_expression("now()")
    assert compiled({}) is None
    assert compiled.null_reason == "没有名为“now”的函数"


def test_arguments_arrive_as_python_values_and_results_are_typed() -> None:
    seen: list[Any] = []

    def call(day: datetime.date, count: Decimal) -> str:
        seen.append((day, count))
        return "2026-03-09"

    functions = registered(call, DAY, COUNT, result="date")
    compiled = compile_expression(
        'working days after(date("2026-03-02"), 5) > date("2026-03-08")', functions=functions
    )
    assert compiled({}) is True
    assert seen == [(datetime.date(2026, 3, 2), Decimal(5))]


def test_arguments_may_be_named_and_optional_ones_left_out() -> None:
    functions = registered(lambda day, count: [day, count], DAY, Parameter("n", "number", optional=True))
    by_name = compile_expression('working days after(n: 5, date: @"2026-03-02")', functions=functions)
    assert from_feel(by_name({})) == ["2026-03-02", 5]
    assert from_feel(compile_expression('working days after(@"2026-03-02")', functions=functions)({})) == [
        "2026-03-02",
        None,
    ]


def test_a_null_or_wrongly_typed_argument_gives_null_with_its_reason_and_no_call() -> None:
    functions = registered(lambda *given: pytest.fail(f"called with {given}"), DAY, COUNT)
    compiled = compile_expression("working days after(start, n)", functions=functions)
    assert compiled({"start": "2026-03-02", "n": 5}) is None
    assert compiled.null_reason == "函数 working days after 的参数 date 应为日期，得到文字"
    assert compiled({"n": 5}) is None
    assert compiled.null_reason == "没有名为“start”的数据"


def test_a_wrong_number_of_arguments_is_an_error_not_a_null() -> None:
    functions = registered(lambda *given: None, DAY, COUNT)
    with pytest.raises(FeelError, match="参数应为（date，n）"):
        compile_expression("working days after(1, 2, 3)", functions=functions)({})
    with pytest.raises(FeelError, match="参数应为（date，n）"):
        compile_expression("working days after(day: 1, n: 2)", functions=functions)({})


def test_an_error_inside_names_the_function() -> None:
    functions = registered(lambda *given: {}["publicity.perod"], DAY, COUNT)
    with pytest.raises(FeelError, match=r"函数 working days after 出错：'publicity\.perod'"):
        compile_expression('working days after(@"2026-03-02", 1)', functions=functions)({})


def test_a_feel_error_of_the_function_passes_unchanged() -> None:
    def call(*given: Any) -> None:
        raise FeelError("没有参数“publicity.perod”")

    with pytest.raises(FeelError, match=r"^没有参数“publicity\.perod”$"):
        compile_expression('working days after(@"2026-03-02", 1)', functions=registered(call, DAY, COUNT))({})


def test_a_registered_function_may_be_passed_as_a_value() -> None:
    texts = (Parameter("a", "string"), Parameter("b", "string"))
    functions = {"shorter": Function("shorter", texts, "boolean", "更短", lambda a, b: len(a) < len(b))}
    assert compile_expression('sort(["ccc", "a", "bb"], shorter)', functions=functions)({}) == [
        "a",
        "bb",
        "ccc",
    ]


def test_an_expression_cannot_run_without_the_functions_it_names() -> None:
    compiled = compile_expression("now()", functions=clock(MARCH))
    with pytest.raises(FeelError, match="此处不能使用函数 now"):
        compiled({}, functions={})
