"""How long panels take to fill, as the event model found (domain.md §1.3); data beside the rule sets, no rule."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_DATA = Path(__file__).parent / "data" / "fill_times.yaml"


@dataclass(frozen=True)
class FillTimes:
    """The table of a forecast.

    Attributes:
        few_answers: with fewer answers than this the history says nothing yet.
        assumed_percent: the share of acceptances that is assumed then.
        rows: share of acceptances in percent -> ((seats, median hours, hours in nine of ten cases), …), rising.
    """

    few_answers: int
    assumed_percent: int
    rows: tuple[tuple[int, tuple[tuple[int, float, float], ...]], ...]


@cache
def shipped_fill_times() -> FillTimes:
    """The table that the product brings along."""
    data: dict[str, Any] = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    rows = tuple(
        (percent, tuple((seats, median, late) for seats, (median, late) in sorted(row.items())))
        for percent, row in sorted(data["fill_times"].items())
    )
    return FillTimes(data["few_answers"], data["assumed_percent"], rows)
