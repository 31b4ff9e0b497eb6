"""The wording of the letters: one file a letter, each section with its name, its words for people and its variables.

    label: 聘书
    --- body | 正文 | name term_start term_end
    ...

Where a letter has its lines, rules and seal is the business of `app.notices.documents`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.notices.errors import TemplateRefused

_FOLDER = Path(__file__).parent

#: Sections of a letter by name.
Wording = Mapping[str, str]


@dataclass(frozen=True)
class Section:
    """One piece of running text and the variables it may use."""

    name: str
    label: str
    variables: frozenset[str]
    text: str


@dataclass(frozen=True)
class Letter:
    """A letter as shipped."""

    key: str
    label: str
    sections: tuple[Section, ...]

    @property
    def wording(self) -> Wording:
        return {one.name: one.text for one in self.sections}


@cache
def letter(key: str) -> Letter:
    """The shipped letter `key`.

    :raises TemplateRefused: there is no such file, or it is badly written.
    """
    path = _FOLDER / f"{key}.txt"
    if not path.is_file():
        raise TemplateRefused(f"no letter {key}")
    head, *parts = ("\n" + path.read_text(encoding="utf-8")).split("\n--- ")
    name, _, label = head.strip().partition(":")
    if name != "label" or not label.strip():
        raise TemplateRefused(f"{key}: no label")
    return Letter(key, label.strip(), tuple(_section(key, part) for part in parts))


def _section(key: str, part: str) -> Section:
    head, _, text = part.partition("\n")
    named = [piece.strip() for piece in head.split("|")]
    if len(named) != 3:
        raise TemplateRefused(f"{key}: section {head!r}")
    return Section(named[0], named[1], frozenset(named[2].split()), text.strip("\n"))


def all_letters() -> list[Letter]:
    """Every shipped letter, by key."""
    return [letter(path.stem) for path in sorted(_FOLDER.glob("*.txt"))]
