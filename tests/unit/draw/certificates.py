"""Certificates for the tests of the draw: the 24 vectors of ZJ-DRAW-1, and invented ones of any size."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from app.draw import (
    Candidate,
    Contribution,
    Ineligibility,
    Order,
    PlayedRound,
    Revealed,
    Round,
    Sealed,
    certificate,
    commitment,
    cond_hash,
    in_order,
    list_hash,
    replay,
    seed,
)

Certificate = dict[str, Any]

VECTORS: list[Certificate] = json.loads(
    (Path(__file__).resolve().parents[2] / "draw-vectors.json").read_text(encoding="utf-8")
)


def listed(document: Certificate) -> tuple[Candidate, ...]:
    """The list of a certificate."""
    return tuple(Candidate(*one) for one in document["candidates"])


def sealed(document: Certificate) -> Sealed:
    """The draw behind a certificate, from its list, conditions and secrets alone."""
    candidates = listed(document)
    server_seed = bytes.fromhex(document["server_seed"])
    commit = commitment(server_seed, cond_hash(document["conditions"]), list_hash(candidates), len(candidates))
    values = [bytes.fromhex(one["value"]) for one in document["contributions"]]
    return Sealed(candidates, document["conditions"], Order(seed(server_seed, commit, values), len(candidates)))


def rounds(document: Certificate) -> list[Round]:
    """What the rounds of a certificate started from."""
    return [
        Round(
            tuple(one["retained"]),
            {pid: Ineligibility(code) for pid, code in one["ineligible"]},
            one.get("opened", {}),
        )
        for one in document["rounds"]
    ]


def invented(random: Random, size: int, categories: int, unit_count: int, replacements: int = 2) -> Certificate:
    """A draw with replacement rounds, as the core makes it; some end without a legal panel."""
    names = [f"类别{at}" for at in range(categories)]
    quota = {name: random.choice([0, 1, 1, 2]) for name in names}
    designated = random.choice([0, 0, 1, 2])
    conditions = {
        "activity": "验收", "categories": names, "quota": quota, "designated": designated,
        "panel_size": sum(quota.values()) + designated,
    }
    units = [f"{random.getrandbits(128):032x}" for _ in range(unit_count)]
    candidates = in_order(
        Candidate(f"{random.getrandbits(128):032x}", random.choice(units), random.randrange(1 << categories))
        for _ in range(size)
    )
    server_seed, values = random.randbytes(32), [random.randbytes(16), random.randbytes(8)]
    commit = commitment(server_seed, cond_hash(conditions), list_hash(candidates), size)
    draw = Sealed(candidates, conditions, Order(seed(server_seed, commit, values), size))
    played = _played(draw, random, replacements, designated)
    contributions = [Contribution("organizer", values[0]), Contribution("witness", values[1])]
    return certificate(Revealed(
        conditions, candidates, list_hash(candidates), commit, "2026-03-02T01:00:00Z", server_seed, contributions,
        [PlayedRound.of(start, result) for start, result in zip(played, replay(draw, played), strict=True)],
    ))


def _played(draw: Sealed, random: Random, replacements: int, designated: int) -> list[Round]:
    made = [Round()]
    for _ in range(replacements):
        last = replay(draw, made)[-1]
        if not last.complete:
            break
        gone = {one.pid: random.choice(list(Ineligibility)) for one in draw.candidates if random.random() < 0.2}
        retained = tuple(pid for pid in last.members if pid not in gone and random.random() < 0.7)
        opened = {}
        if designated and random.random() < 0.5:
            opened, designated = {random.choice(draw.conditions["categories"]): 1}, designated - 1
        made.append(Round(retained, gone, opened))
    return made


def changed(document: Certificate, change: Callable[[Certificate], object]) -> Certificate:
    """A copy after the change."""
    made = copy.deepcopy(document)
    change(made)
    return made


def flip(text: str, at: int = -1) -> str:
    """Hex with one digit changed."""
    at %= len(text)
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]


def tampered(document: Certificate) -> Iterator[tuple[str, Certificate]]:
    """Every kind of tampering that must not pass, each on a copy of its own, with its name."""
    for name, change in {**_ALWAYS, **(_WITH_LOG if document["rounds"][0]["log"] else {})}.items():
        yield name, changed(document, change)
    if document["panel"]:
        for name, change in _WITH_PANEL.items():
            yield name, changed(document, change)
    for number in range(len(document["rounds"])):
        for name, change in _round_changes(number, document["rounds"][number]):
            yield f"round {number}: {name}", changed(document, change)


def _set(*path: Any) -> Callable[[Any], Callable[[Certificate], None]]:
    def to(make: Any) -> Callable[[Certificate], None]:
        def change(document: Any) -> None:
            for key in path[:-1]:
                document = document[key]
            document[path[-1]] = make(document[path[-1]]) if callable(make) else make

        return change

    return to


_FIRST, _LAST = ("candidates", 0), ("candidates", -1)
_ALWAYS: dict[str, Callable[[Certificate], object]] = {
    "another rule": _set("spec")("ZJ-DRAW-2"),
    "a digit of a pid": _set(*_LAST, 0)(flip),
    "the first digit of a pid": _set(*_LAST, 0)(lambda pid: flip(pid, 0)),
    "a digit of a unit": _set(*_FIRST, 1)(flip),
    "a mask": _set(*_FIRST, 2)(lambda mask: mask ^ 1),
    "a candidate left out": lambda document: document["candidates"].pop(),
    "a candidate added": lambda document: document["candidates"].append(["f" * 32, "e" * 32, 1]),
    "a candidate twice": lambda document: document["candidates"].insert(0, document["candidates"][0]),
    "the list in another order": lambda document: document["candidates"].reverse(),
    "a quota": lambda document: document["conditions"]["quota"].update(software=0),
    "a condition changed": _set("conditions", "activity")("别的"),
    "a condition left out": lambda document: document["conditions"].pop("version"),
    "a condition added": lambda document: document["conditions"].update(more=0),
    "a key of the conditions": lambda document: document["conditions"].update(A=document["conditions"].pop("\uff21")),
    "a category added": lambda document: document["conditions"]["categories"].append("x"),
    "designated": lambda document: document["conditions"].update(designated=7),
    "list_hash": _set("list_hash")(flip),
    "commit": _set("commit")(flip),
    "server_seed": _set("server_seed")(flip),
    "server_seed in capitals": _set("server_seed")(str.upper),
    "no contribution": _set("contributions")([]),
    "an empty contribution": _set("contributions", 0, "value")(""),
    "a long contribution": _set("contributions", 0, "value")("00" * 65),
    "a stranger in the panel": lambda document: document["panel"].append("0" * 32),
    "no round": _set("rounds")([]),
}
_WITH_LOG: dict[str, Callable[[Certificate], object]] = {
    "a byte of a contribution": _set("contributions", 0, "value")(flip),
    "a contribution more": lambda document: document["contributions"].append({"by": "public", "value": "00"}),
    "a contribution less": lambda document: document["contributions"].pop(),
}
_WITH_PANEL: dict[str, Callable[[Certificate], object]] = {
    "a member left out": lambda document: document["panel"].pop(),
    "a digit of the panel": _set("panel", 0)(flip),
    "no panel": _set("panel")([]),
    "the panel in another order": lambda document: document["panel"].reverse(),
    "a member twice": lambda document: document["panel"].append(document["panel"][-1]),
}


def _round_changes(number: int, one: Certificate) -> Iterator[tuple[str, Callable[[Certificate], object]]]:
    here = "rounds", number
    stranger = "0" * 32
    yield "an invented retained", lambda document: document["rounds"][number]["retained"].append(stranger)
    yield "a stranger ineligible", lambda document: document["rounds"][number]["ineligible"].append(
        [stranger, "LEAVE"])
    yield "too many opened", _set(*here)(lambda one: {**one, "opened": {"software": 9}})
    yield "an unknown category opened", _set(*here)(lambda one: {**one, "opened": {"无": 1}})
    yield "a log entry more", lambda document: document["rounds"][number]["log"].append([0, stranger, "TAKEN"])
    if number == 0:
        yield "somebody retained", lambda document: document["rounds"][0]["retained"].append(
            document["candidates"][0][0])
        yield "somebody ineligible", lambda document: document["rounds"][0]["ineligible"].append(
            [document["candidates"][0][0], "LEAVE"])
    if one["ineligible"]:
        yield "an unknown reason of ineligibility", _set(*here, "ineligible", 0, 1)("TIRED")
        yield "ineligible twice", lambda document: document["rounds"][number]["ineligible"].append(
            document["rounds"][number]["ineligible"][0])
    if one["retained"]:
        yield "retained and ineligible", lambda document: document["rounds"][number]["ineligible"].append(
            [document["rounds"][number]["retained"][0], "LEAVE"])
        yield "retained twice", lambda document: document["rounds"][number]["retained"].append(
            document["rounds"][number]["retained"][0])
    yield from _log_changes(number, one)


def _log_changes(number: int, one: Certificate) -> Iterator[tuple[str, Callable[[Certificate], object]]]:
    log = "rounds", number, "log"
    if not one["log"]:
        return
    yield "the last log entry left out", lambda document: document["rounds"][number]["log"].pop()
    yield "the first log entry left out", lambda document: document["rounds"][number]["log"].pop(0)
    yield "the log emptied", _set(*log)([])
    yield "an index", _set(*log, 0, 0)(lambda index: index + 1)
    yield "an index as a fraction", _set(*log, 0, 0)(float)
    yield "a pid of the log", _set(*log, 0, 1)(flip)
    yield "a reason", _set(*log, 0, 2)(lambda reason: "NO_SEAT" if reason != "NO_SEAT" else "WOULD_BLOCK")
    yield "an unknown reason", _set(*log, -1, 2)("LUCKY")
    visited = next((pid for _, pid, reason in one["log"] if reason == "TAKEN"), None)
    if visited and visited not in one["retained"]:
        yield "a taken made ineligible", lambda document: document["rounds"][number]["ineligible"].append(
            [visited, "LEAVE"])
