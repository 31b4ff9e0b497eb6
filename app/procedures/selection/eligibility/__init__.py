"""Who can be drawn: the filters in SQL with what each removes, and what became of the sealed list since its lock."""

from app.procedures.selection.eligibility.filters import (
    FILTERS,
    Criteria,
    FilterCount,
    Pool,
    counts,
    employed_since,
    pool,
)
from app.procedures.selection.eligibility.shortfall import CategoryCount, by_category, largest_unit_percent
from app.procedures.selection.eligibility.status import status_changes

__all__ = [
    "FILTERS", "CategoryCount", "Criteria", "FilterCount", "Pool", "by_category", "counts", "employed_since",
    "largest_unit_percent", "pool", "status_changes",
]  # fmt: skip
