"""Expressions of other products become FEEL where that is plain, and are left to a person where it is not."""

from __future__ import annotations

import pytest

from app.feel import compile_expression
from app.workflow.importing.conditions import to_feel


@pytest.mark.parametrize(
    ("written", "feel"),
    [
        ("${amount > 7000}", "amount > 7000"),
        ("#{amount >= 7000 && approved}", "amount >= 7000 and approved"),
        ("${a || b && c}", "a or b and c"),
        ("${(a || b) && c}", "(a or b) and c"),
        ("${!approved}", "not(approved)"),
        ("${!approved == late}", "not(approved) = late"),
        ("${state == 'open'}", 'state = "open"'),
        ("${state.equals('open')}", 'state = "open"'),
        ("${amount gt 5 and kind ne 'x'}", 'amount > 5 and kind != "x"'),
        ("${empty reason}", '(reason = null or reason = "" or reason = [])'),
        ("${!empty(names)}", 'not((names = null or names = "" or names = []))'),
        ("${ok ? 'a' : 'b'}", 'if ok then "a" else "b"'),
        ("${execution.getVariable('sum') == null}", "sum = null"),
        ("${order['total'] > 1}", "order.total > 1"),
        ("total > 5000 and urgent == False", "total > 5000 and urgent = false"),
        ("not done", "not(done)"),
        ("not a == b", "not(a = b)"),
        ("kind in ['a', 'b']", 'list contains(["a", "b"], kind)'),
        ("kind not in ('a')", 'not(list contains("a", kind))'),
        ("len(items) > 0", "count(items) > 0"),
        ("items.size() != 0", "count(items) != 0"),
        ("a if ok else b", "if ok then a else b"),
        ("owner is not None", "owner != null"),
        ("n % 2 == 0", "modulo(n, 2) = 0"),
        ("a - (b - c) == 1", "a - (b - c) = 1"),
        ("=total <= quota", "total <= quota"),
        ("amount > 7000", "amount > 7000"),
        ('formal.outcome = "supplement"', 'formal.outcome = "supplement"'),
        ("金额 > 5000", "金额 > 5000"),
    ],
)
def test_what_is_plain_is_translated(written: str, feel: str) -> None:
    found = to_feel(written)
    assert found is not None
    assert found.text == feel
    assert compile_expression(found.text)


def test_what_says_the_same_counts_as_unchanged() -> None:
    assert not to_feel("amount>7000").is_changed  # type: ignore[union-attr]
    assert not to_feel("= amount > 7000").is_changed  # type: ignore[union-attr]
    assert to_feel("${amount > 7000}").is_changed  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "written",
    [
        "", "   ", "room is free that day", "${bean.check(order)}", "${a < b < c}", "${list[0] == 1}", "= total <=",
        "${a} and ${b}", "x = [y for y in z]", "lambda: 1", "__import__('os').system('ls')", "def f(): return 1",
        "${'it\\'s'}", "x => x > 1", "`${x}`", "Betrag über 7000 EUR", "(" * 200 + "a" + ")" * 200,
        "not " * 400 + "a", "a" * 1001, "!" * 500 + "a", "-" * 500 + "1", "a +",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_a_person(written: str) -> None:
    assert to_feel(written) is None
