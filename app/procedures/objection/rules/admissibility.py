"""Whether an objection is admissible: real name, on the board, within the period (第十二条（三）, no. 2, 8, 9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.regulations import deadlines
from app.regulations.deadlines import Deadline
from app.regulations.rule_sets import RuleSet

PUBLICITY = "publicity.period"
ACCEPTANCE = "objection.acceptance_period"
DECISION = "objection.decision_period"


@dataclass(frozen=True)
class Assessment:
    """The three facts; `reason` is the Chinese ground for not accepting, empty if there is none."""

    in_period: bool
    real_name: bool
    on_board: bool

    @property
    def admissible(self) -> bool:
        """True if nothing stands against accepting."""
        return self.in_period and self.real_name and self.on_board

    @property
    def reason(self) -> str:
        """Why it should not be accepted."""
        grounds = []
        if not self.on_board:
            grounds.append("所指的人不在公示名单中")
        elif not self.in_period:
            grounds.append("不在公示期内提出")
        if not self.real_name:
            grounds.append("没有实名提出")
        return "、".join(grounds)


def publicity_period(rules: RuleSet, published_at: datetime, promised: datetime) -> Deadline:
    """The period in which objections are in time, never shorter than announced."""
    return deadlines.recompute(rules, PUBLICITY, published_at, promised)


def is_in_period(
    rules: RuleSet, counted: Deadline, delivery: str, received_at: datetime, postmark: date | None
) -> bool:
    """In time: online before the midnight, at the counter before the office closes, by post by its postmark.

    A period that rests on guessed days makes nobody late.
    """
    if not deadlines.may_expire(counted):
        return True
    if delivery == "post" and postmark is not None:
        return deadlines.is_in_time_by_post(counted, postmark)
    if delivery == "counter":
        return received_at <= deadlines.counter_closing(rules, counted)
    return received_at < counted.due_at


def deemed_accepted_at(rules: RuleSet, received_at: datetime) -> datetime:
    """The last moment of the day by which silence becomes acceptance; the decision's days start the next (no. 9)."""
    return deadlines.deadline(rules, ACCEPTANCE, received_at).due_at - timedelta(seconds=1)
