"""Moving a token by hand: a person returns the work to an earlier element."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from app.engine.errors import JumpRefused
from app.engine.hardening import MOVED_DATA
from app.engine.json_data import copied
from app.engine.workflow import LIVE, Workflow


def jump(workflow: Workflow, task: Any, element_id: str) -> None:
    """Cancel a task with its boundary events and let its token go on at another element.

    The element must stand at the level of the task or further out; leaving a sub-process cancels it. Refused inside
    multi-instance elements and while other tokens are under way at that level, because joins would then wait for ever
    or fire twice. The data are those of the task. Raises JumpRefused.
    """
    data = copied(task.data)
    branch, target = _way(task, element_id)
    anchor = branch.parent
    for entry in list(branch):
        if entry.has_state(TaskState.NOT_FINISHED_MASK) or entry.state == TaskState.ERROR:
            _cancel(entry)
    for entry in list(branch):
        workflow.event_manager.remove_task(entry)
    branch._drop_children()
    token = anchor._add_child(target, TaskState.FUTURE)
    token.triggered = True
    token.internal_data[MOVED_DATA] = data
    target._predict(token, mask=TaskState.NOT_FINISHED_MASK)
    target._update(token)


def is_movable(task: Any) -> bool:
    """Whether a token stands at the task: open work, a failed element, or a wait for time or a message."""
    if task.has_state(TaskState.ERROR):
        return True
    if task.state == TaskState.WAITING:
        return isinstance(task.task_spec, CatchingEvent) and not isinstance(task.task_spec, BoundaryEvent)
    return bool(task.state == TaskState.READY and task.task_spec.manual)


def cancelled_by(workflow: Workflow, task: Any, element_id: str) -> list[Any]:
    """The tasks that a jump would cancel: the token itself, its boundary events, all in a sub-process it leaves.

    Nothing is changed. Raises JumpRefused as `jump` does.
    """
    branch, _target = _way(task, element_id)
    return list(_live_in(workflow, branch))


def _live_in(workflow: Workflow, tasks: Any) -> Iterator[Any]:
    for entry in list(tasks):
        inner = workflow.subprocesses.get(entry.id)
        if inner is not None:
            yield from _live_in(workflow, inner.tasks.values())
        if entry.has_state(LIVE) or entry.state == TaskState.ERROR:
            yield entry


def _way(task: Any, element_id: str) -> tuple[Any, Any]:
    """The branch of the token and the specification it goes to. Raises JumpRefused."""
    task = _out_to_level_of(task, element_id)
    level = task.workflow
    target = (
        level.spec.task_specs.get(f"{element_id}.BoundaryEventSplit") or level.spec.task_specs[element_id]
    )
    if isinstance(target, BoundaryEvent | StartEvent | EndEvent):
        raise JumpRefused(f"不能退到“{element_id}”：起止事件和边界事件不能作为目标")
    branch = _branch_of(task)
    _refuse_other_tokens(level, branch)
    return branch, target


def _cancel(task: Any) -> None:
    if task.state == TaskState.ERROR:
        task._set_state(TaskState.CANCELLED)
        task._drop_children()
    else:
        task.cancel()


def _out_to_level_of(task: Any, element_id: str) -> Any:
    while True:
        if _is_instance(task):
            raise JumpRefused("多实例环节中的任务不能退回或移到别处")
        if element_id in task.workflow.spec.task_specs:
            return task
        parent_id = task.workflow.parent_task_id
        if parent_id is None:
            raise JumpRefused(f"这一步不能退到“{element_id}”：它不在同一流程，或在另一个子流程之内")
        task = task.workflow.top_workflow.find(parent_id)


def _is_instance(task: Any) -> bool:
    return task.parent is not None and isinstance(task.parent.task_spec, LoopTask)


def _branch_of(task: Any) -> Any:
    split = task.parent
    return split if isinstance(split.task_spec, BoundaryEventSplit) else task


def _refuse_other_tokens(level: Any, branch: Any) -> None:
    own = {entry.id for entry in branch}
    others = [entry for entry in level.tasks.values() if entry.has_state(LIVE) and entry.id not in own]
    if others:
        names = "、".join(sorted({entry.task_spec.bpmn_id or entry.task_spec.name for entry in others}))
        raise JumpRefused(f"还有并行的环节未完成（{names}），不能退回或移动")
