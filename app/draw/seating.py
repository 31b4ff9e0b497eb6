"""Who can sit where: seats, shortages and the look-ahead of section 5 of ZJ-DRAW-1.

Everything rests on Hall's condition over the subsets of categories, at most 2^8 of them: the members can be
seated if no subset of seats has too many members who can sit nowhere else, and the rest of the seats can be
filled if no subset of them is wanted by too few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.draw.canonical import Malformed
from app.draw.sealing import Candidate

MAX_CATEGORIES = 8


@dataclass(frozen=True)
class Shortage:
    """No legal panel (NOT_ENOUGH): too few units for the seats of some categories.

    Attributes:
        categories: the smallest set of categories that falls short, in the order of the conditions.
        wanted: seats of these categories that members do not fill.
        available: units without a member that could send somebody to one of them.
    """

    categories: tuple[str, ...]
    wanted: int
    available: int

    def text(self, labels: Mapping[str, str] | None = None) -> str:
        """For the page: `成本评估 需 2，可用单位 1`; `labels` names the categories in Chinese."""
        names = "、".join((labels or {}).get(name, name) for name in self.categories)
        return f"{names} 需 {self.wanted}，可用单位 {self.available}"


@dataclass(frozen=True)
class Seats:
    """The seats that are drawn: how many of each category.

    Attributes:
        categories: in the order of the conditions, which is that of the bits of a mask; at most 8.
        quota: category -> seats; a category that is not named has none.

    Raises:
        Malformed: too many categories, one twice, or a quota that is no whole number from 0 on.
    """

    categories: tuple[str, ...]
    quota: Mapping[str, int]

    def __post_init__(self) -> None:
        object.__setattr__(self, "categories", tuple(self.categories))
        if len(self.categories) > MAX_CATEGORIES or len(set(self.categories)) != len(self.categories):
            raise Malformed(f"a draw has at most {MAX_CATEGORIES} categories, each once")
        for name, count in self.quota.items():
            if name not in self.categories or type(count) is not int or count < 0:
                raise Malformed(f"{count!r} seats of {name!r}")

    def opening(self, opened: Mapping[str, int]) -> Seats:
        """These seats and the ones that join the draw (section 5, `opened`)."""
        for name, count in opened.items():
            if name not in self.categories or type(count) is not int or count < 0:
                raise Malformed(f"{count!r} seats of {name!r} opened")
        return Seats(self.categories, {name: self.quota.get(name, 0) + opened.get(name, 0) for name in self.categories})

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """Seats by bit."""
        return tuple(self.quota.get(name, 0) for name in self.categories)

    @property
    def total(self) -> int:
        """All seats together."""
        return sum(self.counts)


class Seating:
    """The members of a panel in the making, and whether one more still leaves a legal panel.

    For each subset S of the categories, as bits: `_room[S]` is the number of seats in S less the members who can
    sit only in S; `_slack[S]` is the number of units without a member that can fill a seat in S,
    and of members that can, less the seats in S. Both from 0 on is what the specification calls completable.
    """

    def __init__(self, seats: Seats, unit_masks: Mapping[int, int]) -> None:
        """Starts without members.

        Args:
            seats: all seats of the round.
            unit_masks: free unit mask -> number of units that have it.
        """
        size = len(seats.categories)
        self._categories = seats.categories
        self._subsets = range(1 << size)
        self._room = _inside(size, {1 << bit: count for bit, count in enumerate(seats.counts)})
        inside = _inside(size, unit_masks)
        self._units = [inside[-1] - apart for apart in reversed(inside)]
        self._slack = [units - room for units, room in zip(self._units, self._room, strict=True)]
        self._filled_units: list[int] = []
        self._open = seats.total
        self._forget()

    @property
    def filled(self) -> bool:
        """Whether every seat has its member."""
        return self._open == 0

    def join(self, mask: int, unit_mask: int) -> None:
        """Takes a member of the mask; `unit_mask` is the free mask of the unit, which has its member now."""
        everything = len(self._subsets) - 1
        for apart in _subsets(everything & ~mask):
            self._room[mask | apart] -= 1
            if apart & unit_mask:
                self._slack[apart] -= 1
        if mask & ~unit_mask:  # only a retained can do what nobody else of his unit could do now
            for apart in _subsets(everything & ~unit_mask):
                if apart & mask:
                    self._slack[apart] += 1
        self._filled_units.append(unit_mask)
        self._open -= 1
        self._forget()

    def sits(self) -> bool:
        """Whether the members can be matched one to one to seats."""
        return min(self._room) >= 0

    def seats_one_more(self, mask: int) -> bool:
        """Whether the members and one more of this mask can be seated."""
        known = self._fits.get(mask)
        if known is None:
            known = self._fits[mask] = all(mask & ~subset for subset in self._full)
        return known

    def stays_completable_with(self, mask: int, unit_mask: int) -> bool:
        """Whether the panel can still be filled after one more, himself among those of his unit's free mask."""
        known = self._leaves.get((mask, unit_mask))
        if known is None:
            known = not any(unit_mask & subset and not mask & subset for subset in self._tight)
            self._leaves[mask, unit_mask] = known
        return known

    def shortage(self) -> Shortage | None:
        """The smallest set of categories that cannot be filled; of several the one that lacks most."""
        if min(self._slack) >= 0:
            return None
        short = min(
            (subset for subset in self._subsets if self._slack[subset] < 0),
            key=lambda subset: (subset.bit_count(), self._slack[subset], subset),
        )
        names = tuple(name for bit, name in enumerate(self._categories) if short >> bit & 1)
        available = self._units[short] - sum(1 for mask in self._filled_units if mask & short)
        return Shortage(names, available - self._slack[short], available)

    def _forget(self) -> None:
        self._full = [subset for subset in self._subsets if self._room[subset] == 0]
        self._tight = [subset for subset in self._subsets if self._slack[subset] == 0]
        self._fits: dict[int, bool] = {}
        self._leaves: dict[tuple[int, int], bool] = {}


