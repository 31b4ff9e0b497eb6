"""Histograms that can be added up and still tell a median: pure arithmetic on counts by bucket.

Buckets of time grow by a quarter of a doubling (about 19 %), so that seconds and months are told apart equally well;
a quantile is exact to half a bucket. Buckets of shares are 5 % of the period wide and end at four times the period.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import zip_longest

#: How many there are in each bucket, from the first on; buckets after the last that has any are left out.
Counts = Sequence[int]

_PER_DOUBLING = 4
_SHARE_WIDTH = 0.05
_SHARE_BUCKETS = 80


def time_bucket(seconds: float) -> int:
    """The bucket of a duration; what the clock tells as negative took no time."""
    return int(math.log2(1 + max(seconds, 0.0)) * _PER_DOUBLING)


def share_bucket(share: float) -> int:
    """The bucket of a share of a period: 1.0 is all of it."""
    return max(0, min(int(share / _SHARE_WIDTH + 1e-9), _SHARE_BUCKETS))


def listed(counted: Mapping[int, int]) -> list[int]:
    """What was counted by bucket, in the form in which it is kept."""
    return [counted.get(bucket, 0) for bucket in range(max(counted, default=-1) + 1)]


def added(histograms: Iterable[Counts]) -> list[int]:
    """The sum of histograms."""
    return [sum(counts) for counts in zip_longest(*histograms, fillvalue=0)]


def seconds_at(counts: Counts, quantile: float) -> float | None:
    """The duration below which this part (0 to 1) of the stays ended; None without any."""
    return _at(counts, quantile, lambda bucket: 2 ** (bucket / _PER_DOUBLING) - 1)


def share_at(counts: Counts, quantile: float) -> float | None:
    """The share of the period below which this part of the stays ended; None without any."""
    return _at(counts, quantile, lambda bucket: bucket * _SHARE_WIDTH)


def _at(counts: Counts, quantile: float, lower_bound: Callable[[int], float]) -> float | None:
    """Counts up to the bucket in which the quantile lies and goes on evenly inside it."""
    wanted, passed = quantile * sum(counts), 0
    for bucket, inside in enumerate(counts):
        if inside and passed + inside >= wanted:
            begins, ends = lower_bound(bucket), lower_bound(bucket + 1)
            return 0.0 if bucket == 0 else begins + (ends - begins) * (wanted - passed) / inside
        passed += inside
    return None
