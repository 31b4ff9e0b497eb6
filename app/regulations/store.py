"""Rule sets and the calendar as kept in the database: seeding, cached reading, 沿用 decisions."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Invalid, NotAllowed, NotFound
from app.regulations.calendar import OfficialYear, WorkCalendar
from app.regulations.errors import NoRuleSetInForce
from app.regulations.models import (
    CalendarYearRow,
    ParameterValueRow,
    RuleSetContinuation,
    RuleSetRow,
    WorkdayRow,
)
from app.regulations.rule_sets import ParameterValue, RuleSet, read_file, read_values
from app.regulations.shipped_calendar import shipped_calendar

#: Other processes see a change of rules or calendar after at most so many seconds.
CACHE_SECONDS = 30.0

#: The role whose holders decide that an expired rule set goes on.
CONTINUING_ROLE = "bureau_leader"


@dataclass(frozen=True)
class _Continuation:
    rule_set_id: int
    from_date: date
    to_date: date | None

    def covers(self, day: date) -> bool:
        return self.from_date <= day and (self.to_date is None or day <= self.to_date)


@dataclass(frozen=True)
class _Regulations:
    """Everything read at once: all rule sets with the present calendar, and the decisions."""

    rule_sets: Mapping[int, RuleSet]
    in_force: frozenset[int]
    #: set -> code of the text that it is a state of
    texts: Mapping[int, str]
    continuations: tuple[_Continuation, ...]
    calendar: WorkCalendar
    read_at: float
    database: str


_cached: _Regulations | None = None


def rule_set_for(day: date) -> RuleSet:
    """The rule set that new cases of `day` follow.

    :raises NoRuleSetInForce: none covers the day and no 沿用 decision does.
    """
    known = _regulations()
    covering = [known.rule_sets[key] for key in known.in_force if known.rule_sets[key].covers(day)]
    if covering:
        return max(covering, key=lambda rules: rules.valid_from)
    for decision in known.continuations:
        if decision.covers(day):
            return _state_of(known, decision.rule_set_id, day)
    raise NoRuleSetInForce(day)


def _state_of(known: _Regulations, rule_set_id: int, day: date) -> RuleSet:
    """The last state of the text that goes on: a change may have come into force since the decision was taken."""
    text = known.texts[rule_set_id]
    states = [
        known.rule_sets[key] for key in known.in_force
        if known.texts[key] == text and known.rule_sets[key].valid_from <= day
    ]  # fmt: skip
    return max(states, key=lambda rules: rules.valid_from, default=known.rule_sets[rule_set_id])


def rule_set_to_show(day: date) -> RuleSet:
    """The set of `day`, else the last that was in force: for pages that only show, and for what runs already.

    Nothing new may start by it; that asks `rule_set_for`.
    """
    try:
        return rule_set_for(day)
    except NoRuleSetInForce:
        known = _regulations()
        sets = [known.rule_sets[key] for key in known.in_force]
        begun = [rules for rules in sets if rules.valid_from <= day]
        if begun:
            return max(begun, key=lambda rules: rules.valid_to)
        return min(sets or known.rule_sets.values(), key=lambda rules: rules.valid_from)


def set_to_continue(day: date) -> RuleSet:
    """The set that a 沿用 decision taken on `day` lets go on: the last of those that follow without a gap."""
    known, shown = _regulations(), rule_set_to_show(day)
    sets = sorted((known.rule_sets[key] for key in known.in_force), key=lambda rules: rules.valid_from)
    for rules in sets:
        if rules.valid_from == shown.valid_to + timedelta(days=1):
            shown = rules
    return shown


def is_continued(day: date) -> bool:
    """True if new cases of `day` go by a lapsed set that a 沿用 decision lets go on."""
    try:
        return not rule_set_for(day).covers(day)
    except NoRuleSetInForce:
        return False


def rule_sets() -> tuple[RuleSet, ...]:
    """All sets, the latest first."""
    known = _regulations().rule_sets.values()
    return tuple(sorted(known, key=lambda rules: rules.valid_from, reverse=True))


@dataclass(frozen=True)
class Span:
    """A value of one parameter with the first and last day on which it holds."""

    value: ParameterValue
    first: date
    last: date


def history_of(key: str) -> tuple[Span, ...]:
    """The values of one parameter through the sets in force, equal neighbours drawn together, the latest first."""
    known = _regulations()
    spans: list[Span] = []
    for rules in sorted((known.rule_sets[one] for one in known.in_force), key=lambda rules: rules.valid_from):
        value = rules[key]
        follows = bool(spans) and spans[-1].last + timedelta(days=1) >= rules.valid_from
        if follows and spans[-1].value == value:
            spans[-1] = replace(spans[-1], last=rules.valid_to)
        else:
            spans.append(Span(value, rules.valid_from, rules.valid_to))
    return tuple(reversed(spans))


def since(rules: RuleSet) -> Mapping[str, date]:
    """For each parameter the first day of the value that it has in `rules`."""
    known = _regulations()
    before = sorted(
        (known.rule_sets[one] for one in known.in_force if known.rule_sets[one].valid_from < rules.valid_from),
        key=lambda one: one.valid_from, reverse=True,
    )  # fmt: skip
    found = {}
    for key, value in rules.values.items():
        found[key] = rules.valid_from
        for one in before:
            if one.values.get(key) != value:
                break
            found[key] = one.valid_from
    return found


def continuations() -> Sequence[RuleSetContinuation]:
    """The recorded 沿用 decisions, the latest first."""
    return db.session.scalars(sa.select(RuleSetContinuation).order_by(RuleSetContinuation.id.desc())).all()


def rule_set(rule_set_id: int) -> RuleSet:
    """The rule set that an instance pinned when it started, whatever its dates.

    :raises NotFound: there is no such set.
    """
    if rule_set_id not in _regulations().rule_sets:
        forget()  # another process may have made it since this one looked
    try:
        return _regulations().rule_sets[rule_set_id]
    except KeyError:
        raise NotFound(f"没有编号为 {rule_set_id} 的规则版本") from None


def current_calendar() -> WorkCalendar:
    """The working days as known at present."""
    return _regulations().calendar


def forget() -> None:
    """Drops what was cached; the next read sees the database."""
    global _cached
    _cached = None


def forget_after_commit() -> None:
    """Drops what was cached once the present transaction is committed."""
    event.listen(db.session(), "after_commit", lambda _session: forget(), once=True)


def _regulations() -> _Regulations:
    global _cached
    known = _cached
    database = str(db.engine.url)
    fresh = known is not None and time.monotonic() - known.read_at < CACHE_SECONDS
    if known is None or not fresh or known.database != database:
        known = _read(db.session(), database)
        _cached = known
    return known


def _read(session: Session, database: str) -> _Regulations:
    calendar = _read_calendar(session)
    raw: dict[int, dict[str, object]] = {}
    for row in session.execute(sa.select(ParameterValueRow.__table__)):
        raw.setdefault(row.rule_set_id, {})[row.key] = row.value
    sets, texts, in_force = {}, {}, set()
    for row in session.execute(sa.select(RuleSetRow.__table__).where(RuleSetRow.status != "draft")):
        sets[row.id] = RuleSet(
            id=row.id,
            code=row.code,
            name=row.name,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            values=read_values(raw.get(row.id, {})),
            calendar=calendar,
        )
        texts[row.id] = row.amends or row.code
        if row.status == "in_force":
            in_force.add(row.id)
    latest_first = (RuleSetContinuation.from_date.desc(), RuleSetContinuation.id.desc())
    decisions = session.execute(sa.select(RuleSetContinuation.__table__).order_by(*latest_first))
    return _Regulations(
        rule_sets=sets,
        in_force=frozenset(in_force),
        texts=texts,
        continuations=tuple(_Continuation(row.rule_set_id, row.from_date, row.to_date) for row in decisions),
        calendar=calendar,
        read_at=time.monotonic(),
        database=database,
    )


def _read_calendar(session: Session) -> WorkCalendar:
    days: dict[int, tuple[dict[date, str], dict[date, str]]] = {}
    for row in session.execute(sa.select(WorkdayRow.__table__)):
        rest, makeup = days.setdefault(row.calendar_year_id, ({}, {}))
        (makeup if row.is_work else rest)[row.date] = row.name
    years = {}
    for row in session.execute(sa.select(CalendarYearRow.__table__).where(CalendarYearRow.status == "official")):
        rest, makeup = days.get(row.id, ({}, {}))
        years[row.year] = OfficialYear(row.year, rest, makeup, row.source, row.notice_number)
    return replace(shipped_calendar(), years=years)


def seed(session: Session) -> None:
    """Loads the shipped rule set and calendar; what is already there stays as it is.

    A parameter declared since gets its shipped value in every set, since each must be whole.
    """
    _seed_rules(session)
    _seed_calendar(session)
    session.flush()
    forget()


def _seed_rules(session: Session) -> None:
    file = read_file()
    read_values(file.values)
    row = session.scalar(sa.select(RuleSetRow).where(RuleSetRow.code == file.code))
    if row is None:
        row = RuleSetRow(
            code=file.code,
            name=file.name,
            valid_from=file.valid_from,
            valid_to=file.valid_to,
            status="in_force",
        )
        session.add(row)
        session.flush()
    # Later states of the text and texts enacted here know no more of a newly declared key than the file does.
    for set_id in session.scalars(sa.select(RuleSetRow.id).order_by(RuleSetRow.id)).all():
        known = sa.select(ParameterValueRow.key).where(ParameterValueRow.rule_set_id == set_id)
        missing = sorted(set(file.values) - set(session.scalars(known)))
        session.add_all(ParameterValueRow(rule_set_id=set_id, key=key, value=file.values[key]) for key in missing)


def _seed_calendar(session: Session) -> None:
    present = set(session.scalars(sa.select(CalendarYearRow.year)))
    for year, known in shipped_calendar().years.items():
        if year in present:
            continue
        row = CalendarYearRow(
            year=year,
            status="official",
            source=known.source,
            notice_number=known.notice_number,
            proposed_by_name="随产品提供",
        )
        session.add(row)
        session.flush()
        add_days(session, row.id, known.rest, known.makeup)


def add_days(session: Session, year_id: int, rest: Mapping[date, str], makeup: Mapping[date, str]) -> None:
    """Writes the days of a notice."""
    rows = [{"date": day, "is_work": False, "name": name} for day, name in rest.items()]
    rows += [{"date": day, "is_work": True, "name": name} for day, name in makeup.items()]
    if rows:
        session.execute(sa.insert(WorkdayRow), [{"calendar_year_id": year_id, **row} for row in rows])


@dataclass(frozen=True)
class ContinuationDecision:
    """What the bureau decided: the set that goes on, from when, until when if known, by which document."""

    rule_set_id: int
    from_date: date
    to_date: date | None
    document_number: str
    reason: str


def record_continuation(decision: ContinuationDecision, actor: Actor, now: datetime) -> int:
    """Records a 沿用 decision of the bureau and returns its id (domain.md no. 59).

    :raises NotAllowed: the actor is no bureau leader. :raises Invalid: dates, document number or reason.
    """
    if not actor.has(CONTINUING_ROLE):
        raise NotAllowed("只有局领导可以登记沿用决定")
    rules = rule_set(decision.rule_set_id)
    faults = {}
    if decision.from_date <= rules.valid_to:
        faults["from_date"] = f"沿用应从 {rules.valid_to} 之后开始，这一天规则还在有效期内"
    if decision.to_date is not None and decision.to_date < decision.from_date:
        faults["to_date"] = "沿用的截止日早于开始日"
    if not decision.document_number.strip():
        faults["document_number"] = "填写决定的文号"
    if not decision.reason.strip():
        faults["reason"] = "写明沿用的理由"
    if faults:
        raise Invalid(faults)
    row = RuleSetContinuation(
        rule_set_id=decision.rule_set_id,
        from_date=decision.from_date,
        to_date=decision.to_date,
        document_number=decision.document_number.strip(),
        reason=decision.reason.strip(),
        decided_by=actor.user_id,
        decided_by_name=actor.name,
        decided_at=now,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(
        actor,
        "regulations.continue",
        "rule_set",
        str(decision.rule_set_id),
        after={"from": str(decision.from_date), "to": str(decision.to_date), "document": row.document_number},
        reason=row.reason,
    )
    forget_after_commit()
    return row.id
