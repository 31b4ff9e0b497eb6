"""代记电话答复: what an expert said on the telephone within his time counts as his answer (domain.md no. 49)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import NotAllowed, NotFound
from app.identity import permissions
from app.procedures.selection.queries import invitations as queries
from app.procedures.selection.queries.invitations import PhoneCall
from app.web.activities.blueprint import Page, Visit, activities, deliver, visit
from app.web.activities.refusals import Note, refusal_of
from app.web.auth import requires

MESSAGE = "answered_by_phone"
_REASON = 300
#: What is asked -> the answers there are: value, words, what follows.
_ANSWERS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "invite": (
        ("accept", "接受邀请", "纳入评审小组名单"), ("decline", "不能参加", "席位由系统递补"),
        ("recuse", "应当回避", "席位由系统递补，不计为拒绝"),
    ),
    "details": (
        ("confirm", "确认参加", "详情已知悉"), ("decline", "不能参加", "席位由系统递补"),
        ("recuse", "应当回避", "席位由系统递补，不计为拒绝"),
    ),
}


@activities.get("/<number>/phone/<invitation>")
@requires(permissions.PHONE_ANSWER)
def phone(number: str, invitation: str) -> Page:
    """The form for one answer."""
    seen, call = _called(number, invitation)
    return _page(seen, call, {"answer": "", "reason": "", "heard": False}, {})


def _called(number: str, invitation: str) -> tuple[Visit, PhoneCall]:
    seen = visit(number)
    permissions.require(seen.actor, permissions.PHONE_ANSWER, seen.activity)
    call = queries.phone_call(invitation, seen.actor, seen.now)
    if call.activity != seen.number:
        raise NotFound
    if call.asks not in _ANSWERS:
        raise NotAllowed(f"这份邀请现在是“{call.state}”，没有在等答复")
    return seen, call


@activities.post("/<number>/phone/<invitation>")
@requires(permissions.PHONE_ANSWER)
def record_phone(number: str, invitation: str) -> ResponseReturnValue:
    """Gives the answer to the invitation's case."""
    seen, call = _called(number, invitation)
    typed: dict[str, Any] = {name: request.form.get(name, "").strip() for name in ("answer", "reason")}
    typed["heard"] = request.form.get("heard") == "yes"
    errors = _faults(call, typed)
    if errors:
        return _page(seen, call, typed, errors)
    payload = {"answer": typed["answer"], "reason": typed["reason"], "by": seen.actor.name}
    refused = refusal_of(lambda: deliver(seen, MESSAGE, call.number, payload), "没有记下")
    if refused is not None:
        return _page(seen, call, typed, refused.errors, refused.note, refused.status)
    words = next(words for value, words, _ in _ANSWERS[call.asks] if value == typed["answer"])
    flash(f"已代记：{call.name}{words}。", "ok")
    return redirect(url_for("activities.board", number=number))


def _faults(call: PhoneCall, typed: dict[str, Any]) -> dict[str, str]:
    errors = {}
    if typed["answer"] not in [value for value, _, _ in _ANSWERS[call.asks]]:
        errors["answer"] = "专家说：请选一种答复"
    elif typed["answer"] in ("decline", "recuse") and not typed["reason"]:
        errors["reason"] = "专家说的原因：不能参加或回避的，请写明"
    if len(typed["reason"]) > _REASON:
        errors["reason"] = f"专家说的原因：最多 {_REASON} 字"
    if not typed["heard"]:
        errors["heard"] = "请在电话里核对是专家本人，再勾选"
    return errors


def _page(
    seen: Visit, call: PhoneCall, typed: dict[str, Any], errors: dict[str, str], note: Note | None = None,
    status: int = 422,
) -> Page:  # fmt: skip
    page = render_template(
        "activities/phone.html", activity=seen.activity, call=call, typed=typed, errors=errors, note=note,
        answers=_ANSWERS[call.asks],
    )
    return (page, status) if errors or note else page
