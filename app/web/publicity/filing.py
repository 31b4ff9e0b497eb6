"""The public form of an objection: real name, proved phone or sealed letter (第十二条（三）, domain.md no. 7)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.actor import public
from app.core.crypto import blind_index
from app.core.errors import Invalid, NotFound, UserError
from app.core.transaction import transaction
from app.procedures.objection.rules.filing import EVIDENCE, FILE_WORDS, INDIVIDUAL, SEAL, is_mobile
from app.procedures.objection.service import file_online, request_phone_code, verify_phone
from app.procedures.publicity import queries
from app.procedures.publicity.queries import Board, BoardName
from app.regulations import rule_set_for, rule_set_to_show
from app.web.auth import client_address, public_page
from app.web.objection_papers import sent_papers
from app.web.publicity.board import publicity_board
from app.web.security import limit_form
from app.workflow import instances

Page = str | Response | tuple[str, int]
PROCESS = "objection_handling"
_RECEIPTS = "objection_receipts"
#: Fingerprints of the phones proved in this browser: another browser that knows the number has proved nothing.
_PROVED = "objection_phones"


def _mark(phone: str) -> str:
    return blind_index(phone, "objection_session.phone")


def _named(application_no: str) -> tuple[Board, BoardName]:
    batch_no = queries.batch_of(application_no)
    if batch_no is None:
        raise NotFound("公示名单上没有这个人")
    now = clock.now()
    board = queries.board(batch_no, rule_set_to_show(now.date()), now)
    return board, next(name for name in board.names if name.application_no == application_no)


@publicity_board.get("/object/<application_no>")
@public_page
def objection(application_no: str) -> Page:
    """The form for one name of the board."""
    return _form_page(application_no, {}, {}, "")


def _form_page(application_no: str, typed: dict[str, Any], errors: dict[str, str], told: str) -> Page:
    board, name = _named(application_no)
    page = render_template(
        "publicity/objection.html", board=board, name=name, typed=typed, errors=errors, told=told,
        file_words=FILE_WORDS, rules=rule_set_to_show(clock.today()),
        lost_files=bool(errors) and any(one.filename for one in request.files.values()),
    )
    return (page, 422) if errors else page


@publicity_board.post("/object/<application_no>")
@public_page
@limit_form(per_address="30 per hour", per_target="12 per hour", target=lambda: request.form.get("phone"))
def file_objection(application_no: str) -> Page:
    """Sends the code for the phone, or files the objection; what was typed stays in either case."""
    typed = request.form.to_dict()
    if typed.get("act") == "code":
        return _send_code(application_no, typed)
    actor, now = public("异议人", client_address()), clock.now()
    if typed.get("kind") == INDIVIDUAL and typed.get("phone") and typed.get("code"):
        with transaction():
            if verify_phone(typed["phone"], typed["code"], now=now):
                session[_PROVED] = [*session.get(_PROVED, [])[-4:], _mark(typed["phone"])]
    try:
        papers = sent_papers(SEAL, EVIDENCE)
        with transaction():
            rules = instances.rules_of(application_no) or rule_set_for(now.date())
            found = file_online(
                application_no, typed, papers, actor=actor, now=now, rules=rules,
                proved_here=_mark(typed.get("phone", "")) in session.get(_PROVED, []),
            )
            number = found.number
            # An announced period goes on by its rule set, and whoever objects in it must be heard.
            instances.start(PROCESS, number, f"对“{found.candidate_name}”的异议", {}, actor, rules=rules)
    except Invalid as refusal:
        return _form_page(application_no, typed, _with_code_error(typed, refusal.errors), "")
    except UserError as refusal:
        return _form_page(application_no, typed, {refusal.field or "matter": refusal.message}, "")
    session[_RECEIPTS] = [*session.get(_RECEIPTS, [])[-9:], number]
    return redirect(url_for("publicity_board.filed", number=number))


def _with_code_error(typed: dict[str, Any], errors: dict[str, str]) -> dict[str, str]:
    """An unproved phone is told at the code if one was typed, since that is what was wrong."""
    if typed.get("code") and "核验" in errors.get("phone", ""):
        kept = {field: message for field, message in errors.items() if field != "phone"}
        return {**kept, "code": "验证码不对或已过期，请核对后再填，或重新获取"}
    return errors


def _send_code(application_no: str, typed: dict[str, Any]) -> Page:
    now, phone = clock.now(), typed.get("phone", "")
    if not is_mobile(phone):
        words = f"手机号码：“{phone.strip()[:40]}”不是 11 位手机号码" if phone.strip() else "手机号码：请填写"
        return _form_page(application_no, typed, {"phone": words}, "")
    with transaction():
        request_phone_code(phone, actor=public("异议人", client_address()), now=now, rules=rule_set_to_show(now.date()))
    return _form_page(application_no, typed, {}, "验证码已发到这个手机，填在下面一并提交。")


@publicity_board.get("/filed/<number>")
@public_page
def filed(number: str) -> Page:
    """The receipt, for the browser that filed."""
    if number not in session.get(_RECEIPTS, []):
        flash("回执只在提交异议的浏览器里显示，收件通知已发到所留的手机或邮箱")
        return redirect(url_for("publicity_board.index"))
    return render_template("publicity/filed.html", number=number, rules=rule_set_to_show(clock.today()))
