"""The sealed part of a draw: who stands behind the pseudonyms, the salt and the server seed (ZJ-DRAW-1 §1, §3, §6).

Nothing here goes into a log, an audit line or a repr. What was opened once is kept by this process for the next
round; a draw's list never changes after its lock.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import NamedTuple

from app.draw import Candidate, Order, Prepared, list_hash, pseudonyms, seed
from app.procedures.selection.models import PanelDraw

#: How many opened draws a process keeps: a round needs one, and 20 draws run at once at most.
KEPT = 32


class Member(NamedTuple):
    """A candidate by the ids of the register."""

    expert_id: int
    unit_id: int


@dataclass(repr=False)
class SealedList:
    """An opened draw: the sorted list with the ids behind it.

    Attributes:
        salt: `draw_salt`.
        server_seed: what was committed to.
        candidates: the list in its order.
        members: the ids behind `candidates`, in the same order.
    """

    salt: bytes
    server_seed: bytes
    candidates: tuple[Candidate, ...]
    members: tuple[Member, ...]
    _order: tuple[bytes, Order] | None = field(default=None)

    @cached_property
    def prepared(self) -> Prepared:
        """The list with the free unit masks of the lock."""
        return Prepared(self.candidates)

    @cached_property
    def by_pid(self) -> Mapping[str, Member]:
        """pid -> ids."""
        return {one.pid: member for one, member in zip(self.candidates, self.members, strict=True)}

    @cached_property
    def pid_of(self) -> Mapping[int, str]:
        """Expert id -> pid."""
        return {member.expert_id: one.pid for one, member in zip(self.candidates, self.members, strict=True)}

    @cached_property
    def units(self) -> Mapping[int, int]:
        """Expert id -> unit id at the lock."""
        return {member.expert_id: member.unit_id for member in self.members}

    @cached_property
    def list_hash(self) -> bytes:
        """The hash of the list."""
        return list_hash(self.candidates)

    def order(self, commit: bytes, contributions: Sequence[bytes]) -> Order:
        """The order of the draw; as far as it was made once it is kept."""
        made = seed(self.server_seed, commit, contributions)
        if self._order is None or self._order[0] != made:
            self._order = (made, Order(made, len(self.candidates)))
        return self._order[1]


def make(salt: bytes, server_seed: bytes, eligible: Sequence[tuple[int, int, int]]) -> SealedList:
    """The list of the eligible, given as (expert id, unit id, mask), under pseudonyms of this draw alone."""
    pids = pseudonyms(salt, "expert", [expert_id for expert_id, _, _ in eligible])
    unit_ids = list({unit_id for _, unit_id, _ in eligible})
    units = dict(zip(unit_ids, pseudonyms(salt, "unit", unit_ids), strict=True))
    places = sorted(range(len(pids)), key=pids.__getitem__)
    in_list = [eligible[place] for place in places]
    return SealedList(
        salt,
        server_seed,
        tuple(Candidate(pids[place], units[one[1]], one[2]) for place, one in zip(places, in_list, strict=True)),
        tuple(Member(expert_id, unit_id) for expert_id, unit_id, _ in in_list),
    )


def seal(opened: SealedList) -> str:
    """The text that `PanelDraw.sealed` keeps encrypted."""
    # Written out: only hex digits and whole numbers, of which a pool of 100,000 has half a million.
    rows = ",".join(
        [
            f'["{pid}","{unit}",{mask},{expert_id},{unit_id}]'
            for (pid, unit, mask), (expert_id, unit_id) in zip(opened.candidates, opened.members, strict=True)
        ]
    )
    secrets = f'"salt":"{opened.salt.hex()}","server_seed":"{opened.server_seed.hex()}"'
    return f'{{{secrets},"candidates":[{rows}]}}'


_kept: OrderedDict[tuple[int, str], SealedList] = OrderedDict()
_lock = Lock()


def opened(draw: PanelDraw) -> SealedList:
    """The sealed part of a stored draw, for the walk and, after the reveal, for the certificate."""
    key = (draw.id, draw.commit)  # an id alone may come again after a rollback
    with _lock:
        known = _kept.get(key)
        if known is not None:
            _kept.move_to_end(key)
            return known
    made = _read(draw.sealed)
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def _read(text: str) -> SealedList:
    content = json.loads(text)
    rows = content["candidates"]
    return SealedList(
        bytes.fromhex(content["salt"]),
        bytes.fromhex(content["server_seed"]),
        tuple(Candidate(pid, unit, mask) for pid, unit, mask, _, _ in rows),
        tuple(Member(expert_id, unit_id) for _, _, _, expert_id, unit_id in rows),
    )
