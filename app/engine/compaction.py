"""Keeping the task tree short: finished history is dropped, the live part hangs directly below the start.

Stock trees grow with every round of a loop: at depth 1,000 SpiffWorkflow's iterators stop without a word, and its
joins take time quadratic in the rounds. History belongs in the application's own tables.
"""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.util.task import TaskState

from app.engine.json_data import copied
from app.engine.workflow import LIVE, Workflow


def compact(workflow: Workflow) -> int:
    """Compact an instance with its sub-processes. Gives how many tasks were dropped; live ones are untouched."""
    return sum(_compact_level(level) for level in workflow.all_workflows())


def _compact_level(level: Any) -> int:
    pinned = _pinned(level)
    if not pinned:
        return 0
    anchor = _anchor([_ancestors(task) for task in pinned])
    root = level.task_tree
    if anchor is None or anchor is root or anchor.parent is root:
        return 0
    kept = _below(anchor)
    dropped = [task_id for task_id in level.tasks if task_id not in kept and task_id != root.id]
    for task_id in dropped:
        task = level.tasks.pop(task_id)
        level.top_workflow.event_manager.remove_task(task)
        level.top_workflow.subprocesses.pop(task_id, None)
    root.data = copied(anchor.data)
    root.children = [anchor]
    anchor.parent = root
    if level.last_task is not None and level.last_task.id not in level.tasks:
        level.last_task = anchor
    level.tasks = {root.id: root, **kept}
    return len(dropped)


def _pinned(level: Any) -> list[Any]:
    """The live tasks, and the tokens that wait at a join which has not fired: it counts them when the last arrives."""
    live = [task for task in level.tasks.values() if task.has_state(LIVE)]
    joins = {task.task_spec for task in live if isinstance(task.task_spec, UnstructuredJoin)}
    waiting = [
        task
        for task in level.tasks.values()
        if task.state == TaskState.CANCELLED
        and task.task_spec in joins
        and not any(entry.is_descendant_of(task) for entry in live)
    ]
    return live + waiting


def _ancestors(task: Any) -> list[Any]:
    path = []
    task = task.parent
    while task is not None:
        path.append(task)
        task = task.parent
    return path[::-1]


def _anchor(paths: list[list[Any]]) -> Any:
    """The last finished task that all paths share."""
    anchor = None
    for step in zip(*paths, strict=False):
        if any(task is not step[0] for task in step) or step[0].state != TaskState.COMPLETED:
            break
        anchor = step[0]
    return anchor


def _below(task: Any) -> dict[Any, Any]:
    """A task and all its descendants by id, parents first."""
    found, stack = {}, [task]
    while stack:
        entry = stack.pop()
        found[entry.id] = entry
        stack.extend(reversed(entry.children))
    return found
