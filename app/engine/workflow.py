"""SpiffWorkflow's workflow with a journal, and without the leftovers that make stock instances unusable."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from app.engine.journal import Journal


class Workflow(BpmnWorkflow):
    """A running instance. ``spec_hash`` names its specification in the store."""

    spec_hash: str
    journal: Journal | None = None

    def __init__(self, spec: Any, subprocess_specs: Any = None, **kwargs: Any) -> None:
        super().__init__(spec, subprocess_specs, **kwargs)
        self.task_removed_event.connect(self._forget)

    def _forget(self, workflow: Any, task: Any) -> None:
        """Drop the timers, messages and sub-process of a task that left the tree.

        Stock keeps them: an interrupting boundary event on a multi-instance sub-process then raises
        TaskNotFoundException at every later step.
        """
        self.event_manager.remove_task(task)
        if self.journal is not None:
            self.journal.gone(task)
        inner = self.subprocesses.pop(task.id, None)
        if inner is not None:
            for entry in list(inner.tasks.values()):
                self._forget(inner, entry)

    def all_tasks(self) -> list[Any]:
        """Every task, also in sub-processes, at any depth (stock's ``get_tasks`` stops silently at 1,000)."""
        return [task for workflow in self.all_workflows() for task in workflow.tasks.values()]

    def all_workflows(self) -> list[Any]:
        """The sub-processes, deepest first, then this."""
        return [*sorted(self.subprocesses.values(), key=lambda entry: -entry.depth), self]

    def find(self, task_id: Any) -> Any:
        """The task of that id, or None."""
        for workflow in self.all_workflows():
            if task_id in workflow.tasks:
                return workflow.tasks[task_id]
        return None

    def tasks_in(self, states: int) -> list[Any]:
        """All tasks in one of the states."""
        return [task for task in self.all_tasks() if task.has_state(states)]


LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
