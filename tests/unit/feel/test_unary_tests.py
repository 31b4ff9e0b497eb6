"""Cells of decision tables, among them those that SpiffWorkflow 3.2.0's own DMN answers wrongly."""

from __future__ import annotations

from typing import Any

import pytest

from app.feel import FeelSyntaxError, compile_unary_tests, to_feel


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ('"a","b"', "a", True),
        ('"b","a"', "a", True),
        ('"b","c"', "a", False),
        ('not("b")', "a", True),
        ('not("b")', "b", False),
        ('not("a","b")', "b", False),
        ("3,4", 3, True),
        ("3,4", 5, False),
        ("[1..5]", 3, True),
        ("[1..5]", 5, True),
        ("[1..5)", 5, False),
        ("]1..5]", 1, False),
        ("(1..5[", 5, False),
        ("-", 3, True),
        ("-", None, True),
    ],
)
def test_cells_that_spiffworkflow_gets_wrong(cell: str, value: Any, expected: bool) -> None:
    assert compile_unary_tests(cell)(value) is expected


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("> 5", 6, True),
        (">= 5, < 2", 1, True),
        ("= 5", 5, True),
        ("!= 5", 5, False),
        ("5", 5, True),
        ("true", True, True),
        ("false", True, False),
        ("null", None, True),
        ("null", 1, False),
        ("not(null)", 1, True),
        ("not(> 5)", 3, True),
        ("[1..3], [7..9]", 8, True),
        ("(> 3)", 4, True),
        ("? > 5 and ? < 9", 7, True),
        ('contains(?, "局")', "大数据局", True),
        ("? + 1", 5, False),
        ("[1, 2, 3]", 2, True),
        ("<= limit", 5, True),
        ("limit", 5, True),
        ("[low..limit]", 4, True),
        ('> date("2026-03-01")', to_feel("2026-03-02", "date"), True),
    ],
)
def test_a_cell_is_a_test_of_the_columns_value(cell: str, value: Any, expected: bool) -> None:
    assert compile_unary_tests(cell)(value, {"limit": 5, "low": 1}) is expected


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('not("b")', 1),
        ("> 5", None),
        ("> 5", "7"),
        ("[1..5]", "3"),
        ("3", "3"),
        ("> missing", 3),
    ],
)
def test_what_cannot_be_compared_is_no_match_and_no_false(cell: str, value: Any) -> None:
    tests = compile_unary_tests(cell)
    assert tests(value) is None
    assert tests.null_reason is None or tests.null_reason


def test_a_condition_without_the_input_sign_fires_only_on_true() -> None:
    assert compile_unary_tests("n > 2")("any", {"n": 3}) is True
    assert compile_unary_tests("n > 2")("any", {"n": 1}) is False
    assert compile_unary_tests("n > 2")("any", {}) is not True


def test_a_boolean_cell_on_a_boolean_column_is_compared() -> None:
    assert compile_unary_tests("n > 2")(False, {"n": 1}) is True, (
        "the cell's value false equals the column's false"
    )


def test_a_name_of_several_words_may_stand_in_a_cell() -> None:
    tests = compile_unary_tests("> 最低 年限", frozenset({"最低 年限"}))
    assert tests(5, {"最低 年限": 3}) is True


@pytest.mark.parametrize("cell", ["", "> ", "3,", "[1..", 'not("a"', "a b", ">> 3", "== 3"])
def test_a_broken_cell_is_refused(cell: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests(cell)
