"""Leave, late leave and recusal after acceptance, each on a page that says what follows (第二十条, 第十八条（三）)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.errors import Conflict
from app.core.transaction import transaction
from app.identity import permissions
from app.regulations import RuleSet
from app.regulations.wording import moment_words
from app.web.auth import current_actor, requires
from app.web.invitations import answering
from app.web.invitations.own import mine, own_invitations
from app.web.invitations.sheet import Sheet, rules_of
from app.workflow import messages
from app.workflow.attempt import attempt

LEAVE_REQUESTED = "leave_requested"
_LEAVE_REASONS = ("身体原因", "工作冲突", "家中有事", answering.OTHER)

Consequences = list[tuple[str, str]]


@own_invitations.get("/<number>/leave")
@requires(permissions.INVITATION_OWN)
def leave(number: str) -> ResponseReturnValue:
    """Asks why, and says what follows: in time, or as 迟请假."""
    return _shown(mine(number), recusing=False)


@own_invitations.post("/<number>/leave")
@requires(permissions.INVITATION_OWN)
def ask_leave(number: str) -> ResponseReturnValue:
    """Takes the leave; the seat is passed on at once."""
    return _taken(mine(number), recusing=False)


@own_invitations.get("/<number>/recuse")
@requires(permissions.INVITATION_OWN)
def recuse(number: str) -> ResponseReturnValue:
    """Asks for the ground of a recusal that was found after the acceptance."""
    return _shown(mine(number), recusing=True)


@own_invitations.post("/<number>/recuse")
@requires(permissions.INVITATION_OWN)
def ask_recusal(number: str) -> ResponseReturnValue:
    """Takes the recusal; the seat is passed on at once."""
    return _taken(mine(number), recusing=True)


def _shown(found: Sheet, *, recusing: bool) -> ResponseReturnValue:
    if not found.may_leave:
        flash("现在不能请假：您没有接受这次邀请，或者评审已经开始。", "care")
        return redirect(url_for("own_invitations.show", number=found.number))
    return _page(found, {}, recusing=recusing)


def _page(found: Sheet, errors: dict[str, str], *, recusing: bool) -> str:
    late = found.page.late and not recusing
    name = "申请回避" if recusing else "迟请假" if late else "请假"
    rules = rules_of(found.number, clock.now())
    choices = answering.GROUNDS if recusing else _LEAVE_REASONS
    return render_template(
        "invitations/leave.html", one=found, page=found.page, heading=name, recusing=recusing, errors=errors,
        typed=request.form.to_dict(), reasons=[(why, why, "") for why in choices],
        act="申请回避并退出这次评审" if recusing else f"提交{name}",
        stay="不退出，返回" if recusing else "不请假，返回",
        action=url_for(f"own_invitations.{'ask_recusal' if recusing else 'ask_leave'}", number=found.number),
        consequences=_recusal(rules) if recusing else _late(rules) if late else _in_time(found, rules),
    )


def _recusal(_rules: RuleSet) -> Consequences:
    return [
        ("您退出这次评审，名额立即开始递补，不能恢复", "第十九条（五）"),
        ("回避是应尽的义务，不计入您的拒绝次数和无故不参加次数", "第十八条（三）"),
    ]


def _in_time(found: Sheet, rules: RuleSet) -> Consequences:
    until = moment_words(found.page.leave_until, clock.today())
    return [
        ("您退出这次评审，名额立即开始递补，不能恢复", "第二十条"),
        (f"开始前 {rules['leave.notice'].words}以上（{until}前）提出，按时请假，不计入无故不参加", "第二十条"),
    ]


def _late(rules: RuleSet) -> Consequences:
    return [
        (f"距开始已不足 {rules['leave.notice'].words}，记为迟请假；名额立即开始递补，您不用到场", "第二十条"),
        ("是否有正当理由，由评审组织部门和省数字政府服务中心认定；没有认定的，计入接受后不参加", "第十四条（四）"),
    ]


def _taken(found: Sheet, *, recusing: bool) -> ResponseReturnValue:
    choices = answering.GROUNDS if recusing else _LEAVE_REASONS
    reason, errors = answering.read_reason(request.form, choices, "情形" if recusing else "原因")
    if errors:
        return _page(found, errors, recusing=recusing), 422
    number, actor = found.number, current_actor()
    payload = {"reason": reason, "recusal": recusing}
    try:
        attempt(transaction, lambda: messages.deliver(LEAVE_REQUESTED, number, payload, actor))
    except Conflict:
        flash("没有办成：这次邀请刚有变动，下面是现在的情况。", "care")
    else:
        flash("已申请回避。" if recusing else "已请假。", "ok")
    return redirect(url_for("own_invitations.show", number=number))
