"""Incidents for those who operate the processes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.confirming import carry_out, sent_reason
from app.web.room.blueprint import names_cases, tabs
from app.web.room.words import DataLine, data_lines
from app.workflow import definitions
from app.workflow import incidents as incident_service
from app.workflow.attempt import attempt
from app.workflow.models import Incident, Instance
from app.workflow.room import causes as cause_queries
from app.workflow.states import IncidentStatus
from app.workflow.taskpage import task_data

incidents = Blueprint("incidents", __name__, url_prefix="/incidents")

_PAGE = 20
#: So many of one cause are retried by one press of the button; each in a transaction of its own.
_AT_ONCE = 100
STATUS_WORDS = {IncidentStatus.OPEN: "故障", IncidentStatus.RESOLVED: "已完成", IncidentStatus.SKIPPED: "已结束"}
TABS = {IncidentStatus.OPEN: "未处理", IncidentStatus.RESOLVED: "已解决", IncidentStatus.SKIPPED: "已跳过"}
KINDS = {"operation": "环节没有办成", "timer": "时限没有执行", "message": "消息没有送到", "request": "办理时出错"}


@dataclass(frozen=True)
class Line:
    """An incident with the names of its case and element."""

    incident: Incident
    instance: Instance | None
    element: str


@incidents.get("/")
@requires(permissions.INCIDENT_READ)
def index() -> str:
    """Incidents of one status, newest first, with those of one cause offered for retry together."""
    actor = current_actor()
    status = request.args.get("status", IncidentStatus.OPEN)
    status = status if status in set(IncidentStatus) else IncidentStatus.OPEN
    after = request.args.get("after", type=int)
    found = incident_service.page(actor, status=status, after=after, size=_PAGE + 1)
    lines = [line_of(item) for item in found[:_PAGE]]
    return render_template(
        "incidents/index.html", tabs_of_room=tabs(actor), names_cases=names_cases(actor),
        lines=lines, status=status, tabs=TABS, kinds=KINDS, words=STATUS_WORDS,
        causes=_causes(lines) if status == IncidentStatus.OPEN else [], may_mend=may_mend(actor),
        next_url=url_for("incidents.index", status=status, after=lines[-1].incident.id) if len(found) > _PAGE else "",
        first_url=url_for("incidents.index", status=status) if after else "",
    )


def may_mend(actor: Actor) -> bool:
    """True if this person may retry and skip."""
    return permissions.allowed(actor, permissions.INCIDENT_MEND)


def line_of(item: Incident) -> Line:
    """An incident with the names of its case and element."""
    instance = db.session.get(Instance, item.instance_id) if item.instance_id is not None else None
    element = definitions.view(instance.definition_id, instance.spec_hash).elements.get(item.element_id or "") if (
        instance is not None
    ) else None
    return Line(item, instance, element.name if element and element.name else item.element_id or KINDS[item.kind])


def _causes(lines: list[Line]) -> list[tuple[str, str, str, int]]:
    """Causes that several incidents of this page share: operation, code, message, how many."""
    counted: dict[tuple[str, str], list[Incident]] = {}
    for line in lines:
        if line.incident.kind == "operation":
            counted.setdefault((line.incident.operation or "", line.incident.code), []).append(line.incident)
    return [(*cause, items[0].message, len(items)) for cause, items in counted.items() if len(items) > 1]


@incidents.get("/<int:incident_id>")
@requires(permissions.INCIDENT_READ)
def detail(incident_id: int) -> str:
    """One incident: the cause, the data, what may be done."""
    return _page(incident_id, {})


def _page(incident_id: int, errors: dict[str, str]) -> str:
    actor = current_actor()
    line = line_of(incident_service.one(incident_id, actor))
    return render_template(
        "incidents/detail.html", line=line, item=line.incident, kinds=KINDS, words=STATUS_WORDS, errors=errors,
        may_mend=may_mend(actor), reason=sent_reason(), names_cases=names_cases(actor),
        data=_data(line), may_watch=permissions.allowed(actor, permissions.ROOM_READ),
    )


def _data(line: Line) -> list[DataLine]:
    """The data that the failed element saw, personal data masked; nothing where no element stands still."""
    item, instance = line.incident, line.instance
    if item.kind != "operation" or item.status != IncidentStatus.OPEN or instance is None or item.task_id is None:
        return []
    return data_lines(task_data(instance, item.task_id))


@incidents.post("/<int:incident_id>/retry")
@requires(permissions.INCIDENT_MEND)
def retry(incident_id: int) -> ResponseReturnValue:
    """重试 one."""
    actor = current_actor()
    try:
        done = attempt(transaction, lambda: incident_service.retry(incident_id, actor))
    except UserError as refused:
        flash(f"没有重试：{refused.message}。", "care")
    else:
        words = ("已重试，办成了。", "ok") if done else ("已重试，仍没有办成，原因见下。", "care")
        flash(*words)
    return redirect(url_for("incidents.detail", incident_id=incident_id))


@incidents.post("/retry-all")
@requires(permissions.INCIDENT_MEND)
def retry_all() -> ResponseReturnValue:
    """重试 all open incidents of one operation and code, each in a transaction of its own."""
    operation, code = request.form.get("operation", ""), request.form.get("code", "")
    found = cause_queries.of_cause("operation", operation, code, limit=_AT_ONCE)
    done, failed = retry_each([one.id for one in found], current_actor())
    flash(f"已重试 {done + failed} 件，{done} 件办成" + (f"，{failed} 件仍没有办成。" if failed else "。"),
          "care" if failed else "ok")
    return redirect(url_for("incidents.index"))


def retry_each(ids: Sequence[int], actor: Actor) -> tuple[int, int]:
    """重试 one after the other, each in a transaction of its own; how many went well and how many did not."""
    done = 0
    for incident_id in ids:
        with suppress(UserError):
            done += attempt(transaction, partial(incident_service.retry, incident_id, actor))
    return done, len(ids) - done


@incidents.post("/<int:incident_id>/skip")
@requires(permissions.INCIDENT_MEND)
def skip(incident_id: int) -> ResponseReturnValue:
    """跳过 the failed element, or close what cannot be run again, with the reason."""
    actor = current_actor()
    item = incident_service.one(incident_id, actor)
    act = incident_service.skip if item.kind == "operation" else incident_service.dismiss
    return carry_out(
        lambda: act(incident_id, actor, sent_reason()), lambda errors: _page(incident_id, errors),
        "已处理，理由写入办理经过。", url_for("incidents.index"),
    )
