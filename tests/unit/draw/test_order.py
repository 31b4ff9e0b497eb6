"""The order: every order equally likely, no favour to small numbers, and only made as far as one looks."""

from __future__ import annotations

import hashlib
import hmac
import struct
from collections import Counter
from collections.abc import Iterator

import pytest

from app.draw import Order, Stream
from app.draw import order as order_module
from app.draw.verify_certificate import order as verifier_order


def seed(number: int) -> bytes:
    return hashlib.sha256(b"test%d" % number).digest()


def chi_square(counts: Counter[object], cells: int, expected: float) -> float:
    observed = [*counts.values()] + [0] * (cells - len(counts))
    return sum((count - expected) ** 2 / expected for count in observed)


def test_every_order_of_four_comes_as_often_as_any_other() -> None:
    """24 orders, 24,000 seeds: chi-square with 23 degrees of freedom stays below the 0.1 % point, 49.7."""
    counts: Counter[object] = Counter(tuple(Order(seed(number), 4)) for number in range(24_000))
    assert len(counts) == 24
    assert chi_square(counts, 24, 1000) < 49.7


@pytest.mark.parametrize("position", [0, 1, 6, 11])
def test_everybody_is_as_likely_at_any_position(position: int) -> None:
    """12 people, 6,000 seeds, 11 degrees of freedom: 0.1 % point 31.3."""
    counts: Counter[object] = Counter(Order(seed(number), 12)[position] for number in range(6000))
    assert chi_square(counts, 12, 500) < 31.3


def test_a_long_order_is_a_permutation_and_the_verifier_makes_the_same() -> None:
    made = [*Order(seed(1), 3000)]
    assert sorted(made) == [*range(3000)]
    assert made == [*verifier_order(seed(1), 3000)]


@pytest.mark.parametrize("size", [0, 1, 2])
def test_the_smallest_lists(size: int) -> None:
    order = Order(seed(5), size)
    assert len(order) == size
    assert sorted(order) == [*range(size)]
    with pytest.raises(IndexError):
        order[size]
    with pytest.raises(IndexError):
        order[-1]


def test_it_is_made_as_far_as_one_looks_and_kept() -> None:
    order = Order(seed(2), 1_000_000)
    third = order[2]
    first = iter(order)
    assert [next(first), next(first), next(first)][2] == third
    assert order[0] == Order(seed(2), 1_000_000)[0]


def naive(key: bytes, size: int) -> list[int]:
    """Section 4 word by word, with a whole array."""
    words: list[int] = []
    block = 0
    array = [*range(size)]
    for t in range(size):
        while True:
            if not words:
                text = hmac.new(key, b"ZJ-DRAW-1/stream" + struct.pack(">Q", block), hashlib.sha256).digest()
                words, block = [*struct.unpack(">4Q", text)], block + 1
            word = words.pop(0)
            if word < 2**64 - 2**64 % (size - t):
                break
        j = t + word % (size - t)
        array[t], array[j] = array[j], array[t]
    return array


@pytest.mark.parametrize("size", [1, 2, 3, 17, 400])
def test_it_is_the_shuffle_of_the_specification(size: int) -> None:
    assert [*Order(seed(size), size)] == naive(seed(size), size)


@pytest.mark.parametrize(("n", "words", "answer"), [
    (3, [2**64 - 1, 5], 2),                      # 2^64 - 1 is the one word that would favour 0
    (3, [2**64 - 2], (2**64 - 2) % 3),
    (2**63 + 1, [2**63 + 1, 2**64 - 1, 7], 7),   # nearly every second word is passed over
    (2**63 + 1, [2**63], 2**63),
    (2, [2**64 - 1], 1),                         # a power of two wastes no word
    (1, [2**64 - 1], 0),                         # the last element takes a word as well
])
def test_a_word_that_would_favour_small_numbers_is_passed_over(
    n: int, words: list[int], answer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = list(words)

    def given(_seed: bytes) -> Iterator[int]:
        while left:
            yield left.pop(0)

    monkeypatch.setattr(order_module, "_words", given)
    assert Stream(b"").below(n) == answer
    assert left == []


def test_below_is_even_over_a_range_that_is_no_power_of_two() -> None:
    """10 cells, 20,000 numbers, 9 degrees of freedom: 0.1 % point 27.9."""
    stream = Stream(seed(9))
    counts: Counter[object] = Counter(stream.below(10) for _ in range(20_000))
    assert chi_square(counts, 10, 2000) < 27.9
