"""Where a pool falls short: candidates and units of each category after each filter, never a name (no. 47)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.database import db
from app.procedures.selection.eligibility.filters import FILTERS, Criteria, verdict_of_each
from app.regulations.rule_sets import RuleSet


@dataclass(frozen=True)
class CategoryCount:
    """How many people and units a category has left after a filter."""

    category: str
    code: str
    label: str
    experts: int
    units: int

    def plain(self) -> dict[str, Any]:
        """As the conditions keep it."""
        return {
            "category": self.category, "code": self.code, "label": self.label, "experts": self.experts,
            "units": self.units,
        }  # fmt: skip


def by_category(criteria: Criteria, rules: RuleSet, now: datetime) -> tuple[CategoryCount, ...]:
    """The counts of every category after every filter from that of the categories on."""
    verdicts = verdict_of_each(criteria, rules, now.date()).subquery()
    grouped = (verdicts.c.unit_id, verdicts.c.mask, verdicts.c.verdict)
    statement = sa.select(*grouped, sa.func.count()).where(verdicts.c.mask > 0).group_by(*grouped)
    rows = db.session.execute(statement).all()
    places = {code: place for place, code in enumerate(FILTERS, start=1)}
    first = places["category"]
    found = []
    for bit, category in enumerate(criteria.categories):
        able = [(unit, verdict, number) for unit, mask, verdict, number in rows if mask >> bit & 1]
        for code, place in places.items():
            if place < first or (code == "classified" and not criteria.classified):
                continue
            left = [(unit, number) for unit, verdict, number in able if verdict == 0 or verdict > place]
            units = len({unit for unit, _ in left})
            experts = sum(number for _, number in left)
            found.append(CategoryCount(category, code, FILTERS[code], experts, units))
    return tuple(found)


def largest_unit_percent(eligible: Iterable[tuple[int, int, int]]) -> int:
    """The share of the largest unit among the eligible in percent, rounded down; 0 of nobody."""
    sizes = Counter(unit_id for _, unit_id, _ in eligible)
    total = sizes.total()
    return max(sizes.values()) * 100 // total if total else 0
