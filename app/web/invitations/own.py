"""我的邀请: the same invitations after log-in."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.identity import permissions
from app.procedures.selection.models import AnswerWay, Invitation, SeatState
from app.procedures.selection.queries import invitations
from app.registers import experts
from app.registers.models import Expert
from app.web.auth import current_actor, requires
from app.web.invitations import answering
from app.web.invitations.answering import Reply
from app.web.invitations.calendar import calendar_answer
from app.web.invitations.page import invitation_page
from app.web.invitations.sheet import ANSWER_WORDS, COMING, Sheet, own_sheet
from app.web.tasks import task_page
from app.workflow.models import Task
from app.workflow.refusals import StepRefused

own_invitations = Blueprint("own_invitations", __name__, url_prefix="/mine/invitations")

_ASKS = (SeatState.SENT, SeatState.TOLD)


def unanswered(actor: Actor) -> int:
    """How many invitations wait for this expert's answer."""
    waiting = (
        sa.select(sa.func.count()).select_from(Invitation).join(Expert, Expert.id == Invitation.expert_id)
        .where(Expert.user_id == actor.user_id, Invitation.state.in_(_ASKS), Invitation.due_at >= clock.now())
    )
    return db.session.scalar(waiting) or 0


def mine(number: str) -> Sheet:
    """The invitation of whoever is signed in.

    :raises NotFound: there is none, or it is somebody else's; the message does not tell which.
    """
    return own_sheet(number, _expert_id(), clock.now())


def _expert_id() -> int | None:
    user_id = current_actor().user_id
    person = experts.by_user(user_id) if user_id is not None else None
    return person.id if person is not None else None


@task_page("selection.invitation")
def address_of(task: Task) -> str:
    """Where the task of an invitation is worked on."""
    return url_for("own_invitations.show", number=task.business_key)


@own_invitations.get("/")
@requires(permissions.INVITATION_OWN)
def index() -> str:
    """What waits for an answer, what is to come, what was."""
    own = _expert_id()
    if own is None:
        raise NotFound("这个账号没有对应的专家登记，请联系省数字政府服务中心")
    lines = invitations.for_expert(own, clock.now())
    return render_template(
        "invitations/index.html", waiting=[line for line in lines if line.open],
        coming=[line for line in lines if not line.open and line.state_code in COMING],
        past=[line for line in lines if not line.open and line.state_code not in COMING],
    )


@own_invitations.get("/<number>")
@requires(permissions.INVITATION_OWN)
def show(number: str) -> str:
    """One invitation, as the link shows it, with leave and recusal."""
    return _page(mine(number))


def _page(found: Sheet, reply: Reply | None = None) -> str:
    pages = ("answer", "late", "calendar", "leave", "recuse")
    urls = {name: url_for(f"own_invitations.{name}", number=found.number) for name in pages}
    return invitation_page(found, urls, reply, by_link=False)


@own_invitations.post("/<number>")
@requires(permissions.INVITATION_OWN)
def answer(number: str) -> ResponseReturnValue:
    """Records the answer; of two clicks at once the second sees what was recorded."""
    found, reply, actor = mine(number), answering.read(request.form), current_actor()
    if reply.errors:
        return _page(found, reply), 422
    try:
        given = answering.give(found.number, reply, AnswerWay.LOGIN, lambda: actor)
        if not given and not answering.keep_late(found.number, reply.answer, actor):
            flash("这次邀请已经答复过或者已经变动，下面是现在的情况。", "care")
    except StepRefused as refused:
        flash(f"没有办成：{refused.message}。您的答复没有记下，请再试一次或致电告知。", "bad")
    return redirect(url_for("own_invitations.show", number=found.number))


@own_invitations.post("/<number>/late")
@requires(permissions.INVITATION_OWN)
def late(number: str) -> ResponseReturnValue:
    """Keeps a reply that came too late; it changes nothing (domain.md no. 50)."""
    found, reply = mine(number), request.form.get("answer", "")
    if reply in ANSWER_WORDS and answering.keep_late(found.number, reply, current_actor()):
        flash("已记录您的答复，不改变名额。", "ok")
    return redirect(url_for("own_invitations.show", number=found.number))


@own_invitations.get("/<number>/calendar.ics")
@requires(permissions.INVITATION_OWN)
def calendar(number: str) -> ResponseReturnValue:
    """The calendar file of an accepted invitation."""
    return calendar_answer(mine(number))
