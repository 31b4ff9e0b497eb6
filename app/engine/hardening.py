"""Work-arounds for defects of SpiffWorkflow 3.2.0, applied to its classes once, when the engine is imported.

Each one is named by the behaviour it mends, and has a test that shows the stock behaviour beside ours.
They are patches rather than subclasses because SpiffWorkflow names these classes itself where it creates them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import _BpmnCondition
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import (
    MultiInstanceTask,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
)
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState

from app.engine.expressions import failed
from app.engine.json_data import copied

#: Where a token that was moved by hand keeps the data it brought along, in place of its new parent's.
MOVED_DATA = "moved_data"

_stock_parallel_update = ParallelMultiInstanceTask._update_hook
_stock_sequential_update = SequentialMultiInstanceTask._update_hook
_stock_create_child = MultiInstanceTask.create_child


# --- tasks and their data -------------------------------------------------------------------------------------


def inherit_a_deep_copy(self: Any) -> None:
    """Stock copies one level: a change to nested data shows in parallel branches and in the past."""
    inherited = self.internal_data.get(MOVED_DATA, self.parent.data)
    self.data = {**self.data, **copied(inherited)}


def tell_the_journal(self: Any, value: int) -> None:
    """Stock builds a log record for every change of state; we tell the journal of the execution instead."""
    if value == self._state:
        return
    self._state = value
    self.last_state_change = time.time()
    journal = getattr(getattr(self.workflow, "top_workflow", None), "journal", None)
    if journal is not None:
        journal.note(self, value)


# --- gateways -------------------------------------------------------------------------------------------------


def require_a_boolean(self: Any, task: Any) -> bool:
    """Stock takes any truthy value, and null for no."""
    result: bool = task.workflow.script_engine.condition(task, self.args[0], task.workflow.data_objects)
    return result


def merge_what_each_branch_changed(self: Any, task: Any) -> bool:
    """Stock lets the last branch overwrite what another changed with the value it had before the fork."""
    branches = [entry.parent for entry in _siblings_at_join(self, task)]
    ordered = sorted([*branches, task.parent], key=lambda entry: entry.last_state_change)
    before = _last_common(ordered).data
    merged = copied(before)
    for branch in ordered:
        merged.update(copied(DeepMerge.get_updated_keys(before, branch.data)))
        for key in DeepMerge.get_deleted_keys(before, branch.data):
            merged.pop(key, None)
    task.data = merged
    return True


def _siblings_at_join(spec: Any, task: Any) -> list[Any]:
    """The other tokens that this firing of the join consumes: not those of earlier rounds of a loop."""
    earlier = task.find_ancestor(spec.name)
    return [
        entry
        for entry in task.workflow.tasks.values()
        if entry.task_spec is spec
        and entry is not task
        and entry.has_state(TaskState.COMPLETED | TaskState.CANCELLED)
        and entry.parent.state == TaskState.COMPLETED
        and not task.is_descendant_of(entry)
        and (earlier is None or entry.is_descendant_of(earlier))
    ]


def _last_common(tasks: list[Any]) -> Any:
    """The fork the branches come from; at the least the root."""
    paths = [_path(entry) for entry in tasks]
    common = paths[0][0]
    for level in zip(*paths, strict=False):
        if any(entry is not level[0] for entry in level):
            break
        common = level[0]
    return common


def _path(task: Any) -> list[Any]:
    path = []
    while task is not None:
        path.append(task)
        task = task.parent
    return path[::-1]


# --- multi-instance -------------------------------------------------------------------------------------------


def start_with_an_empty_output(self: Any, task: Any, input_data: Any) -> None:
    """Stock refuses to run a multi-instance element a second time while its last output is in the data."""
    if input_data is not None and self.data_output.bpmn_id == self.data_input.bpmn_id:
        return
    self.data_output.set(task, {} if isinstance(input_data, Mapping) else [])


def start_with_an_empty_list(self: Any, task: Any) -> None:
    """Stock raises NameError (``data_ouput``) when the output variable exists."""
    self.data_output.set(task, [])


def merge_in_order(self: Any, workflow: Any, child: Any) -> None:
    """Stock appends the outputs of a list in the order of completion, and leaves the item variable behind."""
    parent = child.parent
    if self.data_output is None or self.output_item is None:
        DeepMerge.merge(parent.data, child.data)
        if self.input_item is not None:
            parent.data.pop(self.input_item.bpmn_id, None)
    else:
        if not self.output_item.exists(child):
            raise failed(child, self.output_item.bpmn_id, f"没有给出“{self.output_item.bpmn_id}”")
        _put_output(self, parent, child)
    parent.internal_data["merged"].append(str(child.id))


def _put_output(spec: Any, parent: Any, child: Any) -> None:
    item = copied(spec.output_item.get(child))
    output = spec.data_output.get(parent)
    key = child.internal_data.get("key_or_index")
    in_place = spec.data_input is not None and spec.data_input.bpmn_id == spec.data_output.bpmn_id
    if isinstance(output, Mapping) or (in_place and key is not None):
        output[key] = item
        return
    position = key if key is not None else len(parent.internal_data["merged"])
    by_position = parent.internal_data.setdefault("outputs", {})
    by_position[str(position)] = item
    spec.data_output.set(parent, [by_position[index] for index in sorted(by_position, key=int)])


def complete_by_counts(self: Any, task: Any) -> bool:
    """Stock shows the condition only the last child's own data, and takes null for no."""
    merged = task.internal_data.get("merged", [])
    if self.condition is None or not merged:
        return False
    children = list(self._instances(task))
    last = next(entry for entry in children if str(entry.id) == merged[-1])
    counts = {
        "nrOfInstances": len(children) + len(task.internal_data.get("remaining", [])),
        "nrOfCompletedInstances": len(merged),
        "nrOfActiveInstances": sum(not entry.has_state(TaskState.FINISHED_MASK) for entry in children),
    }
    collected = {}
    if self.data_output is not None:
        collected[self.data_output.bpmn_id] = self.data_output.get(task)
    result: bool = task.workflow.script_engine.condition(last, self.condition, {**collected, **counts})
    return result


