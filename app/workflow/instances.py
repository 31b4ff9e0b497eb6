"""Cases: start, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.actor import Actor


def start(
    key: str,
    business_key: str,
    title: str,
    data: Mapping[str, Any],
    actor: Actor,
    *,
    subject: str | None = None,
    parent_id: int | None = None,
) -> int:
    """Starts a case of the process `key` and runs it to its first wait; gives the instance id.

    `data` is plain JSON (ids, decisions, dates). The rule set in force now is pinned for good.
    :raises NoRuleSetInForce: today lies outside every rule set and no 沿用 decision is recorded.
    :raises StepRefused: an operation failed on the way to the first wait.
    """
    raise NotImplementedError


def cancel(instance_id: int, actor: Actor, reason: str) -> None:
    """作废 a running case, by an operator, with reason. :raises NotAllowed: :raises Invalid: :raises Conflict:"""
    raise NotImplementedError


def revoke(instance_id: int, actor: Actor, reason: str) -> None:
    """撤销 by whoever started the case. :raises NotAllowed: :raises Invalid: :raises Conflict:"""
    raise NotImplementedError


def running(business_key: str) -> list[int]:
    """Ids of the running cases of this business key, oldest first."""
    raise NotImplementedError
