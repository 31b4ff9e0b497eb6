"""Certificates of a draw after the reveal: the public one, and the auditor's copy (draw.md §6, §7).

Both are signed as a whole by this installation. The signature is one more key of the JSON; it covers every other
key in canonical form (RFC 8785), and a verifier of the draw takes no notice of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from app.core import crypto
from app.core.errors import NotAllowed, NotFound
from app.draw import (
    Contribution,
    Identity,
    Ineligibility,
    Malformed,
    PlayedRound,
    Reason,
    Revealed,
    Round,
    auditor_copy,
    canonical,
    certificate,
)
from app.procedures.selection import sealed, store
from app.procedures.selection.models import PanelDraw, PanelRound

PURPOSE = "ZJ-DRAW-1 certificate"
SIGNATURE = "signature"
#: Most characters of a number in an address; more is no number of ours.
_NUMBER = 20


class NotRevealed(NotAllowed):
    """The draw is still sealed: its certificate would foretell the replacements."""

    def __init__(self) -> None:
        super().__init__("这次抽取还没有公开：种子和次序预示递补人选，评审开始或取消时公开，届时可以下载证书")


def public_certificate(number: str, draw_no: int) -> dict[str, Any]:
    """The certificate for everybody, pseudonyms only, signed.

    :raises NotFound: no such draw. :raises NotRevealed: not before the meeting starts or is cancelled.
    """
    return signed(_public(_revealed(number, draw_no)))


def require_public(number: str, draw_no: int) -> None:
    """Refuses if there is no certificate for everybody (yet), without making it: of a large list that takes long.

    :raises NotFound, NotRevealed: as `public_certificate`.
    """
    _revealed(number, draw_no)


def auditors_copy(number: str, draw_no: int) -> dict[str, Any]:
    """The certificate with the salt, the ids behind the pseudonyms and the filter counts, signed.

    :raises NotFound, NotRevealed: as `public_certificate`.
    """
    draw = _revealed(number, draw_no)
    opened = sealed.opened(draw)
    identities = {pid: Identity(member.expert_id, member.unit_id) for pid, member in opened.by_pid.items()}
    counts = store.conditions(store.activity(draw.activity_no), draw.conditions_version).counts or []
    return signed({**auditor_copy(_public(draw), opened.salt, identities), "filter_counts": counts})


def as_file(document: Mapping[str, Any]) -> bytes:
    """The JSON that is handed out: UTF-8, one line end at its end."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def signed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the signature of this installation."""
    signature = {
        "algorithm": crypto.SIGNATURE_ALGORITHM,
        "public_key": crypto.public_key().hex(),
        "value": crypto.sign(canonical(document), PURPOSE).hex(),
    }
    return {**document, SIGNATURE: signature}


def signature_fault(document: object) -> str | None:
    """What speaks against the signature of a certificate, in words; None if this installation made it."""
    if not isinstance(document, dict) or not isinstance(document.get(SIGNATURE), dict):
        return "没有签名"
    signature = document[SIGNATURE]
    rest = {name: value for name, value in document.items() if name != SIGNATURE}
    if signature.get("public_key") != crypto.public_key().hex():
        return "签名的公钥不是本系统的公钥"
    try:
        holds = crypto.verify(canonical(rest), PURPOSE, bytes.fromhex(str(signature.get("value"))))
    except (Malformed, ValueError):
        holds = False
    return None if holds else "签名与内容不一致，内容在签发后被改动过"


def _revealed(number: str, draw_no: int) -> PanelDraw:
    if len(number) > _NUMBER or not 0 < draw_no < 2**31:
        raise NotFound("没有这次抽取")
    draw = store.draw(number, draw_no)
    if draw.revealed_at is None:
        raise NotRevealed
    if draw.drawn_at is None:
        raise NotFound("这次抽取在摇号之前就结束了，没有证书")
    return draw


def _public(draw: PanelDraw) -> dict[str, Any]:
    opened = sealed.opened(draw)
    given = store.contributions_of(draw.id)
    made = certificate(
        Revealed(
            conditions=json.loads(draw.conditions),
            candidates=opened.candidates,
            list_hash=bytes.fromhex(draw.list_hash),
            commit=bytes.fromhex(draw.commit),
            committed_at=_utc(draw.committed_at),
            server_seed=opened.server_seed,
            contributions=[Contribution(one.role.value, bytes.fromhex(one.value)) for one in given],
            rounds=[_played(one) for one in store.rounds_of(draw.id)],
        )
    )
    manners = [{**entry, "manner": one.manner} for entry, one in zip(made["contributions"], given, strict=True)]
    return {
        **made,
        "contributions": manners,
        "draw_no": draw.draw_no,
        "drawn_at": _utc(draw.drawn_at or draw.committed_at),
        "revealed_at": _utc(draw.revealed_at or draw.committed_at),
    }


def _played(found: PanelRound) -> PlayedRound:
    start = Round(
        retained=tuple(found.retained),
        ineligible={pid: Ineligibility(code) for pid, code in found.ineligible},
        opened=found.opened,
    )
    log = [(index, pid, Reason(reason)) for index, pid, reason in found.log]
    return PlayedRound(start, log, tuple(found.seats))


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
