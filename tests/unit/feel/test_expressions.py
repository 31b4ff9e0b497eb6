"""What expressions mean: names, numbers, dates, lists, contexts, iteration."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.feel import FeelSyntaxError, compile_expression, from_feel, to_feel


def plain(text: str, names: frozenset[str] = frozenset(), **context: Any) -> Any:
    return from_feel(compile_expression(text, names)(context))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("0.1 + 0.2 = 0.3", True),
        ("-2 ** 2", 4),
        ("2 ** 3 ** 2", 64),
        ("10 - 3 - 2", 5),
        ("1 / 3 * 3 = 1", False),
        ("7 / 2", "3.5"),
        ("1e3 + .5", "1000.5"),
        ('"部" + "门"', "部门"),
        ('"\\u90e8\\t"', "部\t"),
        ('"a" // comment', "a"),
        ("1 /* and */ + 1", 2),
        ("if 1 > 2 then 3 else 4", 4),
        ("if null then 3 else 4", 4),
    ],
)
def test_arithmetic_and_literals(text: str, expected: Any) -> None:
    assert plain(text) == expected


def test_numbers_have_34_digits() -> None:
    assert compile_expression("1 / 3")({}) == Decimal("0." + "3" * 34)
    assert compile_expression("a + 1")({"a": 10**30}) == Decimal(10**30 + 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('date("2026-01-31") + duration("P1M")', "2026-02-28"),
        ('date("2026-03-02") - date("2026-02-28")', "P2D"),
        ('@"2026-03-02" + @"P5D"', "2026-03-07"),
        ('date and time("2026-03-02T23:00:00+08:00") + @"PT2H"', "2026-03-03T01:00:00+08:00"),
        ('date and time("2026-12-31T24:00:00Z")', "2027-01-01T08:00:00+08:00"),
        ('date and time("2026-03-02T09:00:00@Asia/Shanghai")', "2026-03-02T09:00:00+08:00"),
        ('time("09:30:00").minute', 30),
        ('date("2026-03-02").weekday', 1),
        ('day of week(date("2026-03-02"))', "Monday"),
        ('years and months duration(date("1960-05-06"), date("2026-03-02")).years', 65),
        ('@"P1Y6M" * 2', "P3Y"),
        ('@"P10D" / @"P5D"', 2),
        ('date("2026-02-30")', None),
        ('@"2026-03-02T09:30:00+08:00".time offset', "PT8H"),
    ],
)
def test_dates_and_durations(text: str, expected: Any) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[10, 20, 30][1]", 10),
        ("[10, 20, 30][-1]", 30),
        ("[10, 20, 30][4]", None),
        ("[10, 20, 30][item > 10]", [20, 30]),
        ('people[unit = "甲"].name', ["王"]),
        ("people.name", ["王", "李"]),
        ("count(people[age > 30])", 1),
        ("{a: 1, b: a + 1}.b", 2),
        ('{"姓 名": "王"}.姓 名', "王"),
        ("for x in 1..3 return x * x", [1, 4, 9]),
        ("for x in 3..1 return x", [3, 2, 1]),
        ("for x in [1..3] return x", [1, 2, 3]),
        ("for x in [2..1] return x", None),
        ("for x in [1, 2], y in [x, 10] return x * y", [1, 10, 4, 20]),
        ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", [1, 2, 6, 24]),
        ("for i in 1..3 return partial", [[], [[]], [[], [[]]]]),
        ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]),
        ("sum([1, 2, 3]) = sum(1, 2, 3)", True),
        ('string join(["a", null, "b"], "、")', "a、b"),
        ("list contains([1, null], null)", True),
        ("5 in [1..5)", False),
        ("5 in (> 3)", True),
        ("5 in (1, 5)", True),
        ("5 in ([1..3], [5..9])", True),
        ("5 instance of number", True),
        ('[1, "a"] instance of list<number>', False),
        ("(function(x) x + 1)(2)", 3),
        ('matches("王小明", "^\\p{L}{2,4}$")', True),
        ('replace("2026-03", "(\\d+)-(\\d+)", "$2/$1")', "03/2026"),
        ('split("a;b;c", ";")', ["a", "b", "c"]),
    ],
)
def test_lists_contexts_and_functions(text: str, expected: Any) -> None:
    people = [{"name": "王", "unit": "甲", "age": 30}, {"name": "李", "unit": "乙", "age": 45}]
    assert plain(text, people=people) == expected


def test_names_may_be_chinese_and_hold_spaces_or_signs() -> None:
    assert plain("年龄 >= 60", 年龄=65) is True
    names = frozenset({"申请 人", "a-b", "date"})
    context = {"申请 人": {"姓名": "王"}, "a-b": 5, "a": 1, "b": 1, "date": 3}
    compiled = compile_expression('申请 人.姓名 = "王" and a-b = 5 and date = 3', names)
    assert compiled(context) is True
    assert compile_expression("a-b")(context) == 0, (
        "the same text without that name in scope is a subtraction"
    )


def test_the_longest_name_in_scope_wins() -> None:
    names = frozenset({"x", "x y", "x y z"})
    assert compile_expression("x y z + x y + x", names)({"x": 1, "x y": 10, "x y z": 100}) == 111


def test_the_keys_of_items_are_names_inside_a_filter() -> None:
    assert plain("rows[kind = wanted].kind", rows=[{"kind": "a"}, {"kind": "b"}], wanted="b") == ["b"]
    assert plain("rows[item.kind = kind].kind", rows=[{"kind": "a"}], kind="z") == ["a"], (
        "the item's own key wins"
    )


def test_data_named_like_a_function_hide_it_except_where_it_is_called() -> None:
    assert plain("count > 1 and after = 2 and count([1]) = 1", count=5, after=2) is True
    assert plain("rows[count > 1].count", rows=[{"count": 1}, {"count": 2}]) == [2]
    assert plain("count > 1 and count([1]) = 1", frozenset({"count"}), count=5) is True
    assert plain("{count: function(x) 7, r: count([1])}.r") == 7, (
        "a function in the data is the one that is called"
    )


def test_only_the_data_that_an_expression_reads_are_converted() -> None:
    assert compile_expression("a + 1")({"a": 1, "b": object()}) == 2


@pytest.mark.parametrize(
    ("text", "position", "part"),
    [
        ("amount >", 8, "表达式到此结束"),
        ("1 + * 2", 4, "此处是“*”"),
        ("amount ＞ 5", 7, "全角符号"),
        ("“甲”", 0, "全角符号"),
        ('name = "甲', 7, "缺少结束的引号"),
        ("work days after(1)", 0, "没有名为“work days”的变量或函数"),
        ("[1, 2", 5, "应为 ]"),
        ("if a then b", 11, "应为 else"),
        ("x instance of nonsense", 14, "未知的类型“nonsense”"),
        ("f(a: 1, 2)", 9, "不能混用"),
        ("__import__('os')", 11, "不合语法"),
        ("a.__class__.__mro__[1](", 23, "表达式到此结束"),
        ("lambda: 0", 6, "不合语法"),
    ],
)
def test_a_syntax_error_says_where_and_what(text: str, position: int, part: str) -> None:
    with pytest.raises(FeelSyntaxError) as refused:
        compile_expression(text)
    assert part in refused.value.message
    assert refused.value.position == position


def test_python_is_not_reachable() -> None:
    for text in ('"".__class__', "[].__len__", "x.__init__.__globals__", "open", "__builtins__"):
        assert compile_expression(text)({"x": to_feel("a")}) in (None, []), text
