"""Keeping the task tree short: finished history is dropped, and what is live moves up towards the start.

Stock trees grow with every round of a loop: at depth 1,000 SpiffWorkflow's iterators stop without a word and its
recursions fail, and its joins take time quadratic in the rounds. History belongs in the application's own tables.

What a join or boundary event still looks at stays where it is: live and failed tasks with their parents (whose data
they take over again), tokens that wait at a join, the forks above them, and the split of a boundary event.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.specs.Join import Join
from SpiffWorkflow.util.task import TaskState

from app.engine.workflow import LIVE, Workflow


def compact(workflow: Workflow) -> int:
    """Compact an instance with its sub-processes. Gives how many tasks were dropped; live ones are untouched."""
    return sum(_compact_level(level) for level in workflow.all_workflows())


def _compact_level(level: Any) -> int:
    pinned = _pinned(level)
    if not pinned:
        return 0
    path = {entry.id: entry for task in pinned for entry in _ancestors(task)}
    surviving = {**path, **{entry.id: entry for task in pinned for entry in _below(task)}}
    for task in path.values():
        task.children = [child for child in task.children if child.id in surviving]
    kept = _kept(level, pinned)
    for task in path.values():
        if task.id not in kept and len(task.children) == 1 and task.state == TaskState.COMPLETED:
            _splice(task)
            del surviving[task.id]
    return _drop_all_but(level, surviving, pinned[0].parent or level.task_tree)


def _pinned(level: Any) -> list[Any]:
    """Live and failed tasks, and the tokens at a join that has not fired: it counts them when the last arrives."""
    live = [task for task in level.tasks.values() if task.has_state(LIVE | TaskState.ERROR)]
    joins = {task.task_spec for task in live if isinstance(task.task_spec, UnstructuredJoin)}
    waiting = [
        task
        for task in level.tasks.values()
        if task.state == TaskState.CANCELLED
        and task.task_spec in joins
        and not any(entry.is_descendant_of(task) for entry in live)
    ]
    return live + waiting


def _kept(level: Any, pinned: Iterable[Any]) -> set[Any]:
    kept = {level.task_tree.id}
    for task in pinned:
        kept.add(task.id)
        if task.parent is not None:
            kept.add(task.parent.id)
        for entry in _below(task):
            split = (
                getattr(entry.task_spec, "split_task", None) if isinstance(entry.task_spec, Join) else None
            )
            found = entry.find_ancestor(split) if split is not None else None
            if found is not None:
                kept.add(found.id)
    return kept


def _ancestors(task: Any) -> list[Any]:
    path = []
    task = task.parent
    while task is not None:
        path.append(task)
        task = task.parent
    return path


def _below(task: Any) -> list[Any]:
    """A task and all its descendants, parents first, in the order of the children."""
    found, stack = [], [task]
    while stack:
        entry = stack.pop()
        found.append(entry)
        stack.extend(reversed(entry.children))
    return found


def _splice(task: Any) -> None:
    """Take a task out of the tree; its one child stands in its place."""
    parent, (child,) = task.parent, task.children
    parent.children = [child if entry is task else entry for entry in parent.children]
    child.parent = parent


def _drop_all_but(level: Any, surviving: dict[Any, Any], last: Any) -> int:
    dropped = [task for task_id, task in level.tasks.items() if task_id not in surviving]
    for task in dropped:
        level.top_workflow.event_manager.remove_task(task)
        level.top_workflow.subprocesses.pop(task.id, None)
    if level.last_task is not None and level.last_task.id not in surviving:
        level.last_task = last
    level.tasks = {task.id: task for task in _below_in(level.task_tree, surviving)}
    return len(dropped)


def _below_in(root: Any, surviving: dict[Any, Any]) -> list[Any]:
    """The tree in the parents-first order that storing needs, without looking tasks up in the level."""
    found, stack = [], [root]
    while stack:
        entry = stack.pop()
        found.append(entry)
        stack.extend(surviving[child] for child in reversed(entry._children))
    return found
