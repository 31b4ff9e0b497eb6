"""抽取后指定: an expert asked for by name after the draw, for a seat that stands empty (第十九条（三）, no. 37)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import audit
from app.core.errors import Invalid
from app.core.transaction import transaction
from app.identity import permissions
from app.procedures.selection import store
from app.procedures.selection.rules.conditions import DesignationDraft, most_designated
from app.procedures.selection.service import designations as service
from app.web.activities import finding
from app.web.activities.blueprint import Page, Visit, activities, holding, managing, tell_panel
from app.web.activities.finding import number_in
from app.web.activities.refusals import Note, refusal_of
from app.web.auth import requires

_FIELDS = ("expert", "expert_q", "category", "reason")


@activities.get("/<number>/designate")
@requires(permissions.ACTIVITY_MANAGE)
def ask_designate(number: str) -> Page:
    """The form for one expert."""
    return _page(managing(number), dict.fromkeys(_FIELDS, ""), {})


@activities.post("/<number>/designate")
@requires(permissions.ACTIVITY_MANAGE)
def designate(number: str) -> ResponseReturnValue:
    """Asks the leader for the expert."""
    seen = managing(number)
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}
    if request.form.get("_do") == "find":
        finding.note_search(seen, typed["expert_q"])
        return _page(seen, typed, {})
    refused = refusal_of(lambda: _request(seen, _draft(typed)), "没有提交")
    if refused is not None:
        _note_refusal(seen, typed, refused.errors.get("expert", ""))
        return _page(seen, typed, _at_controls(refused.errors), refused.note, refused.status)
    flash(f"已提交指定，由分管领导 {seen.activity.leader_name} 审批；同意后自动邀请。", "ok")
    return redirect(url_for("activities.board", number=number))


def _note_refusal(seen: Visit, typed: dict[str, str], words: str) -> None:
    """Writes down who was asked for in vain: name after name tried would find out who sits (no. 54)."""
    expert_id = number_in(typed["expert"])
    if expert_id is None or not words:
        return
    after = {"expert_id": expert_id}
    with transaction():
        audit.record(seen.actor, "designation.refuse_request", "activity", seen.number, after=after, note=words)


def _request(seen: Visit, draft: DesignationDraft) -> None:
    number = seen.number

    def request_it() -> None:
        service.request(number, draft, seen.rules, actor=seen.actor, now=seen.now)
        tell_panel(seen)

    holding(seen, request_it)


def _draft(typed: dict[str, str]) -> DesignationDraft:
    """What was entered. :raises Invalid: faults by the controls of this page."""
    expert_id = number_in(typed["expert"])
    errors = {}
    if expert_id is None:
        errors["expert"] = "指定谁：请先按姓名或编号查找，再选一人"
    if not typed["category"]:
        errors["category"] = "担任的类别：请选择"
    if not typed["reason"]:
        errors["reason"] = "指定的理由：请填写"
    if errors:
        raise Invalid(errors)
    return DesignationDraft(expert_id or 0, typed["category"], typed["reason"])


def _at_controls(errors: dict[str, str]) -> dict[str, str]:
    return {field if field in _FIELDS else "expert": words for field, words in errors.items()}


def _page(
    seen: Visit, typed: dict[str, str], errors: dict[str, str], note: Note | None = None, status: int = 422
) -> Page:
    found = seen.activity
    chosen = finding.person(number_in(typed["expert"]) or 0)
    page = render_template(
        "activities/designate.html", activity=found, typed=typed, errors=errors, note=note,
        chosen=[chosen] if chosen else [],
        found=finding.found_people(typed["expert_q"], [chosen.id] if chosen else []),
        designated=len(store.standing_of(found.number)), designated_most=most_designated(found.panel_size, seen.rules),
        categories=[(name, name) for name in seen.rules.texts("selection.category_directions")],
    )
    return (page, status) if errors or note else page
