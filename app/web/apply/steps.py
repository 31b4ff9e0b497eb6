"""The steps of the application form: shown, saved right or wrong, rows added and removed without script."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Conflict, NotFound
from app.core.transaction import transaction
from app.procedures.entry import store
from app.procedures.entry.models import Application
from app.procedures.entry.rules import form as form_rules
from app.procedures.entry.rules import papers
from app.procedures.entry.service import drafts
from app.registers import units
from app.regulations import rule_set_to_show
from app.regulations.rule_sets import RuleSet
from app.web import wording
from app.web.apply.begin import Page, facts_of
from app.web.apply.blueprint import applicant, apply, opened
from app.web.apply.sent_papers import sent_with_step
from app.web.apply.typed import for_page, typed_values, with_act
from app.web.auth import public_page
from app.web.security import limit_form
from app.workflow import instances

#: The last line of the steps: not a step of the form, but the page where it is checked and submitted.
REVIEW = "review"
#: The button of a paper that is taken out: drop:<file>.
_DROP = "drop:"


@apply.get("/<number>/<step>")
@public_page
def step(number: str, step: str) -> Page:
    """A step with what was typed so far."""
    found = opened(number)
    if step not in form_rules.STEPS:
        raise NotFound
    return step_page(found, step, store.content_of(found)[step], {})


@apply.post("/<number>/<step>")
@public_page
@limit_form(per_address="600 per hour")
def save(number: str, step: str) -> Page:
    """Saves a step; goes on when it is complete, else shows what to mend. Rows come and go by the same button."""
    found = opened(number)
    draft_no, act = found.draft_no, request.form.get("act", "next")
    if step not in form_rules.STEPS:
        raise NotFound
    values = with_act(step, typed_values(step, request.form), act)
    try:
        errors = _keep(draft_no, step, values, act)
    except Conflict as refused:
        return step_page(opened(draft_no), step, values, {"": refused.message})
    if act == "draft" and not errors:
        flash(f"已存草稿（{wording.moment(clock.now())}），凭申请编号 {draft_no} 和验证码可随时接着填")
        return redirect(url_for("apply.step", number=draft_no, step=step))
    if errors or act != "next":
        return step_page(opened(draft_no), step, values, errors)
    return redirect(after(draft_no, step))


def _keep(draft_no: str, step: str, values: dict[str, Any], act: str) -> dict[str, str]:
    """Keeps what was typed and the papers chosen with it; what is wrong with the papers, or with all of it on going on.

    :raises Stale: the draft was saved elsewhere meanwhile; nothing was kept.
    :raises Conflict: the paper to be taken out was submitted already; nothing was kept.
    """
    now, actor = clock.now(), applicant()
    rules, rev = rules_for(store.application(draft_no)), _rev()
    accepted, faults = sent_with_step(step, rules)
    with transaction():
        for kind, one in accepted:
            drafts.attach_file(draft_no, kind, one, actor=actor, now=now)
        if act.startswith(_DROP):
            drafts.remove_file(draft_no, act.removeprefix(_DROP), actor=actor, now=now)
        # Each paper that came or went counted the revision on by one.
        changes = len(accepted) + act.startswith(_DROP)
        saved = drafts.save_step(
            draft_no, step, values, actor=actor, now=now, rules=rules, rev=None if rev is None else rev + changes
        )
        return {**saved.errors, **faults} if act == "next" else faults


def rules_for(found: Application) -> RuleSet:
    """What the form is held to: a draft by the present rules, a supplement by those the case began with."""
    pinned = instances.rules_of(str(found.number)) if found.number else None
    return pinned or rule_set_to_show(clock.today())


def _rev() -> int | None:
    typed = request.form.get("rev", "")
    return int(typed) if typed.isdecimal() else None


def after(draft_no: str, step: str) -> str:
    """The page after a step."""
    place = form_rules.STEPS.index(step) + 1
    if place == len(form_rules.STEPS):
        return url_for("apply.review", number=draft_no)
    return url_for("apply.step", number=draft_no, step=form_rules.STEPS[place])


def step_page(found: Application, step: str, values: dict[str, Any], errors: dict[str, str]) -> Page:
    """A step's page with values and errors as given."""
    rules = rules_for(found)
    page = render_template(
        f"apply/step_{step}.html", **facts_of(found), step=step, values=for_page(step, values), errors=errors,
        steps=step_line(found, step), place=form_rules.STEPS.index(step) + 1, count=len(form_rules.STEPS) + 1,
        words=form_rules.STEP_WORDS, rules=rules, choices=choices(rules), uploaded=uploaded(found),
        kinds=papers.PAPER_WORDS, unit_names=_unit_names(values), needed=needed_papers(found, rules),
    )
    return (page, 422) if errors else page


def step_line(found: Application, present: str) -> list[dict[str, Any]]:
    """The steps with what is done, for the line above the page."""
    line = [
        {"key": key, "words": form_rules.STEP_WORDS[key], "done": key in found.steps_done, "now": key == present,
         "url": url_for("apply.step", number=found.draft_no, step=key)}
        for key in form_rules.STEPS
    ]
    line.append({"key": REVIEW, "words": "预审与提交", "done": False, "now": present == REVIEW,
                 "url": url_for("apply.review", number=found.draft_no)})
    return line


def choices(rules: RuleSet) -> dict[str, Any]:
    """The choices of the selects and ticks, from the annex and the rule set."""
    return {
        "channels": list(form_rules.CHANNELS.items()), "politics": form_rules.POLITICAL_STATUSES,
        "natures": rules.texts("entry.unit_natures"), "directions": rules.texts("entry.directions"),
        "post_levels": form_rules.POST_LEVELS, "title_levels": form_rules.TITLE_LEVELS,
        "series": form_rules.TITLE_SERIES, "degrees": form_rules.DEGREES,
        "exemptions": rules.texts("entry.age_exemptions"), "commitments": form_rules.COMMITMENTS,
    }


def uploaded(found: Application) -> dict[str, list[Any]]:
    """The papers by kind."""
    kept: dict[str, list[Any]] = {}
    for paper in store.papers_of(found):
        kept.setdefault(paper.purpose, []).append(paper)
    return kept


def needed_papers(found: Application, rules: RuleSet) -> tuple[str, ...]:
    """The kinds this application must bring by what was typed so far."""
    form, _ = form_rules.read_form(store.content_of(found), rules, clock.today())
    return papers.required_papers(form)


def _unit_names(values: dict[str, Any]) -> list[str]:
    typed = str(values.get("unit_name", "")).strip()
    return [unit.name for unit in units.search(typed, 12)] if typed else []


def redirect_to_step(draft_no: str, step: str) -> Response:
    """Back to a step after an act on its papers."""
    return redirect(url_for("apply.step", number=draft_no, step=step))
