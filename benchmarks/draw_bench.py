"""What a draw costs: the lock, a walk, a replacement, and the check of a certificate, at 5,000 and 100,000 candidates.

    python -m benchmarks.draw_bench

Medians of processor time. Beside the walk stands a naive one of the same run: the whole list shuffled, free unit masks
counted anew, seats tried by matching for each candidate. Both give the same log.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from app.core.randomness import seeded
from app.draw import (
    Candidate,
    Contribution,
    Ineligibility,
    Order,
    PlayedRound,
    Prepared,
    Reason,
    Revealed,
    Round,
    RoundResult,
    Seats,
    Stream,
    certificate,
    commitment,
    cond_hash,
    in_order,
    list_hash,
    pseudonyms,
    seed,
    shortages,
    walk,
)
from app.draw.verify_certificate import verify

SIZES = (5_000, 100_000)
CATEGORIES = ("software", "network", "security", "cost")
QUOTA = {"software": 4, "network": 2, "security": 2, "cost": 1}
SALT, SERVER_SEED = bytes(range(32)), bytes(reversed(range(32)))
VALUES = (b"organiser's digits", b"witness's digits")


@dataclass(frozen=True)
class Pool:
    """Register ids: experts, their units (a few large, many small) and what they can do."""

    units: Sequence[int]
    masks: Sequence[int]

    @classmethod
    def invented(cls, size: int, chance: Random) -> Pool:
        """A pool in the proportions of the demo: one unit for some five experts, mostly one direction each."""
        count = size // 5
        units = chance.choices(range(count), [1 / (rank + 3) ** 0.7 for rank in range(count)], k=size)
        masks = chance.choices([1, 2, 4, 8, 3, 5, 9, 0], [30, 20, 12, 8, 10, 8, 6, 6], k=size)
        return cls(units, masks)


@dataclass(frozen=True)
class Locked:
    """A list at the lock with its order."""

    candidates: tuple[Candidate, ...]
    seed: bytes
    conditions: dict[str, Any]
    hash: bytes
    commit: bytes


def lock(pool: Pool) -> Locked:
    """What a lock does besides SQL: pseudonyms, order of the list, hashes, the check for a legal panel."""
    known = sorted(set(pool.units))
    names = dict(zip(known, pseudonyms(SALT, "unit", known), strict=True))
    experts = pseudonyms(SALT, "expert", range(len(pool.units)))
    candidates = in_order(
        Candidate(pid, names[unit], mask) for pid, unit, mask in zip(experts, pool.units, pool.masks, strict=True)
    )
    conditions = {"activity": "PS-2026-0001", "categories": list(CATEGORIES), "quota": QUOTA, "panel_size": 9}
    hashed = list_hash(candidates)
    commit = commitment(SERVER_SEED, cond_hash(conditions), hashed, len(candidates))
    if shortages(candidates, CATEGORIES, QUOTA) is not None:
        raise AssertionError("the pool of the benchmark is too small")
    return Locked(candidates, seed(SERVER_SEED, commit, VALUES), conditions, hashed, commit)


def naive_walk(locked: Locked, seats: Seats) -> list[tuple[int, str, Reason]]:
    """Round 0 without any of the core's economies: whole shuffle, masks anew, matching for each candidate."""
    candidates, stream = locked.candidates, Stream(locked.seed)
    array = list(range(len(candidates)))
    for t in range(len(array)):
        j = t + stream.below(len(array) - t)
        array[t], array[j] = array[j], array[t]
    free: dict[str, int] = {}
    for one in candidates:
        free[one.unit] = free.get(one.unit, 0) | one.mask
    members: list[Candidate] = []
    log = []
    for index in array:
        one = candidates[index]
        log.append((index, one.pid, _naive_reason(one, members, free, seats)))
        if log[-1][2] is Reason.TAKEN:
            members.append(one)
            if len(members) == seats.total:
                break
    return log


