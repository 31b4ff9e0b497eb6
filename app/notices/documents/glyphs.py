"""Which characters the embedded font can print: a missing one would vanish from a person's name without a word."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont

from app.core.errors import UserError

#: Stands for a character that the font lacks, as typesetters have always done.
MISSING = "〓"


class UnprintableName(UserError):
    """A name has characters that the font lacks; the document must not be made with a mutilated name."""

    def __init__(self, name: str, characters: list[str]) -> None:
        listed = "、".join(f"“{character}”（U+{ord(character):04X}）" for character in characters)
        super().__init__(f"“{name}”中的{listed}不在印刷字库中，暂不能制作文书，请联系系统管理员补字")
        self.characters = characters


def font_path() -> Path:
    """The font of all documents: Noto Serif SC."""
    return Path(pylopdf_fonts_zh_cn.serif_path())


@cache
def _known() -> frozenset[int]:
    with TTFont(font_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())


def unprintable_characters(text: str) -> list[str]:
    """The characters of `text` that the font lacks, each once, in order; line ends do not count."""
    missing = (character for character in text if character not in "\n\r\t" and ord(character) not in _known())
    return list(dict.fromkeys(missing))


def demand_printable_name(name: str) -> str:
    """`name` itself.

    :raises UnprintableName: the font lacks one of its characters.
    """
    missing = unprintable_characters(name)
    if missing:
        raise UnprintableName(name, missing)
    return name


#: Stands where a list names somebody whose name the font cannot print: the line is filled in by pen.
BY_HAND = "（姓名手写）"


def name_or_place(name: str) -> str:
    """`name`, or the place to write it by hand: in a list one rare character must not stop everybody's paper."""
    return BY_HAND if unprintable_characters(name) else name


def printable(text: str) -> str:
    """`text` with 〓 for what the font lacks; for free text, never for names."""
    return "".join(
        character if character in "\n\r\t" or ord(character) in _known() else MISSING for character in text
    )
