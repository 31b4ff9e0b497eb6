"""Begin an application, and open one again by its number and a code."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Invalid
from app.core.masking import mask_phone
from app.core.transaction import transaction
from app.procedures.entry.models import Application, ApplicationState
from app.procedures.entry.rules.form import CHANNELS
from app.procedures.entry.service import access, drafts
from app.regulations import rule_set_to_show
from app.web.apply.blueprint import applicant, apply, is_open, open_here, opened
from app.web.auth import public_page
from app.web.security import limit_form

Page = str | Response | tuple[str, int]


@apply.get("/")
@public_page
def start() -> Page:
    """What to expect, what is needed, and where to begin or go on."""
    return _start_page({}, {})


def _start_page(typed: dict[str, Any], errors: dict[str, str]) -> Page:
    page = render_template(
        "apply/start.html", rules=rule_set_to_show(clock.today()), channels=list(CHANNELS.items()), typed=typed,
        errors=errors,
    )
    return (page, 422) if errors else page


@apply.post("/")
@public_page
@limit_form(per_address="10 per hour", per_target="5 per hour", target=lambda: request.form.get("phone"))
def begin() -> Page:
    """Begins a draft and sends the code that proves the phone."""
    typed = request.form.to_dict()
    if not typed.get("privacy_read"):
        return _start_page(typed, {"privacy_read": "个人信息处理告知：请阅读后勾选"})
    try:
        with transaction():
            found = drafts.create_draft(
                typed.get("phone", ""), typed.get("email", ""), channel=typed.get("channel", ""),
                actor=applicant(), now=clock.now(), rules=rule_set_to_show(clock.today()),
            )
            drafts.save_step(
                found.draft_no, "channel", {"channel": found.channel, "privacy_read": "1"},
                actor=applicant(), now=clock.now(), rules=rule_set_to_show(clock.today()),
            )
            number = found.draft_no
    except Invalid as refusal:
        return _start_page(typed, refusal.errors)
    return redirect(url_for("apply.code", number=number, sent="1"))


@apply.get("/resume")
@public_page
def resume() -> Page:
    """Number first; the code is sent when the button is pressed."""
    return render_template("apply/resume.html", number=request.args.get("number", ""), errors={})


@apply.post("/resume")
@public_page
@limit_form(per_address="20 per hour", per_target="6 per hour", target=lambda: request.form.get("number"))
def request_code() -> Page:
    """Sends a code if there is such an application; says the same in any case."""
    number = request.form.get("number", "").strip()
    if not number:
        return render_template("apply/resume.html", number="", errors={"number": "申请编号：请填写"}), 422
    by = "email" if request.form.get("by") == "email" else "sms"
    with transaction():
        now = clock.now()
        access.request_code(number, by=by, actor=applicant(), now=now, rules=rule_set_to_show(now.date()))
    return redirect(url_for("apply.code", number=number, sent="1"))


@apply.get("/code/<number>")
@public_page
def code(number: str) -> Page:
    """Where the code is typed. Opening the page consumes nothing."""
    return _code_page(number, "")


def _code_page(number: str, error: str) -> Page:
    page = render_template("apply/code.html", number=number, error=error, sent=request.args.get("sent"))
    return (page, 422) if error else page


@apply.post("/code/<number>")
@public_page
@limit_form(per_address="30 per hour", per_target="10 per hour", target=lambda: (request.view_args or {}).get("number"))
def enter_code(number: str) -> Page:
    """Opens the application in this browser if the code is right."""
    with transaction():
        found = access.check_code(number, request.form.get("code", ""), actor=applicant(), now=clock.now())
        if found is not None:
            open_here(found)
            target = entrance(found)
    if found is None:
        return _code_page(number, "编号或验证码不对，或验证码已过期。请核对后再填，或重新获取验证码")
    return redirect(target)


def entrance(found: Application) -> str:
    """Where the applicant goes on: the first unfinished step, or the state of what was submitted."""
    if found.state != ApplicationState.DRAFT:
        return url_for("status.show", number=found.number)
    from app.procedures.entry.rules.form import STEPS

    missing = [step for step in STEPS if step not in found.steps_done]
    if missing:
        return url_for("apply.step", number=found.draft_no, step=missing[0])
    return url_for("apply.review", number=found.draft_no)


@apply.get("/<number>")
@public_page
def go_on(number: str) -> Response:
    """Leads on to the first unfinished step."""
    return redirect(entrance(opened(number)))


def facts_of(found: Application) -> dict[str, Any]:
    """What every page of an opened application shows."""
    return {
        "found": found, "number": found.number or found.draft_no, "masked_phone": mask_phone(found.phone),
        "is_open": is_open(found.draft_no),
    }
