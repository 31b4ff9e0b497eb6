"""Beside a case of 异议处理: the objection; who objects is shown to the bureau's handlers only, masked (no. 12)."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import url_for
from markupsafe import Markup

from app.core.actor import Actor
from app.core.database import db
from app.core.transaction import transaction
from app.identity import permissions
from app.procedures.objection import queries
from app.procedures.objection.models import Objection
from app.procedures.objection.queries import ObjectionView
from app.web.cases.documents import objection_documents
from app.web.cases.panels import FileItem, Panel, panel_for
from app.web.reveal import reveal_url
from app.web.wording import day, moment
from app.workflow.models import Instance

PROCESS = "objection_handling"


@panel_for(PROCESS)
def objection_panel(business_key: str, actor: Actor) -> Panel | None:
    """The whole objection for a handler, the look recorded; for others the case without the objector."""
    found = db.session.get(Objection, business_key)
    if found is None:
        return None
    if not permissions.allowed(actor, permissions.OBJECTION_READ):
        return Panel(keyline=_keyline(found), status=found.state.label)
    with transaction():  # the look at an objection is written down, so this read is a write
        view = queries.view(business_key, actor=actor)
        return Panel(
            keyline=_keyline(view.objection), facts=_facts(view), files=_files(view), status=view.state,
            documents=objection_documents(view.objection), template="cases/objection_panel.html",
            context=_context(view),
        )


def _keyline(found: Objection) -> tuple[tuple[str, Any], ...]:
    candidate: Any = "，".join(filter(None, (found.candidate_name, found.candidate_unit)))
    case = _case_of(found.application_no)
    if case is not None:
        url = url_for("cases.detail", instance_id=case)
        candidate = Markup('{} <a class="zk-small" href="{}">看申请 {}</a>').format(
            candidate, url, found.application_no
        )
    return (
        ("被异议人", candidate),
        ("公示批次", found.batch_no or "不在公示名单"),
        ("收件", f"{moment(found.received_at)}，{found.delivery.label}"),
        ("公示期", f"{day(found.period_ends_at)}止" if found.period_ends_at else "—"),
    )


def _case_of(application_no: str | None) -> int | None:
    if application_no is None:
        return None
    found: int | None = db.session.scalar(sa.select(Instance.id).where(Instance.business_key == application_no))
    return found


def _facts(view: ObjectionView) -> tuple[tuple[str, Any], ...]:
    found, objector = view.objection, view.objector
    link = Markup('{} <a class="zk-small" href="{}">说明理由后查看</a>').format(
        objector.name or "—", reveal_url("objection", found.number)
    )
    pairs = (
        ("异议人", f"{objector.kind}"),
        ("姓名或名称", link if objector.name else ""),
        ("身份证号", objector.id_number),
        ("信用代码", objector.uscc),
        ("联系电话", objector.phone),
        ("公示期内", "是" if found.in_period else "否，逾期"),
        ("实名", "是" if found.real_name else "否，匿名"),
        ("在公示名单", "是" if found.on_board else "否"),
        ("受理", f"{moment(found.accepted_at)}{'，期满视为受理' if found.acceptance_deemed else ''}"
         if found.accepted_at else ""),
    )
    return tuple((name, value) for name, value in pairs if value)


def _files(view: ObjectionView) -> tuple[FileItem, ...]:
    return tuple(
        FileItem(word, url_for("files.download", file_id=file.id), file.note, file.is_image)
        for file, word in view.papers
    )


def _context(view: ObjectionView) -> dict[str, Any]:
    found = view.objection
    others = queries.of_candidate(found.application_no) if found.application_no else []
    return {
        "matter": view.matter, "grounds": view.grounds, "investigation": found.investigation,
        "investigated_by": found.investigated_by_name, "suggestion": found.suggestion,
        "reasons": found.decision_reasons, "others": [line for line in others if line.number != found.number],
    }
