"""The static check: what a process owner is told before the diagram is saved."""

from __future__ import annotations

import pytest

from app.feel import Function, Parameter, check_expression, check_unary_tests

FUNCTIONS = {
    function.name: function
    for function in (
        Function("now", (), "date and time", "此刻", lambda: None),
        Function(
            "working days after",
            (Parameter("date", "date"), Parameter("n", "number")),
            "date",
            "",
            lambda *given: None,
        ),
    )
}
VARIABLES: dict[str, str | None] = {
    "amount": "number",
    "kind": "string",
    "passed": "boolean",
    "日期": "date",
    "期限": "duration",
    "anything": None,
    "申请 人": "context<姓名: string, 生日: date>",
    "rows": "list<context<a: number>>",
    "unknown rows": "list",
    "count": "number",
}


def found(text: str, expected: str | None = None) -> list[tuple[int, str]]:
    return [(one.position, one.message_zh) for one in check_expression(text, VARIABLES, FUNCTIONS, expected)]


@pytest.mark.parametrize(
    "text",
    [
        'amount > 5000 and kind = "A"',
        "申请 人.姓名 = kind",
        "rows[a > 1].a",
        "rows[1].a + 1",
        "unknown rows[b = 1]",
        "anything.x.y > 3 and anything",
        "sum(rows.a) > amount",
        "for r in rows return r.a + 1",
        "some r in rows satisfies r.a > 1",
        "if passed then 1 else null",
        "日期 + 期限 > 日期",
        'now() + duration("PT2H") > now()',
        "date(now()) = 日期",
        "working days after(日期, amount) = 日期",
        "working days after(n: 1, date: 日期) = 日期",
        "amount in (> 5, [1..3])",
        'kind in ("A", "B")',
        "(function(x) x + 1)(amount)",
        "{a: 1, b: a + 1}.b = 2",
        "amount = null",
        'substring(kind, 1, 2) = "ab"',
        'number(from: "1", grouping separator: ",", decimal separator: ".")',
        "min(1, 2, 3) + 1",
        "sort(rows, function(x, y) x.a < y.a)",
        "日期.year > 2000",
        "count > 1 and count(rows) = 1",
        "unknown rows[count > 1]",
    ],
)
def test_what_is_right_is_not_remarked_upon(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("amout > 5", 0, "未知的变量“amout”，是否为“amount”"),
        ("amount > zzz", 9, "未知的变量“zzz”"),
        ("sume(rows.a)", 0, "未知的函数“sume”，是否为“sum”"),
        ("work days after(日期, 1)", 0, "没有名为“work days”的变量或函数"),
        ("working days after(日期)", 0, "函数 working days after 的参数应为（date，n）"),
        ("working days after(day: 日期, n: 1)", 0, "函数 working days after 的参数应为（date，n）"),
        ('working days after(日期, "5")', 23, "函数 working days after 的参数 n 应为数字，这里是文字"),
        ('substring("a")', 0, "函数 substring 的参数应为（string，start position，length?）"),
        ("upper case(5)", 11, "函数 upper case 的参数 string 应为文字，这里是数字"),
        ('amount > "5"', 7, "数字与文字不能比较"),
        ("now() > 日期", 6, "日期时间与日期不能比较，请先用 date(…) 取日期"),
        ("passed > true", 7, "真或假不能比较大小"),
        ("amount + kind", 7, "数字与文字之间不能用“+”计算"),
        ("日期 + 1", 3, "日期与数字之间不能用“+”计算"),
        ("-kind", 0, "文字前不能有负号"),
        ("passed and amount", 11, "“and”的两边应为真或假，这里是数字"),
        ("if amount then 1 else 2", 3, "if 的条件应为真或假，这里是数字"),
        ("申请 人.姓", 4, "没有字段“姓”，是否为“姓名”"),
        ("日期.yera", 2, "日期没有“yera”，是否为“year”"),
        ("amount.x", 6, "数字没有“x”"),
        ("rows[b > 1]", 5, "未知的变量“b”"),
        ("rows[kind]", 5, "筛选条件应为真或假，或序号，这里是文字"),
        ("every r in rows satisfies r.a", 27, "every 的条件应为真或假，这里是数字"),
        ("[1..日期]", 0, "数字与日期不能组成区间"),
        ("amount in [5..1]", 10, "区间的下限大于上限，永不匹配"),
        ("amount(1)", 0, "数字不是函数，不能调用"),
        ('日期 > @"2026-02-30"', 5, "不是有效的日期、时间或时长"),
        ("{a: 1, a: 2}", 10, "字段“a”重复"),
        ("amount >", 8, "表达式到此结束，不合语法"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, position: int, message: str) -> None:
    assert (position, message) in found(text)


def test_every_fault_is_told_at_once() -> None:
    assert [message for _, message in found("amout > 5 and knd = 3")] == [
        "未知的变量“amout”，是否为“amount”",
        "未知的变量“knd”，是否为“kind”",
    ]


@pytest.mark.parametrize(
    ("text", "expected", "message"),
    [
        ("amount", "boolean", "此处应为真或假，表达式的结果是数字"),
        ("null", "boolean", "此处应为真或假，表达式的结果是空值"),
        ("kind", "date|date and time|duration", "此处应为日期或日期时间或时长，表达式的结果是文字"),
    ],
)
def test_the_place_says_which_type_it_needs(text: str, expected: str, message: str) -> None:
    assert found(text, expected) == [(0, message)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount > 5", "boolean"),
        ("anything", "boolean"),
        ('now() + duration("PT2H")', "date|date and time|duration"),
        ('@"P5D"', "date|duration"),
    ],
)
def test_a_type_that_fits_or_is_not_known_passes(text: str, expected: str) -> None:
    assert found(text, expected) == []


@pytest.mark.parametrize(
    ("cell", "column", "message"),
    [
        ("> 5", "string", "文字与数字不能比较"),
        ("[1..5]", "string", "这一列是文字，这里是区间，永不匹配"),
        ("yes", "string", "未知的变量“yes”"),
        ('"a"', "number", "这一列是数字，这里是文字，永不匹配"),
        ("3,", "number", "表达式到此结束，不合语法"),
    ],
)
def test_cells_are_checked_against_their_column(cell: str, column: str, message: str) -> None:
    assert [one.message_zh for one in check_unary_tests(cell, column, VARIABLES, FUNCTIONS)] == [message]


@pytest.mark.parametrize(
    ("cell", "column"),
    [
        ("-", "number"),
        ('"a","b"', "string"),
        ("? > amount", "number"),
        ("passed", "number"),
        ("null", "date"),
        ("3", None),
    ],
)
def test_cells_that_fit_pass(cell: str, column: str | None) -> None:
    assert check_unary_tests(cell, column, VARIABLES, FUNCTIONS) == []
