"""The page of a task: the form with the case beside it; claiming, drafts, submitting, and what others did meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, NotAllowed, UserError
from app.core.transaction import transaction
from app.identity import permissions, roles
from app.web import forms
from app.web.auth import current_actor, requires
from app.web.cases.deadlines import due_of
from app.web.cases.panels import panel
from app.web.cases.views import surroundings
from app.web.forms import BoundForm
from app.web.tasks import bespoke, working
from app.web.tasks.uploads import ATTACHMENT, keep_upload
from app.workflow import cases as case_service
from app.workflow import inbox, tasks
from app.workflow.attempt import attempt
from app.workflow.models import HistoryEntry, Instance, Task
from app.workflow.refusals import CaseSuspended, PageStale, StepRefused, TaskTaken
from app.workflow.states import Act, InstanceStatus, TaskStatus
from app.workflow.step import StepOutcome
from app.workflow.taskpage import TaskDetail

tasks_pages = Blueprint("tasks", __name__, url_prefix="/tasks")

Note = tuple[str, str, str]


@tasks_pages.get("/<task_id>")
@requires(permissions.TASK_WORK)
def page(task_id: str) -> ResponseReturnValue:
    """The task as it is; opening it changes nothing.

    Whoever has it goes on to its own page where its procedure has one; `?ordinary=1` shows this one all the same,
    with the case, the remarks and the rarer verbs.
    """
    actor = current_actor()
    detail = tasks.detail(task_id, actor)
    if _works(detail, actor) and not request.args.get("ordinary"):
        own = bespoke.page_of(detail)
        if own is not None:
            return redirect(own)
    return _page(detail, actor)


def _page(detail: TaskDetail, actor: Actor, bound: BoundForm | None = None, note: Note | None = None) -> str:
    work = working.sheet(detail)
    if work is not None and bound is None and _works(detail, actor):
        bound = working.opened(work)
    case = case_service.detail(detail.instance.id, actor)
    shown = panel(detail.instance.process_key, detail.instance.business_key, actor)
    return render_template(
        "tasks/page.html", detail=detail, task=detail.task, bound=bound, note=note, works=_works(detail, actor),
        acts={act.value for act in detail.acts}, submit_label=_submit_label(detail, work),
        panel=shown,
        due=due_of(detail.task, detail.instance.rule_set_id, detail.task.name),
        left_draft=_left_draft(detail, work), submitted=_submitted(detail, work), **surroundings(case, shown),
    )


def _works(detail: TaskDetail, actor: Actor) -> bool:
    return Act.COMPLETE in detail.acts and detail.task.assignee_id == actor.user_id


def _submit_label(detail: TaskDetail, work: working.Sheet | None) -> str:
    if Act.HAND_BACK in detail.acts:
        return f"办好，交回{detail.task.owner_name}"
    label = work.loaded.definition.submit_label if work else None
    return label or f"办结：{detail.task.name}"


def _left_draft(detail: TaskDetail, work: working.Sheet | None) -> list[tuple[str, str]]:
    """What the person typed into a task that somebody else has done meanwhile, or whose case stands still."""
    is_workable = detail.task.status == TaskStatus.OPEN and detail.instance.status == InstanceStatus.RUNNING
    if is_workable or detail.draft is None or work is None:
        return []
    return _read_out(work, working.entries_of(work, detail.draft))


def _submitted(detail: TaskDetail, work: working.Sheet | None) -> list[tuple[str, str]]:
    """What was submitted with a completed task, for those who may see its case."""
    if detail.task.status != TaskStatus.COMPLETED or work is None:
        return []
    values = db.session.scalar(
        sa.select(HistoryEntry.values)
        .where(HistoryEntry.task_id == detail.task.id, HistoryEntry.values.is_not(None))
        .order_by(HistoryEntry.id.desc()).limit(1)
    )
    return _read_out(work, working.entries_of_values(work, values)) if values else []


def _read_out(work: working.Sheet, entries: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Labels and values of what a form holds, in words."""
    bound = forms.opened(work.loaded, work.data, work.functions, clock.today(), entries)
    return [pair for pair in forms.read_out(bound.parts) if pair[1]]


@tasks_pages.post("/<task_id>/claim")
@requires(permissions.TASK_WORK)
def claim(task_id: str) -> ResponseReturnValue:
    """领取 and on to the form; whoever was faster is named."""
    try:
        with transaction():
            tasks.claim(task_id, current_actor())
    except Conflict as faster:
        flash(f"{faster.message}。", "care")
    return redirect(url_for("tasks.page", task_id=task_id))


@tasks_pages.get("/<task_id>/release")
@requires(permissions.TASK_WORK)
def ask_release(task_id: str) -> str:
    """Says what 放回 means and asks once more."""
    detail = tasks.detail(task_id, current_actor())
    if Act.RELEASE not in detail.acts:
        raise NotAllowed("这件事不在你名下，不用放回")
    return render_template(
        "confirm.html", heading=f"放回：{detail.instance.title}", act="放回本组待领", errors={},
        consequence="放回后同组的人都可以领取，时限不变。你存的草稿保留，再领取时还在。",
        action=url_for("tasks.release", task_id=task_id), back=url_for("tasks.page", task_id=task_id),
        stay="不放回，返回", trail=[("待办", url_for("inbox.index")), ("放回", "")],
    )


