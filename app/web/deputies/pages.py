"""The list of one's own appointments, the form for a new one, and the page that asks before one is ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.transaction import transaction
from app.identity import accounts, deputies, permissions
from app.identity.deputies import Term
from app.notices import outbox
from app.regulations.wording import formal_date
from app.web.auth import current_actor, requires

deputies_pages = Blueprint("deputies", __name__, url_prefix="/deputies")

#: State of an appointment -> its word and the look of its tag.
STATES = {
    "active": ("生效中", "ok"), "upcoming": ("未开始", "wait"), "over": ("已期满", "idle"), "ended": ("已终止", "idle"),
}
_BEFORE_TIME = frozenset({"active", "upcoming"})


@deputies_pages.get("/")
@requires(permissions.DEPUTY_APPOINT)
def index() -> ResponseReturnValue:
    """Everything this leader appointed, and the form for one more."""
    return _page({"begins_on": clock.today().isoformat()}, {})


def _page(typed: Mapping[str, str], errors: Mapping[str, str]) -> ResponseReturnValue:
    actor = current_actor()
    page = render_template(
        "deputies/index.html", typed=typed, errors=errors, states=STATES, ending=_BEFORE_TIME,
        appointments=deputies.appointments(actor.user_id or 0, clock.today()), today=clock.today(),
        candidates=[(user.id, user.name) for user in deputies.candidates(actor)],
    )
    return (page, 422) if errors else page


@deputies_pages.post("/")
@requires(permissions.DEPUTY_APPOINT)
def appoint() -> ResponseReturnValue:
    """Appoints a deputy and tells him."""
    typed, actor, now = request.form, current_actor(), clock.now()
    whom = request.form.get("deputy", type=int)
    term = Term(_read_day(typed.get("begins_on", "")), _read_day(typed.get("ends_on", "")), typed.get("reason", ""))
    try:
        with transaction():
            number = deputies.appoint(whom, term, actor=actor, now=now)
            _tell("staff_deputy_appointed", number, whom, actor, now)
    except Invalid as refusal:
        return _page(typed.to_dict(), refusal.errors)
    made = deputies.own(number, actor, now.date())
    days = f"{formal_date(made.begins_on)}至{formal_date(made.ends_on)}"
    flash(f"已委托{made.deputy_name}代审，{days}。", "ok")
    return redirect(url_for("deputies.index"))


def _tell(template: str, number: int, whom: int | None, actor: Actor, now: datetime) -> None:
    """Writes to the deputy: an appointment of which he knows nothing would help nobody."""
    appointment = deputies.own(number, actor, now.date())
    user = accounts.get(whom or 0)
    data = {
        "principal": actor.name, "begins_on": formal_date(appointment.begins_on),
        "ends_on": formal_date(appointment.ends_on),
    }
    to = outbox.Recipient(user.id, user.name, user.phone, user.email)
    outbox.send(template, to, data, subject_type="deputy", subject_id=number, now=now, actor=actor)


def _read_day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


@deputies_pages.get("/<int:number>/end")
@requires(permissions.DEPUTY_APPOINT)
def ask_end(number: int) -> ResponseReturnValue:
    """Says what 终止 means and asks once more."""
    found = deputies.own(number, current_actor(), clock.today())
    if found.state not in _BEFORE_TIME:
        flash("这次委托已经结束，不用终止。", "care")
        return redirect(url_for("deputies.index"))
    return render_template(
        "confirm.html", heading=f"终止委托{found.deputy_name}代审", act="终止委托", errors={},
        consequence=f"终止后{found.deputy_name}即刻不能再代你审批；他已作出的审批仍然有效。委托原定到"
        f"{formal_date(found.ends_on)}。",
        action=url_for("deputies.end", number=number), back=url_for("deputies.index"), stay="不终止，返回",
        trail=[("委托代审", url_for("deputies.index")), ("终止委托", "")],
    )


@deputies_pages.post("/<int:number>/end")
@requires(permissions.DEPUTY_APPOINT)
def end(number: int) -> Response:
    """Ends an appointment before its time and tells the deputy."""
    actor, now = current_actor(), clock.now()
    with transaction():
        deputies.end(number, actor=actor, now=now)
        found = deputies.own(number, actor, now.date())
        _tell("staff_deputy_ended", number, found.deputy_user_id, actor, now)
    flash(f"已终止委托{found.deputy_name}代审。", "ok")
    return redirect(url_for("deputies.index"))
