"""The list of the panel to be confirmed 评审专家名单确认单, and the sheet on which members sign in 签到表."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from app.notices.documents import tables
from app.notices.documents.glyphs import name_or_place
from app.notices.documents.paper import Paper
from app.notices.documents.tables import Column
from app.notices.grammar import fill
from app.notices.letters import Wording
from app.notices.letters import letter as shipped

#: Key of their wording.
LETTER = "panel_papers"
LIST_TITLE = "评审专家名单确认单"
SIGN_IN_TITLE = "评审专家签到表"
#: Checks and signatures stay together on one page; mm.
_CLOSING = 78.0


@dataclass(frozen=True)
class Member:
    """Who sits on a line of the panel; before its time the name is masked and unit and title are withheld."""

    line: int
    name: str
    unit: str
    title: str
    category: str
    way: str
    state: str
    confirmed_at: str
    signed_in: str


@dataclass(frozen=True)
class PanelPaper:
    """What both papers are made of; `checks` are (what, how it stands)."""

    number: str
    facts: Sequence[tuple[str, str]]
    members: Sequence[Member]
    names_note: str
    signers: Sequence[str]
    printed_by: str
    printed_at: str
    printed_on: date
    checks: Sequence[tuple[str, str]] = field(default=())
    is_demo: bool = False


def panel_list_pdf(paper_data: PanelPaper, wording: Wording | None = None) -> bytes:
    """The list with the checks of Articles 17 to 19, for the organiser's confirmation."""
    paper = _begun(LIST_TITLE, paper_data)
    tables.section(paper, "评审小组名单")
    columns = (
        Column("席位", 11, "centre"), Column("姓名", 18), Column("工作单位、职称"), Column("类别", 29),
        Column("产生方式", 28), Column("答复", 28),
    )  # fmt: skip
    rows = [
        (str(one.line), name_or_place(one.name), _place(one), one.category, one.way, one.confirmed_at or one.state)
        for one in paper_data.members
    ]
    tables.table(paper, columns, rows, size=9, least=11)
    _note(paper, paper_data)
    if paper_data.checks:
        tables.section(paper, "名单核对", keep=_CLOSING)
        tables.facts(paper, paper_data.checks, label=34)
    tables.remark(paper, fill(LETTER, (wording or shipped(LETTER).wording)["confirmation"], {}), 10)
    tables.signing_lines(paper, paper_data.signers)
    return paper.finished()


def sign_in_sheet_pdf(paper_data: PanelPaper, wording: Wording | None = None) -> bytes:
    """One line a member, with room for the signature; who signed in on the screen stands in it already."""
    paper = _begun(SIGN_IN_TITLE, paper_data)
    paper.ln(4)
    columns = (
        Column("席位", 11, "centre"), Column("姓名", 18), Column("工作单位、职称"), Column("类别", 29),
        Column("签到时间", 19, "centre"), Column("本人签名", 34), Column("组长", 11, "centre"),
    )  # fmt: skip
    rows = [
        (str(one.line), name_or_place(one.name), _place(one), one.category, one.signed_in, "", "")
        for one in paper_data.members
    ]
    tables.table(paper, columns, rows, size=9, least=12.5)
    paper.room(_CLOSING / 2)
    _note(paper, paper_data)
    tables.remark(paper, fill(LETTER, (wording or shipped(LETTER).wording)["sign_in"], {}), 10)
    tables.signing_lines(paper, paper_data.signers)
    return paper.finished()


def _begun(title: str, data: PanelPaper) -> Paper:
    paper = Paper(f"{title} {data.number}", data.printed_on, margin=16)
    paper.heading(title, 20)
    tables.origin(paper, data.printed_by, data.printed_at, is_demo=data.is_demo)
    tables.paired_facts(paper, (("编号", data.number), *data.facts), label=24)
    return paper


def _place(member: Member) -> str:
    return "\n".join(filter(None, (member.unit, member.title)))


def _note(paper: Paper, data: PanelPaper) -> None:
    if data.names_note:
        tables.remark(paper, data.names_note, 9.5)
