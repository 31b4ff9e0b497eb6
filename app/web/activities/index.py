"""The list of activities: an organiser's and a leader's own unit, those a witness was named for, all for the rest."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from app.core import clock
from app.core.actor import Actor
from app.identity import permissions, roles
from app.procedures.selection.models import ActivityState
from app.procedures.selection.queries import activities as queries
from app.regulations import rule_set_to_show
from app.web.activities.blueprint import activities
from app.web.auth import current_actor, requires

_SIZE = 30
_FILTERS = ("q", "state", "kind", "when")
#: What the organiser does next in a state: words and the page that does it.
_NEXT: dict[ActivityState, tuple[str, str]] = {
    ActivityState.DRAFT: ("设定抽取条件", "activities.conditions"),
    ActivityState.APPROVING: ("等分管领导审批", ""),
    ActivityState.LOCKED: ("去抽取", "activities.draw"),
    ActivityState.DRAWN: ("发出邀请", "activities.draw"),
    ActivityState.INVITING: ("等专家答复", ""),
    ActivityState.INITIAL: ("确认初始名单", "activities.board"),
    ActivityState.CONFIRMING: ("等专家确认详情", ""),
    ActivityState.SHORT: ("处理缺额", "activities.shortage"),
    ActivityState.FINAL: ("等评审开始", ""),
    ActivityState.MEETING: ("登记会议", "activities.meeting"),
}


@activities.get("")
@requires(permissions.ACTIVITY_READ)
def index() -> str:
    """One page of the activities that this person may see."""
    actor, now = current_actor(), clock.now()
    kept: dict[str, Any] = {name: request.args[name].strip() for name in _FILTERS if request.args.get(name, "").strip()}
    after = request.args.get("after", "")
    found = queries.listing(actor, _filters(kept), after, _SIZE + 1)
    shown = found[:_SIZE]
    return render_template(
        "activities/index.html", rows=[_row(line, actor) for line in shown], states=list(ActivityState),
        kinds=rule_set_to_show(now.date()).texts("selection.activity_kinds"), is_filtered=bool(kept),
        wanted={name: kept.get(name, "") for name in _FILTERS}, scope_words=_scope(actor), shows_unit=_sees_all(actor),
        may_create=permissions.allowed(actor, permissions.ACTIVITY_MANAGE),
        next_url=url_for("activities.index", after=shown[-1].number, **kept) if len(found) > _SIZE else "",
        first_url=url_for("activities.index", **kept) if after else "",
    )


def _filters(kept: dict[str, Any]) -> queries.ActivityFilters:
    state = kept.get("state", "")
    return queries.ActivityFilters(
        text=kept.get("q", ""), state=state if state in set(ActivityState) else "", kind=kept.get("kind", ""),
        when=kept.get("when", ""),
    )


def _sees_all(actor: Actor) -> bool:
    return not actor.has(roles.DEPT_ORGANISER, roles.DEPT_LEADER)


def _scope(actor: Actor) -> str:
    if actor.has(roles.DEPT_ORGANISER, roles.DEPT_LEADER):
        return "本部门组织的评审：设条件、随机抽取、邀请和递补，到会议登记"
    if actor.has(roles.DISCIPLINE_WITNESS):
        return "请您监督的评审：投入一个数，签署抽取记录"
    return "各部门组织的评审；专家姓名到开会前才显示"


def _row(line: queries.ActivityLine, actor: Actor) -> dict[str, Any]:
    if line.decides_first:
        return {**_facts(line), "url": url_for("approvals.index"), "act": "先审批指定专家", "act_url": ""}
    word, page = _NEXT.get(line.state, ("", ""))
    acts = permissions.allowed(actor, permissions.ACTIVITY_MANAGE) and bool(page)
    first = "activities.conditions" if line.state == ActivityState.DRAFT and acts else "activities.board"
    leads_to = {
        "url": url_for(first, number=line.number), "act": word,
        "act_url": url_for(page, number=line.number) if acts else "",
    }
    return {**_facts(line), **leads_to}


def _facts(line: queries.ActivityLine) -> dict[str, Any]:
    return {
        "number": line.number, "title": line.title, "kind": line.kind, "classified": line.classified,
        "unit": line.organiser_unit, "starts_at": line.starts_at, "state": line.state.label,
        "seats": f"已接受 {line.seated} 席，共 {line.panel_size} 席" if line.seated else f"{line.panel_size} 席",
    }
