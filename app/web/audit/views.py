"""Search of the audit trail, and the proof of its chain."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import audit, audit_trail, clock, vocabulary
from app.core.audit_trail import Proof, TrailFilter
from app.core.database import db
from app.core.transaction import transaction
from app.identity import permissions
from app.identity.models import AccountState, User
from app.identity.roles import labels
from app.web.auth import current_actor, requires

audit_pages = Blueprint("audit", __name__, url_prefix="/audit")

_PAGE = 50
_STATES = {state.value: state.label for state in AccountState}
_FILTERS = ("who", "action", "subject_type", "subject_id", "since", "until", "personal")


@dataclass(frozen=True)
class Line:
    """One entry as the page shows it."""

    seq: int
    at: datetime
    who: str
    address: str
    action: str
    is_personal: bool
    subject: str
    subject_id: str
    reason: str
    note: str
    changes: list[tuple[str, str, str]]


def line_of(entry: audit.AuditEntry) -> Line:
    """An entry in words."""
    detail = entry.detail
    return Line(
        seq=entry.seq, at=entry.at, who=entry.actor_name, address=entry.address or "",
        action=vocabulary.action(entry.action), is_personal=audit_trail.is_personal_read(entry.action),
        subject=vocabulary.subject(entry.subject_type), subject_id=entry.subject_id,
        reason=str(detail.get("reason", "")), note=str(detail.get("note", "")),
        changes=_changes(detail.get("before"), detail.get("after")),
    )


def _changes(before: Any, after: Any) -> list[tuple[str, str, str]]:
    old = before if isinstance(before, dict) else {} if before is None else {"": before}
    new = after if isinstance(after, dict) else {} if after is None else {"": after}
    names = [*old, *(name for name in new if name not in old)]
    changed = [name for name in names if old.get(name) != new.get(name)]
    return [(vocabulary.field(name), _words(name, old.get(name)), _words(name, new.get(name))) for name in changed]


def _words(name: str, value: Any) -> str:
    if value is None or value in ("", []):
        return "—"
    if name == "roles":
        return labels(value)
    if name == "state" and value in _STATES:
        return _STATES[value]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@audit_pages.get("")
@requires(permissions.AUDIT_READ)
def trail() -> ResponseReturnValue:
    """The trail, newest first; all filters stand in the address."""
    errors: dict[str, str] = {}
    since, until = _day("since", errors), _day("until", errors)
    typed = {name: request.args.get(name, "").strip() for name in _FILTERS}
    found = [] if errors else audit_trail.page(_filter(typed, since, until), _before(), _PAGE + 1)
    entries = found[:_PAGE]
    kept: dict[str, Any] = {name: value for name, value in typed.items() if value}
    older = url_for("audit.trail", **kept, before=entries[-1].seq) if len(found) > _PAGE else ""
    page = render_template(
        "audit/trail.html", lines=[line_of(entry) for entry in entries], typed=typed, errors=errors, older=older,
        newest=url_for("audit.trail", **kept) if "before" in request.args else "", is_filtered=bool(kept),
        actions=sorted(vocabulary.ACTIONS.items(), key=lambda pair: pair[1]),
        subjects=sorted(vocabulary.SUBJECTS.items(), key=lambda pair: pair[1]),
        proof=audit_trail.last_proof(), head=audit.anchor(),
    )
    return (page, 422) if errors else page


def _before() -> int | None:
    typed = request.args.get("before", "")
    return int(typed) if typed.isascii() and typed.isdigit() else None


def _day(name: str, errors: dict[str, str]) -> date | None:
    typed = request.args.get(name, "").strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        errors[name] = f"“{typed}”不是日期，请按 年-月-日 填写，如 2026-03-09"
        return None


def _filter(typed: dict[str, str], since: date | None, until: date | None) -> TrailFilter:
    accounts = _accounts(typed["who"]) if typed["who"] else []
    return TrailFilter(
        actor_ids=accounts, actor_name=typed["who"] or None, action=typed["action"] or None,
        subject_type=typed["subject_type"] or None, subject_id=typed["subject_id"] or None,
        personal=bool(typed["personal"]),
        since=None if since is None else datetime.combine(since, time(), clock.ZONE),
        until=None if until is None else datetime.combine(until + timedelta(days=1), time(), clock.ZONE),
    )


def _accounts(who: str) -> list[int]:
    """Accounts of this name or login: the trail is indexed by account, not by name."""
    statement = sa.select(User.id).where(sa.or_(User.name == who, User.login == who.lower()))
    return list(db.session.scalars(statement))


@audit_pages.post("/verify")
@requires(permissions.AUDIT_READ)
def verify() -> ResponseReturnValue:
    """Proves the whole chain now and keeps the result for the page."""
    breaks = list(audit.verify())
    head = audit.anchor()
    with transaction():
        audit_trail.remember_proof(Proof(clock.now(), head["seq"], len(breaks)))
        note = f"到第 {head['seq']} 条，断点 {len(breaks)} 处"
        audit.record(current_actor(), "audit.verify_trail", "audit", head["seq"], note=note)
    if breaks:
        places = "；".join(f"第 {found.seq} 条{found.what}" for found in breaks[:5])
        flash(f"留痕有 {len(breaks)} 处断点：{places}。请保全数据库并报告负责人。", "bad")
    else:
        flash(f"已校验全部 {head['seq']} 条，首尾相接，没有改动。", "ok")
    return redirect(url_for("audit.trail"))