@tasks_pages.post("/<task_id>/release")
@requires(permissions.TASK_WORK)
def release(task_id: str) -> Response:
    """放回 to the group."""
    with transaction():
        tasks.release(task_id, current_actor())
    flash("已放回本组待领，你存的草稿还在。", "ok")
    return redirect(url_for("inbox.index"))


@tasks_pages.post("/<task_id>")
@requires(permissions.TASK_WORK)
def work(task_id: str) -> ResponseReturnValue:
    """Does what the pressed button says: submits, saves a draft, or shows the form again with its change."""
    actor = current_actor()
    received = working.received(task_id, actor)
    if received.sheet is None:
        return _submit(received, None, {}, actor)
    bound = working.sent(received.sheet, actor)
    if not received.is_open:
        return _submit(received, bound, {working.ENTRIES: bound.entries}, actor)
    if bound.action == forms.DRAFT:
        return _save(task_id, bound, actor)
    if bound.action == forms.SUBMIT and bound.is_valid:
        return _submit(received, bound, bound.values, actor)
    return _again(task_id, bound, actor)


def _again(task_id: str, bound: BoundForm, actor: Actor) -> ResponseReturnValue:
    answer = _page(tasks.detail(task_id, actor), actor, bound)
    return answer, 422 if bound.errors else 200


def _save(task_id: str, bound: BoundForm, actor: Actor) -> ResponseReturnValue:
    working.save(task_id, bound, actor)
    if bound.refusals:
        return _again(task_id, bound, actor)
    flash(f"已存草稿，{clock.now():%H:%M}。", "ok")
    return redirect(url_for("tasks.page", task_id=task_id))


def _submit(
    received: working.Received, bound: BoundForm | None, values: dict[str, Any], actor: Actor
) -> ResponseReturnValue:
    task_id = received.task_id
    try:
        outcome = working.complete(task_id, values, actor, working.sent_rev())
    except (TaskTaken, PageStale) as late:
        kept = bound if isinstance(late, PageStale) else None
        heading = "这一页已经过时" if kept else "这件事已经有人办了"
        note = ("care", f"{heading}：", f"{late.message}。")
        return _page(tasks.detail(task_id, actor), actor, kept, note), late.status
    except CaseSuspended as stopped:
        note = ("care", "这件事暂停了：", f"{stopped.message}。")
        return _page(tasks.detail(task_id, actor), actor, None, note), stopped.status
    except StepRefused as refused:
        recorded = "，故障已记下，管理员会看到" if refused.keeps else ""
        words = f"{refused.message}。你填写的内容还在{recorded}。"
        return _page(tasks.detail(task_id, actor), actor, bound, ("bad", "没有办成：", words)), refused.status
    decision = working.decision_words(bound) if bound else ""
    flash(_done_words(task_id, received.said, decision, outcome), "ok")
    return redirect(_after(actor))


def _done_words(task_id: str, said: str, decision: str, outcome: StepOutcome | None) -> Markup:
    words = Markup("<b>已提交：{}。</b>").format(f"{said}，{decision}" if decision else said)
    if outcome is None:
        return words + "等加签人签署或委托人确认后继续。"
    last_step = sa.select(HistoryEntry.task_id).where(HistoryEntry.id == outcome.history_id)
    kept = sa.select(Instance.previous_step).where(Instance.id == outcome.instance_id)
    opened = db.session.execute(
        sa.select(
            Task.name, Task.candidate_groups, Task.assignee_name, last_step.scalar_subquery().label("of"),
            kept.scalar_subquery().label("kept"),
        ).where(Task.id.in_(outcome.opened))
    ).all()
    words += "办件已办结。" if outcome.completed else "".join(
        f"{row.name}由{row.assignee_name or roles.labels(row.candidate_groups)}办理。" for row in opened
    )
    if any(row.kept == outcome.history_id and row.of == task_id for row in opened):
        url = url_for("tasks.verb", task_id=task_id, key="withdraw")
        words += Markup('<a href="{}">撤回</a>（下一环节打开前可撤）').format(url)
    return words


def _after(actor: Actor) -> str:
    """The next task, so that one may go on without going back to the list."""
    following = inbox.next_task(actor, clock.now())
    return url_for("tasks.page", task_id=following) if following else url_for("inbox.index")


@tasks_pages.post("/<task_id>/comment")
@requires(permissions.TASK_WORK)
def comment(task_id: str) -> ResponseReturnValue:
    """留言 on the case."""
    try:
        with transaction():
            tasks.comment(task_id, request.form.get("text", ""), current_actor())
    except NotAllowed:
        raise
    except UserError as wrong:
        flash(f"留言没有记下：{wrong.message}。", "care")
    else:
        flash("已留言。", "ok")
    return redirect(url_for("tasks.page", task_id=task_id, _anchor="comments"))


@tasks_pages.post("/<task_id>/attach")
@requires(permissions.TASK_WORK)
def attach(task_id: str) -> ResponseReturnValue:
    """Adds a file to the case."""
    actor = current_actor()
    if Act.ATTACH not in tasks.detail(task_id, actor).acts:
        raise NotAllowed
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        flash("没有添加附件：请先选择文件。", "care")
    else:
        try:
            file = keep_upload(task_id, upload, ATTACHMENT, actor)
            link = (task_id, file.id, file.original_name, file.size, actor)
            attempt(transaction, lambda: tasks.attach(*link))
        except UserError as wrong:
            flash(f"没有添加附件：{wrong.message}。", "care")
        else:
            flash(f"已添加附件“{link[2]}”。", "ok")
    return redirect(url_for("tasks.page", task_id=task_id, _anchor="materials"))
