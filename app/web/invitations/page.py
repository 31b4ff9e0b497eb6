"""Draws the page of an invitation, the same by link and after log-in."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app, render_template, request

from app.core import clock
from app.web.invitations.answering import REASONS, Reply
from app.web.invitations.sheet import Sheet, rules_of

_HEADINGS = {
    "asked": "请您参加一次评审", "told": "请确认参加这次评审", "late": "名额已递补", "coming": "您将参加的评审",
    "over": "这次邀请已结束",
}


def invitation_page(found: Sheet, urls: Mapping[str, str], reply: Reply | None, *, by_link: bool) -> str:
    """The page as it is; with `reply` it shows again what was sent and what is wrong with it."""
    return render_template(
        "invitations/page.html", one=found, page=found.page, heading=_HEADINGS[found.phase], lead=_lead(found),
        urls=urls, by_link=by_link, errors=reply.errors if reply else {},
        typed=request.form.to_dict() if reply else {}, opened="decline" if reply else "",
        reasons=[(why, why, "") for why in REASONS], rules=rules_of(found.number, clock.now()),
        duty_phone=current_app.config["DUTY_PHONE"],
    )


def _lead(found: Sheet) -> str:
    name = f"{found.page.expert_name}老师"
    if found.phase == "asked":
        return f"{name}，{found.page.how}。"
    if found.phase == "told" and found.yes == "accept":
        return f"{name}，{found.page.how}。距开始不久，确认即为接受。"
    if found.phase == "told":
        return f"{name}，名单已经确定，项目和地点如下，请再确认一次。"
    return f"{name}，{found.page.half_day}，{found.page.kind}。"
