"""Settling: the records say what the panel needs next (第十九条（二）至（五）, 第二十条)."""

from __future__ import annotations

from datetime import datetime

from app.core.actor import Actor
from app.procedures.selection.service.moves import PanelMove
from app.regulations.rule_sets import RuleSet


def settle(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> PanelMove:
    """Looks at every seat under the lock of the activity and does what is next: releases who may not sit any more,
    invites the approved designated, draws replacements, tells details, seats the confirmed.

    :raises NotFound: no such activity.
    """
    raise NotImplementedError


def confirm_list(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> None:
    """The organiser confirms the initial list; the details go out at once (第十九条（五）, no. 48).

    :raises Conflict: the list is not complete any more, or the hour is outside the sending window.
    """
    raise NotImplementedError
