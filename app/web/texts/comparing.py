"""Two wordings side by side, line by line, for pages."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from app.notices.texts import Text

_MARKS = {"+": "加", "-": "删", " ": ""}


@dataclass(frozen=True)
class Line:
    """A line of the comparison; `mark` is 加, 删 or empty."""

    mark: str
    text: str


@dataclass(frozen=True)
class ComparedPart:
    """A section that differs, with its lines."""

    label: str
    lines: tuple[Line, ...]


def compare(text: Text, old: Mapping[str, str], new: Mapping[str, str]) -> list[ComparedPart]:
    """The sections that differ; unchanged ones are left out."""
    found = []
    for part in text.parts:
        before, after = old.get(part.name, ""), new.get(part.name, "")
        if before != after:
            found.append(ComparedPart(part.label, tuple(_lines(before, after))))
    return found


def _lines(before: str, after: str) -> list[Line]:
    compared = difflib.ndiff(before.splitlines(), after.splitlines())
    return [Line(_MARKS[line[0]], line[2:]) for line in compared if line[0] in _MARKS]
