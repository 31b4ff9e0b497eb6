"""The letter of appointment 聘书 (第十二条（四）、第十三条)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from app.notices.documents.glyphs import demand_printable_name
from app.notices.documents.paper import VERMILION, Paper
from app.notices.grammar import fill
from app.notices.letters import Wording
from app.notices.letters import letter as shipped
from app.regulations.wording import formal_date

#: Key of its wording.
LETTER = "appointment_letter"


@dataclass(frozen=True)
class AppointmentLetter:
    """What the letter says; the term includes both its days."""

    number: str
    name: str
    term_start: date
    term_end: date
    issued_on: date
    office: str = "省政务信息管理局"
    is_demo: bool = False


    def check(self) -> None:
        """:raises UnprintableName: the font lacks a character of the expert's name."""
        demand_printable_name(self.name)

    def as_demo(self) -> AppointmentLetter:
        """The same letter, marked as having no force."""
        return replace(self, is_demo=True)


def appointment_letter_pdf(letter: AppointmentLetter, wording: Wording | None = None) -> bytes:
    """The letter on one landscape page, in the shipped wording or another.

    :raises UnprintableName: see `AppointmentLetter.check`.
    """
    letter.check()
    paper = Paper(f"聘书 {letter.number}", letter.issued_on, landscape=True, margin=40, page_numbers=False)
    paper.set_auto_page_break(auto=False, margin=18)
    _frame(paper)
    paper.set_y(38)
    paper.set_text_color(*VERMILION)
    paper.heading("聘　书", 44)
    paper.set_text_color(0, 0, 0)
    paper.size(12)
    paper.line_at(paper.l_margin, paper.get_y() - 2, paper.epw, f"编号：{letter.number}", "right")
    paper.ln(6)
    paper.paragraphs(f"{letter.name}同志：", 22, indent="")
    paper.ln(2)
    data = {
        "name": letter.name, "term_start": formal_date(letter.term_start), "term_end": formal_date(letter.term_end),
    }  # fmt: skip
    text = wording or shipped(LETTER).wording
    paper.paragraphs(fill(LETTER, text["body"], data), 20)
    paper.ln(2)
    paper.paragraphs(fill(LETTER, text["closing"], data), 20)
    paper.signature(letter.office, formal_date(letter.issued_on), is_demo=letter.is_demo)
    return paper.finished()


def _frame(paper: Paper) -> None:
    paper.set_draw_color(*VERMILION)
    for inset, width in ((12.0, 1.1), (15.0, 0.3)):
        paper.set_line_width(width)
        paper.rect(inset, inset, paper.w - 2 * inset, paper.h - 2 * inset)
    paper.set_draw_color(0, 0, 0)
    paper.set_line_width(0.2)
