"""The last page of the application: what is still missing, what the pre-check finds, submit or supplement."""

from __future__ import annotations

import functools
from typing import Any

from flask import flash, redirect, render_template, url_for

from app.core import clock
from app.core.errors import Conflict, Invalid, UserError
from app.core.transaction import transaction
from app.feel.tables import DecisionModel
from app.procedures.entry import store
from app.procedures.entry.models import Application, ApplicationState
from app.procedures.entry.rules.form import STEP_WORDS, STEPS, read_form
from app.procedures.entry.rules.papers import missing_papers
from app.procedures.entry.service import drafts, submission
from app.procedures.entry.service.precheck import DECISION, precheck
from app.regulations import rule_set_for
from app.regulations.rule_sets import RuleSet
from app.web.apply.begin import Page, facts_of
from app.web.apply.blueprint import applicant, apply, close_here, opened
from app.web.apply.steps import REVIEW, rules_for, step_line
from app.web.auth import public_page
from app.web.security import limit_form
from app.workflow import definitions, instances, messages

PROCESS = "expert_entry"
DELIVERED = "supplement_delivered"


@apply.get("/<number>/review")
@public_page
def review(number: str) -> Page:
    """Everything that is missing, and the pre-check's result with its reasons, before submitting."""
    return _review_page(opened(number), None)


def _review_page(found: Application, refusal: UserError | None) -> Page:
    rules, now = rules_for(found), clock.now()
    page = render_template(
        "apply/review.html", **facts_of(found), steps=step_line(found, REVIEW), place=len(STEPS) + 1,
        count=len(STEPS) + 1, faults=_faults(found, rules), words=STEP_WORDS, refusal=refusal,
        result=precheck(found.draft_no, _table(), now=now, rules=rules),
        is_supplement=found.state == ApplicationState.SUPPLEMENT,
        request_open=found.supplements[-1] if found.supplements else None,
    )
    return (page, 422) if refusal else page


def _faults(found: Application, rules: RuleSet) -> list[dict[str, str]]:
    """What is missing or wrong, each with the step and field it is mended at."""
    form, errors = read_form(store.content_of(found), rules, clock.today())
    errors.update(missing_papers(form, {paper.purpose for paper in store.papers_of(found)}))
    named = [(*key.partition(".")[::2], message) for key, message in errors.items()]
    return [
        {"step": STEP_WORDS[step], "message": message,
         "url": url_for("apply.step", number=found.draft_no, step=step, _anchor=field)}
        for step, field, message in sorted(named, key=lambda fault: STEPS.index(fault[0]))
    ]


def _table() -> DecisionModel:
    tables = definitions.latest(PROCESS).tables
    return _parsed(next(xml for name, xml in tables.items() if name.removesuffix(".dmn") == DECISION))


@functools.lru_cache(maxsize=4)
def _parsed(xml: str) -> DecisionModel:
    return DecisionModel.parse(xml.encode())


@apply.post("/<number>/review")
@public_page
@limit_form(per_address="20 per hour")
def submit(number: str) -> Page:
    """Submits, or hands in the supplement, and sets the process going in the same transaction."""
    found = opened(number)
    draft_no, is_supplement = found.draft_no, found.state == ApplicationState.SUPPLEMENT
    try:
        case_no = _hand_in(draft_no, found) if is_supplement else _submit(draft_no)
    except (Invalid, Conflict, UserError) as refusal:
        return _review_page(opened(draft_no), refusal)
    flash(f"已提交：{'补正材料' if is_supplement else '入库申请'}，申请编号 {case_no}")
    return redirect(url_for("status.show", number=case_no))


def _submit(draft_no: str) -> str:
    now = clock.now()
    with transaction():
        actor = applicant(store.application(draft_no))
        case_no = submission.submit(draft_no, actor=actor, now=now, rules=rule_set_for(now.date()))
        title = f"{store.application(draft_no).name}　入库申请"
        instances.start(PROCESS, business_key=case_no, title=title, data={}, actor=actor)
    return case_no


def _hand_in(draft_no: str, found: Application) -> str:
    actor, case_no, now = applicant(found), str(found.number), clock.now()
    with transaction():
        messages.hold(case_no, actor)
        version = submission.supplement(draft_no, actor=actor, now=now, rules=rules_for(found))
        messages.deliver(DELIVERED, case_no, {"version": version}, actor)
    return case_no


@apply.get("/<number>/discard")
@public_page
def confirm_discard(number: str) -> Page:
    """Asks before a draft is erased."""
    found = opened(number)
    return render_template(
        "confirm.html", heading="放弃这份申请", act="放弃并删除草稿",
        consequence=f"草稿 {found.draft_no} 和已上传的材料会删除，不能恢复。以后可以重新申请。",
        action=url_for("apply.discard", number=found.draft_no), back=url_for("apply.go_on", number=found.draft_no),
        stay="不放弃，返回",
    )


@apply.post("/<number>/discard")
@public_page
def discard(number: str) -> Any:
    """Erases the draft."""
    found = opened(number)
    draft_no = found.draft_no
    with transaction():
        drafts.withdraw_draft(draft_no, actor=applicant(found), now=clock.now())
    close_here(draft_no)
    flash("已删除草稿")
    return redirect(url_for("apply.start"))
