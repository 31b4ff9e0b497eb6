"""The board as the public sees it: names, units, titles and directions only, and how many days are left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from app.core.database import db
from app.core.errors import NotFound
from app.procedures.publicity.models import PublicityBatch, PublicityItem
from app.procedures.publicity.rules import period
from app.registers import proposed
from app.registers.models import ProposedExpert, ProposedState
from app.regulations import store as regulations
from app.regulations.deadlines import Deadline
from app.regulations.rule_sets import RuleSet

#: What the board says of a name; an objection's outcome is told to both sides, not to the public.
_BOARD_WORDS = {
    ProposedState.PUBLICISED: "公示中",
    ProposedState.OBJECTED: "异议处理中",
    ProposedState.CLEARED: "公示期满",
    ProposedState.UPHELD: "异议处理中",
    ProposedState.ENDED: "已办结",
}


@dataclass(frozen=True)
class BoardName:
    """One line of the notice."""

    application_no: str
    position: int
    name: str
    unit_name: str
    title: str
    directions: tuple[str, ...]
    state: str
    #: The case is over (appointed, refused, withdrawn): there is nothing left to object to here.
    is_over: bool


@dataclass(frozen=True)
class Board:
    """A notice with its names and its period; `deadline` holds the days counted."""

    number: str
    title: str
    document_no: str
    text: str
    site_address: str
    published_at: datetime
    ends_at: datetime
    last_day: date
    provisional: bool
    is_open: bool
    names: tuple[BoardName, ...]
    deadline: Deadline


def board(number: str, rules: RuleSet, now: datetime) -> Board:
    """One batch.

    :raises NotFound: there is none of that number.
    """
    batch = db.session.get(PublicityBatch, number)
    if batch is None:
        raise NotFound(f"没有公示批次 {number}")
    return _board(batch, rules, now)


def running(rules: RuleSet, now: datetime) -> list[Board]:
    """The batches whose period runs, latest first."""
    statement = sa.select(PublicityBatch).where(sa.or_(PublicityBatch.ends_at > now, PublicityBatch.provisional))
    batches = db.session.scalars(statement.order_by(PublicityBatch.published_at.desc(), PublicityBatch.number.desc()))
    return [_board(batch, rules, now) for batch in batches]


def latest(limit: int = 20, before: str | None = None) -> Sequence[PublicityBatch]:
    """Batches, latest first, from the one before the number `before` on."""
    statement = sa.select(PublicityBatch).order_by(PublicityBatch.number.desc()).limit(limit)
    if before:
        statement = statement.where(PublicityBatch.number < before)
    return db.session.scalars(statement).all()


def waiting() -> Sequence[ProposedExpert]:
    """Who may be ticked for the next batch."""
    return proposed.waiting()


def batch_of(application_no: str) -> str | None:
    """The batch a name stands in."""
    statement = sa.select(PublicityItem.batch_no).where(PublicityItem.application_no == application_no)
    return db.session.scalars(statement).first()


def _board(batch: PublicityBatch, rules: RuleSet, now: datetime) -> Board:
    numbers = [item.application_no for item in batch.items]
    statement = sa.select(ProposedExpert.application_no, ProposedExpert.state)
    rows = db.session.execute(statement.where(ProposedExpert.application_no.in_(numbers)))
    states = {row.application_no: row.state for row in rows}
    counted = period(_rules_of(batch) or rules, batch.published_at, batch.ends_at)
    return Board(
        number=batch.number,
        title=batch.title,
        document_no=batch.document_no,
        text=batch.text,
        site_address=batch.site_address,
        published_at=batch.published_at,
        ends_at=counted.deadline.due_at,
        last_day=counted.deadline.last_day,
        provisional=counted.provisional,
        is_open=counted.provisional or not counted.deadline.is_late(now),
        names=tuple(_name(item, states.get(item.application_no)) for item in batch.items),
        deadline=counted.deadline,
    )


def _rules_of(batch: PublicityBatch) -> RuleSet | None:
    """The rules under which it was published: a later change of the period moves no batch."""
    return next((one for one in regulations.rule_sets() if one.code == batch.rule_set_code), None)


def _name(item: PublicityItem, state: ProposedState | None) -> BoardName:
    return BoardName(
        application_no=item.application_no,
        position=item.position,
        name=item.name,
        unit_name=item.unit_name,
        title=item.title,
        directions=tuple(item.directions),
        state=_BOARD_WORDS.get(state, "公示中") if state else "公示中",
        is_over=state == ProposedState.ENDED,
    )
