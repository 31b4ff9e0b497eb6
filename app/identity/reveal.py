"""Unmasking personal data: one mechanism for every kind of subject, always with a reason and an audit line (第六条)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.core import audit
from app.core.actor import Actor
from app.core.errors import NotFound, UserError
from app.identity import permissions

#: Why somebody may need the whole number; `other` needs words.
REASONS: dict[str, str] = {
    "verify_identity": "核验身份",
    "contact": "联系本人",
    "check_material": "核对申请材料",
    "supervision": "监督检查需要",
    "other": "其他（写明）",
}


@dataclass(frozen=True)
class Revealed:
    """Whom it concerns and the whole values, label -> value, shown once."""

    title: str
    values: dict[str, str]


Provider = Callable[[str, Actor], Revealed | None]
_providers: dict[str, Provider] = {}


def provider(subject_type: str) -> Callable[[Provider], Provider]:
    """Registers what gives the whole values of a kind of subject.

    The function gets (subject id, actor) and returns None if there is no such subject; it raises NotAllowed
    if this actor may not see this one.
    """

    def add(function: Provider) -> Provider:
        _providers[subject_type] = function
        return function

    return add


def reveal(actor: Actor, subject_type: str, subject_id: str, reason: str, words: str) -> Revealed:
    """Gives the whole values and writes who looked, at what and why; runs in a writing transaction.

    :raises NotAllowed: the actor's role may not. NotFound: no such subject. UserError: no reason.
    """
    permissions.require(actor, permissions.PERSONAL_REVEAL)
    if subject_type not in _providers:
        raise NotFound
    if reason not in REASONS:
        raise UserError("请选择查看的原因", field="reason")
    if reason == "other" and not words.strip():
        raise UserError("选择“其他”时，请写明原因", field="words")
    found = _providers[subject_type](subject_id, actor)
    if found is None:
        raise NotFound
    why = "：".join(part for part in (REASONS[reason], words.strip()) if part)
    audit.record(
        actor, "personal.reveal", subject_type, subject_id, reason=why, note="、".join(found.values)
    )
    return found


def known(subject_type: str) -> bool:
    """Whether this kind of subject can be unmasked at all."""
    return subject_type in _providers
