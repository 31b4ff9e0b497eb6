"""The one random order of a draw: sections 3 (stream) and 4 (shuffle) of ZJ-DRAW-1."""

from __future__ import annotations

import hmac
import struct
from collections.abc import Iterator

_PREFIX = b"ZJ-DRAW-1/stream"
_WORDS = struct.Struct(">4Q")
_RANGE = 1 << 64


class Stream:
    """Uniform whole numbers below any bound, from the HMAC blocks of a seed."""

    def __init__(self, seed: bytes) -> None:
        self._words = _words(seed)

    def below(self, n: int) -> int:
        """The next number in 0…n-1; words that would favour the small ones are passed over."""
        limit = _RANGE - _RANGE % n
        for word in self._words:
            if word < limit:
                return word % n
        raise AssertionError("the stream has no end")  # pragma: no cover


def _words(seed: bytes) -> Iterator[int]:
    block = 0
    while True:
        yield from _WORDS.unpack(hmac.digest(seed, _PREFIX + block.to_bytes(8, "big"), "sha256"))
        block += 1


class Order:
    """The indices 0…n-1 in the order of the draw, made only as far as somebody looks (section 4).

    Iterate it or index it. What was made once is kept, so that the replacement rounds of a draw cost nothing.
    """

    def __init__(self, seed: bytes, n: int) -> None:
        self._stream = Stream(seed)
        self._n = n
        self._made: list[int] = []
        self._moved: dict[int, int] = {}

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, position: int) -> int:
        if not 0 <= position < self._n:
            raise IndexError(position)
        while len(self._made) <= position:
            self._next()
        return self._made[position]

    def __iter__(self) -> Iterator[int]:
        made = self._made
        for position in range(self._n):
            if position == len(made):
                self._next()
            yield made[position]

    def _next(self) -> None:
        at = len(self._made)
        other = at + self._stream.below(self._n - at)
        moved = self._moved
        self._made.append(moved.get(other, other))
        here = moved.pop(at, at)
        if other != at:
            moved[other] = here