def check_then_run_parallel(self: Any, task: Any) -> Any:
    """Stock takes 2.5 for three instances and then hangs, and passes over a collection that is null."""
    task._inherit_data()
    _check_collection(self, task)
    return _stock_parallel_update(self, task)


def check_then_run_sequential(self: Any, task: Any) -> Any:
    """As for parallel instances."""
    task._inherit_data()
    _check_collection(self, task)
    return _stock_sequential_update(self, task)


def _check_collection(spec: Any, task: Any) -> None:
    if spec.cardinality is not None:
        task.workflow.script_engine.instances(task, spec.cardinality)
        return
    name = spec.data_input.bpmn_id
    collection = task.data.get(name)
    if not isinstance(collection, list | dict):
        raise failed(task, name, f"多实例的集合“{name}”应为列表或键值对照，实为 {collection!r}")
    entries = collection.values() if isinstance(collection, dict) else collection
    if any(entry is None for entry in entries):
        raise failed(task, name, f"多实例的集合“{name}”中有空值")


def create_child_afresh(self: Any, task: Any, item: Any, key_or_index: Any = None) -> None:
    """Stock refuses a second run because the item variable of the first is still in the data."""
    for variable in (self.input_item, self.output_item):
        if variable is not None:
            task.data.pop(variable.bpmn_id, None)
    _stock_create_child(self, task, item, key_or_index)


def stop_on_a_boolean(self: Any, task: Any) -> bool:
    """Stock ends a loop whose condition is null as if it were false."""
    if self.maximum is not None and len(task.internal_data.get("merged", [])) >= self.maximum:
        return True
    return self.condition is not None and not task.workflow.script_engine.condition(task, self.condition)


#: (class, method, ours). The stock methods are kept, so that tests can show what they do.
PATCHES: tuple[tuple[type, str, Callable[..., Any]], ...] = (
    (Task, "_inherit_data", inherit_a_deep_copy),
    (Task, "_set_state", tell_the_journal),
    (_BpmnCondition, "_matches", require_a_boolean),
    (UnstructuredJoin, "_run_hook", merge_what_each_branch_changed),
    (MultiInstanceTask, "init_data_output_with_input_data", start_with_an_empty_output),
    (MultiInstanceTask, "init_data_output_with_cardinality", start_with_an_empty_list),
    (MultiInstanceTask, "merge_child", merge_in_order),
    (MultiInstanceTask, "check_completion_condition", complete_by_counts),
    (MultiInstanceTask, "create_child", create_child_afresh),
    (ParallelMultiInstanceTask, "_update_hook", check_then_run_parallel),
    (SequentialMultiInstanceTask, "_update_hook", check_then_run_sequential),
    (StandardLoopTask, "loop_complete", stop_on_a_boolean),
)
_STOCK = tuple(vars(owner)[name] for owner, name, _ in PATCHES)


def apply() -> None:
    """Put ours in the place of the stock methods. Doing it again changes nothing."""
    for owner, name, ours in PATCHES:
        setattr(owner, name, ours)


@contextmanager
def stock(*names: str) -> Iterator[None]:
    """For tests: the stock methods of these names (all without names) while the block runs."""
    for (owner, name, _), original in zip(PATCHES, _STOCK, strict=True):
        if not names or name in names:
            setattr(owner, name, original)
    try:
        yield
    finally:
        apply()
