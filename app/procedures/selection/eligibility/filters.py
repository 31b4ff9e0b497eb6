"""The filters of a draw in their order: everybody in the register meets the first that removes him (draw.md §1).

One statement over the register gives each expert the number of that filter, so that the counts add up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.core.database import db
from app.procedures.selection.eligibility.clashes import clashing_activities, on_activities
from app.procedures.selection.models import LIVE
from app.registers import ties
from app.registers.models import BarKind, Expert, ExpertDirection, ExpertState, ExpertTerm, ReentryBar, Unit
from app.regulations.deadlines import add_months
from app.regulations.rule_sets import RuleSet

#: Code -> words, in the order in which they are applied; the number of a filter is its place, from 1.
FILTERS: dict[str, str] = {
    "pool": "在库、在聘期内",
    "available": "没有请假、暂停、受限",
    "category": "类别符合",
    "terms": "职称等条件符合",
    "classified": "涉密经历已核实",
    "clash": "时间不冲突",
    "recusal": "回避单位和个人",
    "unit": "与指定专家或已在组专家同单位",
}
_PASSED = 0


@dataclass(frozen=True)
class Criteria:
    """What the filters go by.

    Attributes:
        activity_no: its own invitations are no clash; empty before there is one.
        starts_at: the beginning of the review; terms must reach its day.
        categories: bit i of a mask is the i-th of them.
        titles: title levels of which one is wanted, empty for any.
        natures: natures of units that are not wanted.
        exclude_directions: directions that are not wanted.
        classified: only verified classified experience.
        recused_units: units whose people, present and of the last years, stay away, as do those tied to them.
        recused_experts: persons who stay away.
        taken_units: units of the designated and of those who sit already, their part-time units too; who works
            for one of them, part-time too, stays away (domain.md no. 42).
    """

    activity_no: str
    starts_at: datetime
    half_days: int
    categories: tuple[str, ...]
    titles: tuple[str, ...] = ()
    natures: tuple[str, ...] = ()
    exclude_directions: tuple[str, ...] = ()
    classified: bool = False
    recused_units: frozenset[int] = frozenset()
    recused_experts: frozenset[int] = frozenset()
    taken_units: frozenset[int] = frozenset()


@dataclass(frozen=True)
class FilterCount:
    """A filter with how many it removed and how many were left after it."""

    code: str
    label: str
    removed: int
    left: int

    def plain(self) -> dict[str, Any]:
        """As the conditions keep it."""
        return {"code": self.code, "label": self.label, "removed": self.removed, "left": self.left}


@dataclass(frozen=True)
class Pool:
    """What the filters left.

    Attributes:
        total: everybody in the register.
        counts: each filter that applied, in order.
        eligible: (expert id, unit id, mask) of everybody left; empty if only counted.
    """

    total: int
    counts: tuple[FilterCount, ...]
    eligible: Sequence[tuple[int, int, int]] = ()

    @property
    def left(self) -> int:
        """How many take part in the draw."""
        return self.counts[-1].left


def counts(criteria: Criteria, rules: RuleSet, now: datetime) -> Pool:
    """How many each filter removes, without anybody's name or id."""
    verdicts = verdict_of_each(criteria, rules, now.date()).subquery()
    statement = sa.select(verdicts.c.verdict, sa.func.count()).group_by(verdicts.c.verdict)
    return _pool({row[0]: row[1] for row in db.session.execute(statement)}, criteria)


def pool(criteria: Criteria, rules: RuleSet, now: datetime) -> Pool:
    """As `counts`, with the eligible."""
    # By the connection: a pool of 100,000 rows would pass through the session's loader one by one.
    db.session.flush()
    rows = db.session.connection().execute(verdict_of_each(criteria, rules, now.date())).all()
    made = _pool(Counter(row[3] for row in rows), criteria)
    eligible = [(row[0], row[1], row[2]) for row in rows if row[3] == _PASSED]
    return Pool(made.total, made.counts, eligible)


def _pool(removed: Mapping[int, int], criteria: Criteria) -> Pool:
    left = total = sum(removed.values())
    found = []
    for place, (code, label) in enumerate(FILTERS.items(), start=1):
        if code == "classified" and not criteria.classified:
            continue
        left -= removed.get(place, 0)
        found.append(FilterCount(code, label, removed.get(place, 0), left))
    return Pool(total, tuple(found))


