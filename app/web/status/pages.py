"""The applicant's page of a submitted application: state, what happened, deadlines, withdrawal, letters."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from app.core import audit
from app.core.database import db
from app.core.errors import NotFound
from app.core.transaction import transaction
from app.notices import texts
from app.notices.documents.application_form import application_form_pdf
from app.notices.documents.appointment_letter import LETTER, AppointmentLetter, appointment_letter_pdf
from app.procedures.entry.models import APPLICATION_TRANSITIONS, Application, ApplicationState
from app.procedures.entry.rules.papers import PAPER_STEPS, PAPER_WORDS
from app.procedures.entry.service import submission
from app.registers import experts
from app.registers.models import ProposedExpert
from app.web.apply.begin import Page
from app.web.apply.blueprint import applicant, opened
from app.web.auth import public_page
from app.web.security import limit_form
from app.web.status.form_document import filled_form
from app.workflow import messages

status = Blueprint("status", __name__, url_prefix="/status")

WITHDRAWN = "application_withdrawn"
#: The way every application goes, for the line that shows how far it is.
_WAY = (
    (ApplicationState.SUBMITTED, "提交"), (ApplicationState.FORMAL_CHECK, "形式审查"),
    (ApplicationState.QUALIFICATION, "资格审查"), (ApplicationState.PROPOSED, "名单与公示"),
    (ApplicationState.APPOINTED, "聘任入库"),
)
_STAGES = {"precheck": "自动预审", "formal_check": "形式审查", "qualification": "资格审查", "confirmation": "名单复核"}
_OUTCOMES = {
    "accepted": "受理", "supplement": "补正", "not_accepted": "不予受理", "passed": "通过", "failed": "不通过",
    "returned": "退回形式审查", "agreed": "同意列入拟入库名单", "disagreed": "退回资格审查", "met": "符合",
    "taken_back": "撤回结论", "to_check": "有待核项", "not_met": "有不符合项",
}


@status.get("/")
@public_page
def find() -> Response:
    """Number and code open the page; the same form serves drafts."""
    return redirect(url_for("apply.resume", number=request.args.get("number", "")))


@status.get("/<number>")
@public_page
def show(number: str) -> Page:
    """State, what happened, what comes, and what the applicant may do."""
    found = opened(number)
    if found.number is None:
        return redirect(url_for("apply.go_on", number=found.draft_no))
    proposed = db.session.get(ProposedExpert, found.number)
    return render_template(
        "status/show.html", found=found, way=_way(found), lines=_history(found), proposed=proposed,
        wanted=found.supplements[-1] if found.state == ApplicationState.SUPPLEMENT else None,
        mend_step=_mend_step(found), papers=PAPER_WORDS,
        may_withdraw=ApplicationState.WITHDRAWN in APPLICATION_TRANSITIONS[found.state],
    )


def _mend_step(found: Application) -> str:
    """The step of the form at which the first of the papers asked for is brought."""
    wanted = [item for request in found.supplements[-1:] for item in request.items]
    return next((PAPER_STEPS.get(kind, "papers") for kind, word in PAPER_WORDS.items() if word in wanted), "papers")


def _way(found: Application) -> list[dict[str, Any]]:
    reached = {ApplicationState.SUPPLEMENT: 1}.get(found.state)
    if reached is None:
        reached = next((place for place, (state, _) in enumerate(_WAY) if state == found.state), None)
    if reached is None:
        reached = len({entry.stage for entry in found.decisions if entry.stage in _STAGES})
    appointed, over = found.state == ApplicationState.APPOINTED, found.ended_at is not None
    return [
        {"words": words, "done": place < reached or appointed, "now": place == reached and not over}
        for place, (_, words) in enumerate(_WAY)
    ]


def _history(found: Application) -> list[dict[str, Any]]:
    """What happened, newest first; opinions are the applicant's to read, names of handlers are not."""
    lines: list[dict[str, Any]] = [{"words": "提交申请", "at": found.submitted_at, "text": ""}]
    lines += [
        {"words": f"{_STAGES.get(entry.stage, entry.stage)}：{_OUTCOMES.get(entry.outcome, entry.outcome)}",
         "at": entry.decided_at, "text": entry.opinion or ""}
        for entry in found.decisions if entry.stage in _STAGES
    ]
    if found.ended_at is not None:
        lines.append({"words": found.state.label, "at": found.ended_at, "text": found.end_reason or ""})
    return sorted(lines, key=lambda line: line["at"])[::-1]  # of one minute, too, the latest comes first


@status.get("/<number>/withdraw")
@public_page
def confirm_withdrawal(number: str) -> Page:
    """Asks before the application is withdrawn."""
    return _withdrawal_page(opened(number), "", {})


def _withdrawal_page(found: Application, reason: str, errors: dict[str, str]) -> Page:
    page = render_template(
        "confirm.html", heading=f"撤回申请 {found.number}", act="撤回入库申请", reason_label="撤回的原因",
        reason_hint="写入办理记录。", reason=reason, errors=errors, stay="不撤回，返回",
        consequence="撤回后本次办理终止，不能恢复；已在公示的，公示栏上注明已办结。以后可以重新申请。",
        action=url_for("status.withdraw", number=found.number), back=url_for("status.show", number=found.number),
    )
    return (page, 422) if errors else page


@status.post("/<number>/withdraw")
@public_page
@limit_form(per_address="20 per hour")
def withdraw(number: str) -> Page:
    """Withdraws at any point before the appointment."""
    found, reason = opened(number), request.form.get("reason", "").strip()
    if not reason:
        return _withdrawal_page(found, reason, {"reason": "撤回的原因：请填写"})
    actor, case_no = applicant(found), str(found.number)
    with transaction():
        messages.hold(case_no, actor)
        submission.check_withdrawable(case_no)
        messages.deliver(WITHDRAWN, case_no, {"reason": reason}, actor)
    flash(f"已撤回：入库申请 {case_no}")
    return redirect(url_for("status.show", number=case_no))


@status.get("/<number>/form.pdf")
@public_page
def form_document(number: str) -> Response:
    """The application form as in the annex, with the applicant's own data."""
    found = opened(number)
    return _download(application_form_pdf(filled_form(found, is_demo=_is_demo())), f"申请表-{found.number}.pdf", found)


@status.get("/<number>/letter.pdf")
@public_page
def letter(number: str) -> Response:
    """The letter of appointment."""
    found = opened(number)
    person = experts.by_identity(found.id_number_index) if found.id_number_index else None
    term = next((one for one in person.terms if one.application_no == found.number), None) if person else None
    if person is None or term is None:
        raise NotFound("这件申请还没有聘书")
    made = AppointmentLetter(
        number=term.appointment_no, name=person.name, term_start=term.start_on, term_end=term.end_on,
        issued_on=term.start_on, is_demo=_is_demo(),
    )
    pdf = appointment_letter_pdf(made, texts.wording(LETTER, made.issued_on))
    return _download(pdf, f"聘书-{term.appointment_no}.pdf", found)


def _download(data: bytes, name: str, found: Application) -> Response:
    subject = str(found.number or found.draft_no)
    with transaction():
        audit.record(applicant(found), "application.download_document", "application", subject, note=name)
    return send_file(BytesIO(data), mimetype="application/pdf", as_attachment=True, download_name=name)


def _is_demo() -> bool:
    return bool(current_app.config["MODE"] != "production")

