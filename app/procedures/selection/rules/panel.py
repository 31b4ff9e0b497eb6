"""What a panel needs next: counts of the records in, a decision out (第十七条, 第十九条, 第二十条)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from app.procedures.selection.rules.answers import Hours, can_be_asked, details_at, next_opening
from app.procedures.selection.rules.words import share_words

PanelState = Literal["waiting", "final", "list_ready", "short", "meeting"]


class Standing(StrEnum):
    """How far somebody who holds a seat has come."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    TOLD = "told"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class Seating:
    """The seats before a round.

    Attributes:
        size: all seats.
        live: members who hold one.
        promised: designations that wait for a decision or for their invitation.
        capacity: seats of the draw in force, those opened so far included.
        live_of_draw: members whom that draw gave.
        freed: categories of designated seats that came free and were not opened to a draw yet.
        revealed: whether everybody can read the order of that draw by now.
    """

    size: int
    live: int
    promised: int
    capacity: int
    live_of_draw: int
    freed: tuple[str, ...] = ()
    revealed: bool = False

    @property
    def open(self) -> int:
        """Seats that nobody holds and no designation waits for."""
        return self.size - self.live - self.promised


@dataclass(frozen=True)
class RoundPlan:
    """Whether a round of the draw in force is run, with what opened; `shortage` is what it cannot mend, in words."""

    run: bool
    opened: Mapping[str, int] = field(default_factory=dict)
    shortage: str = ""


def plan_round(seats: Seating, starts_at: datetime, now: datetime, known: Hours) -> RoundPlan:
    """Who fills the open seats: a further round of the draw in force, or the organiser has to act.

    A draw fills only its own seats: what a designation after the draw took, and what an earlier draw had filled,
    needs a new draw (draw.md §5: a round fills every seat of its draw).
    """
    if seats.open <= 0:
        return RoundPlan(run=False)
    if not can_be_asked(next_opening(now, known), starts_at, known):
        return RoundPlan(run=False, shortage=f"缺 {seats.open} 席，距评审开始已来不及再邀请和等候答复，请改期")
    if seats.revealed:
        return RoundPlan(run=False, shortage=f"缺 {seats.open} 席，本次抽取的次序已经公开，须重新抽取")
    fillable = seats.capacity - seats.live_of_draw + len(seats.freed)
    if not 0 < fillable <= seats.open:
        return RoundPlan(run=False, shortage=f"缺 {seats.open} 席，不属于本次抽取的席位，须重新抽取")
    left = seats.open - fillable
    shortage = f"另缺 {left} 席，不属于本次抽取的席位，须重新抽取" if left else ""
    return RoundPlan(run=True, opened=Counter(seats.freed), shortage=shortage)


@dataclass(frozen=True)
class PanelFacts:
    """The seats after the round, counted by how far their members have come."""

    size: int
    starts_at: datetime
    standings: Mapping[Standing, int]
    promised: int
    list_confirmed: bool
    shortage: str = ""


@dataclass(frozen=True)
class Decision:
    """The state of the panel, when to look again, what is missing, and whether details are to be told now."""

    state: PanelState
    check_at: datetime
    shortage: str = ""
    tell_details: bool = False


NOT_CONFIRMED_IN_TIME = "评审时间已到，名单还没有全部确认，请改期"


def decide(facts: PanelFacts, now: datetime, known: Hours) -> Decision:
    """What comes next, by the counts alone: the order in which answers came makes no difference."""
    complete = facts.list_confirmed and facts.standings.get(Standing.CONFIRMED, 0) == facts.size
    if now >= facts.starts_at:
        if complete:
            return Decision("meeting", facts.starts_at)
        return Decision("short", facts.starts_at, facts.shortage or NOT_CONFIRMED_IN_TIME)
    accepted = facts.standings.get(Standing.ACCEPTED, 0)
    telling_at = details_at(now, facts.starts_at, known)
    tell = facts.list_confirmed and accepted > 0 and telling_at <= now
    check_at = _check_at(facts, now, known, telling_at if facts.list_confirmed and accepted and not tell else None)
    if facts.shortage:
        return Decision("short", check_at, facts.shortage, tell)
    if complete:
        return Decision("final", facts.starts_at)
    if not facts.list_confirmed and _is_list_ready(facts):
        return Decision("list_ready", check_at)
    return Decision("waiting", check_at, tell_details=tell)


def _is_list_ready(facts: PanelFacts) -> bool:
    held = sum(facts.standings.values())
    return held == facts.size and not facts.promised and not facts.standings.get(Standing.ASKED, 0)


def _check_at(facts: PanelFacts, now: datetime, known: Hours, telling_at: datetime | None) -> datetime:
    last_call = facts.starts_at - known.reply
    moments = [facts.starts_at] + [moment for moment in (last_call, telling_at) if moment is not None and moment > now]
    return min(moments)


@dataclass(frozen=True)
class Present:
    """Somebody who was at the meeting."""

    category: str
    designated: bool


@dataclass(frozen=True)
class MeetingRules:
    """What a meeting must have, from the rule set; `security_waived` if the leader agreed to do without."""

    least: int
    security_least: int
    security: Collection[str]
    share: int
    security_waived: bool


def meeting_faults(present: Sequence[Present], asked: MeetingRules) -> list[str]:
    """Why those who were present are no panel, in words (第十七条, 第十九条（三）, domain.md no. 52)."""
    faults = []
    number = len(present)
    if number < asked.least:
        faults.append(f"出席 {number} 人，不足 {asked.least} 人，须改期（第十七条）")
    elif number % 2 == 0:
        faults.append(f"出席 {number} 人，不是单数，须改期；不得请走已到会的专家（第十七条、第二十条）")
    security = sum(one.category in asked.security for one in present)
    if security < asked.security_least and not asked.security_waived:
        faults.append(f"出席的安全相关领域专家 {security} 人，不足 {asked.security_least} 人（第十七条）")
    designated = sum(one.designated for one in present)
    if designated > number // asked.share:
        faults.append(f"出席的指定专家 {designated} 人，超过 {number} 人的{share_words(asked.share)}（第十九条（三））")
    return faults


@dataclass(frozen=True)
class Line:
    """A line of the board: its number and the category of who sat there last; empty if nobody did."""

    line: int
    category: str = ""


def lines_for(categories: Sequence[str], free: Sequence[Line], *, last: bool = False) -> list[int]:
    """Which free lines newcomers of these categories take: the one of the same category first, then the lowest.

    `last`: the highest instead, where the designated sit.
    """
    left = sorted(free, key=lambda one: one.line, reverse=last)
    taken = []
    for category in categories:
        chosen = next((one for one in left if one.category == category), left[0])
        left.remove(chosen)
        taken.append(chosen.line)
    return taken
