"""The draw as a small ceremony: conditions frozen, commitment, a value from each side, the order walked, the record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Invalid, NotFound
from app.identity import permissions
from app.procedures.selection import store
from app.procedures.selection.examination import concentration
from app.procedures.selection.models import Activity, ActivityState, Designation, DesignationState
from app.procedures.selection.queries.ceremony import Ceremony, ceremony
from app.procedures.selection.rules import contributions
from app.procedures.selection.rules.timing import check_times
from app.procedures.selection.service import drawing
from app.web.activities.blueprint import (
    Page,
    Visit,
    activities,
    complete,
    own_task,
    require_task,
    visit,
)
from app.web.activities.papers import certificate_url, commitment_url, draw_papers
from app.web.activities.refusals import Note, refusal_of
from app.web.activities.supply import filter_rows, forecast_of
from app.web.activities.words import Mark, condition_facts, designee_name, rule_checks, window_words
from app.web.auth import requires
from app.workflow.models import Task

CONTRIBUTE = ("contribute_organiser", "contribute_witness")
SIGN, SEND = "sign_record", "send_invitations"
#: Which act of the page a task is.
_ACTS = {CONTRIBUTE[0]: "contribute", CONTRIBUTE[1]: "contribute", SIGN: "sign", SEND: "send"}
#: Until invitations went out, the page looks for what the other side did.
_CEREMONY = frozenset({ActivityState.LOCKED, ActivityState.DRAWN})


@activities.get("/<number>/draw")
@requires(permissions.ACTIVITY_READ)
def draw(number: str) -> ResponseReturnValue:
    """The draw in force, or the n-th one (`n`)."""
    seen = visit(number)
    if not seen.activity.draw_no:
        flash("还没有抽取：条件提交、锁定以后才有承诺值。", "")
        return redirect(url_for("activities.board", number=seen.number))
    return _page(seen, {}, {})


@activities.get("/<number>/draw/mark")
@requires(permissions.ACTIVITY_READ)
def mark(number: str) -> Response:
    """A few letters that change whenever the page would."""
    return Response(mark_of(visit(number).activity), mimetype="text/plain")


def mark_of(found: Activity) -> str:
    """What draw and board pages watch: state, values given, invitations with their states."""
    drawn = store.draw_in_force(found)
    parts: list[object] = [found.state, found.draw_no, found.conditions_version, found.starts_at]
    if drawn is not None:
        parts += [drawn.drawn_at, drawn.signed_at]
        parts += [len(store.contributions_of(drawn.id)), len(store.rounds_of(drawn.id))]
    parts += [(one.seq, one.state, one.sent_at) for one in store.live_invitations(found.number)]
    parts += [(one.seq, one.state) for one in store.designations_of(found.number)]
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@activities.post("/<number>/draw/contribute")
@requires(permissions.ACTIVITY_READ)
def contribute(number: str) -> ResponseReturnValue:
    """Gives one's own value, in one's own session."""
    seen = visit(number)
    task = require_task(seen, *CONTRIBUTE)
    typed = {"value": request.form.get("value", "").strip(), "manner": request.form.get("manner", "")}
    try:
        contributions.read(typed["value"], typed["manner"], seen.rules)
    except Invalid as wrong:
        return _page(seen, typed, {"value": next(iter(wrong.errors.values()))})
    return _do(seen, task, typed, typed, "已投入你的数，不能再改。")


@activities.post("/<number>/draw/sign")
@requires(permissions.ACTIVITY_READ)
def sign(number: str) -> ResponseReturnValue:
    """The witness signs the record."""
    seen = visit(number)
    remark = request.form.get("remark", "").strip()
    if len(remark) > _REMARK:
        return _page(seen, {"remark": remark}, {"remark": f"说明：最多 {_REMARK} 字"})
    return _do(seen, require_task(seen, SIGN), {"remark": remark}, {"remark": remark}, "已签署抽取记录。")


_REMARK = 300


@activities.post("/<number>/draw/send")
@requires(permissions.ACTIVITY_MANAGE)
def send_invitations(number: str) -> ResponseReturnValue:
    """Sends the invitations: from here on the panel fills itself."""
    seen = visit(number)
    task = require_task(seen, SEND)
    return _do(seen, task, {}, {}, "已发出邀请。答复、超时和递补都会显示在这里。", to="activities.board")


def _do(
    seen: Visit, task: Task, values: Mapping[str, Any], typed: Mapping[str, Any], done: str, to: str = "activities.draw"
) -> ResponseReturnValue:
    number = seen.number
    refused = refusal_of(lambda: complete(seen, task, values), "没有办成")
    if refused is not None:
        return _page(seen, typed, refused.errors, refused.note, refused.status)
    flash(done, "ok")
    return redirect(url_for(to, number=number))


def _page(
    seen: Visit, typed: Mapping[str, Any], errors: dict[str, str], note: Note | None = None, status: int = 422
) -> Page:
    found, rules = seen.activity, seen.rules
    number = _asked(found)
    shown = ceremony(found, number, names_shown=False)
    is_last = number == found.draw_no
    task = own_task(seen, *_ACTS) if is_last else None
    acts = {_ACTS[task.element_id]} if task is not None else set()
    waits = _waits(found, shown, acts) if is_last and found.state in _CEREMONY else ""
    seats = sum(shown.conditions["quota"].values())
    page = render_template(
        "activities/draw.html", activity=found, draw=_drawn(seen, shown), draws=_tabs(found), acts=acts, waits=waits,
        waiting_words=_waiting_words(found, shown, waits), typed=typed, errors=errors, note=note,
        rev=task.rev if task else "", mark=mark_of(found), contribution_max=rules.integer("selection.contribution_max"),
        checks=_checks(seen, shown),
        reply_words=f"{rules['invitation.reply_period'].words}内", window_words=window_words(rules),
        names_before=rules.integer("selection.names_shown_before"), papers=draw_papers(seen, shown.draw),
        commitment_url=commitment_url(found, shown.draw), certificate_url=certificate_url(found, shown.draw),
        verify_url=url_for("verify.index"), shows_board=bool(store.live_invitations(found.number)),
        forecast=forecast_of(seen, seats) if is_last and found.state in _CEREMONY and shown.rounds else None,
    )
    return (page, status) if errors or note else page


def _asked(found: Activity) -> int:
    number = request.args.get("n", type=int, default=found.draw_no)
    if not 1 <= number <= found.draw_no:
        raise NotFound(f"{found.number} 没有第 {number} 次抽取")
    return number


def _tabs(found: Activity) -> list[dict[str, int]]:
    return [{"no": number} for number in range(1, found.draw_no + 1)]


def _waits(found: Activity, shown: Ceremony, acts: set[str]) -> str:
    """What the others are to do before the page goes on; empty if it is this visitor's turn alone."""
    if shown.draw.drawn_at is None:
        missing = [one for one in shown.given if one.at is None]
        return "contributions" if len(missing) > len(acts) else ""
    if acts:
        return ""
    return "signature" if found.witness_name and shown.draw.signed_at is None else "sending"


