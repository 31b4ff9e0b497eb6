"""The commitment of a draw on one sheet 承诺单, printed before anybody gives a value to the seed (draw.md §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.notices.documents import tables
from app.notices.documents.paper import VERMILION, Paper

TITLE = "抽取承诺单"


@dataclass(frozen=True)
class CommitmentSheet:
    """What was committed to; all in words, hashes as hex."""

    number: str
    draw: str
    facts: Sequence[tuple[str, str]]
    commit: str
    short_code: str
    cond_hash: str
    list_hash: str
    candidates: int
    committed_at: str
    signers: Sequence[str]
    printed_by: str
    printed_at: str
    printed_on: date
    is_demo: bool = False


def commitment_sheet_pdf(sheet: CommitmentSheet) -> bytes:
    """One page with the short code to be read out and the whole commitment to be kept."""
    paper = Paper(f"{TITLE} {sheet.number} {sheet.draw}", sheet.printed_on, page_numbers=False)
    paper.heading(TITLE, 22)
    tables.origin(paper, sheet.printed_by, sheet.printed_at, is_demo=sheet.is_demo)
    tables.paired_facts(paper, (("编号", f"{sheet.number} {sheet.draw}"), *sheet.facts))
    _seal(paper, sheet)
    tables.facts(
        paper,
        (
            ("承诺值", _rows(sheet.commit)),
            ("条件摘要", _rows(sheet.cond_hash)),
            ("名单摘要", f"{sheet.candidates} 人\n{_rows(sheet.list_hash)}"),
            ("公布时间", sheet.committed_at),
        ),
    )
    paper.ln(4)
    paper.paragraphs(
        "承诺值由系统种子、抽取条件和候选名单算出，在任何人投入随机值之前公布。公布之后，系统不能再更换种子，"
        "条件和名单改动一字，承诺值就不相符。抽取公开后，任何人可以用抽取证书核对本单。",
        11,
    )
    paper.ln(2)
    paper.paragraphs("请监督人念出短码，抄写在下面，并与屏幕和抽取证书核对：", 11)
    paper.ln(2)
    paper.size(13)
    paper.line_at(paper.l_margin + 30, paper.get_y(), 40, "抄写的短码：")
    paper.line(paper.l_margin + 62, paper.get_y(), paper.l_margin + 132, paper.get_y())
    paper.ln(2)
    tables.signing_lines(paper, sheet.signers)
    return paper.finished()


def _seal(paper: Paper, sheet: CommitmentSheet) -> None:
    paper.ln(5)
    top = paper.get_y()
    paper.set_draw_color(*VERMILION)
    paper.set_text_color(*VERMILION)
    paper.set_line_width(0.6)
    paper.rect(paper.l_margin, top, paper.epw, 30)
    paper.size(11)
    paper.line_at(paper.l_margin, top + 2.5, paper.epw, "现场核对短码", "centre")
    paper.size(32)
    paper.line_at(paper.l_margin, top + 9, paper.epw, sheet.short_code, "centre")
    paper.set_draw_color(0, 0, 0)
    paper.set_text_color(0, 0, 0)
    paper.set_line_width(0.2)
    paper.set_y(top + 35)


def _rows(digits: str) -> str:
    """64 hex digits in two lines of four groups of eight."""
    groups = [digits[at : at + 8] for at in range(0, len(digits), 8)]
    return "\n".join(" ".join(groups[at : at + 4]) for at in range(0, len(groups), 4))
