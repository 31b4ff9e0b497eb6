"""What people do with their tasks. Each act: lock the case, check authority, do it, record history and audit.

All functions run in the caller's transaction; pages call them through `attempt.attempt`, which also records an
incident or saves a draft when the act is refused. Task ids are the engine's (UUID text). `expected_rev` is the
`rev` of the task the page was made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.actor import Actor
from app.core.errors import Conflict, NotAllowed
from app.workflow import authority, drafts
from app.workflow.acts import Deed, LockedCase, Row, gone_words, lock_case, moment_words, task_row, word
from app.workflow.attention import attach, comment, copy_to, remind
from app.workflow.drafts import save_draft
from app.workflow.handing import delegate, hand_back, reassign, stand_in, transfer
from app.workflow.refusals import PageStale, TaskTaken
from app.workflow.returning import ReturnTarget, return_to, withdraw
from app.workflow.signing import add_signers, hold_for_signers, remove_signer, sign
from app.workflow.states import Act
from app.workflow.step import StepOutcome, completion, take_step
from app.workflow.taskpage import TaskDetail, detail

__all__ = [
    "ReturnTarget",
    "StepOutcome",
    "TaskDetail",
    "add_signers",
    "attach",
    "claim",
    "comment",
    "complete",
    "copy_to",
    "delegate",
    "detail",
    "reassign",
    "release",
    "remind",
    "remove_signer",
    "return_to",
    "save_draft",
    "sign",
    "stand_in",
    "transfer",
    "withdraw",
]


def claim(task_id: str, actor: Actor) -> None:
    """领取 an open task of one's group; claiming one's own task again changes nothing.

    :raises NotAllowed: not a candidate, or four-eyes. :raises Conflict: somebody else has it (who, since when).
    """
    case = lock_case(actor, task_id=task_id)
    task = _open(case, task_id)
    case.require_not_suspended()
    if authority.holds(task, actor):
        return
    if task.assignee_id is not None:
        raise Conflict(f"“{task.name}”已由{task.assignee_name}于{moment_words(task.claimed_at or task.created_at)}领取")
    _require_candidate(case, task)
    if actor.user_id is None:
        raise NotAllowed("没有账号的办理人不能领取任务")
    case.update_task(task, assignee_id=actor.user_id, assignee_name=actor.name, claimed_at=case.now)
    case.record(
        Deed(Act.CLAIM, f"{word(Act.CLAIM)}“{task.name}”", task_id, task.element_id),
        before={"assignee": None},
        after={"assignee": actor.user_id},
    )


def release(task_id: str, actor: Actor) -> None:
    """放回 a claimed task to its group. :raises NotAllowed: not the holder, or the task is his by name."""
    case = lock_case(actor, task_id=task_id)
    task = _open(case, task_id)
    case.require_not_suspended()
    if not authority.holds(task, actor):
        raise NotAllowed("只有领取人可以放回任务")
    if task.owner_id is not None:
        raise NotAllowed("受委托的任务不能放回，办完后交还委托人")
    if not task.candidate_groups and not task.candidate_user_ids:
        raise NotAllowed(f"“{task.name}”指定由您办理，没有可放回的候选组；可以转办")
    case.update_task(task, assignee_id=None, assignee_name=None, claimed_at=None)
    case.record(
        Deed(Act.RELEASE, f"{word(Act.RELEASE)}“{task.name}”", task_id, task.element_id),
        before={"assignee": actor.user_id},
        after={"assignee": None},
    )


def complete(task_id: str, values: Mapping[str, Any], actor: Actor, expected_rev: int | None) -> StepOutcome | None:
    """办结: gives the form's values to the engine and runs to the next wait.

    None when nothing moved yet: a delegate handed the task back to its owner, or signers are still to answer.
    An unclaimed task of one's group is done without claiming it first. `values` are validated against the form.
    :raises NotAllowed: :raises TaskTaken: already done (who, when); the text is kept as the person's draft.
    :raises PageStale: somebody acted on the task since the page was made; kept likewise.
    :raises CaseSuspended: the case is suspended; kept likewise.
    :raises StepRefused: an operation failed, with its Chinese message; everything is rolled back.
    """
    case = lock_case(actor, task_id=task_id)
    task = _open(case, task_id, values)
    if not authority.may_work(task, actor):
        _refuse_work(task, values, actor)
    case.require_not_suspended(drafts.keeper(task, values, actor, "办件已暂停，未能提交") if values else None)
    if expected_rev is not None and task.rev != expected_rev:
        words = f"“{task.name}”在您打开页面之后有过变动，填写的内容已存为草稿，请核对后重新提交"
        raise PageStale(words, drafts.keeper(task, values, actor, "页面已过时，未能提交"))
    authority.require_four_eyes(task, case.properties(task), actor.user_id)
    if task.owner_id is not None and task.owner_id != actor.user_id:
        hand_back(case, task, values)
        return None
    if task.pending_signers:
        hold_for_signers(case, task, values)
        return None
    drafts.forget(task.id, actor.user_id)
    return take_step(case, completion(case, task, values, actor.user_id, actor.name))


def _open(case: LockedCase, task_id: str, values: Mapping[str, Any] | None = None) -> Row:
    """The open task of a locked case. :raises TaskTaken: done or gone; `values`, if given, become a draft."""
    task = case.tasks.get(task_id)
    if task is not None:
        return task
    gone = task_row(task_id)
    words = gone_words(gone)
    keep = drafts.keeper(gone, values, case.actor, words) if values else None
    raise TaskTaken(words + ("，您填写的内容已存为草稿" if values and case.actor.user_id else ""), keep)


def _require_candidate(case: LockedCase, task: Row) -> None:
    if not authority.in_group(task, case.actor):
        raise NotAllowed(f"“{task.name}”不属于您的岗位，不能办理")
    authority.require_four_eyes(task, case.properties(task), case.actor.user_id)


def _refuse_work(task: Row, values: Mapping[str, Any], actor: Actor) -> None:
    """Says why the actor may not do the task; a colleague of the group who was slower keeps his text."""
    if task.assignee_id is None or not authority.in_group(task, actor):
        raise NotAllowed(f"“{task.name}”不属于您的岗位，不能办理")
    since = moment_words(task.claimed_at or task.created_at)
    words = f"“{task.name}”已由{task.assignee_name}于{since}领取，您填写的内容已存为草稿"
    raise TaskTaken(words, drafts.keeper(task, values, actor, f"{task.assignee_name}已领取该任务"))