def _waiting_words(found: Activity, shown: Ceremony, waits: str) -> str:
    if waits == "contributions":
        missing = "、".join(f"{one.who}（{one.role}）" for one in shown.given if one.at is None)
        return f"等 {missing} 在自己的账号里投入；投入后本页自动更新。"
    if waits == "signature":
        return f"等 {found.witness_name} 签署；签署后才能发出邀请，本页自动更新。"
    return f"等 {found.organiser_name} 发出邀请。" if waits == "sending" else ""


def _drawn(seen: Visit, shown: Ceremony) -> dict[str, Any]:
    """The draw as the page shows it; of several rounds the last one first."""
    found, drawn = seen.activity, shown.draw
    awaited = (DesignationState.DRAFT, DesignationState.REQUESTED)
    pending = [one for one in store.designations_of(found.number) if one.state in awaited]
    first = shown.rounds[0] if shown.rounds else None
    return {
        "no": drawn.draw_no, "version": drawn.conditions_version, "committed_at": drawn.committed_at,
        "drawn_at": drawn.drawn_at, "revealed_at": drawn.revealed_at, "ended_at": drawn.ended_at,
        "end_reason": drawn.end_reason, "signed_at": drawn.signed_at, "signed_by": drawn.signed_by_name,
        "candidates": drawn.candidate_count, "registered": shown.registered, "filters": filter_rows(shown.filters),
        "facts": condition_facts(seen, store.conditions(found, drawn.conditions_version)),
        "hash_groups": shown.hash_groups, "short_code": shown.short_code,
        "algorithm": shown.algorithm, "contributions": shown.given, "rounds": shown.rounds[::-1],
        "given_at": sorted(one.at for one in shown.given if one.at is not None),
        "seats": _seats(seen, shown), "is_full": bool(first and first.complete),
        "shortage": first.shortage if first else "",
        "result_words": _result(seen, shown), "to_send": len(drawing.to_invite(found, drawn)),
        "pending_designations": len(pending),
        "sent": found.state not in _CEREMONY | {ActivityState.DRAFT, ActivityState.APPROVING},
    }


def _result(seen: Visit, shown: Ceremony) -> str:
    if not shown.rounds:
        return "结果"
    taken = sum(step.taken for step in shown.rounds[0].steps)
    return f"结果：抽中 {taken} 人" if shown.rounds[0].complete else "结果：没有坐满"


def _seats(seen: Visit, shown: Ceremony) -> list[dict[str, Any]]:
    """Who was drawn in the first round, and who is asked for by name."""
    if not shown.rounds:
        return []
    order = list(shown.conditions["categories"])
    taken = sorted((step for step in shown.rounds[0].steps if step.taken), key=lambda step: order.index(step.seat))
    seats = [{"name": step.name, "category": step.seat, "how": "系统抽取", "named": False} for step in taken]
    if shown.draw.draw_no < seen.activity.draw_no:
        return seats
    return seats + [
        {"name": designee_name(one), "category": one.category, "how": _designated_words(one), "named": True}
        for one in store.designations_of(seen.number)
        if not one.after_draw
    ]


def _designated_words(one: Designation) -> str:
    return "指定，发出邀请时送审批" if one.state is DesignationState.DRAFT else f"指定，{one.state.label}"


def _checks(seen: Visit, shown: Ceremony) -> list[Mark]:
    """The rules of the locked conditions, and what was to be warned of when they were locked."""
    starts_at, rules = datetime.fromisoformat(shown.conditions["starts_at"]), seen.rules
    warned = (*check_times(starts_at, shown.draw.committed_at, rules), *concentration(shown.largest_unit, rules))
    marks = [Mark(one.level, one.message, one.article) for one in warned if one.level == "warn"]
    found = rule_checks(seen, store.conditions(seen.activity, shown.draw.conditions_version))
    if shown.rounds and shown.rounds[0].complete:
        found.append(Mark("ok", "各席来自不同单位，没有重复", "第十八条（三）"))
    return found + marks
