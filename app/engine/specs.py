"""Our own elements in the place of SpiffWorkflow's: operations, FEEL scripts, decision tables, user tasks, events."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.spiff.specs.defaults import ServiceTask, UserTask
from SpiffWorkflow.spiff.specs.event_definitions import ErrorEventDefinition, MessageEventDefinition
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from SpiffWorkflow.task import TaskState

from app.engine.errors import OperationFailed, UncaughtError
from app.engine.expressions import aware, failed
from app.engine.json_data import checked
from app.operations.errors import OperationError

#: The attributes that say whose work a task is.
PEOPLE = ("assignee", "candidateGroups", "candidateUsers")


class HumanTask(UserTask):
    """A user or manual task. What it says of people and dates is worked out once, when the work becomes open."""

    def _on_ready_hook(self, task: Any) -> None:
        super()._on_ready_hook(task)
        self.work_out_due(task)
        for name in PEOPLE:
            self.work_out_people(task, name)

    def work_out_due(self, task: Any) -> None:
        """Note until when the work is due, if the diagram says it."""
        if (due := self.told("dueDate")) is not None:
            engine = task.workflow.script_engine
            moment = engine.instant(task, due) if due.startswith("=") else _constant_instant(task, due)
            task.internal_data["due_at"] = moment.isoformat()

    def work_out_people(self, task: Any, name: str) -> None:
        """Note whom an expression names; a constant stays in the diagram."""
        if (text := self.told(name)) is not None and text.startswith("="):
            value = task.workflow.script_engine.evaluate(task, text)
            task.internal_data[name] = _names(task, text, value)

    def told(self, name: str) -> str | None:
        """A ``camunda:`` attribute of the element."""
        text: str | None = getattr(self, "extensions", {}).get(f"camunda:{name}")
        return text


def _constant_instant(task: Any, text: str) -> Any:
    try:
        return aware(text)
    except ValueError as error:
        raise failed(task, text, f"办理期限“{text}”不是日期时间；表达式以 = 开头") from error


def _names(task: Any, text: str, value: Any) -> str:
    entries = value if isinstance(value, list) else [value]
    # nobody at all would leave the work to whoever has the role of the lane
    if entries and all(isinstance(entry, int | str) and not isinstance(entry, bool) for entry in entries):
        return ",".join(str(entry) for entry in entries)
    raise failed(task, text, f"“{text}”应得出人员或岗位的代号，实为 {value!r}")


class OperationTask(ServiceTask):
    """A service task: calls an operation of the catalogue through the host."""

    def __init__(self, wf_spec: Any, name: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.result_variable = kwargs.get("result_variable") or None

    def _execute(self, task: Any) -> bool | None:
        engine = task.workflow.script_engine
        arguments = {
            name: engine.evaluate(task, parameter["value"])
            for name, parameter in self.operation_params.items()
        }
        try:
            result = checked(engine.host.call_operation(self.operation_name, arguments))
        except OperationError as error:
            if throw_error(task, error.code, error.message):
                task.internal_data["error"] = error.code
                task.workflow.top_workflow.journal.caught(task)
                return None
            raise self._failure(task, error.code, error.message) from error
        except Exception as error:
            message = f"操作 {self.operation_name} 出错"
            raise self._failure(task, "unexpected", message, f"{type(error).__name__}: {error}") from error
        if self.result_variable:
            task.data[self.result_variable] = result
        return True

    def _failure(self, task: Any, code: str, message: str, detail: str = "") -> OperationFailed:
        task.internal_data["failure"] = {"code": code, "message": message, "detail": detail}
        return OperationFailed(str(task.id), self.bpmn_id, self.operation_name, code, message)


class FeelScriptTask(SpiffBpmnTask):
    """A script task: one FEEL expression, one result variable."""

    def __init__(self, wf_spec: Any, name: str, expression: str, result_variable: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.expression = expression
        self.result_variable = result_variable

    def _run_hook(self, task: Any) -> bool:
        task.data[self.result_variable] = checked(task.workflow.script_engine.evaluate(task, self.expression))
        return True


class DecisionTask(SpiffBpmnTask):
    """A business rule task: a decision table by the standard, and the rules that matched for the record."""

    def __init__(self, wf_spec: Any, name: str, decision: str, result_variable: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision = decision
        self.result_variable = result_variable

    def _run_hook(self, task: Any) -> bool:
        value, matched = task.workflow.script_engine.decide(task, self.decision)
        task.data[self.result_variable] = checked(value)
        task.internal_data["matched"] = matched
        return True


class MessageEvent(MessageEventDefinition):
    """A message that is caught: its payload goes to the message variable or, without one, into the data."""

    def catches(self, task: Any, event: Any) -> bool:
        """By name and, where the token is bound to correlation keys, by what the payload gives for them."""
        if self != event.event_definition:
            return False
        bound = task.workflow.correlations
        if not (self.correlation_properties and bound):
            return True
        given = self.get_correlations(task, event.payload or {})
        return all(bound[key] == given[key] for key in given if key in bound)

    def update_task_data(self, task: Any) -> None:
        """Take the payload over."""
        payload = task.internal_data.pop(self.name, None)
        if self.message_var is not None:
            task.data[self.message_var] = payload
        elif payload:
            task.data.update(payload)


class ErrorEvent(ErrorEventDefinition):
    """An error: thrown, it reaches the nearest enclosing activity that catches it, and no other."""

    def throw(self, task: Any) -> None:
        """Raises UncaughtError where stock SpiffWorkflow lets the instance complete as if nothing had happened."""
        if not throw_error(task, self.code, self.name or ""):
            element = task.task_spec.bpmn_id
            raise UncaughtError(str(task.id), element, self.code or "error", f"错误“{self.code}”没有被捕获")


def throw_error(task: Any, code: str | None, message: str) -> bool:
    """Give an error to the boundary event that catches it, from the task outwards. False if there is none."""
    boundary = _catching_boundary(task, code)
    if boundary is None:
        return False
    definition = boundary.task_spec.event_definition
    thrown = ErrorEvent(definition.name, code=code)
    event = BpmnEvent(thrown, payload={"code": code, "message": message})
    boundary.task_spec.catch(boundary, event)
    boundary.task_spec._update(boundary)
    return True


def _catching_boundary(task: Any, code: str | None) -> Any:
    while task is not None:
        activity = task
        if isinstance(task.parent and task.parent.task_spec, LoopTask):
            activity = task.parent
        catchers = [entry for entry in _boundaries(activity) if _catches(entry, code)]
        exact = [entry for entry in catchers if entry.task_spec.event_definition.code is not None]
        if catchers:
            return (exact or catchers)[0]
        workflow = task.workflow
        if workflow.parent_task_id is None:
            return None
        task = workflow.top_workflow.get_task_from_id(workflow.parent_task_id)
    return None


def _boundaries(activity: Any) -> list[Any]:
    split = activity.parent
    if split is None or not isinstance(split.task_spec, BoundaryEventSplit):
        return []
    return [entry for entry in split.children if isinstance(entry.task_spec, BoundaryEvent)]


def _catches(boundary: Any, code: str | None) -> bool:
    definition = boundary.task_spec.event_definition
    return (
        isinstance(definition, ErrorEventDefinition)
        and boundary.state == TaskState.WAITING
        and definition.code in (None, code)
    )
