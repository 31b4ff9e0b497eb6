"""What the letters of a decision say, and the objector's identity kept out of the candidate's (no. 12); pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

OBJECTOR, CANDIDATE = "objector", "candidate"
Party = Literal["objector", "candidate"]
PARTY_WORDS = {OBJECTOR: "异议人", CANDIDATE: "专家本人"}
SUBJECT = "处理决定"


def conclusion(upheld: bool) -> str:
    """The decision in two words."""
    return "异议成立" if upheld else "异议不成立"


def consequence(upheld: bool) -> str:
    """What follows for the candidate (第十二条（四）)."""
    return "不予聘任为政务信息化专家。" if upheld else "入库申请继续办理。"


def withheld(identity: Iterable[str | None], candidate_unit: str | None) -> tuple[str, ...]:
    """Words that would tell who objected; the candidate's own unit may be named all the same."""
    own = _compact(candidate_unit or "")
    words = {_compact(word) for word in identity if word}
    return tuple(sorted(word for word in words if len(word) > 1 and word != own))


def disclosed(text: str, words: Iterable[str]) -> bool:
    """True if a text meant for the candidate holds any of the words, whatever the spaces."""
    compact = _compact(text)
    return any(word in compact for word in words)


def _compact(text: str) -> str:
    return "".join(text.split())
