"""The 24 certificates of another implementation: the core makes the same, the verifier agrees, no tampering passes."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.draw import Order, Reason, cond_hash, list_hash, replay, seed
from app.draw.verify_certificate import verify
from tests.unit.draw.certificates import VECTORS, Certificate, listed, rounds, sealed, tampered

VERIFIER = Path(__file__).resolve().parents[3] / "app" / "draw" / "verify_certificate.py"
numbered = pytest.mark.parametrize("number", range(len(VECTORS)))


def run(path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The verifier as an auditor runs it: alone, without the application on the path."""
    command = [sys.executable, "-I", str(VERIFIER), *options, str(path)]
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=path.parent,
        env={"PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
    )


@numbered
def test_the_core_replays_every_round(number: int) -> None:
    document = VECTORS[number]
    assert list_hash(listed(document)).hex() == document["list_hash"]
    results = replay(sealed(document), rounds(document))
    assert [[[*entry] for entry in one.log] for one in results] == [one["log"] for one in document["rounds"]]
    assert sorted(results[-1].members) == document["panel"]


@numbered
def test_every_complete_round_seats_each_member_once(number: int) -> None:
    draw = sealed(VECTORS[number])
    seats = draw.seats
    masks = {one.pid: one.mask for one in draw.candidates}
    for start, one in zip(rounds(VECTORS[number]), replay(draw, rounds(VECTORS[number])), strict=True):
        seats = seats.opening(start.opened)
        if not one.complete:
            assert one.shortage
            assert one.shortage.available < one.shortage.wanted
            continue
        assert set(one.seats) == set(one.members)
        assert one.members == (*start.retained, *one.taken)
        assert [list(one.seats.values()).count(name) for name in seats.categories] == list(seats.counts)
        assert all(masks[pid] >> seats.categories.index(name) & 1 for pid, name in one.seats.items())


@numbered
def test_the_verifier_accepts_it_on_the_command_line(number: int, tmp_path: Path) -> None:
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(VECTORS[number], ensure_ascii=number % 2 == 0), encoding="utf-8")
    done = run(path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "核验通过"
    for at, one in enumerate(VECTORS[number]["rounds"], 1):
        assert f"第 {at} 轮：失格 {len(one['ineligible'])} 人" in done.stdout


@numbered
def test_no_tampering_passes(number: int) -> None:
    passed = [name for name, document in tampered(VECTORS[number]) if verify(document).ok]
    assert passed == []


def test_tampering_ends_with_1_and_says_what_does_not_hold(tmp_path: Path) -> None:
    path = tmp_path / "certificate.json"
    found = {}
    for name, document in tampered(VECTORS[18]):
        path.write_text(json.dumps(document), encoding="utf-8")
        done = run(path)
        assert (done.returncode, done.stderr) == (1, ""), name
        assert done.stdout.startswith("核验不通过："), name
        found[name] = done.stdout.strip().removeprefix("核验不通过：")
    assert found["list_hash"] == "名单与名单摘要不一致"
    assert found["server_seed"] == "承诺值与名单、抽取条件和系统种子不一致"
    assert found["round 0: an unknown reason"] == "第 1 轮记录第 8 条的理由“LUCKY”不在规则之内"
    assert found["round 0: somebody retained"] == "第 1 轮不应有留任成员或失格人员"
    assert found["round 1: retained and ineligible"] == "第 2 轮的留任成员同时列为失格"


def decided(document: Any) -> Any:
    """The parts of a certificate in which no byte may change."""
    if not isinstance(document, dict):
        return None
    logs = [one.get("log") if isinstance(one, dict) else None for one in document.get("rounds", [])]
    values = [one.get("value") if isinstance(one, dict) else None for one in document.get("contributions", [])]
    names = ("spec", "conditions", "candidates", "list_hash", "commit", "server_seed", "panel")
    return [document.get(name) for name in names], logs, values


@numbered
def test_no_changed_byte_passes(number: int) -> None:
    """150 bytes of the file, each changed by itself; where no draw took place, contributions decide nothing."""
    document = VECTORS[number]
    text = json.dumps(document, ensure_ascii=False).encode()
    chance = random.Random(number)
    tried = 0
    for at in (chance.randrange(len(text)) for _ in range(150)):
        made = text[:at] + bytes([chance.choice(b"0123456789abcdefTUX\" ,{}[]")]) + text[at + 1 :]
        if _same(document, made):
            continue
        tried += 1
        assert not verify(made).ok, f"byte {at}: {made[max(at - 40, 0) : at + 40]!r}"
    assert tried > 50


def _same(document: Certificate, text: bytes) -> bool:
    try:
        other = json.loads(text)
    except ValueError:
        return False
    same = decided(document)
    if not any(same[1]):
        return bool(decided(other)[:2] == same[:2])
    return bool(decided(other) == same)


def test_the_vectors_hold_every_case_that_they_are_for() -> None:
    logs = [entry[2] for document in VECTORS for one in document["rounds"] for entry in one["log"]]
    assert set(logs) == set(Reason)
    every = [one for document in VECTORS for one in document["rounds"]]
    assert any(one["retained"] for one in every)
    assert any(one.get("opened") for one in every)
    assert any(not document["panel"] for document in VECTORS)


def test_a_draw_without_the_second_contribution_is_another_draw() -> None:
    document = VECTORS[4]
    values = [bytes.fromhex(one["value"]) for one in document["contributions"]]
    both, alone = (
        seed(bytes.fromhex(document["server_seed"]), bytes.fromhex(document["commit"]), given)
        for given in (values, values[:1])
    )
    assert [*Order(both, 40)] != [*Order(alone, 40)]


def test_conditions_hash_the_same_whatever_order_their_keys_came_in() -> None:
    conditions = VECTORS[0]["conditions"]
    assert cond_hash(dict(reversed(conditions.items()))) == cond_hash(conditions)
