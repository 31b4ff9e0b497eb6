"""Pseudonyms, list, conditions, commitment and seed: the bytes of sections 1 to 3."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.draw import (
    Candidate,
    Contribution,
    Malformed,
    canonical,
    commitment,
    cond_hash,
    in_order,
    list_hash,
    normalise,
    pseudonym,
    pseudonyms,
    seed,
    short_code,
)
from app.draw.verify_certificate import Fault
from app.draw.verify_certificate import canonical as verifier_canonical

SALT = bytes(range(32))


def test_a_pseudonym_is_half_an_hmac_of_kind_and_id() -> None:
    whole = hmac.new(SALT, b"expert:17", hashlib.sha256).hexdigest()
    assert pseudonym(SALT, "expert", 17) == pseudonym(SALT, "expert", "17") == whole[:32]
    assert pseudonym(SALT, "unit", 17) != pseudonym(SALT, "expert", 17)
    assert pseudonym(bytes(32), "expert", 17) != pseudonym(SALT, "expert", 17)
    assert pseudonyms(SALT, "unit", [3, "四"]) == [pseudonym(SALT, "unit", 3), pseudonym(SALT, "unit", "四")]


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(Malformed):
        pseudonym(b"short", "expert", 1)


def test_the_list_is_sorted_by_pid_and_hashed_line_by_line() -> None:
    one, other = Candidate("b" * 32, "1" * 32, 5), Candidate("a" * 32, "2" * 32, 0)
    made = in_order([one, other])
    assert made == (other, one)
    text = f"{'a' * 32}\t{'2' * 32}\t0\n{'b' * 32}\t{'1' * 32}\t5\n"
    assert list_hash(made) == hashlib.sha256(text.encode()).digest()
    assert list_hash(()) == hashlib.sha256(b"").digest()


def test_nobody_stands_in_the_list_twice() -> None:
    with pytest.raises(Malformed):
        in_order([Candidate("a" * 32, "1" * 32, 5), Candidate("a" * 32, "2" * 32, 0)])


def test_commitment_and_seed_hash_what_the_rules_say() -> None:
    server, conditions, listed = bytes([1]) * 32, bytes([2]) * 32, bytes([3]) * 32
    commit = commitment(server, conditions, listed, 258)
    assert commit == hashlib.sha256(
        b"ZJ-DRAW-1/commit" + server + conditions + listed + bytes([0, 0, 0, 0, 0, 0, 1, 2])
    ).digest()
    parts = b"\0\0\0\1a" + b"\0\0\0\2bc"
    assert seed(server, commit, [b"a", b"bc"]) == hashlib.sha256(b"ZJ-DRAW-1/seed" + server + commit + parts).digest()
    assert seed(server, commit, [b"ab", b"c"]) != seed(server, commit, [b"a", b"bc"])


@pytest.mark.parametrize("values", [[], [b""], [b"x" * 65], [b"x", b""]])
def test_contributions_are_one_to_64_bytes_and_at_least_one(values: list[bytes]) -> None:
    with pytest.raises(Malformed):
        seed(bytes(32), bytes(32), values)


def test_a_contribution_knows_its_limits() -> None:
    assert Contribution("witness", b"x" * 64).value == b"x" * 64
    with pytest.raises(Malformed):
        Contribution("witness", b"")


@pytest.mark.parametrize("wrong", [0, 1, 2])
def test_hashes_of_another_length_are_refused(wrong: int) -> None:
    values = [bytes(32), bytes(32), bytes(32)]
    values[wrong] = bytes(31)
    with pytest.raises(Malformed):
        commitment(values[0], values[1], values[2], 1)


def test_the_short_code_is_what_one_reads_out() -> None:
    assert short_code(bytes.fromhex("9c41" + "00" * 28 + "847a")) == "9C41-847A"


# ---- conditions ----


def test_keys_are_sorted_by_utf_16_and_not_by_code_point() -> None:
    """U+10000 and up begin with a surrogate, which comes before U+FF21."""
    conditions = {"\uff21": 1, "\U00020bb7": 2, "b": 3, "": 4, "\ud7ff": 5}
    assert canonical(conditions).decode() == '{"":4,"b":3,"\ud7ff":5,"\U00020bb7":2,"\uff21":1}'


def test_texts_are_escaped_as_rfc_8785_says() -> None:
    text = "\u20ac$\u000f\nA'B\"\\\"/\u007f\u2028"
    assert canonical({"t": text}).decode() == '{"t":"\u20ac$\\u000f\\nA\'B\\"\\\\\\"/\u007f\u2028"}'


@pytest.mark.parametrize("value", [
    1.0, 0.5, float("nan"), 2**53, -(2**53), "\ud800", {"\udfff": 1}, {1: 2}, {"a"}, b"x", [[1.5]],
    {"deep": {"x": 1.0}},
])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(Malformed):
        canonical({"value": value})


def test_conditions_are_an_object_of_reasonable_depth() -> None:
    with pytest.raises(Malformed):
        canonical(["a"])  # type: ignore[arg-type]
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    for make in (canonical, normalise):
        with pytest.raises(Malformed):
            make({"deep": deep})


def test_whoever_makes_conditions_normalises_and_nobody_else() -> None:
    decomposed, composed = "e\u0301", "\u00e9"
    assert normalise({decomposed: [decomposed, {"x": (decomposed,)}]}) == {composed: [composed, {"x": [composed]}]}
    assert cond_hash({decomposed: 1}) != cond_hash({composed: 1})


def test_keys_that_become_one_are_refused() -> None:
    with pytest.raises(Malformed):
        normalise({"e\u0301": 1, "\u00e9": 2})


texts = st.text(st.characters(codec="utf-8"), max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(texts, json_values, max_size=5))
def test_core_and_verifier_canonicalise_alike_and_lose_nothing(conditions: dict[str, Any]) -> None:
    made = canonical(conditions)
    assert made == verifier_canonical(conditions).encode()
    assert json.loads(made) == conditions


@pytest.mark.parametrize("value", [1.0, float("inf"), 2**53, "\udc00", {"\ud800": 1}, b"x"])
def test_the_verifier_refuses_the_same(value: Any) -> None:
    with pytest.raises(Fault):
        verifier_canonical({"value": value})