def verdict_of_each(criteria: Criteria, rules: RuleSet, today: date) -> sa.Select[Any]:
    """Selects (expert id, unit id, mask, verdict) of the whole register; verdict 0 passes all filters."""
    masks = _masks(criteria.categories)
    mask = sa.func.coalesce(masks.c.mask, 0)
    removals: list[tuple[sa.ColumnElement[bool], str]] = [
        (sa.not_(_in_pool(criteria.starts_at.date(), today)), "pool"),
        (is_away(today), "available"),
        (mask == 0, "category"),
        *((unfit, "terms") for unfit in _unfit(criteria)),
    ]
    if criteria.classified:
        removals.append((Expert.classified_verified_at.is_(None), "classified"))
    clashing = clashing_activities(criteria.activity_no, criteria.starts_at, criteria.half_days, rules)
    if clashing:
        removals.append((Expert.id.in_(on_activities(clashing, LIVE)), "clash"))
    removals += [(recused, "recusal") for recused in is_recused(criteria, rules)]
    if criteria.taken_units:
        part_time = ties.part_timers_at(criteria.taken_units, criteria.starts_at.date())
        removals.append((sa.or_(Expert.unit_id.in_(criteria.taken_units), Expert.id.in_(part_time)), "unit"))
    places = {code: place for place, code in enumerate(FILTERS, start=1)}
    verdict = sa.case(*((removed, places[code]) for removed, code in removals), else_=_PASSED)
    return sa.select(Expert.id, Expert.unit_id, mask.label("mask"), verdict.label("verdict")).select_from(
        sa.outerjoin(Expert, masks, masks.c.expert_id == Expert.id)
    )


def _masks(categories: Sequence[str]) -> sa.Subquery:
    bits = {category: 1 << bit for bit, category in enumerate(categories)}
    value = sa.case(bits, value=ExpertDirection.direction, else_=0)
    return (
        sa.select(ExpertDirection.expert_id, sa.func.sum(value).label("mask"))
        .where(ExpertDirection.direction.in_(categories))
        .group_by(ExpertDirection.expert_id)
        .subquery()
    )


def in_term(day: date, today: date) -> sa.ColumnElement[bool]:
    """Whether a term has begun and reaches `day`."""
    term = sa.select(ExpertTerm.expert_id).where(ExpertTerm.end_on >= day, ExpertTerm.start_on <= today)
    return Expert.id.in_(term)


def _in_pool(day: date, today: date) -> sa.ColumnElement[bool]:
    return sa.and_(Expert.state == ExpertState.IN_POOL, in_term(day, today))


def is_barred(today: date) -> sa.ColumnElement[bool]:
    """Whether a bar of some years runs that was not lifted (第十五条)."""
    running = sa.select(ReentryBar.expert_id).where(
        ReentryBar.until >= today, ReentryBar.lifted_at.is_(None), ReentryBar.kind == BarKind.COOLDOWN,
        ReentryBar.expert_id.is_not(None),
    )  # fmt: skip
    return Expert.id.in_(running)


def is_away(today: date) -> sa.ColumnElement[bool]:
    """Whether somebody is on long leave, suspended or barred; never unknown."""
    return sa.or_(
        Expert.suspended_since.is_not(None),
        sa.and_(Expert.leave_until.is_not(None), Expert.leave_until >= today),
        is_barred(today),
    )


def _unfit(criteria: Criteria) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if criteria.titles:
        found.append(sa.func.coalesce(Expert.title_level, "").not_in(criteria.titles))
    if criteria.natures:
        found.append(Expert.unit_id.in_(sa.select(Unit.id).where(Unit.nature.in_(criteria.natures))))
    if criteria.exclude_directions:
        unwanted = ExpertDirection.direction.in_(criteria.exclude_directions)
        found.append(Expert.id.in_(sa.select(ExpertDirection.expert_id).where(unwanted)))
    return found


def employed_since(starts_at: datetime, rules: RuleSet) -> date:
    """The first day of the years within which employment leads to recusal (domain.md no. 43)."""
    return add_months(starts_at.date(), -12 * rules.integer("selection.employment_years"))


def is_recused(criteria: Criteria, rules: RuleSet) -> list[sa.ColumnElement[bool]]:
    """Why somebody stays away, each a condition: named, of a recused unit, tied to one."""
    found: list[sa.ColumnElement[bool]] = []
    if criteria.recused_experts:
        found.append(Expert.id.in_(criteria.recused_experts))
    if criteria.recused_units:
        found.append(Expert.unit_id.in_(criteria.recused_units))
        found.append(Expert.id.in_(tied(criteria.recused_units, criteria.starts_at, rules)))
    return found


def tied(unit_ids: Collection[int], starts_at: datetime, rules: RuleSet) -> sa.Select[int]:
    """Selects the experts with a tie to one of the units that counts on the day of the review."""
    return ties.experts_tied_to(unit_ids, starts_at.date(), employed_since(starts_at, rules))
