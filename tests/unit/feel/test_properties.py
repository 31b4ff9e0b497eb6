"""Laws that hold for all values, tried on generated ones; and texts of every shape, which must never crash."""

from __future__ import annotations

import contextlib
import datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.feel import FeelError, Limits, compile_expression, compile_unary_tests, from_feel, to_feel
from app.feel.limits import Evaluation
from app.feel.tables import DecisionModel
from app.feel.temporal import Date, DateTime, DaysDuration, MonthsDuration, Time
from app.feel.text import feel_text
from tests.unit.feel.dmn_text import decision, model, table

thorough = settings(max_examples=100, deadline=None)

whole = st.integers(-(10**20), 10**20)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)
keys = st.text("abcxyz年龄_ ", min_size=1, max_size=6).filter(lambda key: key.strip() == key)
json_values = st.recursive(
    st.none() | st.booleans() | whole | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
numbers = st.decimals(-(10**15), 10**15, places=4)
dates = st.dates().map(lambda day: Date(day.year, day.month, day.day))
far_dates = st.builds(Date, st.integers(-999_999, 999_999), st.integers(1, 12), st.integers(1, 28))
times = st.integers(0, 86_399).map(lambda second: Time(second * 10**9))
moments = st.builds(
    lambda day, second: DateTime(day, Time(second * 10**9, 8 * 3600)), far_dates, st.integers(0, 86_399)
)
days = st.integers(-(10**18), 10**18).map(DaysDuration)
months = st.integers(-(10**9), 10**9).map(MonthsDuration)
ordered_pairs = st.one_of(
    *(st.tuples(one, one) for one in (numbers, texts, dates, times, moments, days, months))
)


def value(text: str, /, **context: Any) -> Any:
    return compile_expression(text)(context)


@thorough
@given(json_values)
def test_plain_json_comes_back_as_it_went_in(data: Any) -> None:
    assert from_feel(to_feel(data)) == data


@thorough
@given(
    st.one_of(
        st.tuples(st.just("number"), numbers),
        st.tuples(st.just("date"), far_dates),
        st.tuples(st.just("time"), times),
        st.tuples(st.just("date and time"), moments),
        st.tuples(st.just("duration"), days | months),
    )
)
def test_a_typed_value_survives_being_stored_as_json(typed: tuple[str, Any]) -> None:
    declared, original = typed
    assert to_feel(from_feel(original), declared) == original


@thorough
@given(
    st.recursive(
        st.none() | st.booleans() | numbers | texts | dates.map(str),
        lambda inner: st.lists(inner, max_size=3),
    )
)
def test_a_value_written_as_text_reads_as_the_same_value(original: Any) -> None:
    written = feel_text(original, Evaluation(), False)
    assert compile_expression(written)({}) == original


@thorough
@given(ordered_pairs)
def test_exactly_one_of_less_equal_greater_holds(pair: tuple[Any, Any]) -> None:
    a, b = pair
    assert [value("a < b", a=a, b=b), value("a = b", a=a, b=b), value("a > b", a=a, b=b)].count(True) == 1
    assert value("a < b", a=a, b=b) is value("b > a", a=a, b=b)
    assert value("a <= b", a=a, b=b) is (value("a < b", a=a, b=b) or value("a = b", a=a, b=b))
    assert value("a != b", a=a, b=b) is not value("a = b", a=a, b=b)


@thorough
@given(ordered_pairs, st.data())
def test_a_range_contains_what_comparison_says(pair: tuple[Any, Any], data: st.DataObject) -> None:
    low, high = pair
    x = data.draw(st.sampled_from([low, high]))
    context = {"x": x, "low": low, "high": high}
    assert value("x in [low..high]", **context) is value("x >= low and x <= high", **context)
    assert value("x in (low..high)", **context) is value("x > low and x < high", **context)
    assert value("x between low and high", **context) is value("x in [low..high]", **context)
    assert compile_unary_tests("[low..high]")(x, context) is value("x in [low..high]", **context)
    assert compile_unary_tests("not([low..high])")(x, context) is not value("x in [low..high]", **context)


@thorough
@given(st.dates(), st.integers(-100_000, 100_000))
def test_days_agree_with_pythons_calendar(day: datetime.date, count: int) -> None:
    shifted = value("day + duration(text)", day=day, text=f"{'-' if count < 0 else ''}P{abs(count)}D")
    ordinal = day.toordinal() + count
    if 1 <= ordinal <= datetime.date.max.toordinal():
        assert from_feel(shifted) == datetime.date.fromordinal(ordinal).isoformat()
    assert value(
        "after - day = duration(text)", after=shifted, day=day, text=str(DaysDuration(count * 86_400 * 10**9))
    )
    assert value("week of year(day)", day=day) == day.isocalendar().week
    assert value("day.weekday", day=day) == day.isoweekday()


@thorough
@given(numbers, numbers, numbers)
def test_addition_of_amounts_is_exact(a: Decimal, b: Decimal, c: Decimal) -> None:
    assert value("(a + b) + c = a + (b + c) and a + b = b + a and a - b = -(b - a)", a=a, b=b, c=c) is True


booleans = st.sampled_from([True, False, None])


@given(booleans, booleans)
def test_de_morgan(a: bool | None, b: bool | None) -> None:
    assert value("not(a and b)", a=a, b=b) is value("not(a) or not(b)", a=a, b=b)
    assert value("not(a or b)", a=a, b=b) is value("not(a) and not(b)", a=a, b=b)


PIECES = [
    "1", "0.5", '"a"', "x", "y z", "null", "true", "(", ")", "[", "]", "{", "}", ",", ":", ".", "..", "+", "-", "*",
    "/", "**", "=", "!=", "<", ">", ">=", "->", "and", "or", "not", "in", "between", "if", "then", "else", "for",
    "return", "some", "every", "satisfies", "instance of", "function", "external", "number", "list<", "?", "@",
    '@"2026-03-02"', "sum", "count", "string", "date", "sort", "item", "partial", "matches", "range", "flatten",
    "日期", "“", "\\", '"',
]  # fmt: skip
TIGHT = Limits(steps=5_000, items=200, characters=500, characters_total=5_000, calls=10, regex_seconds=0.05)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join) | st.text(max_size=30))
def test_no_text_crashes_the_interpreter(text: str) -> None:
    names = frozenset({"x", "y z", "日期"})
    context = {"x": [1, {"a": "b"}], "y z": "text", "日期": Date(2026, 3, 2)}
    for run in (
        lambda: compile_expression(text, names)(context, limits=TIGHT),
        lambda: compile_unary_tests(text, names)(1, context, limits=TIGHT),
    ):
        with contextlib.suppress(FeelError):
            run()


