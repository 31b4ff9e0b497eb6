"""Histograms that can be added up: their quantiles are right to half a bucket, whatever was counted in which part."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from app.workflow.room import histogram as h

HOUR, DAY = 3600.0, 86400.0


def _counted(seconds: list[float]) -> list[int]:
    return h.listed(Counter(h.time_bucket(one) for one in seconds))


@pytest.mark.parametrize("seed", range(20))
def test_median_and_p90_come_within_a_bucket_of_the_truth(seed: int) -> None:
    dice = random.Random(seed)
    took = sorted(dice.lognormvariate(dice.uniform(2, 12), 1.2) for _ in range(dice.randint(50, 800)))
    parts = [took[start :: 7] for start in range(7)]
    total = h.added(_counted(part) for part in parts)
    for quantile in (0.5, 0.9):
        found = h.seconds_at(total, quantile)
        assert found is not None
        truth = took[int(quantile * (len(took) - 1))]
        assert abs(h.time_bucket(found) - h.time_bucket(truth)) <= 1


def test_adding_parts_gives_what_counting_all_gives() -> None:
    dice = random.Random(7)
    took = [dice.uniform(0, 30 * DAY) for _ in range(500)]
    whole = h.added([_counted(took)])
    assert h.added([_counted(took[:123]), _counted(took[123:])]) == whole
    assert sum(whole) == 500


def test_nothing_has_no_quantile_and_no_time_is_none() -> None:
    assert h.seconds_at([], 0.5) is None
    assert h.share_at(h.added([]), 0.9) is None
    assert h.seconds_at(h.added([_counted([0.0, 0.0, -3.0])]), 0.9) == 0.0


def test_every_longer_time_has_no_lower_bucket() -> None:
    steps = [0, 1, 2, 59, 60, 61, HOUR, 2 * HOUR, DAY, 2 * DAY, 400 * DAY]
    buckets = [h.time_bucket(one) for one in steps]
    assert buckets == sorted(buckets)
    assert len(set(buckets)) >= len(steps) - 2


@pytest.mark.parametrize(("share", "bucket"), [(-1, 0), (0, 0), (0.049, 0), (0.05, 1), (0.5, 10), (1.0, 20), (9.0, 80)])
def test_shares_are_told_to_a_twentieth_and_end_at_four_periods(share: float, bucket: int) -> None:
    assert h.share_bucket(share) == bucket


def test_the_median_share_lies_inside_its_bucket() -> None:
    shares = h.listed(Counter(h.share_bucket(one / 100) for one in range(101)))
    found = h.share_at(shares, 0.5)
    assert found is not None
    assert abs(found - 0.5) <= 0.05
