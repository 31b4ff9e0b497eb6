"""Storing: a specification once, by the hash of its text; an instance as compressed JSON without it.

Tasks are written as a list, parents first, because each holds only what its data changed against its parent's:
SpiffWorkflow's own format, a mapping, loses that data without a word where a database re-orders keys.
Task data never passes SpiffWorkflow's registry, so no key of a form can pose as one of its objects.
"""

from __future__ import annotations

import hashlib
import json
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.serializer.default.event_definition import TimerConditionalEventDefinitionConverter
from SpiffWorkflow.bpmn.serializer.default.workflow import (
    BpmnSubWorkflowConverter,
    BpmnWorkflowConverter,
    TaskConverter,
)
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.spiff.serializer.event_definition import (
    ErrorEscalationEventDefinitionConverter,
    MessageEventDefinitionConverter,
)
from SpiffWorkflow.spiff.serializer.task_spec import (
    ServiceTaskConverter,
    SpiffBpmnTaskConverter,
    UserTaskConverter,
)
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState

from app.engine.errors import StateUnreadable
from app.engine.specs import (
    DecisionTask,
    ErrorEvent,
    FeelScriptTask,
    HumanTask,
    MessageEvent,
    OperationTask,
)
from app.engine.timers import CycleTimer, DateTimer, DurationTimer
from app.engine.values import Element, SequenceFlow
from app.engine.workflow import Workflow
from app.feel import Function
from app.feel.tables import DecisionModel

FORMAT = 1


# --- converters ---------------------------------------------------------------------------------------------------


class _ScriptConverter(SpiffBpmnTaskConverter):
    def to_dict(self, spec: Any) -> dict[str, Any]:
        given = {"expression": spec.expression, "result_variable": spec.result_variable}
        return {**super().to_dict(spec), **given}


class _DecisionConverter(SpiffBpmnTaskConverter):
    def to_dict(self, spec: Any) -> dict[str, Any]:
        given = {"decision": spec.decision, "result_variable": spec.result_variable}
        return {**super().to_dict(spec), **given}


class _TaskConverter(TaskConverter):
    def from_dict(self, stored: dict[str, Any], workflow: Any) -> Any:
        spec = workflow.spec.task_specs[stored["task_spec"]]
        task = self.target_class(workflow, spec, state=stored["state"], id=UUID(stored["id"]))
        task._parent = UUID(stored["parent"]) if stored["parent"] is not None else None
        task._children = [UUID(child) for child in stored["children"]]
        task.last_state_change = stored["last_state_change"]
        task.triggered = stored["triggered"]
        task.internal_data = self.registry.restore(stored["internal_data"])
        if isinstance(spec, CatchingEvent) and task.has_state(TaskState.WAITING):
            workflow.top_workflow.event_manager.add_task(task)
        task.data = _data_of(task, stored)
        return task


def _data_of(task: Any, stored: dict[str, Any]) -> dict[str, Any]:
    if task._parent is None:
        data: dict[str, Any] = stored["data"]
        return data
    if task.parent is None:
        raise StateUnreadable(f"task {task.id} is stored before its parent")
    data = DeepMerge.merge({}, task.parent.data)
    data.update(stored["delta"]["updates"])
    for key in stored["delta"]["deletions"]:
        data.pop(key, None)
    return data


class _SubWorkflowConverter(BpmnSubWorkflowConverter):
    def to_dict(self, workflow: Any) -> dict[str, Any]:
        stored = super().to_dict(workflow)
        stored["tasks"] = list(stored["tasks"].values())
        return dict(stored)

    def from_dict(self, stored: dict[str, Any], task: Any, top_workflow: Any) -> Any:
        spec = top_workflow.subprocess_specs[task.task_spec.spec]
        workflow = self.target_class(spec, task.id, top_workflow, deserializing=True)
        for entry in stored["tasks"]:
            self.registry.restore(entry, workflow=workflow)
        workflow.task_tree = workflow.tasks[UUID(stored["root"])]
        self.set_default_attributes(workflow, stored)
        return workflow


