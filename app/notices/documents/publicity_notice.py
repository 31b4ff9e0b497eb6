"""The notice of publicity with the list of experts to be admitted (第十二条（三）)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.notices.documents.glyphs import demand_printable_name
from app.notices.documents.paper import Align, Cell, Paper
from app.notices.grammar import fill
from app.notices.letters import Wording
from app.notices.letters import letter as shipped
from app.regulations.wording import formal_date

#: Key of its wording.
LETTER = "publicity_notice"


@dataclass(frozen=True)
class ListedCandidate:
    """What the public may know of a candidate, and nothing else."""

    name: str
    unit: str
    title: str
    directions: Sequence[str]


@dataclass(frozen=True)
class PublicityNotice:
    """The notice of one batch; `period` is in words of the rule set: 5个工作日."""

    batch: str
    title: str
    text: str
    period: str
    published_on: date
    first_day: date
    last_day: date
    contact: str
    candidates: Sequence[ListedCandidate]
    office: str = "省政务信息管理局"
    is_demo: bool = False


def publicity_notice_pdf(notice: PublicityNotice, wording: Wording | None = None) -> bytes:
    """The notice and its list.

    :raises UnprintableName: the font lacks a character of a candidate's name.
    """
    for candidate in notice.candidates:
        demand_printable_name(candidate.name)
    paper = Paper(f"{notice.title} {notice.batch}", notice.published_on)
    paper.ln(4)
    paper.heading(notice.title, 20)
    paper.paragraphs(notice.text, 14)
    data = {
        "period": notice.period, "first_day": formal_date(notice.first_day), "last_day": formal_date(notice.last_day),
        "office": notice.office,
    }  # fmt: skip
    paper.paragraphs(fill(LETTER, (wording or shipped(LETTER).wording)["period"], data), 14)
    paper.paragraphs(f"联系方式：{notice.contact}", 14)
    paper.signature(notice.office, formal_date(notice.published_on), is_demo=notice.is_demo)
    _list(paper, notice)
    return paper.finished()


def _list(paper: Paper, notice: PublicityNotice) -> None:
    paper.room(40)
    paper.paragraphs(f"附件：拟入库专家名单（{notice.batch}，共{len(notice.candidates)}人）", 11, indent="")
    widths = (12.0, 24.0, paper.epw - 12 - 24 - 34 - 48, 34.0, 48.0)
    headings = ("序号", "姓名", "工作单位", "职称", "技术方向")
    _list_row(paper, widths, headings)
    for number, candidate in enumerate(notice.candidates, start=1):
        page = paper.page_no()
        cells = (str(number), candidate.name, candidate.unit, candidate.title, "、".join(candidate.directions))
        height = max(paper.height_of(Cell(text, width)) for text, width in zip(cells, widths, strict=True))
        paper.room(max(10.0, height))
        if paper.page_no() != page:
            _list_row(paper, widths, headings)
        _list_row(paper, widths, cells)


def _list_row(paper: Paper, widths: Sequence[float], texts: Sequence[str]) -> None:
    aligned: tuple[Align, ...] = ("centre", "centre", "left", "left", "left")
    paper.row([Cell(text, width, align) for text, width, align in zip(texts, widths, aligned, strict=True)])
