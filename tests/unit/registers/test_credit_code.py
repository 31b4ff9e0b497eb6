"""GB 32100: the unified social credit code of a unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.registers.credit_code import BadCreditCode, check_character, parse

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: The code of a well-known company, printed on its licence.
KNOWN = "91350100M000100Y43"


def test_a_printed_code_is_right() -> None:
    assert parse("9135 0100 m000 100y 43") == KNOWN


@given(st.text(LETTERS, min_size=2, max_size=2), st.integers(0, 999_999), st.text(LETTERS, min_size=9, max_size=9))
def test_every_made_code_is_read_back(head: str, region: int, body: str) -> None:
    first = f"{head}{region:06d}{body}"
    assert parse(first + check_character(first)) == first + check_character(first)


@given(st.integers(0, 17), st.integers(1, 30))
def test_any_single_wrong_character_is_noticed(place: int, shift: int) -> None:
    other = LETTERS[(LETTERS.index(KNOWN[place]) + shift) % 31]
    with pytest.raises(BadCreditCode):
        parse(KNOWN[:place] + other + KNOWN[place + 1 :])


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("9135", "应为 18 位，现有 4 位"),
        ("91350100I000100Y43", "不会有字符 I"),
        ("9135A100M000100Y43", "第 3 至 8 位应为数字"),
        ("91350100M000100Y44", "最后一位与前 17 位不符"),
    ],
)
def test_what_is_wrong_is_said(typed: str, reason: str) -> None:
    with pytest.raises(BadCreditCode) as refused:
        parse(typed)
    assert reason in refused.value.reason