class _WorkflowConverter(BpmnWorkflowConverter):
    def to_dict(self, workflow: Any) -> dict[str, Any]:
        stored = super(BpmnWorkflowConverter, self).to_dict(workflow)
        stored["tasks"] = list(stored["tasks"].values())
        stored["subprocesses"] = [self.registry.convert(entry) for entry in workflow.subprocesses.values()]
        stored["bpmn_events"] = self.registry.convert(workflow.bpmn_events)
        return dict(stored)

    def restore(self, stored: dict[str, Any], bundle: SpecBundle) -> Workflow:
        workflow = Workflow(bundle.spec, dict(bundle.subprocesses), deserializing=True)
        for entry in stored["tasks"]:
            self.registry.restore(entry, workflow=workflow)
        workflow.task_tree = workflow.tasks[UUID(stored["root"])]
        self.set_default_attributes(workflow, stored)
        inner = {entry["parent_task_id"]: entry for entry in stored["subprocesses"]}
        self.subprocesses_from_dict(inner, workflow)
        workflow.bpmn_events = self.registry.restore(stored["bpmn_events"])
        return workflow


_CONFIG = {
    **{owner: converter for owner, converter in SPIFF_CONFIG.items() if owner is not BpmnWorkflow},
    BpmnSubWorkflow: _SubWorkflowConverter,
    Task: _TaskConverter,
    HumanTask: UserTaskConverter,
    OperationTask: ServiceTaskConverter,
    FeelScriptTask: _ScriptConverter,
    DecisionTask: _DecisionConverter,
    DateTimer: TimerConditionalEventDefinitionConverter,
    DurationTimer: TimerConditionalEventDefinitionConverter,
    CycleTimer: TimerConditionalEventDefinitionConverter,
    MessageEvent: MessageEventDefinitionConverter,
    ErrorEvent: ErrorEscalationEventDefinitionConverter,
}
_REGISTRY = BpmnWorkflowSerializer.configure(_CONFIG)
_WORKFLOWS = _WorkflowConverter(Workflow, _REGISTRY)


# --- specifications -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SpecBundle:
    """A specification ready to run, shared by all instances of it and never changed."""

    spec_hash: str
    spec: Any
    subprocesses: Mapping[str, Any]
    elements: Mapping[tuple[str, str], Element]
    flows: Mapping[tuple[str, str, str], tuple[str, str]]
    tables: Mapping[str, str]
    #: decision id -> key of its table
    decisions: Mapping[str, str]

    @cached_property
    def heeded(self) -> frozenset[str]:
        """The operations whose answers some element keeps in a variable."""
        elements = self.elements.values()
        return frozenset(one.operation for one in elements if one.operation and one.result_variable)

    def model(self, decision: str, functions: Mapping[str, Function]) -> DecisionModel:
        """The model that holds a decision, compiled for these functions (cached by their signatures)."""
        return _models.get(self.tables[self.decisions[decision]], functions)


class _Models:
    """Compiled decision models by text and by the signatures of the functions they may call."""

    def __init__(self, size: int = 100) -> None:
        self._size = size
        self._entries: OrderedDict[tuple[str, frozenset[tuple[str, Function]]], DecisionModel] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, text: str, functions: Mapping[str, Function]) -> DecisionModel:
        key = (text, frozenset(functions.items()))
        with self._lock:
            model = self._entries.get(key)
            if model is None:
                model = DecisionModel.parse(text.encode(), functions=functions)
                self._entries[key] = model
                while len(self._entries) > self._size:
                    self._entries.popitem(last=False)
            else:
                self._entries.move_to_end(key)
        return model


_models = _Models()


