"""Cases: search, one case with all that happened to it, and its diagram."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.actor import Actor
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, login_required_page, requires
from app.web.cases.blueprint import cases, list_of
from app.web.cases.deadlines import Due, due_of
from app.web.cases.ending import may_revoke
from app.web.cases.panels import Panel, panel
from app.web.cases.processes import in_force, names, steps
from app.web.cases.story import coming, happenings, way
from app.workflow import cases as case_service
from app.workflow.cases import CaseDetail, CaseFilters
from app.workflow.room import suspension
from app.workflow.states import InstanceStatus

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
        copied_to_me=_unread_copy(case, actor), may_revoke=may_revoke(case, actor), came_from=list_of(actor),
        **surroundings(case, shown),
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
