"""Publicity and objections for those who receive them: what runs, and 登记纸质异议."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Invalid, NotFound, UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.procedures.objection import queries as objection_queries
from app.procedures.objection.rules.filing import EVIDENCE, FILE_WORDS, LETTER
from app.procedures.objection.service import PaperArrival, receive_paper
from app.procedures.publicity import queries as publicity_queries
from app.regulations import rule_set_to_show
from app.web.auth import current_actor, login_required_page, requires
from app.web.objection_papers import sent_papers
from app.workflow import cases, instances

objections = Blueprint("objections", __name__, url_prefix="/objections")

Page = str | Response | tuple[str, int]
PROCESS = "objection_handling"
_SIZE = 30


@objections.get("/")
@requires(permissions.OBJECTION_RECEIVE)
def index() -> str:
    """Running notices and the latest objections; who objects stands nowhere here."""
    now = clock.now()
    found = objection_queries.latest(_SIZE, request.args.get("before"))
    return render_template(
        "objections/index.html", running=publicity_queries.running(rule_set_to_show(now.date()), now), found=found,
        more=found[-1].number if len(found) == _SIZE else None,
    )


@objections.get("/<number>")
@login_required_page  # warnings name the objection by its number; the case decides who sees what of it
def show(number: str) -> Response:
    """Leads to the objection's case."""
    case = cases.of_key(number)
    if case is None:
        raise NotFound(f"没有编号为 {number} 的异议")
    return redirect(url_for("cases.detail", instance_id=case))


@objections.get("/new")
@requires(permissions.OBJECTION_RECEIVE)
def intake() -> Page:
    """The form for a letter."""
    now = clock.now()
    return _page({"received_on": now.date().isoformat(), "received_at": f"{now:%H:%M}"}, {})


def _page(typed: dict[str, Any], errors: dict[str, str]) -> Page:
    now = clock.now()
    page = render_template(
        "objections/intake.html", typed=typed, errors=errors, file_words=FILE_WORDS,
        running=publicity_queries.running(rule_set_to_show(now.date()), now),
        lost_files=bool(errors) and any(one.filename for one in request.files.values()),
    )
    return (page, 422) if errors else page


@objections.post("/new")
@requires(permissions.OBJECTION_RECEIVE)
def receive() -> Page:
    """Records the letter, late or anonymous ones too, and sets the process going."""
    typed, now, actor = request.form.to_dict(), clock.now(), current_actor()
    came = PaperArrival(typed.get("delivery", ""), _moment(typed), _day(typed.get("postmark", "")))
    try:
        papers = sent_papers(LETTER, EVIDENCE)
        with transaction():
            found = receive_paper(
                typed.get("candidate", "").strip(), typed, papers, came=came, actor=actor, now=now,
                rules=rule_set_to_show(now.date()),
            )
            number = found.number
            rules = instances.rules_of(found.application_no) if found.application_no else None
            instances.start(PROCESS, number, f"对“{found.candidate_name}”的异议", {}, actor, rules=rules)
    except Invalid as refusal:
        return _page(typed, refusal.errors)
    except UserError as refusal:
        return _page(typed, {refusal.field or "candidate": refusal.message})
    flash(f"已登记：异议 {number}")
    return redirect(url_for("objections.index"))


def _moment(typed: dict[str, Any]) -> datetime | None:
    try:
        found = datetime.fromisoformat(f"{typed.get('received_on', '')}T{typed.get('received_at', '')}")
    except ValueError:
        return None
    return found.replace(tzinfo=clock.ZONE)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
