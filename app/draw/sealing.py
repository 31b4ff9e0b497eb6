"""Pseudonyms, the hash of the list, commitment and seed: sections 1 and 3 of ZJ-DRAW-1.

Secrets come from the operating system by way of the caller; nothing here makes one up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Literal, NamedTuple

from app.draw.canonical import Malformed

SPEC = "ZJ-DRAW-1"
#: Bytes of the server seed, of the salt of a draw and of every hash here.
SECRET_BYTES = 32
#: Bytes a contribution may have.
CONTRIBUTION_BYTES = range(1, 65)
#: Hex digits of a pseudonym.
_PSEUDONYM_DIGITS = 32

Kind = Literal["expert", "unit"]


class Candidate(NamedTuple):
    """One line of the eligible list (section 1).

    A tuple and not a dataclass, because a list of 100,000 is made, sorted and sealed at every lock.

    Attributes:
        pid: pseudonym of the expert, 32 hex digits.
        unit: pseudonym of the expert's unit, 32 hex digits.
        mask: bit i is set if the expert can take category i of the conditions; 0 is allowed.
    """

    pid: str
    unit: str
    mask: int


@dataclass(frozen=True)
class Contribution:
    """What one person (or the public value named beforehand) added to the seed (section 3).

    Attributes:
        by: `organizer`, `witness` or `public`; covered by no hash.
        value: 1 to 64 bytes.

    Raises:
        Malformed: the value has another length.
    """

    by: str
    value: bytes

    def __post_init__(self) -> None:
        _check_contribution(self.value)


def pseudonym(salt: bytes, kind: Kind, id: int | str) -> str:
    """The 32 hex digits that stand for an expert or a unit in this draw alone (section 1).

    Args:
        salt: `draw_salt`, the 32 random bytes of this draw, kept sealed.
        kind: what the id belongs to.
        id: the register's id; a number enters in decimal.
    """
    return pseudonyms(salt, kind, [id])[0]


def pseudonyms(salt: bytes, kind: Kind, ids: Iterable[int | str]) -> list[str]:
    """The same for many at once, in their order; at a lock this is most of the work."""
    _check_secret(salt, "the salt")
    # HMAC by its definition (RFC 2104), both keyed states made once: half the time of copying an HMAC object.
    key = salt.ljust(hashlib.sha256().block_size, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + f"{kind}:".encode())
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in key))
    made = []
    for one in ids:
        digest, whole = inner.copy(), outer.copy()
        digest.update(str(one).encode())
        whole.update(digest.digest())
        made.append(whole.hexdigest()[:_PSEUDONYM_DIGITS])
    return made


def in_order(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The list as it is locked: sorted by pid, ASCII ascending (section 1).

    Raises:
        Malformed: two candidates have the same pid.
    """
    made = tuple(sorted(candidates, key=itemgetter(0)))
    if any(one[0] == other[0] for one, other in pairwise(made)):
        raise Malformed("the list names one expert twice")
    return made


def list_hash(candidates: Sequence[Candidate]) -> bytes:
    """SHA-256 over the sorted list (section 1), 32 bytes."""
    lines = "".join([f"{pid}\t{unit}\t{mask}\n" for pid, unit, mask in candidates])
    return hashlib.sha256(lines.encode("ascii")).digest()


def commitment(server_seed: bytes, cond_hash: bytes, list_hash: bytes, n: int) -> bytes:
    """`commit`, shown before any contribution is accepted (section 3), 32 bytes.

    Args:
        server_seed: 32 bytes from the operating system.
        cond_hash: hash of the conditions.
        list_hash: hash of the list.
        n: number of candidates.
    """
    for value, what in ((server_seed, "the server seed"), (cond_hash, "cond_hash"), (list_hash, "list_hash")):
        _check_secret(value, what)
    return hashlib.sha256(
        b"ZJ-DRAW-1/commit" + server_seed + cond_hash + list_hash + n.to_bytes(8, "big")
    ).digest()


def seed(server_seed: bytes, commit: bytes, contributions: Sequence[bytes]) -> bytes:
    """The seed of the order (section 3), 32 bytes.

    Args:
        server_seed: the 32 bytes that were committed to.
        commit: the commitment.
        contributions: the values in the order in which they were given, at least one, 1 to 64 bytes each.

    Raises:
        Malformed: no contribution, or a length that is not allowed.
    """
    _check_secret(server_seed, "the server seed")
    _check_secret(commit, "the commitment")
    if not contributions:
        raise Malformed("a draw needs at least one contribution")
    digest = hashlib.sha256(b"ZJ-DRAW-1/seed" + server_seed + commit)
    for value in contributions:
        _check_contribution(value)
        digest.update(len(value).to_bytes(4, "big") + value)
    return digest.digest()


def short_code(commit: bytes) -> str:
    """The commitment as one reads it out: first and last four hex digits, `9C41-847A`."""
    digits = commit.hex().upper()
    return f"{digits[:4]}-{digits[-4:]}"


def _check_contribution(value: bytes) -> None:
    if len(value) not in CONTRIBUTION_BYTES:
        raise Malformed("a contribution has 1 to 64 bytes")


def _check_secret(value: bytes, what: str) -> None:
    if len(value) != SECRET_BYTES:
        raise Malformed(f"{what} has {SECRET_BYTES} bytes")
