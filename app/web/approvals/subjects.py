"""What is to be approved, with all that its page says: a designated expert, or the conditions of a draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import clock
from app.core.actor import Actor
from app.core.errors import NotAllowed, NotFound
from app.identity import accounts, deputies, permissions
from app.procedures.selection import access, store
from app.procedures.selection.models import Activity, ActivityConditions, ActivityState, DrawState
from app.procedures.selection.queries import approvals as designations
from app.procedures.selection.queries.approvals import ApprovalLine, ApprovalPage
from app.procedures.selection.rules.words import half_day_words, share_words
from app.regulations import rule_set_to_show
from app.regulations.wording import date_words
from app.web.activities.blueprint import open_task
from app.web.approvals.lists import CONDITIONS, DESIGNATION
from app.web.wording import moment
from app.workflow import authority, instances
from app.workflow.models import Task

OTHER = "其他，我来写"
_PERIOD = "designation.approval_period"
_FOR_DESIGNATION = ("专业确有需要，库内可选人少", "熟悉一期情况，需要延续")
_FOR_CONDITIONS = ("情况属实，确有必要", "已核对以前的抽取，同意")


@dataclass(frozen=True)
class Subject:
    """An approval as its page shows it.

    `task` is the open task, None once it is decided or over; `why_not` says why this person cannot decide (any more).
    `others` wait for the same person in the same review.
    """

    said: str
    template: str
    context: Mapping[str, Any]
    task: Task | None
    may_decide: bool
    why_not: str
    reasons: tuple[str, ...]
    deputy_words: str
    due_article: str
    due_internal: bool
    others: Sequence[ApprovalLine] = ()
    #: A deputy appointed after the task was opened, who is not among the persons named for it.
    stands_in: bool = False


def subject(number: str, actor: Actor) -> Subject:
    """What is approved in the case of this number, for its approvers and the organising unit.

    :raises NotFound: there is none, or it is not for this person.
    """
    now = clock.now()
    try:
        return _designation(number, actor, now) if "-Z" in number.upper() else _conditions(number, actor, now)
    except (NotFound, NotAllowed):
        raise NotFound("没有这件审批，或者不由您审批") from None


def _designation(number: str, actor: Actor, now: datetime) -> Subject:
    page = designations.page(number, actor, now)
    activity, task = store.activity(page.activity), open_task(page.case_no, DESIGNATION)
    rules = instances.rules_of(page.case_no) or rule_set_to_show(now.date())
    others = [one for one in designations.waiting(actor, now) if _beside(one, page)]
    named = task is not None and authority.may_work(task, actor)
    can = task is not None and page.may_decide and (named or task.assignee_id is None)
    context = {
        "page": page, "others": others, "share_words": share_words(rules.integer("selection.designated_share")),
        "past_words": f"近{rules['designation.past_months'].words}内",
    }
    return Subject(
        said=f"指定{page.expert}", template="designation.html", context=context, task=task, may_decide=can,
        why_not="" if can else _designation_shut(page, task, actor), reasons=_FOR_DESIGNATION,
        deputy_words=_as_deputy(activity, actor, now), due_article=rules[_PERIOD].article,
        due_internal=rules[_PERIOD].is_internal, others=others, stands_in=can and not named,
    )


def _beside(one: ApprovalLine, page: ApprovalPage) -> bool:
    return one.activity == page.activity and one.case_no != page.case_no


def _designation_shut(page: ApprovalPage, task: Task | None, actor: Actor) -> str:
    if page.decided_at is not None:
        return f"{page.decided_by}已于 {moment(page.decided_at)} 审批：{page.state}。"
    if task is None:
        return f"这件审批已经结束：{page.state}。"
    if page.requested_by == actor.name and not page.may_decide:
        return "这位专家由你申请指定，不能由你审批，须由另一位负责人审批。"
    return _with_whom(task)


def _conditions(number: str, actor: Actor, now: datetime) -> Subject:
    activity = store.activity(number)
    _require_sight(activity, actor, now)
    task, rules = open_task(activity.number, CONDITIONS), instances.rules_of(number) or rule_set_to_show(now.date())
    version = _version_to_show(activity)
    named = task is not None and authority.may_work(task, actor)
    may = actor.user_id in access.approvers(activity, now.date(), by=version.saved_by_id)
    can = task is not None and may and (named or task.assignee_id is None)
    data, seats = version.data, Counter(version.data["quota"])
    seats.update(one.category for one in store.designations_of(number))
    context = {
        "found": activity, "version": version, "rules": rules, "seats": list(seats.items()),
        "waiver": data.get("security_waiver", ""), "redraw": data.get("redraw_reason", ""),
        "called_off": store.called_off(activity),
        "draws": [one for one in store.draws_of(number) if one.state == DrawState.ENDED],
        "half_day": half_day_words(activity.starts_at, activity.half_days, now.date()),
    }
    return Subject(
        said=f"第 {version.version} 版抽取条件", template="conditions.html", context=context, task=task,
        may_decide=can, why_not="" if can else _conditions_shut(activity, version, task, actor),
        reasons=_FOR_CONDITIONS, deputy_words=_as_deputy(activity, actor, now),
        due_article=rules[_PERIOD].article, due_internal=rules[_PERIOD].is_internal, stands_in=can and not named,
    )


def _require_sight(activity: Activity, actor: Actor, now: datetime) -> None:
    if actor.user_id not in access.approvers(activity, now.date()):
        permissions.require(actor, permissions.ACTIVITY_READ, activity)


def _version_to_show(activity: Activity) -> ActivityConditions:
    """The version that waits for the leader, else the last that he decided on."""
    if activity.state == ActivityState.APPROVING:
        return store.conditions(activity)
    judged = [one for one in store.versions_of(activity.number) if one.approval_outcome]
    if not judged:
        raise NotFound
    return judged[-1]


def _conditions_shut(
    activity: Activity, version: ActivityConditions, task: Task | None, actor: Actor
) -> str:
    if version.approved_at is not None:
        word = "同意" if version.approval_outcome == "agreed" else "不同意"
        return f"{version.approved_by_name}已于 {moment(version.approved_at)} 审批：{word}。"
    if task is None:
        return "这件审批已经结束。"
    if actor.user_id in (activity.organiser_id, version.saved_by_id):
        return "条件由你提交，不能由你审批，须由分管领导或其受托人审批。"
    return _with_whom(task)


def _with_whom(task: Task) -> str:
    if task.assignee_name:
        return f"{task.assignee_name}正在审批这一件，你可以查看，不能代办。"
    return "这一件不由你审批，你可以查看。"


def _as_deputy(activity: Activity, actor: Actor, now: datetime) -> str:
    """你受何景行委托代审…, for a deputy in his days."""
    if actor.user_id == activity.leader_id:
        return ""
    for one in deputies.appointments(activity.leader_id, now.date()):
        if one.deputy_user_id == actor.user_id and one.state == "active":
            days = f"{date_words(one.begins_on, now.date())}至{date_words(one.ends_on, now.date())}"
            return f"你受{accounts.get(activity.leader_id).name}委托代审，{days}；审批记在你的名下。"
    return ""
