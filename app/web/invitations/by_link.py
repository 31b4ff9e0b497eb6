"""The page behind a single-use link of a notice: no log-in, and opening it changes nothing."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotFound
from app.identity import roles
from app.procedures.selection.models import AnswerWay
from app.procedures.selection.service import links
from app.registers import experts
from app.web.auth import client_address, public_page
from app.web.invitations import answering
from app.web.invitations.answering import Reply
from app.web.invitations.calendar import calendar_answer
from app.web.invitations.page import invitation_page
from app.web.invitations.sheet import ANSWER_WORDS, Sheet, sheet
from app.web.pages import signed_in
from app.web.security import limit_form, limiter
from app.workflow.refusals import StepRefused

invitation_links = Blueprint("invitation_links", __name__, url_prefix="/invitation")

#: Whoever tries addresses is stopped; an expert never comes near it.
_LOOKS = "120 per minute"


class _BadLink(Exception):
    """Nothing may be shown for this address: altered, invented, too old, somebody else's."""


@invitation_links.after_request
def keep_private(answer: Response) -> Response:
    """The address is the key: it is kept by no cache, told to no other site, found by no search."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "same-origin"  # none at all would break the check of forms over HTTPS
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@invitation_links.get("/<token>")
@public_page
@limiter.limit(_LOOKS)
def show(token: str) -> ResponseReturnValue:
    """What is asked, or what became of it. Looking uses nothing up, whoever looks: scanners of mail do, too."""
    try:
        return _page(token, _opened(token))
    except _BadLink:
        return _bad_link()


@invitation_links.post("/<token>")
@public_page
@limit_form(per_address="60 per hour", per_target="30 per hour", target=lambda: (request.view_args or {}).get("token"))
def answer(token: str) -> ResponseReturnValue:
    """Uses the link up and records the answer; of two clicks at once the second sees what was recorded."""
    try:
        found = _opened(token)
    except _BadLink:
        return _bad_link()
    reply = answering.read(request.form)
    if reply.errors:
        return _page(token, found, reply), 422
    number, viewer = found.number, signed_in()

    def enter() -> Actor:
        return links.use(token, viewer=viewer, address=client_address(), now=clock.now())[1]

    try:
        given = answering.give(number, reply, AnswerWay.LINK, enter)
        if not given and not answering.keep_late(number, reply.answer, _expert(found)):
            flash("这次邀请刚才已经答复过，下面是记录的答复。", "care")
    except StepRefused as refused:
        flash(f"没有办成：{refused.message}。您的答复没有记下，请再试一次或致电告知。", "bad")
    return redirect(url_for("invitation_links.show", token=token))


@invitation_links.post("/<token>/late")
@public_page
@limit_form(per_address="60 per hour", per_target="10 per hour", target=lambda: (request.view_args or {}).get("token"))
def late(token: str) -> ResponseReturnValue:
    """Keeps a reply that came too late; it changes nothing (domain.md no. 50)."""
    try:
        found = _opened(token)
    except _BadLink:
        return _bad_link()
    reply = request.form.get("answer", "")
    if reply in ANSWER_WORDS and answering.keep_late(found.number, reply, _expert(found)):
        flash("已记录您的答复，不改变名额。", "ok")
    return redirect(url_for("invitation_links.show", token=token))


@invitation_links.get("/<token>/calendar.ics")
@public_page
@limiter.limit(_LOOKS)
def calendar(token: str) -> ResponseReturnValue:
    """The calendar file of an accepted invitation, saying no more than the page does."""
    try:
        return calendar_answer(_opened(token))
    except (_BadLink, NotFound):
        return _bad_link()


def _opened(token: str) -> Sheet:
    """The sheet behind the token, as far as this link may show it.

    :raises _BadLink: nothing may be shown.
    """
    now = clock.now()
    try:
        link = links.look(token, now=now)
        found = sheet(link.invitation, now, by=link.purpose)
    except NotFound:
        raise _BadLink from None
    viewer = signed_in()
    if viewer is not None and viewer.user_id != experts.expert(found.page.expert_id).user_id:
        raise _BadLink
    if link.state == "expired" or (link.state == "used" and found.phase in ("asked", "told")):
        raise _BadLink
    return found


def _expert(found: Sheet) -> Actor:
    person = experts.expert(found.page.expert_id)
    return Actor(person.user_id, person.name, frozenset({roles.EXPERT}), address=client_address())


def _page(token: str, found: Sheet, reply: Reply | None = None) -> str:
    own = url_for("own_invitations.show", number=found.number)
    urls = {
        "answer": url_for("invitation_links.answer", token=token),
        "late": url_for("invitation_links.late", token=token),
        "calendar": url_for("invitation_links.calendar", token=token),
        "log_in": own if signed_in() else url_for("auth.login", next=own),
    }
    return invitation_page(found, urls, reply, by_link=True)


def _bad_link() -> ResponseReturnValue:
    viewer = signed_in()
    return render_template(
        "invitations/bad_link.html", own=url_for("own_invitations.index"),
        is_expert=viewer is not None and viewer.has(roles.EXPERT), duty_phone=current_app.config["DUTY_PHONE"],
    ), 404
