"""代录纸质申请: the centre's clerk types in what came by post or over the counter, in the applicant's own form.

The draft is marked as paper and bears the number of the receipt book; no code is asked for, since the clerk answers
for it by name. Notices go to the applicant's phone and mail as with any other application.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from app.core import audit, clock
from app.core.errors import Invalid, NotFound
from app.core.masking import mask_phone
from app.core.transaction import transaction
from app.identity import permissions
from app.procedures.entry import queries, store
from app.procedures.entry.models import EDITABLE, Application
from app.procedures.entry.rules.form import CHANNELS
from app.procedures.entry.service import drafts
from app.regulations import rule_set_to_show
from app.web.apply.begin import Page, entrance
from app.web.apply.blueprint import apply, open_here
from app.web.auth import current_actor, requires

#: As wide as the column that keeps it.
_LONGEST_RECEIPT = 40
#: In the order of the page, so that the summary of what is wrong goes down it too.
_FIELDS = ("receipt_no", "channel", "phone", "email", "privacy_read")


@apply.get("/paper")
@requires(permissions.APPLICATION_RECEIVE)
def paper() -> Page:
    """Where a letter begins, and the ones begun that are not handed in yet."""
    return _page({}, {})


def _page(typed: dict[str, Any], errors: dict[str, str]) -> Page:
    begun = [
        {"found": found, "phone": mask_phone(found.phone), "number": found.number or found.draft_no}
        for found in queries.begun_on_paper()
    ]
    page = render_template(
        "apply/paper.html", typed=typed, errors=errors, begun=begun, channels=list(CHANNELS.items())
    )
    return (page, 422) if errors else page


@apply.post("/paper")
@requires(permissions.APPLICATION_RECEIVE)
def begin_paper() -> Page:
    """Begins the draft and opens it in the clerk's browser."""
    typed, now = request.form.to_dict(), clock.now()
    rules, receipt = rule_set_to_show(now.date()), typed.get("receipt_no", "").strip()
    errors = _faults(typed, receipt)
    try:
        with transaction():
            found = drafts.create_draft(
                typed.get("phone", ""), typed.get("email", ""), channel=typed.get("channel", ""), intake=store.PAPER,
                receipt_no=receipt, actor=current_actor(), now=now, rules=rules,
            )
            if errors:
                raise Invalid({})
            values = {"channel": found.channel, "privacy_read": "1"}
            drafts.save_step(found.draft_no, "channel", values, actor=current_actor(), now=now, rules=rules)
            open_here(found)
            target = entrance(found)
    except Invalid as refusal:
        found_wrong = {**errors, **refusal.errors}
        return _page(typed, {field: found_wrong[field] for field in _FIELDS if field in found_wrong})
    return redirect(target)


def _faults(typed: dict[str, Any], receipt: str) -> dict[str, str]:
    errors = {}
    if not receipt:
        errors["receipt_no"] = "收件登记号：请填写"
    elif len(receipt) > _LONGEST_RECEIPT:
        errors["receipt_no"] = f"收件登记号：最多 {_LONGEST_RECEIPT} 个字"
    if not typed.get("privacy_read"):
        errors["privacy_read"] = "个人信息处理告知：核对申请人在纸面上的签字后勾选"
    return errors


@apply.post("/paper/<number>/open")
@requires(permissions.APPLICATION_RECEIVE)
def open_paper(number: str) -> Response:
    """Opens a paper application again in the clerk's browser, without a code; the look is recorded."""
    with transaction():
        found = _begun(number)
        audit.record(current_actor(), "application.open_paper", "application", found.draft_no)
        open_here(found)
        target = entrance(found)
    return redirect(target)


def _begun(number: str) -> Application:
    found = store.find(number)
    if found is None or found.intake != store.PAPER or found.state not in EDITABLE:
        raise NotFound("没有这份正在代录的申请")
    return found
