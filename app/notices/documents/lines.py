"""Breaking Chinese text into lines: no line begins with closing punctuation or ends with an opening bracket."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_NOT_FIRST = frozenset("，。、；：！？）〕》〉」』】”’…—·％%,.;:!?)]}")
_NOT_LAST = frozenset("（〔《〈「『【“‘([{")
#: A box to be ticked stays with its word; dates, Latin words and figures stay whole; everything else may part.
_TOKEN = re.compile("[□■]\u00a0[^\u3000]*|[0-9]+年[0-9]+月(?:[0-9]+日)?|[A-Za-z0-9@._+\\-/:#&=~]+|.", re.DOTALL)

Measure = Callable[[str], float]


def wrap(text: str, width: float, measure: Measure, indent: str = "") -> list[str]:
    """The lines of `text` in `width`; each paragraph begins with `indent`. Words and figures stay whole.

    A word wider than a line is cut.
    """
    lines: list[str] = []
    for paragraph in text.replace("\r\n", "\n").replace("\t", "    ").split("\n"):
        lines += _wrap_paragraph(indent + paragraph.strip() if indent else paragraph, width, measure)
    return lines


def _wrap_paragraph(text: str, width: float, measure: Measure) -> list[str]:
    lines: list[str] = []
    line: list[str] = []
    used = 0.0
    for piece in _tokens(text, width, measure):
        size = measure(piece)
        if line and used + size > width:
            carried = _carried(line, piece)
            lines.append("".join(line).rstrip())
            line, used = carried, sum(measure(part) for part in carried)
        if line or lines == [] or not piece.isspace():
            line.append(piece)
            used += size
    return [*lines, "".join(line).rstrip()]


def _carried(line: list[str], following: str) -> list[str]:
    """Takes from the end of `line` what must stand before `following` on the next line."""
    carried: list[str] = []
    while len(line) > 1 and (following[0] in _NOT_FIRST or line[-1][-1] in _NOT_LAST):
        following = line.pop()
        carried.insert(0, following)
    return carried


def _tokens(text: str, width: float, measure: Measure) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        piece = match.group()
        if measure(piece) <= width:
            yield piece
        else:
            yield from piece
