"""作废 and 撤销: a case ends without result, confirmed on a page that asks for the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.errors import NotAllowed
from app.identity import permissions
from app.web.auth import current_actor, login_required_page, requires
from app.web.cases.blueprint import cases, list_of
from app.web.confirming import carry_out, sent_reason
from app.workflow import cases as case_service
from app.workflow import instances
from app.workflow.cases import CaseDetail
from app.workflow.states import InstanceStatus

#: Processes whose own pages end a case for whoever started it, with what their law asks for.
_ENDED_ELSEWHERE = frozenset({"panel_selection"})


def may_revoke(case: CaseDetail, actor: Actor) -> bool:
    """撤销 is for whoever started the case, while it runs."""
    instance = case.instance
    is_own = actor.user_id is not None and instance.started_by_id == actor.user_id
    return is_own and instance.status == InstanceStatus.RUNNING and instance.process_key not in _ENDED_ELSEWHERE


def _demand_live(case: CaseDetail, _actor: Actor) -> None:
    if case.instance.ended_at is not None:
        abort(409)


def _demand_own(case: CaseDetail, actor: Actor) -> None:
    if not may_revoke(case, actor):
        raise NotAllowed("只有发起人可以撤销在办的办件")


@dataclass(frozen=True)
class _Ending:
    """A way to end a case: its word, the endpoint that does it, the act, and what is demanded before it is asked."""

    word: str
    endpoint: str
    act: Callable[[int, Actor, str], object]
    demand: Callable[[CaseDetail, Actor], None]


_VOID = _Ending("作废", "cases.void", instances.cancel, _demand_live)
_REVOKE = _Ending("撤销", "cases.revoke", instances.revoke, _demand_own)


@cases.get("/<int:instance_id>/void")
@requires(permissions.TASK_MANAGE)
def ask_void(instance_id: int) -> str:
    """Asks for the reason of 作废 and says what follows."""
    return _page(_VOID, instance_id, {})


@cases.post("/<int:instance_id>/void")
@requires(permissions.TASK_MANAGE)
def void(instance_id: int) -> ResponseReturnValue:
    """作废: ends a case without result."""
    return _end(_VOID, instance_id)


@cases.get("/<int:instance_id>/revoke")
@login_required_page
def ask_revoke(instance_id: int) -> str:
    """Asks for the reason of 撤销 and says what follows."""
    return _page(_REVOKE, instance_id, {})


@cases.post("/<int:instance_id>/revoke")
@login_required_page
def revoke(instance_id: int) -> ResponseReturnValue:
    """撤销: whoever started the case takes it back."""
    return _end(_REVOKE, instance_id)


def _end(ending: _Ending, instance_id: int) -> ResponseReturnValue:
    return carry_out(
        lambda: ending.act(instance_id, current_actor(), sent_reason()),
        lambda errors: _page(ending, instance_id, errors),
        f"已{ending.word}这个办件，原因已写入办理经过。", url_for("cases.detail", instance_id=instance_id),
    )


def _page(ending: _Ending, instance_id: int, errors: dict[str, str]) -> str:
    actor, word = current_actor(), ending.word
    case = case_service.detail(instance_id, actor)
    ending.demand(case, actor)
    here = url_for("cases.detail", instance_id=instance_id)
    names = "、".join(sorted({task.name for task in case.open_tasks}))
    ended = f"“{names}”不再需要办理。" if names else ""
    return render_template(
        "confirm.html", heading=f"{word}：{case.instance.title}", act=f"{word}这个办件", errors=errors,
        consequence=f"{word}后不能恢复，办理到此为止。{ended}已有的记录都保留。",
        reason_label=f"{word}原因", reason_hint="写入办理经过和操作留痕。", reason=sent_reason(),
        action=url_for(ending.endpoint, instance_id=instance_id), stay=f"不{word}，返回", back=here,
        trail=[list_of(actor), (case.instance.business_key, here), (word, "")],
    )
