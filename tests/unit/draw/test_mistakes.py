"""Section 9: each of the mistakes that are easily made fails at least one vector, in the core and in the verifier."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app.draw import Prepared, Reason, replay, rounds, verify_certificate
from app.draw.sealing import Candidate
from app.draw.seating import Seating, Seats
from tests.unit.draw import certificates
from tests.unit.draw.certificates import VECTORS

Patch = pytest.MonkeyPatch
_reason, _walk, _free_masks = rounds._reason, rounds.walk, Prepared.free_masks


def core_agrees(number: int) -> bool:
    """Whether the core, as it is now, makes the rounds and the panel of a vector."""
    document = VECTORS[number]
    try:
        draw = certificates.sealed(document)
        results = replay(draw, certificates.rounds(document))
    except (ValueError, StopIteration):
        return False
    logs = [[[*entry] for entry in one.log] for one in results]
    return logs == [one["log"] for one in document["rounds"]] and sorted(results[-1].members) == document["panel"]


def free_masks_that_ignore_ineligible(patch: Patch) -> None:
    now: dict[str, Any] = {}

    def walk(*given: Any, **more: Any) -> rounds.RoundResult:
        now.update(invited=frozenset(more["invited"]))
        return _walk(*given, **more)

    patch.setattr(rounds, "walk", walk)
    patch.setattr(Prepared, "free_masks", lambda self, _gone: _free_masks(self, now["invited"]))


def masks_of_the_lock(patch: Patch) -> None:
    patch.setattr(Prepared, "free_masks", lambda self, _gone: (self._masks, self._counts))


def already_invited_tested_first(patch: Patch) -> None:
    def reason(candidate: Candidate, units: Any, seating: Seating, standing: Any) -> Reason:
        if candidate.pid in standing.invited:
            return Reason.ALREADY_INVITED
        return _reason(candidate, units, seating, standing)

    patch.setattr(rounds, "_reason", reason)


def keys_sorted_by_code_point(patch: Patch) -> None:
    def hashed(conditions: Mapping[str, Any]) -> bytes:
        text = json.dumps(conditions, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).digest()

    patch.setattr(certificates, "cond_hash", hashed)


def no_look_ahead(patch: Patch) -> None:
    patch.setattr(Seating, "stays_completable_with", lambda *_: True)


def opened_ignored(patch: Patch) -> None:
    patch.setattr(Seats, "opening", lambda self, _opened: self)


@pytest.mark.parametrize("mistake", [
    free_masks_that_ignore_ineligible, masks_of_the_lock, already_invited_tested_first, keys_sorted_by_code_point,
    no_look_ahead, opened_ignored,
])
def test_a_mistake_in_the_core_fails_a_vector(mistake: Callable[[Patch], None]) -> None:
    assert all(core_agrees(number) for number in range(len(VECTORS)))
    with pytest.MonkeyPatch.context() as patch:
        mistake(patch)
        assert not all(core_agrees(number) for number in range(len(VECTORS)))


SOURCE = Path(str(verify_certificate.__file__)).read_text(encoding="utf-8")


def verifier_of(source: str, patch: Patch) -> ModuleType:
    """The verifier, from a text; dataclasses look their module up among those that are loaded."""
    module = ModuleType("changed_verifier")
    patch.setitem(sys.modules, module.__name__, module)
    exec(compile(source, "changed_verifier.py", "exec"), vars(module))
    return module


@pytest.mark.parametrize(("right", "wrong"), [
    ("if pid not in draw.invited and pid not in ineligible:", "if pid not in draw.invited:"),
    ("if pid not in draw.invited and pid not in ineligible:", "if True:"),
    (
        'reason = "INELIGIBLE_NOW" if pid in ineligible else "ALREADY_INVITED" if pid in draw.invited else None',
        'reason = "ALREADY_INVITED" if pid in draw.invited else "INELIGIBLE_NOW" if pid in ineligible else None',
    ),
    ('key=lambda key: str(key).encode("utf-16-be", "surrogatepass")', "key=str"),
    ('"WOULD_BLOCK" if any(self._able[one] == self._seats[one] for one in tight) else "TAKEN"', '"TAKEN"'),
    ("draw.seats[draw.categories.index(name)] += _count(", "_count("),
    ("if word < 2**64 - 2**64 % rest", "if word < 2**63"),
    ("j = t + word % rest", "j = word % rest"),
    ("draw.invited.update(panel.members)", "draw.invited = set(panel.members)"),
    ("self._able[one] += bool(mask & one) - bool(unit_mask & one)", "self._able[one] += 0"),
], ids=["ignores ineligible", "masks of the lock", "invited first", "code points", "no look-ahead", "opened ignored",
        "words thrown away", "another shuffle", "earlier rounds forgotten", "units counted twice"])
def test_a_mistake_in_the_verifier_fails_a_vector(right: str, wrong: str, monkeypatch: Patch) -> None:
    assert SOURCE.count(right) == 1
    verifier = verifier_of(SOURCE.replace(right, wrong), monkeypatch)

    def accepts(document: certificates.Certificate) -> bool:
        try:
            return bool(verifier.verify(document).ok)
        except (StopIteration, KeyError):
            return False

    assert not all(accepts(document) for document in VECTORS)
