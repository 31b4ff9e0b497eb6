"""How many could be drawn and when the panel will be full: counts and forecasts only, never a name (no. 47)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.procedures.selection.eligibility import CategoryCount, FilterCount
from app.procedures.selection.examination import Preview
from app.procedures.selection.queries.history import acceptance
from app.procedures.selection.rules.answers import hours
from app.procedures.selection.rules.conditions import ConditionsDraft
from app.procedures.selection.rules.forecast import forecast
from app.web.activities.blueprint import Visit
from app.web.wording import moment


@dataclass(frozen=True)
class CategorySupply:
    """A category with its seats, and the people and units left for it."""

    category: str
    seats: int
    people: int
    units: int
    after: tuple[CategoryCount, ...]


@dataclass(frozen=True)
class Supply:
    """What the register offers for a draft."""

    registered: int
    candidates: int
    units: int
    filters: Sequence[FilterCount]
    categories: tuple[CategorySupply, ...]
    shortage: str


@dataclass(frozen=True)
class ForecastWords:
    """When the panel is probably full, and by what this was reckoned."""

    words: str
    likely_time: str
    latest: str
    basis: str


def supply_of(draft: ConditionsDraft, preview: Preview) -> Supply | None:
    """The counts of a preview; None while no category is chosen."""
    if not preview.pool.counts:
        return None
    last = preview.pool.counts[-1].code
    after: dict[str, tuple[CategoryCount, ...]] = {}
    for one in preview.categories:
        after[one.category] = (*after.get(one.category, ()), one)
    final = {name: next(row for row in rows if row.code == last) for name, rows in after.items()}
    categories = tuple(
        CategorySupply(name, draft.quota.get(name, 0), row.experts, row.units, after[name])
        for name, row in final.items()
    )
    left = preview.pool
    return Supply(left.total, left.left, preview.units, left.counts, categories, preview.shortage)


def forecast_of(seen: Visit, seats: int) -> ForecastWords | None:
    """When so many open seats are probably filled if they were invited now."""
    if seats <= 0:
        return None
    found = forecast(seats, acceptance(seen.now), seen.now, hours(seen.rules))
    source = "没有足够的答复记录，先按" if found.is_assumed else "按近一年"
    likely, latest = moment(found.likely_at), moment(found.latest_at)
    return ForecastWords(
        f"{likely} 前后；十次中有九次不晚于{latest}", likely.removeprefix("今天 "), latest.removeprefix("今天 "),
        f"{source}接受率 {found.percent}% 推算，约需发 {found.invitations} 份邀请。",
    )


def filter_rows(counts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The filters among the counts that a version of the conditions keeps."""
    return [one for one in counts if "category" not in one]
