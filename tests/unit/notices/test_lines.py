"""Line breaking of Chinese text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notices.documents.lines import wrap


def columns(text: str) -> float:
    """Chinese characters are two columns wide, others one."""
    return sum(2 if ord(character) > 0x2000 else 1 for character in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("一二三四五六", 8, ["一二三四", "五六"]),
        ("一二三四，五六", 8, ["一二三", "四，五六"]),  # no line begins with a comma
        ("一二三（四五）", 8, ["一二三", "（四五）"]),  # none ends with an opening bracket
        ("编号RK-2026-0147。", 16, ["编号", "RK-2026-0147。"]),  # numbers stay whole
        ("自2026年3月4日起", 12, ["自", "2026年3月4日", "起"]),  # dates stay whole
        ("甲\n\n乙", 8, ["甲", "", "乙"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),  # what is too long for a line is cut
        ("一二 三四", 5, ["一二", "三四"]),  # no line begins with a blank
        ("", 8, [""]),
    ],
)
def test_breaks_as_a_typesetter_would(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width, columns) == lines


def test_paragraphs_are_indented() -> None:
    assert wrap("一二三\n四", 8, columns, "　　") == ["　　一二", "三", "　　四"]


def test_a_box_stays_with_its_word() -> None:
    assert wrap("□\u00a0审计　■\u00a0保密", 12, columns) == ["□\u00a0审计", "■\u00a0保密"]


@given(st.text("一二三，。（）ab1 \n", max_size=60), st.integers(6, 30))
def test_law_nothing_is_lost_and_nothing_too_wide(text: str, width: int) -> None:
    lines = wrap(text, width, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(columns(line) <= width or set(line[1:]) <= set("，。（） ") or line[0] in "（" for line in lines if line)
