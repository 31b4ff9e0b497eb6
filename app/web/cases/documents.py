"""The official documents of a case as PDF for the staff entitled: 申报表, 聘书, the two letters of a decision.

The form for staff hides ID number and phone, as their pages do; every download leaves a line in the trail.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

from flask import current_app, send_file, url_for
from werkzeug.wrappers import Response

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.core.masking import mask_id_number, mask_phone
from app.core.transaction import transaction
from app.identity import permissions
from app.notices import texts
from app.notices.documents.application_form import application_form_pdf
from app.notices.documents.appointment_letter import LETTER, AppointmentLetter, appointment_letter_pdf
from app.procedures.entry import store
from app.procedures.entry.models import Application
from app.procedures.objection.models import Objection
from app.procedures.objection.rules.letters import PARTY_WORDS
from app.procedures.objection.service import letter_pdf
from app.registers import experts
from app.registers.models import ExpertTerm
from app.web.auth import current_actor, requires
from app.web.cases.blueprint import cases
from app.web.cases.panels import FileItem
from app.web.status.form_document import filled_form


def application_documents(found: Application) -> tuple[FileItem, ...]:
    """The form as submitted, and the letter once there is one."""
    if found.number is None:
        return ()
    form = FileItem(
        "申报表", url_for("cases.application_form", number=found.number), "PDF，证件号和电话只显示部分"
    )
    term = _term_of(found)
    if term is None:
        return (form,)
    letter = FileItem(f"聘书 {term.appointment_no}", url_for("cases.appointment_letter", number=found.number), "PDF")
    return (form, letter)


def objection_documents(found: Objection) -> tuple[FileItem, ...]:
    """The letters of the decision, each as it was made."""
    return tuple(
        FileItem(
            f"异议处理决定书（致{PARTY_WORDS[letter.party]}）",
            url_for("cases.decision_letter", number=found.number, party=letter.party), f"PDF，{letter.document_no}",
        )
        for letter in found.letters
    )


@cases.get("/applications/<number>/form.pdf")
@requires(permissions.APPLICATION_READ)
def application_form(number: str) -> Response:
    """The form of the annex with ID number and phone masked."""
    found = _submitted(number)
    form = filled_form(found, is_demo=_is_demo())
    masked = replace(form, id_number=mask_id_number(form.id_number), phone=mask_phone(form.phone))
    return _sent(application_form_pdf(masked), f"申报表-{found.number}.pdf", "application", str(found.number))


@cases.get("/applications/<number>/letter.pdf")
@requires(permissions.APPLICATION_READ)
def appointment_letter(number: str) -> Response:
    """The letter of the appointment that the application led to."""
    found = _submitted(number)
    term = _term_of(found)
    if term is None:
        raise NotFound("这件申请还没有聘书")
    made = AppointmentLetter(
        number=term.appointment_no, name=found.name or "", term_start=term.start_on, term_end=term.end_on,
        issued_on=term.start_on, is_demo=_is_demo(),
    )
    pdf = appointment_letter_pdf(made, texts.wording(LETTER, made.issued_on))
    return _sent(
        pdf, f"聘书-{term.appointment_no}.pdf", "application", str(found.number)
    )


@cases.get("/objections/<number>/letters/<party>.pdf")
@requires(permissions.OBJECTION_READ)
def decision_letter(number: str, party: str) -> Response:
    """The letter of the decision to one of the two sides, the same bytes as were sent."""
    found = db.session.get(Objection, number)
    letter = next((one for one in found.letters if one.party == party), None) if found is not None else None
    if found is None or letter is None:
        raise NotFound("没有这份决定书")
    data = letter_pdf(letter, is_demo=_is_demo())
    return _sent(data, f"异议处理决定书-{letter.document_no}.pdf", "objection", found.number)


def _submitted(number: str) -> Application:
    found = store.find(number)
    if found is None or found.number is None:
        raise NotFound("没有这件申请")
    return found


def _term_of(found: Application) -> ExpertTerm | None:
    person = experts.by_identity(found.id_number_index) if found.id_number_index else None
    return next((one for one in person.terms if one.application_no == found.number), None) if person else None


def _sent(data: bytes, name: str, subject_type: str, subject_id: str) -> Response:
    actor: Actor = current_actor()
    with transaction():
        audit.record(actor, f"{subject_type}.download_document", subject_type, subject_id, note=name)
    return send_file(
        BytesIO(data), mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0
    )


def _is_demo() -> bool:
    return bool(current_app.config["MODE"] != "production")