bounds = st.integers(0, 12)
intervals = st.tuples(bounds, bounds, st.sampled_from("[("), st.sampled_from("])")).filter(
    lambda one: one[0] < one[1]
)


def admits(interval: tuple[int, int, str, str], point: Decimal) -> bool:
    low, high, opening, closing = interval
    return (low <= point if opening == "[" else low < point) and (
        point <= high if closing == "]" else point < high
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(intervals, intervals), min_size=1, max_size=4))
def test_overlaps_and_gaps_are_those_that_trying_every_value_finds(rules: list[tuple[Any, Any]]) -> None:
    cells = [[f"{one[2]}{one[0]}..{one[1]}{one[3]}" for one in rule] for rule in rules]
    columns = [("甲", "number"), ("乙", "number")]
    xml = model(decision(table(columns, [("果", "string")], [(cell, ['"是"']) for cell in cells])))
    told = [one.message_zh for one in DecisionModel.parse(xml).check()]
    halves = [Decimal(number) / 2 for number in range(-2, 28)]

    def fire(first: Decimal, second: Decimal) -> list[int]:
        return [
            place for place, rule in enumerate(rules, 1) if admits(rule[0], first) and admits(rule[1], second)
        ]

    grid = {(first, second): fire(first, second) for first in halves for second in halves}
    overlapping = {(a, b) for fired in grid.values() for b in fired for a in fired if a < b}
    assert {f"规则 {a} 与规则 {b}" for a, b in overlapping} == {
        one.split(" 重叠")[0] for one in told if " 重叠" in one
    }
    gap = any(not fired for point, fired in grid.items() if all(part == int(part) for part in point))
    assert any("没有规则匹配" in one for one in told) == gap
