"""Regular expressions are those of XPath: what XPath does not know is null, never something else."""

from __future__ import annotations

import time

import pytest

from app.feel import FeelLimitExceeded, compile_expression


def matched(pattern: str, text: str, flags: str = "") -> bool | None:
    result: bool | None = compile_expression("matches(text, pattern, flags)")(
        {"text": text, "pattern": pattern, "flags": flags}
    )
    return result


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"^\d{17}[\dX]$", "11010519491231002X", True),
        (r"^RK-\d{4}-\d{4}$", "RK-2026-0147", True),
        (r"^1[3-9]\d{9}$", "13800138000", True),
        (r"^\p{L}{2,4}$", "王小明", True),
        (r"[a-z-[aeiou]]", "aei", False),
        (r"[a-z-[aeiou]]", "aeb", True),
        (r"^[^a-z-[x]]$", "x", True),
        (r"^\i\c*$", "a-1", True),
        (r"^\w+$", "a_b", False),
        (r"\s", "\u3000", False),
        (r"^a.c$", "a\rc", False),
        (r"a$", "a\n", False),
        (r"(a)\1", "aa", True),
        (r"a{2}?", "aa", True),
        (r"(?:ab)+c", "ababc", True),
        (r"[(?=]", "=", True),
        (r"[a&&b]", "&", True),
        ("", "anything", True),
    ],
)
def test_what_xpath_says(pattern: str, text: str, expected: bool) -> None:
    assert matched(pattern, text) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "(?i)a", "(?=a)", "(?<=a)b", "(?P<x>a)", "a++", "a**", "a{1}{2}", "*a", "(+a)", "a{,3}", "a{x}",
        "(?:a){e<=1}", r"\bword\b", r"\Aa", r"a\Z", r"\X", r"\Ka", r"\L<x>", "[[:alpha:]]", "[a--b]", "[]", "[a",
        "(a", "a)", "}", r"[\1]", "\\",
    ],
)  # fmt: skip
def test_what_xpath_does_not_know_is_null(pattern: str) -> None:
    assert matched(pattern, "aaa") is None


def test_flags() -> None:
    assert matched("A", "a", "i") is True
    assert matched("a.c", "a\nc", "s") is True
    assert matched("^c$", "a\nc", "m") is True
    assert matched("a b", "ab", "x") is True
    assert matched("a.c", "abc", "q") is False
    assert matched("a", "a", "z") is None


@pytest.mark.parametrize(
    "pattern",
    [
        "(((a{1000}){1000}){1000}){1000}",
        "a{999999999}",
        "(a{0,30000}){0,30000}",
        "(a { 100 0 } ) { 1000 }",
        "(){99999}",
    ],
)
def test_repetitions_that_would_take_all_memory_are_refused(pattern: str) -> None:
    began = time.perf_counter()
    with pytest.raises(FeelLimitExceeded, match="重复次数过多"):
        matched(pattern, "aaaa", "x")
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("replacement", "expected"),
    [("$2$1", "ba"), ("[$0]", "[ab]"), ("$12", "a2"), (r"\$1", "$1"), (r"\\", "\\"), ("$3", "")],
)
def test_groups_in_a_replacement(replacement: str, expected: str) -> None:
    value = compile_expression('replace("ab", "(a)(b)", to)')({"to": replacement})
    assert value == expected


def test_splitting_and_replacing_where_nothing_matches() -> None:
    assert compile_expression('split("a,b;c", "[,;]")')({}) == ["a", "b", "c"]
    assert compile_expression('split("abc", ";")')({}) == ["abc"]
    assert compile_expression('replace("abc", "x", "y")')({}) == "abc"
