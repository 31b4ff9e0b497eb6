"""Reading the rule sets; the bureau's leader records that a lapsed set goes on (domain.md no. 59)."""

from __future__ import annotations

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for

from app.core import clock
from app.core.errors import Invalid
from app.core.transaction import transaction
from app.identity import permissions, roles
from app.regulations import calendar_import, changes, store
from app.regulations.parameters import REGISTER, Parameter
from app.regulations.store import ContinuationDecision
from app.web.auth import current_actor, requires
from app.web.rules.blueprint import Page, rules

#: So long before a set lapses the page reminds of it.
_REMIND = timedelta(days=120)
#: Areas of the register in the order of the regulation, with their headings.
_AREAS = (
    ("入库申请", ("entry",)),
    ("公示", ("publicity",)),
    ("异议", ("objection",)),
    ("聘任和出库", ("term", "renewal", "reentry", "account")),
    ("评审和抽取", ("selection",)),
    ("邀请、请假和履职", ("invitation", "leave", "designation", "duty", "activity")),
)


@rules.get("/")
@requires(permissions.RULES_READ)
def index() -> str:
    """Every parameter: what it is called, its value, where it comes from, since when."""
    today, actor = clock.today(), current_actor()
    shown, last = store.rule_set_to_show(today), store.set_to_continue(today)
    waiting, coming = changes.waiting(), changes.coming(today)
    return render_template(
        "rules/index.html", shown=shown, last=last, areas=_areas(), since=store.since(shown), today=today,
        lapsed=not shown.covers(today), is_continued=store.is_continued(today),
        lapses_soon=today <= last.valid_to < today + _REMIND,
        decisions=store.continuations(), missing=calendar_import.missing_years(today),
        waiting=waiting, coming=coming, proposed_years=calendar_import.waiting(),
        marks={one.row.key: "待审批" for one in waiting} | {one.row.key: "待施行" for one in coming},
        may_continue=actor.has(roles.BUREAU_LEADER),
        keeps_calendar=permissions.allowed(actor, permissions.CALENDAR_KEEP),
        approves_texts=permissions.allowed(actor, permissions.TEMPLATE_APPROVE),
    )


def _areas() -> list[tuple[str, list[Parameter]]]:
    named = [(heading, [one for one in REGISTER if one.key.partition(".")[0] in keys]) for heading, keys in _AREAS]
    listed = {one.key for _, declared in named for one in declared}
    others = [one for one in REGISTER if one.key not in listed]
    return [*named, ("其他", others)] if others else named


@rules.get("/continuation")
@requires(permissions.RULES_CONTINUE)
def continuation() -> Page:
    """The form of a 沿用 decision."""
    first = store.set_to_continue(clock.today()).valid_to + timedelta(days=1)
    return _page({"from_date": first.isoformat()}, {})


def _page(typed: dict[str, str], errors: dict[str, str]) -> Page:
    shown = store.set_to_continue(clock.today())
    page = render_template("rules/continuation.html", shown=shown, typed=typed, errors=errors)
    return (page, 422) if errors else page


@rules.post("/continuation")
@requires(permissions.RULES_CONTINUE)
def record_continuation() -> Page:
    """Records the decision with its document number and reason."""
    typed, actor = request.form.to_dict(), current_actor()
    shown = store.set_to_continue(clock.today())
    first, last = read_day(typed.get("from_date", "")), read_day(typed.get("to_date", ""))
    if first is None:
        return _page(typed, {"from_date": "沿用开始日：请填写"})
    decision = ContinuationDecision(
        shown.id, first, last, typed.get("document_number", ""), typed.get("reason", "")
    )
    try:
        with transaction():
            store.record_continuation(decision, actor, clock.now())
    except Invalid as refusal:
        return _page(typed, refusal.errors)
    flash(f"已登记沿用决定：{decision.document_number}")
    return redirect(url_for("rules.index"))


def read_day(typed: str) -> date | None:
    """A day as a date control sends it; None if it is none."""
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None
