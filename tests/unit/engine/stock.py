"""Stock SpiffWorkflow 3.2.0, to show beside ours what its work-arounds are for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.task import Task, TaskState

SERIALIZER = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))


def begin(content: bytes, process_id: str, data: Mapping[str, Any] | None = None) -> BpmnWorkflow:
    """A stock instance, run to its first waits; its expressions are Python."""
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(content)
    workflow = BpmnWorkflow(parser.get_spec(process_id), parser.get_subprocess_specs(process_id))
    workflow.task_tree.data.update(data or {})
    workflow.do_engine_steps()
    return workflow


def task(workflow: BpmnWorkflow, name: str) -> Task:
    """The first open task of an element."""
    return next(
        t for t in workflow.get_tasks(state=TaskState.READY, manual=True) if t.task_spec.bpmn_id == name
    )


def complete(workflow: BpmnWorkflow, name: str, **answers: Any) -> None:
    """Complete the first open task of an element."""
    found = task(workflow, name)
    found.data.update(answers)
    found.run()
    workflow.do_engine_steps()


def reload(workflow: BpmnWorkflow, sort_keys: bool = False) -> BpmnWorkflow:
    """Through stock JSON; sorted as a JSONB column would."""
    text = SERIALIZER.serialize_json(workflow)
    if sort_keys:
        text = json.dumps(json.loads(text), sort_keys=True)
    return SERIALIZER.deserialize_json(text)
