"""Cases: search, one case with all that happened to it, its diagram, and 作废."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, login_required_page, requires
from app.web.cases.deadlines import Due, due_of
from app.web.cases.panels import Panel, panel
from app.web.cases.processes import in_force, names, steps
from app.web.cases.story import coming, happenings, way
from app.workflow import cases as case_service
from app.workflow import instances
from app.workflow.attempt import attempt
from app.workflow.cases import CaseDetail, CaseFilters
from app.workflow.room import suspension
from app.workflow.states import InstanceStatus

cases = Blueprint("cases", __name__, url_prefix="/cases")

STATUS_WORDS = {
    InstanceStatus.RUNNING: "办理中", InstanceStatus.SUSPENDED: "已暂停", InstanceStatus.COMPLETED: "已办结",
    InstanceStatus.VOIDED: "已作废", InstanceStatus.REVOKED: "已撤销",
}


@cases.get("/")
@requires(permissions.CASE_READ)
def index() -> str:
    """Search by number, name, unit, process and state; every filter stands in the URL."""
    wanted = CaseFilters(
        q=request.args.get("q", "").strip() or None,
        process=request.args.get("process") or None,
        status=request.args.get("status") or None,
        waiting_for=request.args.get("waiting_for") or None,
        with_incidents=request.args.get("incidents") == "1",
    )
    after = request.args.get("after", type=int)
    found = case_service.search(current_actor(), wanted, after)
    kept: dict[str, Any] = {key: value for key, value in request.args.items() if value and key != "after"}
    processes = in_force()
    return render_template(
        "cases/index.html", found=found.cases, waiting=found.waiting, wanted=wanted, words=STATUS_WORDS,
        processes=names(processes), steps=steps(processes, wanted.process),
        next_url=url_for("cases.index", after=found.next_after, **kept) if found.next_after else "",
        first_url=url_for("cases.index", **kept) if after else "",
        may_receive=permissions.allowed(current_actor(), permissions.APPLICATION_RECEIVE),
    )


@cases.get("/<int:instance_id>")
@login_required_page
def detail(instance_id: int) -> str:
    """Everything about one case, for those who may see it."""
    actor = current_actor()
    case = case_service.detail(instance_id, actor)
    shown = panel(case.instance.process_key, case.instance.business_key, actor)
    return render_template(
        "cases/detail.html", panel=shown, status=STATUS_WORDS[InstanceStatus(case.instance.status)],
        copied_to_me=_unread_copy(case, actor), may_revoke=_may_revoke(case, actor), **surroundings(case, shown),
    )


def surroundings(case: CaseDetail, shown: Panel) -> dict[str, Any]:
    """What case and task pages show alike: history, what may come, deadlines, the way through the diagram."""
    return {
        "case": case,
        "history": [replace(one, who=shown.name(one.who)) for one in happenings(case.history)],
        "coming": coming(case.next_steps),
        "dues": _dues(case),
        "way": way(case),
        "stopped": suspension.of_case(case.instance.id) if case.instance.status == InstanceStatus.SUSPENDED else None,
    }


def _dues(case: CaseDetail) -> list[Due]:
    """Deadlines of open tasks and waiting timers, the nearest first; one that both tell is told once."""
    rows: list[Any] = [*case.open_tasks, *case.timers]
    found = [due for row in rows if (due := due_of(row, case.instance.rule_set_id, row.name)) is not None]
    seen: set[tuple[Any, Any]] = set()
    dues = []
    for due in sorted(found, key=lambda each: each.due_at):
        mark = (due.due_at, due.computed.key if due.computed else due.what)
        if mark not in seen:
            seen.add(mark)
            dues.append(due)
    return dues


def _unread_copy(case: CaseDetail, actor: Actor) -> Any:
    return next((copy for copy in case.copies if copy.user_id == actor.user_id and copy.read_at is None), None)


@cases.post("/<int:instance_id>/read")
@login_required_page
def mark_read(instance_id: int) -> Response:
    """Notes that the person has read the copy of the case he was sent."""
    with transaction():
        case_service.mark_read(instance_id, current_actor(), clock.now())
    return redirect(url_for("cases.detail", instance_id=instance_id))


@cases.get("/<int:instance_id>/diagram.bpmn")
@login_required_page
def diagram(instance_id: int) -> Response:
    """The BPMN of the version the case runs on."""
    return Response(case_service.diagram(instance_id, current_actor()), mimetype="application/xml")


@cases.get("/<int:instance_id>/state.json")
@login_required_page
def state(instance_id: int) -> Response:
    """Where the case's tokens are, for the viewer."""
    case = case_service.detail(instance_id, current_actor())
    tokens = {element: max(1, _open_at(case, element)) for element in sorted(case.active)}
    return jsonify(tokens=tokens, done=sorted(case.passed | case.flows), failed=sorted(case.failed))


