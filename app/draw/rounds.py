"""A round of the draw: the walk along the order, section 5 of ZJ-DRAW-1.

Replacements are further rounds of the same draw with the same order. A draw's `Prepared` list and its `Order`
can be kept between rounds; both only grow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, reduce
from operator import or_
from types import MappingProxyType
from typing import Any

from app.draw.canonical import Malformed
from app.draw.order import Order
from app.draw.sealing import Candidate
from app.draw.seating import Seating, Seats, Shortage, assigned


class Reason(StrEnum):
    """What became of a candidate whom the walk came to (section 5, the table)."""

    INELIGIBLE_NOW = "INELIGIBLE_NOW"
    ALREADY_INVITED = "ALREADY_INVITED"
    NO_CATEGORY = "NO_CATEGORY"
    UNIT_TAKEN = "UNIT_TAKEN"
    NO_SEAT = "NO_SEAT"
    WOULD_BLOCK = "WOULD_BLOCK"
    TAKEN = "TAKEN"


class Ineligibility(StrEnum):
    """Why somebody of the list cannot be drawn any more (section 5, `ineligible`)."""

    LEAVE = "LEAVE"
    REMOVED = "REMOVED"
    SUSPENDED = "SUSPENDED"
    RECUSAL = "RECUSAL"
    CLASH = "CLASH"
    UNIT_CHANGED = "UNIT_CHANGED"


#: A line of the log: the candidate's index in the sorted list, his pid, what became of him.
LogEntry = tuple[int, str, Reason]


class Prepared:
    """A locked list as the walk needs it; make it once for a draw and keep it for the replacement rounds.

    The free unit masks of the lock are counted once. A round recomputes only the units with an invited or
    ineligible member.
    """

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        """Takes the sorted list of the lock."""
        self.candidates = tuple(candidates)
        units: dict[str, dict[int, int]] = {}
        for _, unit, mask in self.candidates:
            known = units.get(unit)
            if known is None:
                units[unit] = {mask: 1}
            else:
                known[mask] = known.get(mask, 0) + 1
        self._pids = [one.pid for one in self.candidates]
        self._units = units
        self._masks = {unit: _together(masks) for unit, masks in units.items()}
        self._counts = Counter(self._masks.values())

    def candidate(self, pid: str) -> Candidate:
        """The candidate behind a pseudonym.

        Raises:
            Malformed: nobody in the list has it.
        """
        at = bisect_left(self._pids, pid)
        if at == len(self._pids) or self._pids[at] != pid:
            raise Malformed(f"{pid} is not in the list")
        return self.candidates[at]

    def free_masks(self, gone: AbstractSet[str]) -> tuple[Mapping[str, int], Counter[int]]:
        """The free unit masks without those who are gone, by unit and counted by mask (section 5)."""
        if not gone:
            return self._masks, self._counts
        lost: dict[str, dict[int, int]] = {}
        for pid in gone:
            _, unit, mask = self.candidate(pid)
            masks = lost.setdefault(unit, {})
            masks[mask] = masks.get(mask, 0) + 1
        changed: dict[str, int] = {}
        counts = self._counts.copy()
        for unit, masks in lost.items():
            left = _together([mask for mask, number in self._units[unit].items() if number > masks.get(mask, 0)])
            counts[self._masks[unit]] -= 1
            counts[left] += 1
            changed[unit] = left
        return _Changed(self._masks, changed), counts


def _together(masks: Iterable[int]) -> int:
    """Their OR."""
    return reduce(or_, masks, 0)


class _Changed(dict[str, int]):
    """The masks of the units that changed; any other unit has that of the lock."""

    def __init__(self, locked: Mapping[str, int], changed: Mapping[str, int]) -> None:
        super().__init__(changed)
        self._locked = locked

    def __missing__(self, unit: str) -> int:
        return self._locked[unit]


@dataclass(frozen=True)
class Round:
    """What a round starts from (section 5).

    Attributes:
        retained: pids of the members who stay, in the order they joined.
        ineligible: pid -> why he cannot be drawn any more.
        opened: category -> seats that join the draw from this round on.
    """

    retained: tuple[str, ...] = ()
    ineligible: Mapping[str, Ineligibility] = field(default_factory=lambda: MappingProxyType({}))
    opened: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class RoundResult:
    """What a round came to.

    Attributes:
        log: everyone visited, in the order of the draw.
        taken: pids taken in this round, in the order of the draw.
        members: retained and taken, in the order they joined; empty if there is no legal panel.
        seats: pid -> category he sits on; empty if there is no legal panel.
        complete: whether there is a legal panel.
        shortage: why there is none.
    """

    log: tuple[LogEntry, ...]
    taken: tuple[str, ...]
    members: tuple[str, ...]
    seats: Mapping[str, str]
    complete: bool
    shortage: Shortage | None


@dataclass(frozen=True)
class Sealed:
    """A draw between lock and reveal: everything from which its rounds follow.

    Attributes:
        candidates: the sorted list.
        conditions: the normalised conditions (section 2).
        order: the order, known once all contributions are in.
    """

    candidates: tuple[Candidate, ...]
    conditions: Mapping[str, Any]
    order: Order

    @cached_property
    def prepared(self) -> Prepared:
        """The list as the walk needs it."""
        return Prepared(self.candidates)

    @cached_property
    def seats(self) -> Seats:
        """The seats of round 0, before any were opened."""
        return Seats(tuple(self.conditions["categories"]), self.conditions["quota"])


def walk(
    order: Iterable[int],
    candidates: Sequence[Candidate] | Prepared,
    seats: Seats,
    *,
    retained: Sequence[str] = (),
    invited: Collection[str] = (),
    ineligible: Mapping[str, Ineligibility] = MappingProxyType({}),
) -> RoundResult:
    """Draws one round: the lexicographically first legal panel in lottery order (section 5).

    Args:
        order: the `Order` of the draw, or any order of the indices of the list.
        candidates: the sorted list, or what `Prepared` made of it.
        seats: all seats, those that were opened included.
        retained: pids of the members who stay, in the order they joined.
        invited: pids of everyone taken in an earlier round, retained or not.
        ineligible: pid -> why he cannot be drawn any more.

    Raises:
        Malformed: a pid that is not in the list, a retained who was never invited, is ineligible or stands there
            twice, or retained who do not fit the seats.
    """
    ready = candidates if isinstance(candidates, Prepared) else Prepared(candidates)
    was_invited = frozenset(invited)
    _check_retained(retained, was_invited, ineligible)
    unit_masks, counts = ready.free_masks(was_invited | ineligible.keys())
    seating = Seating(seats, counts)
    members = [ready.candidate(pid) for pid in retained]
    for one in members:
        seating.join(one.mask, unit_masks[one.unit])
    if not seating.sits() or len({one.unit for one in members}) != len(members):
        raise Malformed("the retained are no part of a legal panel")
    shortage = seating.shortage()
    if shortage is not None:
        return RoundResult((), (), (), MappingProxyType({}), complete=False, shortage=shortage)
    log = _visit(order, ready.candidates, members, seating, _Standing(was_invited, ineligible, unit_masks))
    return _result(seats, members, log)


@dataclass(frozen=True)
class _Standing:
    """What is known of everybody before the walk of a round."""

    invited: frozenset[str]
    ineligible: Mapping[str, Ineligibility]
    unit_masks: Mapping[str, int]


def _check_retained(
    retained: Sequence[str], invited: frozenset[str], ineligible: Mapping[str, Ineligibility]
) -> None:
    if len(set(retained)) != len(retained):
        raise Malformed("somebody is retained twice")
    if not invited.issuperset(retained):
        raise Malformed("somebody is retained who was never invited")
    if any(pid in ineligible for pid in retained):
        raise Malformed("somebody is retained and ineligible")


def _visit(
    order: Iterable[int], candidates: Sequence[Candidate], members: list[Candidate], seating: Seating,
    standing: _Standing,
) -> list[LogEntry]:
    """Walks until every seat has its member; adds the taken to `members` and returns the log."""
    log: list[LogEntry] = []
    units = {one.unit for one in members}
    positions = iter(order)
    while not seating.filled:  # a completable panel is full before the list ends
        index = next(positions)
        candidate = candidates[index]
        reason = _reason(candidate, units, seating, standing)
        log.append((index, candidate.pid, reason))
        if reason is Reason.TAKEN:
            members.append(candidate)
            units.add(candidate.unit)
            seating.join(candidate.mask, standing.unit_masks[candidate.unit])
    return log


def _reason(candidate: Candidate, units: Collection[str], seating: Seating, standing: _Standing) -> Reason:
    """The first code that applies (section 5, the table)."""
    pid, unit, mask = candidate
    if pid in standing.ineligible:
        return Reason.INELIGIBLE_NOW
    if pid in standing.invited:
        return Reason.ALREADY_INVITED
    if not mask:
        return Reason.NO_CATEGORY
    if unit in units:
        return Reason.UNIT_TAKEN
    if not seating.seats_one_more(mask):
        return Reason.NO_SEAT
    if not seating.stays_completable_with(mask, standing.unit_masks[unit]):
        return Reason.WOULD_BLOCK
    return Reason.TAKEN


def _result(seats: Seats, members: Sequence[Candidate], log: Sequence[LogEntry]) -> RoundResult:
    labels = assigned(seats, [one.mask for one in members])
    return RoundResult(
        log=tuple(log),
        taken=tuple(pid for _, pid, reason in log if reason is Reason.TAKEN),
        members=tuple(one.pid for one in members),
        seats=MappingProxyType(
            {one.pid: seats.categories[bit] for one, bit in zip(members, labels, strict=True)}
        ),
        complete=True,
        shortage=None,
    )


def replay(sealed: Sealed, rounds: Iterable[Round]) -> tuple[RoundResult, ...]:
    """All rounds of a draw anew, from what each started from; invited and opened add up by themselves.

    Raises:
        Malformed: as `walk`, or somebody is retained who was no member at the end of the round before.
    """
    results: list[RoundResult] = []
    members: Collection[str] = ()
    invited: set[str] = set()
    seats = sealed.seats
    for one in rounds:
        if not set(members).issuperset(one.retained):
            raise Malformed("somebody is retained who was no member")
        seats = seats.opening(one.opened)
        result = walk(
            sealed.order, sealed.prepared, seats,
            retained=one.retained, invited=invited, ineligible=one.ineligible,
        )
        members = result.members if result.complete else one.retained
        invited.update(result.taken)
        results.append(result)
    return tuple(results)
