"""GB 11643: what an ID number must be, what it says, and the 周岁 of a day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.registers.identity_number import PROVINCES, BadIdentityNumber, age_on, check_character, parse

TODAY = date(2026, 3, 2)
#: The example of the standard itself.
STANDARD = "11010519491231002X"


def made(province: str = "140105", born: str = "19820312", order: str = "001") -> str:
    """A right number of invented digits."""
    first = province + born + order
    return first + check_character(first)


def test_the_example_of_the_standard_is_right() -> None:
    found = parse(STANDARD, TODAY)
    assert (found.province, found.born, found.sex) == ("北京", date(1949, 12, 31), "女")
    assert found.birth_month == "1949-12"


def test_spaces_and_a_small_x_are_mended() -> None:
    assert parse("110105 19491231 002x", TODAY).text == STANDARD


@given(
    st.sampled_from(sorted(PROVINCES)),
    st.dates(date(1930, 1, 1), date(2008, 1, 1)),
    st.integers(0, 999),
)
def test_every_made_number_is_read_back(province: str, born: date, order: int) -> None:
    found = parse(made(province + "0105", f"{born:%Y%m%d}", f"{order:03d}"), TODAY)
    assert (found.born, found.province) == (born, PROVINCES[province])
    assert found.sex == ("男" if order % 2 else "女")


@given(st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(place: int, shift: int) -> None:
    right = made()
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    with pytest.raises(BadIdentityNumber):
        parse(wrong, TODAY)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "应为 18 位，现有 0 位"),
        ("140105820312001", "应为 18 位，现有 15 位"),
        ("1401051982031200AX", "前 17 位应为数字"),
        ("14010519820312001Y", "最后一位为数字或 X"),
        ("\uff19" * 18, "前 17 位应为数字"),
        ("990105198203120014", "前两位 99 不是省级代码"),
        ("140105198202300014", "19820230 不是日期"),
        ("140105202603030010", "20260303 不会是出生日期"),
        ("140105180001010018", "18000101 不会是出生日期"),
        (made()[:17] + ("0" if made()[17] != "0" else "1"), "最后一位与前 17 位不符"),
    ],
)
def test_what_is_wrong_is_said(typed: str, reason: str) -> None:
    with pytest.raises(BadIdentityNumber) as refused:
        parse(typed, TODAY)
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(1960, 3, 3), date(2026, 3, 2), 65),
        (date(1960, 3, 2), date(2026, 3, 2), 66),
        (date(1960, 2, 29), date(2026, 2, 28), 65),
        (date(1960, 2, 29), date(2026, 3, 1), 66),
        (date(1960, 2, 29), date(2024, 2, 29), 64),
        (date(2026, 3, 2), date(2026, 3, 2), 0),
    ],
)
def test_age_grows_on_the_birthday(born: date, day: date, age: int) -> None:
    assert age_on(born, day) == age
