"""Moving a token of a case by hand: what would follow is told first, and what is unsafe is refused with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, UserError
from app.engine import EngineError, Execution, JumpRefused, TaskNotOpen, Token
from app.identity import permissions
from app.regulations import rule_set
from app.workflow import definitions, paths
from app.workflow.acts import Deed, lock_case, word
from app.workflow.definitions import DefinitionView, ElementView
from app.workflow.host import StepHost
from app.workflow.models import HistoryEntry, Instance
from app.workflow.room.suspension import require_reason
from app.workflow.states import Act
from app.workflow.step import EFFECTS, Plan, StepOutcome, take_step

#: Elements a token cannot be put at.
_NO_TARGET = frozenset({"startEvent", "endEvent", "boundaryEvent", "lane", "sequenceFlow"})
#: Elements that an operator needs to hear of when they are passed over or gone through once more.
_TOLD = frozenset({"userTask", "manualTask", "serviceTask", "sendTask", "businessRuleTask", "receiveTask",
                   "intermediateCatchEvent", "callActivity", "subProcess"})


@dataclass(frozen=True)
class Standing:
    """A case as it stands: its tokens and its data (plain JSON by variable). Empty once it has ended."""

    tokens: tuple[Token, ...]
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Outlook:
    """What follows from a move. `cancelled`: tokens, tasks and timers taken away. `again`: operations that were run
    and lie on the way once more. `skipped`: elements between here and there that will not be gone through."""

    token: Token
    target: ElementView
    cancelled: tuple[Token, ...]
    again: tuple[ElementView, ...]
    skipped: tuple[ElementView, ...]


def standing(instance: Instance) -> Standing:
    """Reads the stored state of a case."""
    if instance.state is None:
        return Standing((), {})
    execution = _loaded(instance)
    return Standing(tuple(execution.tokens()), execution.data())


def targets(view: DefinitionView, token: Token) -> tuple[ElementView, ...]:
    """The elements a token may be moved to as far as the drawing tells: of its own process, at its level or outside."""
    here = view.elements.get(token.element_id)
    if here is None:
        return ()
    levels = {here.scope_id, *_scopes_around(view, here)}
    return tuple(
        one for one in view.elements.values()
        if one.process_id == here.process_id and one.scope_id in levels and one.kind not in _NO_TARGET
        and one.id != here.id and one.name
    )


def _scopes_around(view: DefinitionView, here: ElementView) -> Iterable[str | None]:
    scope = here.scope_id
    while scope is not None:
        around = view.elements.get(scope)
        scope = around.scope_id if around else None
        yield scope


def outlook(instance: Instance, task_id: str, element_id: str) -> Outlook:
    """What moving this token would do; changes nothing.

    :raises Conflict: the token is gone. :raises Invalid: no such target. :raises UserError: why it would be unsafe.
    """
    if instance.state is None:
        raise Conflict(f"办件{instance.business_key}已经结束，没有可移动的环节")
    view = definitions.view(instance.definition_id, instance.spec_hash)
    execution = _loaded(instance)
    token = next((one for one in execution.tokens() if one.task_id == task_id), None)
    if token is None:
        raise Conflict("办件已经离开这个环节，请从现在的环节重新选择")
    target = _target(view, token, element_id)
    try:
        cancelled = execution.cancelled_by_jump(task_id, element_id)
    except JumpRefused as refused:
        raise UserError(str(refused)) from refused
    except TaskNotOpen as gone:
        raise Conflict("办件已经离开这个环节，请从现在的环节重新选择") from gone
    onward = paths.behind(view, element_id)
    return Outlook(
        token, target, tuple(cancelled), again=_already_run(view, instance.id, onward),
        skipped=_between(view, token.element_id, element_id),
    )


def move(instance_id: int, task_id: str, element_id: str, actor: Actor, reason: str) -> StepOutcome:
    """移动办件: puts a token at another element, with reason. A failing operation becomes an incident there.

    :raises NotAllowed: :raises Invalid: no reason or no such target. :raises Conflict: the token is gone, or the
    case is suspended or over. :raises UserError: the token cannot be moved safely.
    """
    permissions.require(actor, permissions.CASE_REPAIR)
    written = require_reason(Act.MOVE, reason)
    case = lock_case(actor, instance_id=instance_id)
    case.require_running()
    known = case.instance
    execution = _loaded(known)
    token = next((one for one in execution.tokens() if one.task_id == task_id), None)
    if token is None:
        raise Conflict("办件已经离开这个环节，请从现在的环节重新选择")
    target = _target(case.view, token, element_id)
    words = f"{word(Act.MOVE)}：从“{token.name or token.element_id}”到“{target.name}”"
    own = task_id if task_id in case.tasks else None
    deed = Deed(Act.MOVE, words, own, token.element_id, reason=written, values={"to": element_id})
    return take_step(case, Plan(deed, lambda running: running.jump(task_id, element_id), tolerant=True))


def _target(view: DefinitionView, token: Token, element_id: str) -> ElementView:
    found = next((one for one in targets(view, token) if one.id == element_id), None)
    if found is None:
        raise Invalid({"element": f"“{token.name or token.element_id}”不能移到所选环节，请另选"})
    return found


def _loaded(instance: Any) -> Execution:
    host = StepHost(instance.id, instance.business_key, rule_set(instance.rule_set_id), SYSTEM, clock.now(), {})
    try:
        return Execution.load(instance.spec_hash, instance.state, host)
    except EngineError as failure:
        raise UserError(f"办件{instance.business_key}的流程状态读不出来，不能移动") from failure


def _already_run(view: DefinitionView, instance_id: int, onward: set[str]) -> tuple[ElementView, ...]:
    """Elements with effects that this case completed before and would come to again."""
    done: dict[str, None] = {}
    for passed in db.session.scalars(sa.select(HistoryEntry.passed).where(HistoryEntry.instance_id == instance_id)):
        for element_id, _name, kind, outcome, _detail in passed or ():
            if kind in EFFECTS and outcome == "completed" and element_id in onward:
                done[element_id] = None
    return tuple(view.elements[one] for one in done if one in view.elements)


def _between(view: DefinitionView, here: str, there: str) -> tuple[ElementView, ...]:
    """What lies on the ways from here to there, both left out; nothing if the token goes back."""
    ahead = paths.behind(view, here)
    if there not in ahead:
        return ()
    onward = {one for one in ahead - {here, there} if there in paths.behind(view, one)} - paths.behind(view, there)
    return tuple(one for one in view.elements.values() if one.id in onward and one.kind in _TOLD)