def shortages(candidates: Iterable[Candidate], categories: Sequence[str], quota: Mapping[str, int]) -> Shortage | None:
    """What a list lacks for a legal panel, before it is locked; None if it can fill the seats (section 5)."""
    masks: dict[str, int] = {}
    for _, unit, mask in candidates:
        masks[unit] = masks.get(unit, 0) | mask
    return Seating(Seats(tuple(categories), quota), Counter(masks.values())).shortage()


def assigned(seats: Seats, masks: Sequence[int]) -> tuple[int, ...]:
    """The bit of the category that each member of a full panel sits on (section 5, seat labels).

    Members come in the order they joined, and each gets the first category that still leaves everyone seated.

    Raises:
        Malformed: the members cannot all be seated.
    """
    left = list(seats.counts)
    labels = []
    for at, mask in enumerate(masks):
        for bit in range(len(left)):
            if not (mask >> bit & 1 and left[bit]):
                continue
            left[bit] -= 1
            if _all_sit(left, masks[at + 1 :]):
                labels.append(bit)
                break
            left[bit] += 1
        else:
            raise Malformed("the members cannot be seated")
    return tuple(labels)


def _all_sit(room: Sequence[int], masks: Sequence[int]) -> bool:
    """Whether members of these masks find a seat each: every one moves others on until he has his (matching)."""
    sitting: list[list[int]] = [[] for _ in room]

    def seat(mask: int, tried: set[int]) -> bool:
        for bit, places in enumerate(room):
            if not mask >> bit & 1 or bit in tried:
                continue
            tried.add(bit)
            if len(sitting[bit]) < places:
                sitting[bit].append(mask)
                return True
            for other in sitting[bit]:
                if seat(other, tried):
                    sitting[bit].remove(other)
                    sitting[bit].append(mask)
                    return True
        return False

    return all(seat(mask, set()) for mask in masks)


def _subsets(mask: int) -> Iterator[int]:
    """Every subset of the bits of a mask, the empty one last."""
    subset = mask
    while subset:
        yield subset
        subset = subset - 1 & mask
    yield 0


def _inside(size: int, masks: Mapping[int, int]) -> list[int]:
    """For each subset of `size` bits, how many of the counted masks lie within it."""
    inside = [0] * (1 << size)
    for mask, count in masks.items():
        if not 0 <= mask < len(inside):
            raise Malformed(f"mask {mask} names a category that the conditions do not")
        inside[mask] += count
    for bit in (1 << place for place in range(size)):
        for start in range(bit, len(inside), 2 * bit):
            for subset in range(start, start + bit):
                inside[subset] += inside[subset - bit]
    return inside
