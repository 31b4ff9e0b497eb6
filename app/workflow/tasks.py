"""What people do with their tasks. Each act: lock the case, check authority, do it, record history and audit.

All functions run in the caller's transaction; pages call them through `attempt.attempt`, which also records an
incident or saves a draft when the act is refused. Task ids are the engine's (UUID text). `expected_rev` is the
`rev` of the task the page was made from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.actor import Actor
from app.workflow.models import Attachment, Comment, Draft, Instance, Signer, Task


@dataclass(frozen=True)
class StepOutcome:
    """What a step led to: the case, its new revision, tasks now opened, and the end if it was reached."""

    instance_id: int
    rev: int
    opened: tuple[str, ...]
    completed: bool
    end_elements: tuple[str, ...]
    history_id: int


@dataclass(frozen=True)
class ReturnTarget:
    """A step to which a task may be sent back (退回)."""

    element_id: str
    name: str


@dataclass(frozen=True)
class TaskDetail:
    """Everything a task page shows. `acts` are the verbs this actor may do now (states.Act values)."""

    task: Task
    instance: Instance
    data: dict[str, Any]
    form: str | None
    draft: Draft | None
    acts: frozenset[str]
    return_targets: tuple[ReturnTarget, ...]
    comments: tuple[Comment, ...]
    attachments: tuple[Attachment, ...]
    signers: tuple[Signer, ...]


def detail(task_id: str, actor: Actor) -> TaskDetail:
    """Reads a task for its page. :raises NotFound: no such task, or not for this person."""
    raise NotImplementedError


def claim(task_id: str, actor: Actor) -> None:
    """领取. :raises NotAllowed: :raises Conflict: somebody else has it (who, when)."""
    raise NotImplementedError


def release(task_id: str, actor: Actor) -> None:
    """放回 to the group."""
    raise NotImplementedError


def complete(task_id: str, values: Mapping[str, Any], actor: Actor, expected_rev: int | None) -> StepOutcome | None:
    """办结: gives the form's values to the engine and runs to the next wait.

    None when nothing moved yet: a delegate handed the task back to its owner, or signers are still to answer.
    An unclaimed task of one's group is claimed by completing it. `values` are already validated against the form.
    :raises NotAllowed: :raises Conflict: already done (who, when), the text is kept as draft; :raises Stale:
    :raises StepRefused: an operation failed; its Chinese message; everything is rolled back.
    """
    raise NotImplementedError


def save_draft(task_id: str, values: Mapping[str, Any], actor: Actor) -> Draft:
    """存草稿, one per person and task."""
    raise NotImplementedError


def comment(task_id: str, text: str, actor: Actor) -> None:
    """留言 on the case of this task."""
    raise NotImplementedError


def attach(task_id: str, document_id: str, filename: str, size: int, actor: Actor) -> None:
    """Links a stored document to the case."""
    raise NotImplementedError


def transfer(task_id: str, to_user_id: int, actor: Actor, reason: str) -> None:
    """转办: gives one's own task to another person for good."""
    raise NotImplementedError


def delegate(task_id: str, to_user_id: int, actor: Actor, reason: str) -> None:
    """委托: another person works on it; what he submits comes back to the owner."""
    raise NotImplementedError


def return_to(task_id: str, element_id: str, actor: Actor, reason: str) -> StepOutcome:
    """退回 to one of `TaskDetail.return_targets`, with reason."""
    raise NotImplementedError


def withdraw(task_id: str, actor: Actor) -> StepOutcome:
    """撤回 one's own last step while the next task is untouched; `task_id` is the completed task."""
    raise NotImplementedError


def remind(task_id: str, actor: Actor, note: str | None = None) -> None:
    """催办: a notice to the holder or the group, at most once in `REMIND_EVERY`."""
    raise NotImplementedError


def reassign(task_id: str, to_user_id: int, actor: Actor, reason: str) -> None:
    """改派 by someone with `task.manage`."""
    raise NotImplementedError


def add_signers(task_id: str, user_ids: Sequence[int], actor: Actor, request: str | None = None) -> None:
    """加签: the task completes only when all of them have answered."""
    raise NotImplementedError


def remove_signer(task_id: str, user_id: int, actor: Actor, reason: str) -> StepOutcome | None:
    """减签 of one who has not answered; completes the task if its holder had submitted and nobody is left."""
    raise NotImplementedError


def sign(task_id: str, agrees: bool, opinion: str, actor: Actor) -> StepOutcome | None:
    """签署意见 by a signer; completes the task if its holder had submitted and this was the last."""
    raise NotImplementedError


def copy_to(task_id: str, user_ids: Sequence[int], actor: Actor, note: str | None = None) -> None:
    """抄送 the case for information."""
    raise NotImplementedError
