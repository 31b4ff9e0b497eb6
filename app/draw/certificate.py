"""The certificate of a draw after the reveal: section 7 of ZJ-DRAW-1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.draw.canonical import Malformed
from app.draw.rounds import LogEntry, Round, RoundResult
from app.draw.sealing import SPEC, Candidate, Contribution, pseudonym


@dataclass(frozen=True)
class PlayedRound:
    """A round as the record keeps it: what it started from, its log, its members (none: no legal panel)."""

    start: Round
    log: Sequence[LogEntry]
    members: Sequence[str]

    @classmethod
    def of(cls, start: Round, result: RoundResult) -> PlayedRound:
        """From what the walk returned."""
        return cls(start, result.log, result.members)


@dataclass(frozen=True)
class Revealed:
    """What was stored at the lock and at the draw, and is no secret any more.

    `list_hash` and `commit` are those of the record, not computed again, so that a record that was changed
    afterwards gives a certificate that does not verify.
    """

    conditions: Mapping[str, Any]
    candidates: Sequence[Candidate]
    list_hash: bytes
    commit: bytes
    committed_at: str
    server_seed: bytes
    contributions: Sequence[Contribution]
    rounds: Sequence[PlayedRound]


@dataclass(frozen=True)
class Identity:
    """Who stands behind the pseudonyms of one candidate: the ids of the register."""

    expert_id: int | str
    unit_id: int | str


def certificate(revealed: Revealed) -> dict[str, Any]:
    """The public certificate, pseudonyms only, ready for JSON (section 7)."""
    return {
        "spec": SPEC,
        "conditions": dict(revealed.conditions),
        "candidates": [[pid, unit, mask] for pid, unit, mask in revealed.candidates],
        "list_hash": revealed.list_hash.hex(),
        "commit": revealed.commit.hex(),
        "committed_at": revealed.committed_at,
        "server_seed": revealed.server_seed.hex(),
        "contributions": [{"by": one.by, "value": one.value.hex()} for one in revealed.contributions],
        "rounds": [_round(one) for one in revealed.rounds],
        "panel": sorted(revealed.rounds[-1].members) if revealed.rounds else [],
    }


def auditor_copy(public: Mapping[str, Any], draw_salt: bytes, identities: Mapping[str, Identity]) -> dict[str, Any]:
    """The certificate with the salt and the ids behind the pseudonyms (section 7); the caller signs the whole.

    It adds `draw_salt` (hex) and `identities`, a line `[pid, expert id, unit id]` for every candidate in the
    order of the list.

    Args:
        public: what `certificate` made.
        draw_salt: the salt of the draw.
        identities: pid -> ids, for every candidate.

    Raises:
        Malformed: somebody is missing, or the ids are not those behind the pseudonyms.
    """
    lines = []
    for pid, unit, _ in public["candidates"]:
        who = identities.get(pid)
        if who is None:
            raise Malformed(f"no identity for {pid}")
        made = pseudonym(draw_salt, "expert", who.expert_id), pseudonym(draw_salt, "unit", who.unit_id)
        if made != (pid, unit):
            raise Malformed(f"the ids given for {pid} are not those behind the pseudonyms")
        lines.append([pid, who.expert_id, who.unit_id])
    return {**public, "draw_salt": draw_salt.hex(), "identities": lines}


def _round(played: PlayedRound) -> dict[str, Any]:
    made: dict[str, Any] = {
        "retained": sorted(played.start.retained),
        "ineligible": [[pid, str(code)] for pid, code in sorted(played.start.ineligible.items())],
        "log": [[index, pid, str(reason)] for index, pid, reason in played.log],
    }
    if played.start.opened:
        made["opened"] = dict(played.start.opened)
    return made
