"""Nothing a diagram contains can hang or fill the server: every evaluation is bounded, and bounds are its own."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Any

import pytest

from app.feel import (
    FeelError,
    FeelLimitExceeded,
    Limits,
    compile_expression,
    compile_unary_tests,
    from_feel,
    to_feel,
)

SMALL = Limits(
    steps=20_000, items=1_000, characters=1_000, characters_total=10_000, calls=20, regex_seconds=0.05
)


def refused_within(seconds: float, text: str, limits: Limits = SMALL, **context: Any) -> str:
    began = time.perf_counter()
    with pytest.raises(FeelLimitExceeded) as refused:
        from_feel(compile_expression(text)(context, limits=limits))
    assert time.perf_counter() - began < seconds
    return refused.value.message


@pytest.mark.parametrize(
    "text", ["9 ** (9 ** 9)", "10 ** 6145", "exp(1e6)", "1e6000 * 1e6000", '@"P999999999999D" * 1e30']
)
def test_a_huge_number_is_null_at_once(text: str) -> None:
    began = time.perf_counter()
    assert compile_expression(text)({}) is None
    assert time.perf_counter() - began < 1


def test_multiplying_a_string_is_null_and_doubling_it_is_refused() -> None:
    assert compile_expression('"ab" * 1000000')({}) is None
    doubling = (
        "{" + 'a0: "xxxxxxxxxx"' + "".join(f", a{n}: a{n - 1} + a{n - 1}" for n in range(1, 40)) + "}.a39"
    )
    assert "字符" in refused_within(1, doubling)


def test_many_long_strings_are_refused_together() -> None:
    text = "for i in 1..900 return long + string(i)"
    assert "字符" in refused_within(1, text, long="x" * 900)


def test_replacing_cannot_multiply_a_text_beyond_its_limit() -> None:
    assert "字符" in refused_within(1, 'replace(long, "x", long)', long="x" * 900)


@pytest.mark.parametrize(
    "text",
    [
        "{f: function(n) f(n + 1), r: f(1)}.r",
        "(function(f, n) f(f, n + 1))(function(f, n) f(f, n + 1), 1)",
        "sort([2, 1, 3], function(a, b) (function(g) g(g))(function(g) g(g)))",
    ],
)
def test_endless_recursion_is_refused(text: str) -> None:
    began = time.perf_counter()
    try:
        result = compile_expression(text)({}, limits=SMALL)
    except FeelLimitExceeded:
        result = None
    assert result is None
    assert time.perf_counter() - began < 1


def test_recursion_says_how_deep_it_may_go() -> None:
    text = "(function(f, n) f(f, n + 1))(function(f, n) f(f, n + 1), 1)"
    assert refused_within(1, text) == "函数调用超过 20 层，已停止"


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..100000000 return i",
        "for i in 1..900, j in 1..900, k in 1..900 return 1",
        "count(for i in 1..900 return for j in 1..900 return for k in 1..900 return 1)",
        "some i in 1..900 satisfies some j in 1..900 satisfies some k in 1..900 satisfies false",
        '@"2026-03-02" in [@"2026-03-02"] and count(for d in @"0001-01-01"..@"9999-12-31" return d) > 1',
        "[1, 2][(for i in 1..900 return for j in 1..900 return 1) = 1]",
    ],
)
def test_iteration_bombs_are_refused(text: str) -> None:
    refused_within(2, text)


def test_lists_that_share_their_parts_cannot_explode() -> None:
    tower = "a0: [1, 1]" + "".join(f", a{n}: [a{n - 1}, a{n - 1}]" for n in range(1, 40))
    other = "b0: [1, 1]" + "".join(f", b{n}: [b{n - 1}, b{n - 1}]" for n in range(1, 40))
    refused_within(2, "{" + tower + ", " + other + "}.a39 = {" + other + "}.b39")
    refused_within(2, "count(flatten({" + tower + "}.a39))")
    refused_within(2, "string length(string({" + tower + "}.a39))")


def test_a_result_that_shares_its_parts_is_refused_as_data() -> None:
    tower = "a0: [1, 1]" + "".join(f", a{n}: [a{n - 1}, a{n - 1}]" for n in range(1, 40))
    value = compile_expression("{" + tower + "}.a39")({})
    with pytest.raises(FeelLimitExceeded, match="结果过大"):
        from_feel(value)


@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "(.*)*x", "(a*)*b", "^((a|b)*c|d)*$"]
)
def test_no_regular_expression_runs_for_long(pattern: str) -> None:
    began = time.perf_counter()
    context = {"long": "a" * 800 + "!", "pattern": pattern}
    with contextlib.suppress(FeelLimitExceeded):
        assert compile_expression("matches(long, pattern)")(context, limits=SMALL) is False
    assert time.perf_counter() - began < 1


def test_a_catastrophic_regular_expression_is_stopped() -> None:
    assert (
        refused_within(1, 'matches(long, "^(a|aa)+$")', long="a" * 800 + "!") == "正则表达式运行过久，已停止"
    )


def test_the_time_of_regular_expressions_is_counted_together() -> None:
    once = 'matches("aaaaaaaaaaaaaaaaaaaa!", "^(a|aa)+$")'
    assert compile_expression(once)({}, limits=SMALL) is False
    assert "正则表达式" in refused_within(3, f"for i in 1..900 return {once}")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 200 + "1" + ")" * 200,
        "[" * 200 + "]" * 200,
        "-" * 200 + "1",
        "not(" * 200 + "true" + ")" * 200,
        "1" + " + 1" * 6_000,
        "x" + "[1]" * 6_000,
        "a" * 30_000,
        "x in (" * 40 + "1" + ")" * 39,
        "[1..a" * 50,
        "[1..a[" * 40,
        "if " * 500,
    ],
)
def test_hostile_texts_are_refused_quickly_and_never_crash(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(FeelError):
        compile_expression(text)
    with pytest.raises(FeelError):
        compile_unary_tests(text)
    assert time.perf_counter() - began < 2


def test_deeply_nested_data_are_refused() -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(FeelLimitExceeded, match="嵌套过深"):
        to_feel(deep)


def test_the_limits_of_one_evaluation_are_not_those_of_another() -> None:
    compiled = compile_expression("count(for i in 1..n return i)")
    generous = Limits(items=5_000)
    outcomes: list[Any] = []

    def evaluate(limits: Limits) -> None:
        for _ in range(20):
            try:
                outcomes.append((limits is generous, compiled({"n": 3_000}, limits=limits)))
            except FeelLimitExceeded:
                outcomes.append((limits is generous, None))

    threads = [threading.Thread(target=evaluate, args=(limits,)) for limits in (SMALL, generous) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 120
    assert all((value == 3_000) == is_generous for is_generous, value in outcomes)


def test_threads_share_an_expression_and_not_its_null_reasons() -> None:
    compiled = compile_expression("a + b")
    wrong: list[Any] = []
    start = threading.Barrier(8)

    def evaluate(number: int) -> None:
        start.wait()
        for _ in range(300):
            if number % 2:
                if compiled({"a": number, "b": 1}) != number + 1:
                    wrong.append("value")
            else:
                name = "a" if number % 4 else "b"
                compiled({"a": 1, "b": 1} | {name: None})
                if compiled.null_reason != f"“{name}”为空":
                    wrong.append(compiled.null_reason)

    threads = [threading.Thread(target=evaluate, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
