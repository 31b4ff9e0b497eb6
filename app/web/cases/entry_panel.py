"""Beside a case of 入库申请: the application with identity masked, its papers, and what the pre-check found."""

from __future__ import annotations

from typing import Any

from flask import url_for
from markupsafe import Markup

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound
from app.identity import permissions
from app.procedures.entry import queries
from app.procedures.entry.models import Application
from app.procedures.entry.queries import ApplicationView
from app.registers import identity_number
from app.registers.files.access import may_read
from app.registers.identity_number import BadIdentityNumber
from app.web.cases.documents import application_documents
from app.web.cases.panels import FileItem, Panel, panel_for
from app.web.reveal import reveal_url

PROCESS = "expert_entry"
#: What the pre-check concludes of a condition -> the mark beside it.
_MARKS = {"符合": "ok", "待核": "care", "不符合": "bad"}


@panel_for(PROCESS)
def entry_panel(business_key: str, actor: Actor) -> Panel | None:
    """The panel for those who may read applications; others see the state and the directions only."""
    try:
        view = queries.view(business_key)
    except NotFound:
        return None
    found = view.application
    if not permissions.allowed(actor, permissions.APPLICATION_READ):
        return Panel(status=view.state, facts=(("技术方向", "、".join(found.directions)),))
    return Panel(
        keyline=_keyline(view, actor), facts=_facts(view), files=_files(view, actor), status=view.state,
        documents=application_documents(found), template="cases/entry_panel.html", context=_context(view),
    )


def _keyline(view: ApplicationView, actor: Actor) -> tuple[tuple[str, Any], ...]:
    found = view.application
    identity: Any = view.id_number
    if permissions.allowed(actor, permissions.PERSONAL_REVEAL) and found.number:
        link = reveal_url("application", found.number)
        identity = Markup('<span class="zk-mono">{}</span> <a class="zk-small" href="{}">说明理由后查看</a>').format(
            view.id_number, link
        )
    return (
        ("申请人", "，".join(filter(None, (found.name, found.sex, _age(found.id_number))))),
        ("单位与职称", " · ".join(filter(None, (found.unit_name, found.title or found.post)))),
        ("技术方向", "、".join(found.directions)),
        ("身份证号", identity),
        ("申请渠道", view.channel),
    )


def _age(id_number: str | None) -> str:
    """The age as the ID number gives it (the number itself stays masked)."""
    today = clock.today()
    try:
        born = identity_number.parse(id_number or "", today).born
    except BadIdentityNumber:
        return ""
    return f"{identity_number.age_on(born, today)} 周岁"


def _facts(view: ApplicationView) -> tuple[tuple[str, Any], ...]:
    found = view.application
    pairs = (
        ("部门职务", " ".join(filter(None, (found.department, found.post, found.post_level)))),
        ("单位性质", found.unit_nature_other or found.unit_nature),
        ("从事行业", found.industry),
        ("专业年限", f"{found.professional_years} 年" if found.professional_years is not None else ""),
        ("入库条件", view.route),
        ("年龄放宽", found.exemption),
        ("联系电话", view.phone),
        ("电子邮箱", view.email),
        ("单位推荐", found.recommendation_text),
        ("优先条件", "持有优先入库的证书" if found.priority else ""),
    )
    return tuple((name, value) for name, value in pairs if value)


def _files(view: ApplicationView, actor: Actor) -> tuple[FileItem, ...]:
    return tuple(
        FileItem(
            paper.word, url_for("files.download", file_id=paper.file.id) if may_read(actor, paper.file) else "",
            paper.file.note, paper.file.is_image,
        )
        for paper in view.papers
    )


def _context(view: ApplicationView) -> dict[str, Any]:
    found = view.application
    return {
        "checks": _checks(view), "education": found.education, "certificates": found.title_certs,
        "licences": found.licences, "experiences": found.experiences, "experience_text": found.experience_text,
        "supplement": view.supplement, "earlier": _earlier(found),
        "decisions": [item for item in found.decisions if item.stage != "precheck" and item.opinion],
    }


def _checks(view: ApplicationView) -> list[dict[str, str]]:
    """The findings of the pre-check as lines of the rules list."""
    detail = view.precheck.detail if view.precheck else None
    rows = detail.get("findings", []) if isinstance(detail, dict) else detail or []
    return [
        {"state": _MARKS.get(str(row.get("result")), "idle"), "what": str(row.get("condition", "")),
         "why": str(row.get("reason") or ""), "article": str(row.get("article") or "")}
        for row in rows if isinstance(row, dict)
    ]


def _earlier(found: Application) -> list[tuple[str, str]]:
    """Earlier applications of the same person: number and state."""
    return [(str(item.number), queries.state_word(item)) for item in queries.earlier_of_person(found)]
