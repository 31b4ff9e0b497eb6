"""撤回 of a conclusion while nobody has gone on with it: the application stands where it stood before."""

from __future__ import annotations

from datetime import datetime

from app.core.actor import Actor
from app.core.errors import Conflict
from app.procedures.entry import store
from app.procedures.entry.models import Application, ApplicationState
from app.procedures.entry.service.decisions import (
    CONFIRMATION,
    FORMAL,
    QUALIFICATION,
    Conclusion,
    conclude_stage,
    last_decision,
    move,
)
from app.registers import proposed

TAKEN_BACK = "taken_back"
_REASON = "撤回结论"


def take_back(number: str, stage: str, *, actor: Actor, now: datetime) -> None:
    """Takes the last conclusion of a stage back; it stays in the record, followed by the withdrawal.

    :raises Conflict: the applicant was told already, so that it cannot be undone.
    """
    found = store.locked(number)
    decision = last_decision(found, stage)
    if decision is None or decision.outcome == TAKEN_BACK:
        raise Conflict(f"申请 {number} 在这一环节没有可以撤回的结论")
    _BACK[stage](found, decision.outcome, actor)
    conclude_stage(found, Conclusion(stage, TAKEN_BACK, None), actor=actor, now=now)


def _formal(found: Application, outcome: str, actor: Actor) -> None:
    if outcome != "accepted":
        raise Conflict("结论已经告知申请人，不能撤回")
    move(found, ApplicationState.FORMAL_CHECK, actor=actor, reason=_REASON)


def _qualification(found: Application, outcome: str, actor: Actor) -> None:
    if outcome == "returned":
        move(found, ApplicationState.QUALIFICATION, actor=actor, reason=_REASON)


def _confirmation(found: Application, outcome: str, actor: Actor) -> None:
    if outcome == "agreed":
        proposed.strike(str(found.number), actor=actor, reason=_REASON)
        move(found, ApplicationState.QUALIFICATION, actor=actor, reason=_REASON)


_BACK = {FORMAL: _formal, QUALIFICATION: _qualification, CONFIRMATION: _confirmation}
