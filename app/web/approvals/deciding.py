"""One approval: the page with what the leader must know, and the decision in two taps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Conflict
from app.core.transaction import transaction
from app.identity import permissions
from app.web.approvals import subjects
from app.web.approvals.lists import CONDITIONS, approvals
from app.web.approvals.subjects import OTHER, Subject
from app.web.auth import current_actor, requires
from app.web.tasks import task_page
from app.workflow import tasks
from app.workflow.attempt import attempt
from app.workflow.models import Task
from app.workflow.refusals import StepRefused

AGREED, REFUSED = "agreed", "refused"
_WORDS = {AGREED: "同意", REFUSED: "不同意"}
_LONGEST = 300

Typed = Mapping[str, str]
Note = tuple[str, str, str]


@dataclass(frozen=True)
class Decision:
    """What the form says; `errors` is what is missing, by field."""

    decision: str
    reason: str
    errors: Mapping[str, str]


@task_page("selection.approval")
def address_of(task: Task) -> str:
    """Where the task of an approval is worked on."""
    return url_for("approvals.show", number=task.business_key)


@approvals.get("/<number>")
@requires(permissions.DESIGNATION_DECIDE)
def show(number: str) -> str:
    """Who or what, why, the rules; opening it changes nothing."""
    return _page(subjects.subject(number, current_actor()))


def _page(
    seen: Subject, typed: Typed | None = None, errors: Mapping[str, str] | None = None, told: Note | None = None
) -> str:
    return render_template(
        f"approvals/{seen.template}", task=seen.task, is_open=seen.may_decide, reasons=(*seen.reasons, OTHER),
        deputy_words=seen.deputy_words, why_not_open=seen.why_not, typed=typed or {}, errors=errors or {},
        told=told, due_article=seen.due_article, due_internal=seen.due_internal, **seen.context,
    )


@approvals.post("/<number>")
@requires(permissions.DESIGNATION_DECIDE)
def decide(number: str) -> ResponseReturnValue:
    """Records the decision; whoever was faster is named, and what was typed stays on the page."""
    actor, typed = current_actor(), request.form.to_dict()
    seen, given = subjects.subject(number, actor), _read(request.form)
    if seen.task is None or not seen.may_decide:
        return _page(seen, typed, told=_too_late(seen, given)), 409
    if given.errors:
        return _page(seen, typed, given.errors), 422
    task, rev = seen.task.id, request.form.get("rev", type=int)
    key = "outcome" if seen.task.element_id == CONDITIONS else "decision"
    said, following = seen.said, _following(seen)
    values: dict[str, Any] = {key: given.decision, "reason": given.reason}

    def act() -> None:
        if seen.stands_in:
            tasks.stand_in(task, actor, "受委托代审")
        tasks.complete(task, values, actor, None if seen.stands_in else rev)

    try:
        attempt(transaction, act)
    except StepRefused as refused:
        return _page(subjects.subject(number, actor), typed, told=("bad", "没有办成：", f"{refused.message}。")), 409
    except Conflict:
        now_seen = subjects.subject(number, actor)
        return _page(now_seen, typed, told=_too_late(now_seen, given)), 409
    flash(f"已提交：{said}，{_WORDS[given.decision]}。", "ok")
    return redirect(following)


def _read(form: Typed) -> Decision:
    decision, errors = form.get("decision", ""), {}
    reason = ""
    if decision == AGREED:
        why, detail = form.get("why", "").strip(), form.get("why_detail", "").strip()
        reason = detail if why == OTHER else f"{why}；{detail}" if detail else why
        if not reason:
            errors["why_detail"] = f"同意的理由选了“{OTHER}”，请写明"
    elif decision == REFUSED:
        reason = form.get("why_not", "").strip()
        if not reason:
            errors["why_not"] = "不同意的理由：请填写"
    else:
        errors["decision"] = "请选择同意或不同意"
    if len(reason) > _LONGEST:
        field = "why_detail" if decision == AGREED else "why_not"
        errors[field] = f"理由有 {len(reason)} 个字，请缩短到 {_LONGEST} 个字以内"
    return Decision(decision, reason, errors)


def _too_late(seen: Subject, given: Decision) -> Note:
    kept = f"你写的理由还在：“{given.reason}”。" if given.reason else ""
    return "care", "你的决定没有记下。", f"{seen.why_not or '这件事刚有变动，请核对后再提交。'}{kept}"


def _following(seen: Subject) -> str:
    """The next of the same review that waits for this person, else the list."""
    return url_for("approvals.show", number=seen.others[0].case_no) if seen.others else url_for("approvals.index")
