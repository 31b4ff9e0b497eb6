"""Reading an instance: what waits for whom, until when, for which message, and what failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.util.task import TaskState

from app.engine.expressions import aware
from app.engine.json_data import copied
from app.engine.storage import SpecBundle
from app.engine.timers import due_at
from app.engine.values import (
    AwaitedMessage,
    DueTimer,
    Element,
    Failure,
    JsonObject,
    OpenTask,
    Token,
    TokenState,
)
from app.engine.workflow import LIVE, Workflow
from app.operations import Shape, catalogue


def operation_types(bundle: SpecBundle) -> dict[str, str]:
    """The FEEL types of what operations put into the data, by path: ``review.confirmed_at`` -> date and time."""
    types: dict[str, str] = {}
    for element in bundle.elements.values():
        if element.operation is None or element.result_variable is None:
            continue
        operation = catalogue.get(element.operation)
        if operation is not None:
            for name, shape in operation.outputs:
                types.update(_typed_paths(f"{element.result_variable}.{name}", shape))
    return types


def _typed_paths(path: str, shape: Shape) -> Iterator[tuple[str, str]]:
    if shape.item is not None and shape.editor == "list":
        yield from _typed_paths(path, shape.item)
    for name, inner in shape.fields:
        yield from _typed_paths(f"{path}.{name}", inner)
    if shape.feel in ("date", "date and time", "number"):
        yield path, shape.feel


def open_tasks(workflow: Workflow, bundle: SpecBundle) -> list[OpenTask]:
    """Work that waits for people, oldest first."""
    tasks = [task for task in workflow.tasks_in(TaskState.READY) if task.task_spec.manual]
    tasks.sort(key=lambda task: task.last_state_change)
    return [
        _open_task(task, bundle.elements[task.workflow.spec.name, task.task_spec.bpmn_id]) for task in tasks
    ]


def _open_task(task: Any, element: Element) -> OpenTask:
    given = task.internal_data
    due = given.get("due_at")
    key = given.get("key_or_index", given.get("item"))
    return OpenTask(
        id=str(task.id),
        element_id=element.id,
        name=element.name,
        lane=element.lane,
        form_key=element.form_key,
        candidate_groups=_split(given.get("candidateGroups"), element.candidate_groups),
        candidate_users=_split(given.get("candidateUsers"), element.candidate_users),
        assignee=given.get("assignee", element.assignee),
        due_at=aware(due) if due is not None else None,
        item_key=None if key is None else str(key),
        process_id=element.process_id,
        properties=element.properties,
    )


def _split(worked_out: str | None, constant: tuple[str, ...]) -> tuple[str, ...]:
    if worked_out is None:
        return constant
    return tuple(entry.strip() for entry in worked_out.split(",") if entry.strip())


def timers(workflow: Workflow) -> list[DueTimer]:
    """The timers that wait, by instant."""
    found = []
    for task in workflow.event_manager.tasks.values():
        spec = task.task_spec
        moment = due_at(task) if task.state == TaskState.WAITING else None
        if moment is None:
            continue
        if isinstance(spec.event_definition, MultipleEventDefinition):
            element = _element_at_gateway(spec, TimerEventDefinition)
        else:
            element = spec
        found.append(DueTimer(str(task.id), element.bpmn_id, element.bpmn_name or element.bpmn_id, moment))
    return sorted(found, key=lambda timer: (timer.due_at, timer.element_id))


def _element_at_gateway(gateway: Any, kind: type) -> Any:
    """The catch event behind an event gateway whose definition the gateway holds."""
    return next(element for definition, element in _definitions(gateway) if isinstance(definition, kind))


def awaited(workflow: Workflow) -> list[AwaitedMessage]:
    """The messages that would be taken now."""
    found = []
    for task in workflow.event_manager.tasks.values():
        if task.state == TaskState.WAITING:
            for definition, element in _definitions(task.task_spec):
                if isinstance(definition, MessageEventDefinition):
                    found.append(AwaitedMessage(definition.name, element.bpmn_id, str(task.id)))
    return found


def _definitions(spec: Any) -> list[tuple[Any, Any]]:
    definition = spec.event_definition
    if isinstance(definition, MultipleEventDefinition):
        return list(zip(definition.event_definitions, spec.outputs, strict=True))
    return [(definition, spec)]


def tokens(tasks: Iterable[Any], bundle: SpecBundle) -> list[Token]:
    """These tasks as tokens, oldest first; what no diagram shows is left out."""
    found = []
    for task in sorted(tasks, key=lambda task: task.last_state_change):
        element = bundle.elements.get((task.workflow.spec.name, task.task_spec.bpmn_id))
        if element is not None:
            state: TokenState = "failed" if task.state == TaskState.ERROR else "open"
            if task.state != TaskState.ERROR and not task.task_spec.manual:
                state = "waiting"
            found.append(Token(str(task.id), element.id, element.name, element.kind, state))
    return found


def failures(workflow: Workflow) -> list[Failure]:
    """The elements that stand still after a failure."""
    return [
        Failure(
            task_id=str(task.id),
            element_id=task.task_spec.bpmn_id or task.task_spec.name,
            operation=getattr(task.task_spec, "operation_name", None),
            code=task.internal_data.get("failure", {}).get("code", "expression"),
            message=task.internal_data.get("failure", {}).get("message", ""),
            detail=task.internal_data.get("failure", {}).get("detail", ""),
        )
        for task in workflow.tasks_in(TaskState.ERROR)
    ]


def end_elements(workflow: Workflow) -> tuple[str, ...]:
    """The end events reached at the top level, in order."""
    ends = [
        task
        for task in workflow.tasks.values()
        if isinstance(task.task_spec, EndEvent) and task.state == TaskState.COMPLETED
    ]
    ends.sort(key=lambda task: task.last_state_change)
    return tuple(task.task_spec.bpmn_id for task in ends)


def instance_data(workflow: Workflow) -> JsonObject:
    """The data as the live tokens see them, the latest last; at the end, the data of the end."""
    if workflow.completed and workflow.last_task is not None:
        return copied(dict(workflow.last_task.data))
    merged: JsonObject = {}
    for task in sorted(workflow.tasks_in(LIVE | TaskState.ERROR), key=lambda task: task.last_state_change):
        merged.update(copied(task.data))
    return merged
