"""我的聘任: what the pool holds on the expert, shown to nobody else by these routes."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, current_app, render_template, send_file
from werkzeug.wrappers import Response

from app.core import audit, clock
from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.transaction import transaction
from app.identity import permissions
from app.notices import queries as notices
from app.notices import texts
from app.notices.documents.appointment_letter import LETTER, AppointmentLetter, appointment_letter_pdf
from app.registers import experts
from app.registers.models import Expert
from app.regulations import rule_set_to_show
from app.regulations.deadlines import renewal_reminder_on
from app.web.auth import current_actor, requires

mine = Blueprint("mine", __name__, url_prefix="/mine")


def _own(actor: Actor) -> Expert:
    person = experts.by_user(actor.user_id) if actor.user_id is not None else None
    if person is None:
        raise NotFound("这个账号没有对应的专家登记，请联系省数字政府服务中心")
    return person


@mine.get("/")
@requires(permissions.EXPERT_OWN)
def appointment() -> str:
    """Present term, earlier terms, registered data and messages; reading one's own data is recorded too."""
    actor = current_actor()
    with transaction():
        person = _own(actor)
        audit.record(actor, "expert.view_own", "expert", person.number)
    person, today = _own(actor), clock.today()
    present = person.terms[-1] if person.terms else None
    return render_template(
        "mine/appointment.html", person=person, view=experts.masked(person, today), present=present,
        overlay=experts.overlay(person, today),
        reminder=renewal_reminder_on(rule_set_to_show(today), present.end_on) if present else None,
        letters=notices.inbox_page(actor.user_id, limit=10) if actor.user_id else [],
    )


@mine.get("/letters/<appointment_no>.pdf")
@requires(permissions.EXPERT_OWN)
def letter(appointment_no: str) -> Response:
    """The letter of one of the expert's own terms."""
    actor = current_actor()
    person = _own(actor)
    term = next((one for one in person.terms if one.appointment_no == appointment_no), None)
    if term is None:
        raise NotFound("没有这份聘书")
    made = AppointmentLetter(
        number=term.appointment_no, name=person.name, term_start=term.start_on, term_end=term.end_on,
        issued_on=term.start_on, is_demo=current_app.config["MODE"] != "production",
    )
    number = person.number
    with transaction():
        audit.record(actor, "expert.download_letter", "expert", number, note=appointment_no)
    data = BytesIO(appointment_letter_pdf(made, texts.wording(LETTER, made.issued_on)))
    return send_file(data, mimetype="application/pdf", as_attachment=True, download_name=f"聘书-{appointment_no}.pdf")
