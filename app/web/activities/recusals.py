"""登记回避申请: written requests of the project unit are taken until the meeting starts (第十八条（三）3, no. 44)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Invalid
from app.identity import permissions
from app.procedures.selection import store
from app.procedures.selection.models import RecusalSource
from app.procedures.selection.rules.conditions import RecusalDraft
from app.procedures.selection.service import activities as service
from app.web.activities import finding
from app.web.activities.blueprint import Page, Visit, activities, holding, managing, tell_panel
from app.web.activities.finding import Found, number_in
from app.web.activities.refusals import Note, refusal_of
from app.web.auth import requires

_FIELDS = ("who", "who_q", "source", "reason")


@activities.get("/<number>/recusals")
@requires(permissions.ACTIVITY_MANAGE)
def ask_recusal(number: str) -> Page:
    """The form for one request."""
    return _page(managing(number), {**dict.fromkeys(_FIELDS, ""), "source": RecusalSource.WRITTEN.value}, {})


@activities.post("/<number>/recusals")
@requires(permissions.ACTIVITY_MANAGE)
def record_recusal(number: str) -> ResponseReturnValue:
    """Records it and lets the case look at its panel again."""
    seen = managing(number)
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}
    if request.form.get("_do") == "find":
        finding.note_search(seen, typed["who_q"])
        return _page(seen, typed, {})
    refused = refusal_of(lambda: _record(seen, _draft(typed)), "没有登记")
    if refused is not None:
        return _page(seen, typed, _at_controls(refused.errors), refused.note, refused.status)
    flash("已登记回避。在组里的会退出并由系统递补，其余的不再参加摇号。", "ok")
    return redirect(url_for("activities.board", number=number))


def _record(seen: Visit, draft: RecusalDraft) -> None:
    number = seen.number

    def record() -> None:
        service.record_recusal(number, draft, seen.rules, actor=seen.actor, now=seen.now)
        tell_panel(seen)

    holding(seen, record)


def _draft(typed: dict[str, str]) -> RecusalDraft:
    """What was entered. :raises Invalid: faults by the controls of this page."""
    errors = {}
    kind, _, key = typed["who"].partition("-")
    key_id = number_in(key)
    if kind not in ("unit", "person") or key_id is None:
        errors["who"] = "要求谁回避：请先查找，再选一个单位或一个人"
    if typed["source"] not in set(RecusalSource) - {RecusalSource.PROJECT_UNIT}:
        errors["source"] = "因何回避：请选择"
    if not typed["reason"]:
        errors["reason"] = "回避事由：请填写"
    if errors:
        raise Invalid(errors)
    unit_id, expert_id = (key_id, None) if kind == "unit" else (None, key_id)
    return RecusalDraft(typed["source"], typed["reason"], unit_id=unit_id, expert_id=expert_id)


def _at_controls(errors: dict[str, str]) -> dict[str, str]:
    return {field if field in _FIELDS else "who": words for field, words in errors.items()}


def _page(
    seen: Visit, typed: dict[str, Any], errors: dict[str, str], note: Note | None = None, status: int = 422
) -> Page:
    chosen = _chosen(typed["who"])
    picked = {one.key for one in chosen}
    found = [*finding.found_units(typed["who_q"]), *finding.found_people(typed["who_q"])]
    written = store.written_recusals(seen.number)
    limit = seen.rules.integer("selection.max_written_recusals")
    page = render_template(
        "activities/recusal.html", activity=seen.activity, typed=typed, errors=errors, note=note, chosen=chosen,
        found=[one for one in found if one.key not in picked], written=written, limit=limit,
        over_limit=written > limit,
        sources=[(one.value, one.label) for one in RecusalSource if one is not RecusalSource.PROJECT_UNIT],
    )
    return (page, status) if errors or note else page


def _chosen(who: str) -> list[Found]:
    kind, _, key = who.partition("-")
    key_id = number_in(key)
    if key_id is None:
        return []
    found = finding.unit(key_id) if kind == "unit" else finding.person(key_id)
    return [found] if found is not None else []
