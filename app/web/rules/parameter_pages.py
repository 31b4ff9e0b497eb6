"""One parameter: its history, who uses it, and a change proposed by one person and decided by another."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from app.core import clock
from app.core.errors import Invalid, NotFound, UserError
from app.core.transaction import transaction
from app.identity import permissions, roles
from app.regulations import bounds, changes, store
from app.regulations.changes import Change, Proposal
from app.regulations.errors import UnknownParameter
from app.regulations.parameters import Parameter, Type, parameter
from app.web import proposals
from app.web.auth import current_actor, requires
from app.web.rules import typed_values
from app.web.rules.blueprint import Page, rules
from app.web.rules.pages import read_day
from app.web.wording import full_day
from app.workflow.rule_use import use_of

#: State of a change -> its word and look.
STATES = {
    "proposed": ("待审批", "care"), "approved": ("已批准", "ok"),
    "refused": ("不同意", "end"), "withdrawn": ("已撤回", "end"),
}  # fmt: skip


_PAPERS = ("valid_from", "document_number", "reason")


def _declared(key: str) -> Parameter:
    try:
        return parameter(key)
    except UnknownParameter:
        raise NotFound(f"没有名为“{key}”的参数") from None


@rules.get("/parameters/<key>")
@requires(permissions.RULES_READ)
def show_parameter(key: str) -> str:
    """Its value, since when, what it was, what is planned, and where it is used."""
    declared, today, actor = _declared(key), clock.today(), current_actor()
    return render_template(
        "rules/parameter.html", declared=declared, value=store.rule_set_to_show(today)[key], states=STATES, today=today,
        history=store.history_of(key), changes=changes.changes_of(key), use=use_of(key), fixed=bounds.text_value(key),
        may_propose=permissions.allowed(actor, permissions.RULES_EDIT),
    )


@rules.get("/parameters/<key>/change")
@requires(permissions.RULES_EDIT)
def edit_parameter(key: str) -> Page:
    """The form of a change, with what it touches beside it."""
    value = store.rule_set_to_show(clock.today())[_declared(key).key]
    return _form(key, {**typed_values.typed_of(value), "valid_from": "", "document_number": "", "reason": ""}, {})


def _form(key: str, typed: dict[str, Any], errors: dict[str, str]) -> Page:
    declared, today = _declared(key), clock.today()
    page = render_template(
        "rules/change_form.html", declared=declared, value=store.rule_set_to_show(today)[key], typed=typed,
        errors=errors, use=use_of(key), fixed=bounds.text_value(key), today=today, Type=Type,
        range=bounds.bounds(declared), waiting=[one for one in changes.changes_of(key) if one.is_open],
    )
    return (page, 422) if errors else page


@rules.post("/parameters/<key>/change")
@requires(permissions.RULES_EDIT)
def propose_parameter(key: str) -> Page:
    """Enters the change; it waits for a second person."""
    declared, form = _declared(key), request.form
    typed = {**typed_values.kept(form), **{name: form.get(name, "") for name in _PAPERS}}
    fault = typed_values.row_fault(declared, typed)
    if fault:
        return _form(key, typed, {"value": fault})
    value, day = typed_values.read(declared, typed), read_day(typed["valid_from"])
    wanted = Proposal(key, value, day, typed["document_number"], typed["reason"])
    try:
        with transaction():
            number = changes.propose(wanted, current_actor(), clock.now())
            proposals.ask(_matter(changes.change(number)), current_actor(), reason=wanted.reason.strip())
    except Invalid as refusal:
        return _form(key, typed, refusal.errors)
    flash(f"已提出修改：{declared.label}，等另一人审批")
    return redirect(url_for("rules.show_change", number=number))


def _matter(found: Change) -> proposals.Matter:
    """What the notices say of a change. One away from the article's words is for the bureau's leader."""
    row = found.row
    title = f"{parameter(row.key).label}从{full_day(row.valid_from)}起改为{found.value.brief}"
    path = url_for("rules.show_change", number=row.id)
    deciders = proposals.LEADERS_ONLY if row.off_text else proposals.OWNERS_OR_LEADERS
    return proposals.Matter(proposals.PARAMETER, row.id, title, path, deciders)


@rules.get("/changes/<int:number>")
@requires(permissions.RULES_READ)
def show_change(number: int) -> Page:
    """A change with everything that somebody needs who decides about it."""
    return _change_page(changes.change(number), "", {})


def _change_page(found: Change, reason: str, errors: dict[str, str]) -> Page:
    actor, row = current_actor(), found.row
    approves = permissions.allowed(actor, permissions.RULES_APPROVE)
    leads = actor.has(roles.BUREAU_LEADER)
    page = render_template(
        "rules/change.html", found=found, row=row, declared=parameter(row.key), states=STATES, use=use_of(row.key),
        legal=bounds.legal_note(row.key, row.value), reason=reason, errors=errors,
        competing=[one for one in changes.changes_of(row.key) if one.is_open and one.row.id != row.id],
        may_decide=found.is_open and approves and row.proposed_by != actor.user_id and (leads or not row.off_text),
        waits_for_leader=found.is_open and row.off_text and not leads,
        is_own=found.is_open and row.proposed_by == actor.user_id, may_withdraw=_may_withdraw(found),
    )
    return (page, 422) if errors else page


def _may_withdraw(found: Change) -> bool:
    actor, row = current_actor(), found.row
    if found.is_open:
        return permissions.allowed(actor, permissions.RULES_EDIT)
    if row.status != "approved" or row.valid_from <= clock.today():
        return False
    leads = actor.has(roles.BUREAU_LEADER)
    return permissions.allowed(actor, permissions.RULES_APPROVE) and (leads or not row.off_text)


@rules.post("/changes/<int:number>/decide")
@requires(permissions.RULES_APPROVE)
def decide_change(number: int) -> Page:
    """Approves the change or turns it down."""
    actor, reason = current_actor(), request.form.get("reason", "")
    is_approved = request.form.get("decision") == "approve"
    try:
        with transaction():
            if is_approved:
                changes.approve(number, actor, clock.now())
            else:
                changes.refuse(number, actor, reason, clock.now())
            found = changes.change(number)
            decision = "已批准" if is_approved else f"不同意（{reason.strip()}）"
            proposals.answer(_matter(found), found.row.proposed_by, decision, actor)
    except Invalid as refusal:
        return _change_page(changes.change(number), reason, refusal.errors)
    except NotFound:
        raise
    except UserError as refusal:
        flash(f"没有审批：{refusal.message}", "bad")
        return redirect(url_for("rules.show_change", number=number))
    row = changes.change(number).row
    flash(f"已批准，从{full_day(row.valid_from)}起施行" if is_approved else "已不同意这份修改")
    return redirect(url_for("rules.show_change", number=number))


@rules.get("/changes/<int:number>/withdraw")
@requires(permissions.RULES_READ)
def ask_withdraw_change(number: int) -> Page:
    """Asks for the reason before a change is taken back."""
    return _withdrawal(changes.change(number), "", {})


def _withdrawal(found: Change, reason: str, errors: dict[str, str]) -> Page:
    if not _may_withdraw(found):
        flash("这份修改现在不能由你撤回。", "care")
        return redirect(url_for("rules.show_change", number=found.row.id))
    label, row = parameter(found.row.key).label, found.row
    page = render_template(
        "confirm.html", heading=f"撤回修改：{label}", act="撤回这份修改", stay="不撤回，返回",
        consequence=f"{full_day(row.valid_from)}起的{label}不再改为{found.value.brief}，同一天的其他修改不受影响。",
        action=url_for("rules.withdraw_change", number=row.id), back=url_for("rules.show_change", number=row.id),
        reason_label="撤回的理由", reason=reason, errors=errors,
        trail=[
            ("参数与日历", url_for("rules.index")), (label, url_for("rules.show_parameter", key=row.key)),
            ("撤回", None),
        ],
    )
    return (page, 422) if errors else page


@rules.post("/changes/<int:number>/withdraw")
@requires(permissions.RULES_READ)
def withdraw_change(number: int) -> Page:
    """Takes it back; the function says who may."""
    reason = request.form.get("reason", "")
    try:
        with transaction():
            changes.withdraw(number, current_actor(), reason, clock.now())
    except Invalid as refusal:
        return _withdrawal(changes.change(number), reason, refusal.errors)
    flash("已撤回这份修改")
    return redirect(url_for("rules.show_change", number=number))
