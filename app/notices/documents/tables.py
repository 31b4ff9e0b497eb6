"""Tables on paper: a head that is repeated on every page, facts as name and value, lines to be signed on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.notices.documents.paper import Align, Cell, Paper


@dataclass(frozen=True)
class Column:
    """A column of a table; `width` in mm, 0 takes what the others leave."""

    heading: str
    width: float = 0.0
    align: Align = "left"


def table(
    paper: Paper,
    columns: Sequence[Column],
    rows: Iterable[Sequence[str]],
    *,
    size: float = 10.0,
    least: float = 7.5,
    whole: bool = False,
) -> None:
    """Writes the rows under their head; `least` is the lowest row in mm. A row is never split, a `whole` table
    only where a page cannot hold it.
    """
    rest = paper.epw - sum(column.width for column in columns)
    widths = [column.width or rest for column in columns]
    head = [Cell(one.heading, width, "centre", size) for one, width in zip(columns, widths, strict=True)]
    body = [
        [Cell(text, width, one.align, size) for text, one, width in zip(row, columns, widths, strict=True)]
        for row in rows
    ]
    begun = body if whole else body[:1]
    needed = _height(paper, head, least) + sum(_height(paper, cells, least) for cells in begun)
    paper.room(min(needed, paper.bottom - paper.t_margin))
    paper.row(head, least)
    for cells in body:
        if paper.get_y() + _height(paper, cells, least) > paper.bottom:
            paper.new_page()
            paper.row(head, least)
        paper.row(cells, least)


def _height(paper: Paper, cells: Sequence[Cell], least: float) -> float:
    return max(least, *(paper.height_of(cell) for cell in cells))


def facts(paper: Paper, pairs: Sequence[tuple[str, str]], *, label: float = 26.0, size: float = 10.5) -> None:
    """Names and values in a grid, one a line."""
    for name, value in pairs:
        cells = [Cell(name, label, "centre", size), Cell(value, paper.epw - label, "left", size)]
        paper.row(cells, 8.5)


def paired_facts(paper: Paper, pairs: Sequence[tuple[str, str]], *, label: float = 26.0, size: float = 10.5) -> None:
    """Names and values in a grid, two a line; an odd last one takes the whole line."""
    half = paper.epw / 2 - label
    for at in range(0, len(pairs) - 1, 2):
        cells = [
            cell
            for name, value in pairs[at : at + 2]
            for cell in (Cell(name, label, "centre", size), Cell(value, half, "left", size))
        ]
        paper.row(cells, 8.5)
    if len(pairs) % 2:
        facts(paper, pairs[-1:], label=label, size=size)


def section(paper: Paper, text: str, points: float = 12.5, keep: float = 26.0) -> None:
    """A heading at the left that stays with at least `keep` mm of what follows."""
    paper.ln(3.5)
    paper.size(points)
    paper.room(keep)
    for line in paper.lines_of(text, paper.epw):
        paper.line_at(paper.l_margin, paper.get_y(), paper.epw, line)
    paper.ln(1.2)


def remark(paper: Paper, text: str, points: float = 9.5) -> None:
    """Small running text below a table."""
    paper.ln(1)
    paper.paragraphs(text, points, indent="")


def signing_lines(paper: Paper, signers: Sequence[str], *, height: float = 24.0) -> None:
    """Places for signatures side by side, each with its date."""
    paper.ln(4)
    paper.room(height)
    top, width = paper.get_y(), paper.epw / len(signers)
    paper.size(11)
    for place, signer in enumerate(signers):
        left = paper.l_margin + place * width
        paper.line_at(left, top, width, signer)
        paper.line_at(left, top + 12, width, "　　　年　　月　　日")
    paper.set_y(top + height)


def origin(paper: Paper, by: str, at: str, *, is_demo: bool) -> None:
    """Who printed it and when; a demo document says that it has no force."""
    words = f"打印：{by}　{at}"
    paper.size(9)
    paper.line_at(paper.l_margin, paper.get_y(), paper.epw, f"{words}　演示，无效力" if is_demo else words, "right")
    paper.ln(1)