def _naive_reason(one: Candidate, members: Sequence[Candidate], free: dict[str, int], seats: Seats) -> Reason:
    if not one.mask:
        return Reason.NO_CATEGORY
    if any(member.unit == one.unit for member in members):
        return Reason.UNIT_TAKEN
    chairs = [bit for bit, count in enumerate(seats.counts) for _ in range(count)]
    seated: dict[int, int] = {}
    masks = [member.mask for member in (*members, one)]
    if not all(_augment(at, masks, chairs, seated, set()) for at in range(len(masks))):
        return Reason.NO_SEAT
    taken = {member.unit for member in (*members, one)}
    masks += [mask for unit, mask in free.items() if unit not in taken and mask]
    for at in range(len(members) + 1, len(masks)):
        if len(seated) == len(chairs):
            break
        _augment(at, masks, chairs, seated, set())
    return Reason.TAKEN if len(seated) == len(chairs) else Reason.WOULD_BLOCK


def _augment(at: int, masks: Sequence[int], chairs: Sequence[int], seated: dict[int, int], tried: set[int]) -> bool:
    for chair, bit in enumerate(chairs):
        if masks[at] >> bit & 1 and chair not in tried:
            tried.add(chair)
            if chair not in seated or _augment(seated[chair], masks, chairs, seated, tried):
                seated[chair] = at
                return True
    return False


def median_ms(run: Callable[[], object], times: int) -> float:
    """The median of the processor time in milliseconds."""
    run()
    spans = []
    for _ in range(times):
        began = time.process_time()
        run()
        spans.append((time.process_time() - began) * 1000)
    return statistics.median(spans)


def replacement(locked: Locked, first: RoundResult, chance: Random) -> Round:
    """Two members leave, and one in a hundred of the list is no longer eligible."""
    gone = {one.pid: Ineligibility.LEAVE for one in chance.sample(locked.candidates, len(locked.candidates) // 100)}
    return Round(tuple(pid for pid in first.members[2:] if pid not in gone), gone)


def played(locked: Locked, rounds: Sequence[tuple[Round, RoundResult]]) -> bytes:
    """The certificate as a file."""
    made = certificate(Revealed(
        locked.conditions, locked.candidates, locked.hash, locked.commit, "2026-03-02T01:00:00Z", SERVER_SEED,
        [Contribution("organizer", VALUES[0]), Contribution("witness", VALUES[1])],
        [PlayedRound.of(start, result) for start, result in rounds],
    ))
    return json.dumps(made).encode()


def measure(size: int) -> list[tuple[str, float, float]]:
    """(what, median in ms, aim in ms) for a pool of the size; the last line is the naive walk, without an aim."""
    pool = Pool.invented(size, seeded(size))
    large = size > 10_000
    times = 5 if large else 15
    locked, seats = lock(pool), Seats(CATEGORIES, QUOTA)
    ready = Prepared(locked.candidates)
    order = Order(locked.seed, size)
    first = walk(order, ready, seats)
    if list(first.log) != naive_walk(locked, seats):
        raise AssertionError("the naive walk gives another log")
    again = replacement(locked, first, seeded(1))

    def second() -> RoundResult:
        return walk(order, ready, seats, retained=again.retained, invited=first.taken, ineligible=again.ineligible)

    text = played(locked, [(Round(), first), (again, second())])
    if not verify(text).ok:
        raise AssertionError("the certificate of the benchmark does not hold")
    return [
        ("lock, without SQL", median_ms(lambda: lock(pool), times), 1000 if large else 60),
        ("preparing the list for the walks", median_ms(lambda: Prepared(locked.candidates), times), 0),
        ("walk", median_ms(lambda: walk(Order(locked.seed, size), ready, seats), 50), 3 if large else 1),
        ("walk, replacement, 1 % not eligible", median_ms(second, 50), 0 if large else 1),
        ("checking a certificate", median_ms(lambda: verify(text), 5), 0 if large else 100),
        ("walk, naive", median_ms(lambda: naive_walk(locked, seats), 3), 0),
    ]


def main() -> None:
    """Measure and print; aims in the last column."""
    print(f"{'draw':<52}{'median ms':>12}{'aim ms':>9}{'of aim':>9}")
    for size in SIZES:
        lines = measure(size)
        for what, median, aim in lines:
            against = f"{aim:9.0f}{median / aim:9.0%}" if aim else f"{'-':>9}{'':9}"
            print(f"{f'{size:,} candidates: {what}':<52}{median:12.2f}{against}")
        medians = {what: median for what, median, _ in lines}
        print(f"{f'{size:,} candidates: naive / walk':<52}{medians['walk, naive'] / medians['walk']:12.0f}")


if __name__ == "__main__":
    main()