def spec_text(
    spec: Any,
    subprocesses: Mapping[str, Any],
    elements: tuple[Element, ...],
    flows: tuple[SequenceFlow, ...],
    tables: Mapping[str, bytes],
    decisions: Mapping[str, str],
) -> tuple[str, str]:
    """A specification as text, and the hash it is stored under.

    In which order a diagram writes the attributes and properties of an element makes no difference.
    """
    content = {
        "format": FORMAT,
        "spec": _settled(_REGISTRY.convert(spec)),
        "subprocesses": {name: _settled(_REGISTRY.convert(entry)) for name, entry in sorted(subprocesses.items())},
        "elements": [
            {**asdict(element), "properties": dict(sorted(element.properties.items()))} for element in elements
        ],
        "flows": [asdict(flow) for flow in flows],
        "tables": {key: text.decode() for key, text in sorted(tables.items())},
        "decisions": dict(sorted(decisions.items())),
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return text, hashlib.sha256(text.encode()).hexdigest()


def _settled(converted: dict[str, Any]) -> dict[str, Any]:
    for entry in converted["task_specs"].values():
        for name in ("extensions", "operation_params"):
            if name in entry:
                entry[name] = json.loads(json.dumps(entry[name], sort_keys=True))
    return converted


def read_spec(text: str, spec_hash: str) -> SpecBundle:
    """The specification in a text. Raises StateUnreadable if it is not what the hash names."""
    if hashlib.sha256(text.encode()).hexdigest() != spec_hash:
        raise StateUnreadable("the specification is not the one its hash names")
    content = json.loads(text)
    if content.get("format") != FORMAT:
        raise StateUnreadable(f"unknown format of a specification: {content.get('format')!r}")
    elements = [_element(entry) for entry in content["elements"]]
    flows = [SequenceFlow(**entry) for entry in content["flows"]]
    scopes = {
        (element.process_id, element.id): element.scope_id or element.process_id for element in elements
    }
    return SpecBundle(
        spec_hash=spec_hash,
        spec=_REGISTRY.restore(content["spec"]),
        subprocesses={name: _REGISTRY.restore(entry) for name, entry in content["subprocesses"].items()},
        elements={(element.scope_id or element.process_id, element.id): element for element in elements},
        flows={
            (scopes[flow.process_id, flow.source_id], flow.source_id, flow.target_id): (flow.id, flow.name)
            for flow in flows
        },
        tables=content["tables"],
        decisions=content["decisions"],
    )


def _element(stored: dict[str, Any]) -> Element:
    for name in ("candidate_groups", "candidate_users"):
        stored[name] = tuple(stored[name])
    return Element(**stored)


class SpecCache:
    """The specifications used last, by hash. Safe for threads; a hash names the same text for ever."""

    def __init__(self, size: int = 200) -> None:
        self._size = size
        self._entries: OrderedDict[str, SpecBundle] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, spec_hash: str, load: Callable[[str], str]) -> SpecBundle:
        """The specification; ``load`` gives its text when it is not here."""
        with self._lock:
            bundle = self._entries.get(spec_hash)
            if bundle is not None:
                self._entries.move_to_end(spec_hash)
                return bundle
        bundle = read_spec(load(spec_hash), spec_hash)
        with self._lock:
            bundle = self._entries.setdefault(spec_hash, bundle)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)
        return bundle

    def __len__(self) -> int:
        return len(self._entries)


specs = SpecCache()


# --- instances ----------------------------------------------------------------------------------------------------


def dump(workflow: Workflow) -> bytes:
    """The state of an instance, without its specification."""
    content = {"format": FORMAT, "spec": workflow.spec_hash, "workflow": _WORKFLOWS.to_dict(workflow)}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return zlib.compress(text.encode(), level=6)


def load(state: bytes, bundle: SpecBundle) -> Workflow:
    """An instance from its state. Raises StateUnreadable for anything that ``dump`` did not write."""
    try:
        content = json.loads(zlib.decompress(state))
    except (zlib.error, ValueError) as error:
        raise StateUnreadable("the state is damaged") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise StateUnreadable("unknown format of a state")
    if content["spec"] != bundle.spec_hash:
        raise StateUnreadable("the state belongs to another specification")
    workflow = _WORKFLOWS.restore(content["workflow"], bundle)
    workflow.spec_hash = bundle.spec_hash
    return workflow