def _open_at(case: CaseDetail, element_id: str) -> int:
    return sum(1 for task in case.open_tasks if task.element_id == element_id)


@cases.get("/<int:instance_id>/void")
@requires(permissions.TASK_MANAGE)
def ask_void(instance_id: int) -> str:
    """Asks for the reason of 作废 and says what follows."""
    return _void_page(instance_id, {})


@cases.post("/<int:instance_id>/void")
@requires(permissions.TASK_MANAGE)
def void(instance_id: int) -> ResponseReturnValue:
    """作废: ends a case without result."""
    reason = request.form.get("reason", "")
    try:
        attempt(transaction, lambda: instances.cancel(instance_id, current_actor(), reason))
    except Invalid as wrong:
        return _void_page(instance_id, wrong.errors), 422
    flash("已作废这个办件，原因已写入办理经过。", "ok")
    return redirect(url_for("cases.detail", instance_id=instance_id))


def _void_page(instance_id: int, errors: dict[str, str]) -> str:
    case = case_service.detail(instance_id, current_actor())
    if case.instance.ended_at is not None:
        abort(409)
    names = "、".join(sorted({task.name for task in case.open_tasks}))
    ended = f"“{names}”不再需要办理。" if names else ""
    return render_template(
        "confirm.html", heading=f"作废：{case.instance.title}", act="作废这个办件", errors=errors,
        consequence=f"作废后不能恢复，办理到此为止。{ended}已有的记录都保留。",
        reason_label="作废原因", reason_hint="写入办理经过和操作留痕。", reason=request.form.get("reason", ""),
        action=url_for("cases.void", instance_id=instance_id), stay="不作废，返回",
        back=url_for("cases.detail", instance_id=instance_id),
        trail=[_list_of(current_actor()),
               (case.instance.business_key, url_for("cases.detail", instance_id=instance_id)), ("作废", "")],
    )


def _list_of(actor: Actor) -> tuple[str, str]:
    """Where somebody comes from who looks at single cases."""
    if permissions.allowed(actor, permissions.CASE_READ):
        return "办件", url_for("cases.index")
    return "运行监控", url_for("room.cases")


#: Processes whose own pages end a case for whoever started it, with what their law asks for.
_ENDED_ELSEWHERE = frozenset({"panel_selection"})


def _may_revoke(case: CaseDetail, actor: Actor) -> bool:
    """撤销 is for whoever started the case, while it runs."""
    instance = case.instance
    is_own = actor.user_id is not None and instance.started_by_id == actor.user_id
    return is_own and instance.status == InstanceStatus.RUNNING and instance.process_key not in _ENDED_ELSEWHERE


@cases.get("/<int:instance_id>/revoke")
@login_required_page
def ask_revoke(instance_id: int) -> str:
    """Asks for the reason of 撤销 and says what follows."""
    return _revoke_page(instance_id, {})


@cases.post("/<int:instance_id>/revoke")
@login_required_page
def revoke(instance_id: int) -> ResponseReturnValue:
    """撤销: whoever started the case takes it back."""
    reason = request.form.get("reason", "")
    try:
        attempt(transaction, lambda: instances.revoke(instance_id, current_actor(), reason))
    except Invalid as wrong:
        return _revoke_page(instance_id, wrong.errors), 422
    flash("已撤销这个办件，原因已写入办理经过。", "ok")
    return redirect(url_for("cases.detail", instance_id=instance_id))


def _revoke_page(instance_id: int, errors: dict[str, str]) -> str:
    actor = current_actor()
    case = case_service.detail(instance_id, actor)
    if not _may_revoke(case, actor):
        raise NotAllowed("只有发起人可以撤销在办的办件")
    names = "、".join(sorted({task.name for task in case.open_tasks}))
    ended = f"“{names}”不再需要办理。" if names else ""
    return render_template(
        "confirm.html", heading=f"撤销：{case.instance.title}", act="撤销这个办件", errors=errors,
        consequence=f"撤销后不能恢复，办理到此为止。{ended}已有的记录都保留。",
        reason_label="撤销原因", reason_hint="写入办理经过和操作留痕。", reason=request.form.get("reason", ""),
        action=url_for("cases.revoke", instance_id=instance_id), stay="不撤销，返回",
        back=url_for("cases.detail", instance_id=instance_id),
        trail=[("办件", url_for("cases.detail", instance_id=instance_id)), ("撤销", "")],
    )
