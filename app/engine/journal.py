"""What happened in a step, in order: elements entered, completed, cancelled or failed, and sequence flows taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from app.engine.values import Element, Passed

#: Elements a token stays at; for all others only their completion is told.
_STAYING = {
    "userTask",
    "manualTask",
    "task",
    "receiveTask",
    "intermediateCatchEvent",
    "eventBasedGateway",
    "subProcess",
    "callActivity",
}
_ACTIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED
_SPLIT = ".BoundaryEventSplit"


class Journal:
    """Collects what the tasks of one execution go through."""

    def __init__(
        self,
        elements: Mapping[tuple[str, str], Element],
        flows: Mapping[tuple[str, str, str], tuple[str, str]],
    ) -> None:
        self._elements = elements
        self._flows = flows
        self._passed: list[Passed] = []
        #: How many changes of state there were, also of what no diagram shows.
        self.changes = 0
        self._entered: set[Any] = set()

    def opened(self, task: Any) -> None:
        """A task that was entered in an earlier step (after loading)."""
        element = self._element(task)
        if element is not None and element.kind in _STAYING:
            self._entered.add(task.id)

    def drain(self) -> list[Passed]:
        """Everything since the last call."""
        passed, self._passed = self._passed, []
        return passed

    def note(self, task: Any, state: int) -> None:
        """A task changed its state."""
        self.changes += 1
        element = self._element(task)
        if element is None:
            return
        if state & _ACTIVE:
            self._note_active(task, element)
        elif state == TaskState.COMPLETED:
            self._entered.discard(task.id)
            self._add(task, element, "completed")
            for child in task.children:
                self._note_flow(task, child)
        elif state == TaskState.ERROR:
            self._entered.discard(task.id)
            self._add(task, element, "failed")
        elif state == TaskState.CANCELLED:
            self.gone(task)

    def gone(self, task: Any) -> None:
        """A task was cancelled or removed from the tree."""
        if task.id in self._entered:
            self._entered.discard(task.id)
            element = self._element(task)
            if element is not None:
                self._add(task, element, "cancelled")

    def caught(self, task: Any) -> None:
        """An operation failed with an error that a boundary event catches."""
        element = self._element(task)
        if element is not None:
            self._add(task, element, "failed")

    def _note_active(self, task: Any, element: Element) -> None:
        parent = task.parent
        if (
            parent is not None
            and isinstance(parent.task_spec, BoundaryEvent)
            and parent.state == TaskState.WAITING
        ):
            # A cycle fires without completing: its children come while it goes on waiting.
            source = self._element(parent)
            if source is not None and task.id not in self._entered:
                self._add(parent, source, "completed")
                self._note_flow(parent, task)
        if element.kind in _STAYING and task.id not in self._entered:
            self._entered.add(task.id)
            self._add(task, element, "entered")

    def _note_flow(self, source: Any, target: Any) -> None:
        target_id = target.task_spec.bpmn_id or target.task_spec.name.removesuffix(_SPLIT)
        key = (source.workflow.spec.name, source.task_spec.bpmn_id, target_id)
        found = self._flows.get(key)
        if found is not None:
            flow_id, name = found
            process_id = self._process_of(source)
            self._passed.append(
                Passed(str(source.id), flow_id, name, "sequenceFlow", "taken", {}, process_id)
            )

    def _process_of(self, task: Any) -> str:
        element = self._element(task)
        return element.process_id if element is not None else ""

    def _element(self, task: Any) -> Element | None:
        bpmn_id = getattr(task.task_spec, "bpmn_id", None)
        if bpmn_id is None:
            return None
        return self._elements.get((task.workflow.spec.name, bpmn_id))

    def _add(self, task: Any, element: Element, outcome: str) -> None:
        detail = _detail(task, element)
        self._passed.append(
            Passed(str(task.id), element.id, element.name, element.kind, outcome, detail, element.process_id)
        )


def _detail(task: Any, element: Element) -> dict[str, Any]:
    data = task.internal_data
    detail: dict[str, Any] = {}
    if element.operation is not None:
        detail["operation"] = element.operation
    if element.decision is not None:
        detail["decision"] = element.decision
        detail["rules"] = data.get("matched", [])
    if isinstance(task.task_spec, LoopTask):
        detail["instances"] = len(data.get("merged", []))
    for name in ("error", "failure", "skipped"):
        if name in data:
            detail[name] = data[name]
    if (key := data.get("key_or_index")) is not None:
        detail["item"] = key
    return detail
