"""The two letters of a decision (第十二条（三）: 书面告知异议申请人和专家本人), as paragraphs; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.regulations.wording import formal_date

OBJECTOR, CANDIDATE = "objector", "candidate"


@dataclass(frozen=True)
class Decided:
    """What both letters say; nothing in it tells the candidate who objected."""

    number: str
    application_no: str
    candidate: str
    received_on: date
    accepted_on: date
    decided_on: date
    upheld: bool
    reasons: str

    @property
    def conclusion(self) -> str:
        """异议成立 or 异议不成立."""
        return "异议成立" if self.upheld else "异议不成立"

    @property
    def consequence(self) -> str:
        """What follows for the candidate (第十二条（四）)."""
        return "不予聘任为政务信息化专家。" if self.upheld else "不影响入库申请的办理。"


def objector_letter(decided: Decided, objector: str) -> str:
    """The letter to who objected."""
    return "\n".join(
        (
            f"{objector}：",
            f"你（单位）于{formal_date(decided.received_on)}对拟入库专家{decided.candidate}提出的异议"
            f"（{decided.number}），我局于{formal_date(decided.accepted_on)}受理。经核实，现作出处理决定：",
            f"{decided.conclusion}。",
            f"理由：{decided.reasons}",
            "特此告知（依据第十二条（三））。",
        )
    )


def candidate_letter(decided: Decided) -> str:
    """The letter to the person objected to."""
    return "\n".join(
        (
            f"{decided.candidate}：",
            f"您的入库申请（{decided.application_no}）在公示期内收到异议。经核实，"
            f"我局于{formal_date(decided.decided_on)}作出处理决定：",
            f"{decided.conclusion}，{decided.consequence}",
            f"理由：{decided.reasons}",
            "特此告知（依据第十二条（三）、（四））。",
        )
    )


def names_objector(text: str, known: tuple[str | None, ...]) -> str | None:
    """What in a text meant for the candidate too would tell who objected: the first such word, or None."""
    return next((word for word in known if word and len(word) > 1 and word in text), None)
