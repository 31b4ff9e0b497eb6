"""改期 and 取消评审: each on a page of its own that says what follows and asks why (第二十条, domain.md no. 51)."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import Invalid, NotAllowed
from app.identity import permissions
from app.procedures.selection import store
from app.procedures.selection.models import SeatState
from app.procedures.selection.rules.timing import check_times
from app.procedures.selection.service.rescheduling import DRAWING, NOT_WHILE_DRAWING
from app.web.activities.blueprint import Page, Visit, activities, deliver, managing
from app.web.activities.creating import moment
from app.web.activities.refusals import Note, refusal_of
from app.web.auth import requires

RESCHEDULED, CANCELLED = "activity_rescheduled", "activity_cancelled"
_REASON = 300
_FIELDS = ("starts_on", "starts_at", "city", "address", "reason")


@activities.get("/<number>/reschedule")
@requires(permissions.ACTIVITY_MANAGE)
def ask_reschedule(number: str) -> Page:
    """Asks for the new time. :raises NotAllowed: a draw was begun and its invitations have not gone out."""
    seen = managing(number)
    if seen.activity.state in DRAWING:
        raise NotAllowed(NOT_WHILE_DRAWING)
    return _reschedule_page(seen, typed_time(seen), {})


def typed_time(seen: Visit) -> dict[str, Any]:
    """The time and place as they are, for a form that changes them."""
    found = seen.activity
    local = found.starts_at.astimezone(clock.ZONE)
    return {
        "starts_on": local.date().isoformat(), "starts_at": f"{local:%H:%M}", "city": found.city,
        "address": found.address, "reason": "",
    }


def read_time(seen: Visit, typed: dict[str, Any]) -> dict[str, Any]:
    """A new time and place as the message carries it.

    :raises Invalid: no date, the old one, too soon, no city, no address.
    """
    found = seen.activity
    starts_at, errors = moment(typed), {}
    if starts_at is None:
        errors["starts_on"] = "评审时间：请填写新的日期和开始时间"
    elif starts_at == found.starts_at:
        errors["starts_on"] = "评审时间：与原定时间相同"
    else:
        for one in check_times(starts_at, seen.now, seen.rules):
            if one.is_bad:
                errors["starts_on"] = one.message
    if not typed["city"]:
        errors["city"] = "评审城市：请填写"
    if not found.classified and not typed["address"]:
        errors["address"] = "评审地点：请填写"
    if errors or starts_at is None:
        raise Invalid(errors)
    return {"starts_at": starts_at.isoformat(), "city": typed["city"], "address": typed["address"]}


def required_reason(typed: dict[str, Any], what: str) -> dict[str, str]:
    """The fault of a reason that is missing or too long, by its field."""
    if not typed["reason"]:
        return {"reason": f"{what}：请填写"}
    return {"reason": f"{what}：最多 {_REASON} 字"} if len(typed["reason"]) > _REASON else {}


def _reschedule_page(
    seen: Visit, typed: dict[str, Any], errors: dict[str, str], note: Note | None = None, status: int = 422
) -> Page:
    found, keep = seen.activity, seen.rules["activity.reschedule_keep"].words
    people = len(store.live_invitations(found.number))
    if people:
        consequence = (
            f"新时间与原定相隔不超过 {keep}的，已接受的专家留在组里，须在通知后再次确认新的时间；更久的，"
            "全部撤回，重新设条件抽取。"
        )
    else:
        consequence = "还没有发出邀请，只改时间和地点。"
    page = render_template(
        "activities/reschedule.html", activity=found, typed=typed, errors=errors, note=note, people=people,
        consequence=consequence,
    )
    return (page, status) if errors or note else page


@activities.post("/<number>/reschedule")
@requires(permissions.ACTIVITY_MANAGE)
def reschedule(number: str) -> ResponseReturnValue:
    """Tells the case the new time."""
    seen = managing(number)
    typed = {name: request.form.get(name, "").strip() for name in _FIELDS}
    errors = required_reason(typed, "改期原因")
    try:
        payload = read_time(seen, typed)
    except Invalid as wrong:
        errors = {**wrong.errors, **errors}
    if errors:
        return _reschedule_page(seen, typed, errors)
    told = {**payload, "reason": typed["reason"]}
    refused = refusal_of(lambda: deliver(seen, RESCHEDULED, seen.number, told), "没有改期")
    if refused is not None:
        errors = {_AT.get(field, field): words for field, words in refused.errors.items()}
        return _reschedule_page(seen, typed, errors, refused.note, refused.status)
    flash("已改期，新的时间正在通知专家。" if store.live_invitations(number) else "已改期。", "ok")
    return redirect(url_for("activities.board", number=number))


#: The rules speak of the beginning; the page asks for its day first.
_AT = {"starts_at": "starts_on"}


@activities.get("/<number>/cancel")
@requires(permissions.ACTIVITY_MANAGE)
def ask_cancel(number: str) -> Page:
    """Says who is told and asks why."""
    return _cancel_page(managing(number), "", {})


def _told(seen: Visit) -> tuple[int, int]:
    """How many who said yes and how many who have not answered are told that it is off."""
    live = store.live_invitations(seen.number)
    pending = sum(one.state is SeatState.PENDING for one in live)
    waiting = sum(one.state is SeatState.SENT for one in live)
    return len(live) - waiting - pending, waiting


def _cancel_page(seen: Visit, reason: str, errors: dict[str, str]) -> Page:
    yes, waiting = _told(seen)
    parts = [f"{yes} 名已接受" if yes else "", f"{waiting} 名待答复" if waiting else ""]
    told = "和 ".join(part for part in parts if part)
    consequence = f"取消后不能恢复。会通知 {told}的专家，抽取记录保留。" if told else "取消后不能恢复。记录保留。"
    number = seen.number
    page = render_template(
        "confirm.html", heading=f"取消评审：{seen.activity.title}", errors=errors, consequence=consequence,
        act=f"取消评审并通知 {yes + waiting} 人" if told else "取消评审", reason=reason, reason_label="取消原因",
        reason_hint="写入记录，专家可见。", action=url_for("activities.cancel", number=number),
        back=url_for("activities.board", number=number), stay="不取消，返回",
        trail=[("评审与抽取", url_for("activities.index")),
               (f"{number} {seen.activity.title}", url_for("activities.board", number=number)), ("取消评审", "")],
    )
    return (page, 422) if errors else page


@activities.post("/<number>/cancel")
@requires(permissions.ACTIVITY_MANAGE)
def cancel(number: str) -> ResponseReturnValue:
    """Calls the review off."""
    seen = managing(number)
    reason = request.form.get("reason", "").strip()
    errors = required_reason({"reason": reason}, "取消原因")
    if errors:
        return _cancel_page(seen, reason, errors)
    told = sum(_told(seen))
    refused = refusal_of(lambda: deliver(seen, CANCELLED, seen.number, {"reason": reason}), "没有取消")
    if refused is not None:
        words = refused.note[2] if refused.note else "；".join(refused.errors.values())
        return _cancel_page(seen, reason, {"reason": words})
    flash(f"已取消评审，正在通知 {told} 人。" if told else "已取消评审。", "ok")
    return redirect(url_for("activities.board", number=number))
