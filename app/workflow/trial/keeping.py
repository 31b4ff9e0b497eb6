"""Keeping a trial as a scenario of the process's draft, new or instead of one, and taking scenarios out again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid
from app.feel import FeelError
from app.operations import OperationError
from app.regulations.feel_functions import feel_functions
from app.workflow.releases import drafts
from app.workflow.releases.drafts import DraftChange
from app.workflow.releases.models import ProcessDraft
from app.workflow.scenarios import RAISES, ScenarioFailed, answered, parse_scenarios, run, turn
from app.workflow.trial import runs, sandbox
from app.workflow.trial.files import (
    ScenarioFile,
    mark_of,
    read_file,
    with_replaced,
    with_scenario,
    without_scenario,
)
from app.workflow.trial.models import Trial, TrialStep
from app.workflow.trial.subject import Subject, unpacked

MAX_NAME = 60
#: What a scenario must pass: elements that do something, and the flows out of choices.
_TOLD = frozenset(
    {"userTask", "serviceTask", "businessRuleTask", "scriptTask", "sendTask", "callActivity", "intermediateCatchEvent",
     "boundaryEvent", "receiveTask", "endEvent"}
)
_CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway"})


def keep(trial_id: int, name: str, actor: Actor) -> str:
    """存为场景: adds the run to the draft of its process; gives the scenario's name.

    :raises Invalid: no name. :raises Conflict: it is not over, the name is taken, or there is no draft.
    """
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > MAX_NAME:
        raise Invalid({"name": f"写明场景的名称，不超过 {MAX_NAME} 个字"})
    trial = runs.get(trial_id)
    steps = _walked(trial)
    draft = _draft(trial.key)
    entry = entry_of(trial, steps, unpacked(trial.content), read_file(draft.scenarios), wanted)
    text = with_scenario(draft.scenarios, trial.key, entry, {"begins": trial.begins.isoformat()})
    _store(trial, draft, text, wanted, actor)
    return wanted


def replace(trial_id: int, name: str, mark: str, actor: Actor) -> None:
    """替换场景: the run takes the place of the scenario of this name; what that one must avoid is still avoided.

    `mark` is that of the scenario the owner saw (`mark_of`).
    :raises Conflict: it is not over, there is no draft, or that scenario was changed or taken out meanwhile.
    """
    trial = runs.get(trial_id)
    steps = _walked(trial)
    draft = _draft(trial.key)
    present = mark_of(draft.scenarios, name)
    if present is None:
        raise Conflict(f"场景“{name}”已被删除，没有替换；可以把这次的走法存为新场景", "name")
    if present != mark:
        raise Conflict(f"场景“{name}”在此期间已被改过，没有替换；再存一次，可以替换现在的", "name")
    file = read_file(draft.scenarios)
    entry = entry_of(trial, steps, unpacked(trial.content), file, name)
    avoids = next(one.avoids for one in file.scenarios if one.name == name)
    if still := sorted(avoids - {one[0] for step in steps for one in step.passed}):
        entry["avoids"] = still
    _store(trial, draft, with_replaced(draft.scenarios, entry), name, actor)


def mark_to_replace(trial: Trial) -> str | None:
    """The mark of the scenario the trial was begun from, if the draft has it still as it was then."""
    draft = drafts.active(trial.key)
    if draft is None or trial.draft_id != draft.id or trial.script_name is None:
        return None
    present = mark_of(draft.scenarios, trial.script_name)
    begun_from = mark_of(unpacked(trial.content).scenarios, trial.script_name)
    return present if present == begun_from else None


def mark_in_draft(key: str, name: str) -> str | None:
    """The mark of a scenario of the process's draft; None if there is none of this name."""
    draft = drafts.active(key)
    return mark_of(draft.scenarios, name) if draft is not None else None


def _walked(trial: Trial) -> list[TrialStep]:
    steps = runs.steps_of(trial)
    if not steps or not steps[-1].act["over"]:
        raise Conflict("流程还没有走到结束，走到结束之后才能存为场景")
    return steps


def _store(trial: Trial, draft: ProcessDraft, text: str, name: str, actor: Actor) -> None:
    _prove(text, name, trial, unpacked(trial.content))
    is_of_this = (trial.draft_id, trial.draft_rev) == (draft.id, draft.rev)
    rev = drafts.save(draft.id, draft.rev, DraftChange(scenarios=text), actor)
    if is_of_this:  # the draft is still what ran; only the scenario came to it
        trial.draft_rev = rev


