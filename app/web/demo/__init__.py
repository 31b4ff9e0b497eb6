"""The demo: its start page, one click into any role, the movable clock, and the way back to the beginning.

Registered outside production only; the factory refuses production with a movable clock.
"""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import UserError
from app.web.auth import current_actor, login_as_demo, public_page
from app.web.demo import initial, moves, people
from app.web.redirects import own_path
from app.web.wording import full_moment
from app.workflow.room import causes

demo = Blueprint("demo", __name__, url_prefix="/demo")


@demo.get("/")
@public_page
def start() -> str:
    """The product in ten lines, everyone it is for, and a route of five minutes."""
    found = people.groups(clock.now())
    left, right = people.columns(found)
    anybody = any(way.role for group in found for way in group.ways)
    return render_template(
        "demo/start.html", left=left, right=right, anybody=anybody, can_restore=initial.is_kept()
    )


@demo.post("/enter")
@public_page
def enter() -> ResponseReturnValue:
    """Signs in as one of the role, without a password; `role/login` names which one."""
    role, _, login = request.form.get("role", "").partition("/")
    login_as_demo(role, login or None)
    return redirect(url_for("home.begin"))


@demo.post("/clock")
@public_page
def move_clock() -> ResponseReturnValue:
    """Moves the clock by one of the banner's steps and goes back to the page."""
    back = own_path(request.form.get("back"), url_for("demo.start"))
    step = request.form.get("step", "")
    if step not in moves.STEPS:
        raise UserError("没有这种拨法")
    try:
        moment = moves.target(step, clock.now())
    except UserError as nothing_ahead:
        flash(nothing_ahead.message, "care")
    else:
        _move(moment)
    return redirect(back)


@demo.get("/clock")
@public_page
def choose_date() -> str:
    """Asks for a date to move the clock to."""
    return _date_page({}, request.args.get("back"), "")


@demo.post("/clock/date")
@public_page
def move_to_date() -> ResponseReturnValue:
    """Moves the clock to the same hour of a later day."""
    back, typed = request.form.get("back"), request.form.get("date", "")
    try:
        moment = moves.on_date(date.fromisoformat(typed), clock.now())
    except UserError as refused:
        return _date_page({"date": refused.message}, back, typed), 422
    except ValueError:
        return _date_page({"date": f"“{typed}”不是日期，请按 年-月-日 填写，如 2026-03-09"}, back, typed), 422
    _move(moment)
    return redirect(own_path(back, url_for("demo.start")))


@demo.get("/reset")
@public_page
def confirm_reset() -> str:
    """Asks before everything that was done in the demo is given up."""
    return render_template(
        "confirm.html",
        heading="恢复初始数据",
        consequence="所有办理、上传和拨过的时钟都会回到刚装好时的样子，不能找回。正在使用的人都要重新选一个身份进入。",
        act="恢复初始数据",
        action=url_for("demo.reset"),
        back=url_for("demo.start"),
        stay="不恢复，返回",
    )


@demo.post("/reset")
@public_page
def reset() -> ResponseReturnValue:
    """Puts back the world as it was loaded."""
    initial.restore()
    flash(f"已恢复初始数据，时钟回到 {full_moment(clock.now())}。", "ok")
    return redirect(url_for("demo.start"))


def _move(moment: datetime) -> None:
    before = causes.open_failures()
    report = moves.move_to(moment, current_actor())
    failed = max(report.failed, causes.open_failures() - before)
    happened = f"到期的 {report.done} 件已自动办理" if report.done else "期间没有到期的事"
    flash(f"时钟已拨到 {full_moment(clock.now())}，{happened}。", "ok")
    if failed:
        flash(f"其中 {failed} 件没有办成，已记为故障，流程管理员在“运行监控”里看到原因，消除后重试。", "bad")


def _date_page(errors: dict[str, str], back: str | None, typed: str) -> str:
    return render_template("demo/date.html", errors=errors, back=own_path(back, url_for("demo.start")), typed=typed)
