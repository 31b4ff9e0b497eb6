"""The written decision on an objection, to the objector and to the candidate (第十二条（三）).

The candidate's letter is made without the objector: there is no field for one, and a text that names a withheld
person is refused (domain.md no. 12).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from app.core.errors import UserError
from app.notices.documents.glyphs import demand_printable_name
from app.notices.documents.paper import Paper
from app.notices.grammar import fill
from app.notices.letters import Wording
from app.notices.letters import letter as shipped
from app.regulations.wording import formal_date

TITLE = "异议处理决定书"
#: Key of its wording.
LETTER = "objection_decision"


class IdentityDisclosed(UserError):
    """The text meant for the candidate names somebody whose identity is withheld."""

    def __init__(self) -> None:
        super().__init__("给专家本人的决定书中出现了异议人的姓名、单位或联系方式，请改写核实情况和理由后再制作")


@dataclass(frozen=True)
class ObjectionDecision:
    """What was decided: `findings` tell what was verified, `reasons` why, `consequence` what follows.

    `conclusion` is in words: 异议成立, 异议不成立.
    """

    number: str
    application_number: str
    batch: str
    candidate: str
    candidate_unit: str
    accepted_on: date
    findings: str
    conclusion: str
    reasons: str
    consequence: str
    decided_on: date
    office: str = "省政务信息管理局"
    is_demo: bool = False


@dataclass(frozen=True)
class ObjectorLetter:
    """The letter to who objected, on the day `raised_on`."""

    decision: ObjectionDecision
    objector: str
    raised_on: date

    def check(self) -> None:
        """:raises UnprintableName: the font lacks a character of a name."""
        demand_printable_name(self.objector)
        demand_printable_name(self.decision.candidate)

    def as_demo(self) -> ObjectorLetter:
        """The same letter, marked as having no force."""
        return replace(self, decision=replace(self.decision, is_demo=True))


@dataclass(frozen=True)
class CandidateLetter:
    """The letter to the expert concerned; `withheld` are the objector's name, unit, phone and address."""

    decision: ObjectionDecision
    withheld: Sequence[str]

    def check(self) -> None:
        """:raises IdentityDisclosed: it would name one of `withheld`. :raises UnprintableName: as above."""
        demand_printable_name(self.decision.candidate)
        decision = self.decision
        body = "".join((decision.findings, decision.reasons, decision.conclusion, decision.consequence))
        compact = "".join(body.split())
        if any("".join(item.split()) in compact for item in self.withheld if item.strip()):
            raise IdentityDisclosed

    def as_demo(self) -> CandidateLetter:
        """The same letter, marked as having no force."""
        return replace(self, decision=replace(self.decision, is_demo=True))


def decision_to_objector(letter: ObjectorLetter, wording: Wording | None = None) -> bytes:
    """The letter to who objected, in the shipped wording or another.

    :raises UnprintableName: see `ObjectorLetter.check`.
    """
    letter.check()
    decision, text = letter.decision, wording or shipped(LETTER).wording
    data = {
        "raised_on": formal_date(letter.raised_on), "candidate": decision.candidate,
        "candidate_unit": decision.candidate_unit, "batch": decision.batch,
        "accepted_on": formal_date(decision.accepted_on), "number": decision.number,
    }  # fmt: skip
    opening = fill(LETTER, text["opening_objector"], data)
    return _letter(decision, decision.number, f"{letter.objector}：", opening, text)


def decision_to_candidate(letter: CandidateLetter, wording: Wording | None = None) -> bytes:
    """The letter to the expert concerned, in the shipped wording or another.

    :raises IdentityDisclosed, UnprintableName: see `CandidateLetter.check`.
    """
    letter.check()
    decision, text = letter.decision, wording or shipped(LETTER).wording
    data = {
        "application_number": decision.application_number, "batch": decision.batch,
        "accepted_on": formal_date(decision.accepted_on),
    }  # fmt: skip
    opening = fill(LETTER, text["opening_candidate"], data)
    return _letter(decision, decision.application_number, f"{decision.candidate}同志：", opening, text)


def _letter(decision: ObjectionDecision, number: str, salutation: str, opening: str, wording: Wording) -> bytes:
    paper = Paper(f"{TITLE} {number}", decision.decided_on, margin=26)
    paper.ln(6)
    paper.heading(TITLE, 22)
    paper.size(11)
    paper.line_at(paper.l_margin, paper.get_y(), paper.epw, f"编号：{number}", "right")
    paper.ln(4)
    paper.paragraphs(salutation, 14, indent="")
    paper.paragraphs(opening, 14)
    for heading, text in (
        ("一、核实情况", decision.findings),
        ("二、处理决定", f"{decision.conclusion}。{decision.reasons}"),
        ("三、后续办理", decision.consequence),
    ):
        paper.paragraphs(heading, 14)
        paper.paragraphs(text, 14)
    paper.paragraphs(fill(LETTER, wording["basis"], {}), 14)
    paper.signature(decision.office, formal_date(decision.decided_on), is_demo=decision.is_demo)
    return paper.finished()