def remove(draft_id: int, rev: int, name: str, actor: Actor) -> int:
    """Takes a scenario out of a draft; gives the new rev. :raises NotFound: :raises DraftOvertaken:"""
    draft = drafts.get(draft_id)
    return drafts.save(draft_id, rev, DraftChange(scenarios=without_scenario(draft.scenarios, name)), actor)


def _draft(key: str) -> ProcessDraft:
    draft = drafts.active(key)
    if draft is None:
        raise Conflict("场景存在草稿里，这个流程现在没有草稿：请先开始修改，再存为场景")
    return draft


def _prove(text: str, name: str, trial: Trial, subject: Subject) -> None:
    """The run as a scenario must go the way it went. :raises Conflict: why it does not."""
    try:
        kept = next(one for one in parse_scenarios(text) if one.name == name)
        run(subject.process, kept, runs.rules_of(trial), types=subject.variable_types)
    except ScenarioFailed as failure:
        raise Conflict(f"照这次的步骤重走一遍没有走通，没有存：{failure}") from failure


def entry_of(
    trial: Trial, steps: Sequence[TrialStep], subject: Subject, file: ScenarioFile, name: str
) -> dict[str, Any]:
    """The run as an entry of a file of scenarios; what the file says for all of them is not said again."""
    entry: dict[str, Any] = {"name": name}
    if file.begins != trial.begins:
        entry["begins"] = trial.begins.isoformat()
    if dict(file.start) != trial.start_data:
        entry["start"] = trial.start_data
    if operations := _operations(trial, steps, file):
        entry["operations"] = operations
    entry["steps"] = list(_steps(steps))
    entry["passes"] = passed_in(steps, subject)
    entry["ends"] = end_of(steps, subject)
    return entry


def _steps(steps: Sequence[TrialStep]) -> Iterator[dict[str, Any]]:
    waited: datetime | None = None
    for step in steps:
        kind = step.act["kind"]
        if kind == sandbox.WAIT:
            waited = step.moment
        elif kind != sandbox.START:
            yield _step(step.act, waited if kind != sandbox.UNTIL else None)
            waited = None


def _step(act: Mapping[str, Any], at: datetime | None) -> dict[str, Any]:
    entry: dict[str, Any] = {act["kind"]: act["element"]}
    if act.get("item") is not None:
        entry["item"] = act["item"]
    if at is not None:
        entry["at"] = at.isoformat()
    if act.get("values"):
        entry["with"] = act["values"]
    return entry


def _operations(trial: Trial, steps: Sequence[TrialStep], file: ScenarioFile) -> dict[str, Any]:
    """The answers as they were given, in turn, of operations for which the file does not say the same."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    differ: set[str] = set()
    for step in steps:
        for call in step.calls:
            given = found.setdefault(call["operation"], [])
            if not _said_by_file(trial, step, call, file, len(given)):
                differ.add(call["operation"])
            given.append({RAISES: call["error"]} if "error" in call else call["given"])
    return {name: _in_turn(given) for name, given in found.items() if name in differ}


def _said_by_file(
    trial: Trial, step: TrialStep, call: Mapping[str, Any], file: ScenarioFile, earlier: int
) -> bool:
    if call["operation"] not in file.operations:
        return False
    common = turn(file.operations[call["operation"]], earlier)
    if "error" in call:
        return dict(common) == {RAISES: call["error"]}
    try:
        functions = feel_functions(runs.rules_of(trial), step.moment)
        return bool(answered(common, call["arguments"], functions) == call["answer"])
    except (OperationError, FeelError):
        return False


def _in_turn(given: list[Mapping[str, Any]]) -> Any:
    return dict(given[0]) if all(one == given[0] for one in given) else [dict(one) for one in given]


def passed_in(steps: Sequence[TrialStep], subject: Subject) -> list[str]:
    """What the run passed that a scenario is to insist on, in order."""
    found: dict[str, None] = {}
    for step in steps:
        for element_id, _name, kind, outcome, _detail in step.passed:
            done = outcome == "completed" and kind in _TOLD
            flow = subject.flows.get(element_id) if outcome == "taken" else None
            source = subject.elements.get(flow.source_id) if flow is not None else None
            if done or (source is not None and source.kind in _CHOICES):
                found[element_id] = None
    return list(found)


def end_of(steps: Sequence[TrialStep], subject: Subject) -> str:
    """The end event that tells how the run ended: the innermost of the last step; empty if there was none."""
    last = steps[-1].passed if steps else []
    ends = [one[0] for one in last if one[2] == "endEvent" and one[3] == "completed"]
    inner = [one for one in ends if subject.elements[one].scope_id is not None]
    return str(next(reversed(inner or ends), ""))
