"""A trial as its page shows it: what waits, what operations answered, the data and what changed, the way so far."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from app.core.errors import NotFound
from app.engine import DueTimer, Element, OpenTask
from app.engine.xml import BPMN, SPIFF, bpmn, safe_root
from app.operations import Operation, catalogue
from app.workflow import assignment
from app.workflow.trial import answers, runs, sandbox
from app.workflow.trial.answers import Given
from app.workflow.trial.files import ScenarioFile, read_file
from app.workflow.trial.keeping import end_of
from app.workflow.trial.models import Trial, TrialStep
from app.workflow.trial.sandbox import TrialHost
from app.workflow.trial.subject import Subject, unpacked


@dataclass(frozen=True)
class Work:
    """An open task: who does it (role keys), its form's text, the data it sees, and what scenarios gave it."""

    task: OpenTask
    groups: tuple[str, ...]
    form: str | None
    data: Mapping[str, Any]
    suggested: Mapping[str, Any]


@dataclass(frozen=True)
class Awaited:
    """A message that would be taken now: its name, what it is called, and fields of its payload with examples."""

    name: str
    title: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Datum:
    """One variable of the run; `changed` in the last step."""

    name: str
    value: Any
    changed: bool


@dataclass(frozen=True)
class Answering:
    """An operation of the process and what it answers next."""

    name: str
    entry: Operation | None
    given: Given
    called: int
    typed: bool


@dataclass(frozen=True)
class Told:
    """A step as the page tells it."""

    number: int
    kind: str
    element_id: str
    what: str
    item: str | None
    moment: datetime
    values: Mapping[str, Any]
    calls: Sequence[Mapping[str, Any]]
    passed: tuple[str, ...]


@dataclass(frozen=True)
class TrialView:
    """Everything about a trial. `state` is what the viewer draws."""

    trial: Trial
    subject: Subject
    moment: datetime
    works: tuple[Work, ...]
    messages: tuple[Awaited, ...]
    timers: tuple[DueTimer, ...]
    data: tuple[Datum, ...]
    steps: tuple[Told, ...]
    answering: tuple[Answering, ...]
    state: Mapping[str, Any]
    over: bool
    end: str
    script_left: tuple[Mapping[str, Any], ...]

    @property
    def host_rules(self) -> Any:
        """The rule set of the trial."""
        return runs.rules_of(self.trial)


def view(trial: Trial) -> TrialView:
    """Reads a trial for its page."""
    subject = unpacked(trial.content)
    steps = runs.steps_of(trial)
    last = steps[-1] if steps else None
    moment = last.moment if last else trial.begins
    over = bool(last and last.act["over"])
    file = read_file(subject.scenarios)
    host = TrialHost(subject, runs.rules_of(trial), moment, trial.answers)
    execution = sandbox.restored(host, last.state) if last and not over else None
    works = tuple(_work(subject, file, task, execution.data(task.id)) for task in execution.open_tasks()) \
        if execution else ()
    messages = tuple(_awaited(subject, file, one.name, one.element_id) for one in execution.awaited()) \
        if execution else ()
    timers = tuple(execution.timers()) if execution else ()
    return TrialView(
        trial=trial, subject=subject, moment=moment, works=works,
        messages=tuple({one.name: one for one in messages}.values()), timers=timers,
        data=_data(trial, steps), steps=tuple(_told(subject, one) for one in reversed(steps)),
        answering=_answering(trial, subject, steps, moment),
        state=_state(trial, steps, works, timers, execution.awaited() if execution else ()),
        over=over, end=subject.named(end_of(steps, subject)) if over else "",
        script_left=tuple(trial.script[last.scripted if last else 0:]),
    )


def _work(subject: Subject, file: ScenarioFile, task: OpenTask, data: Mapping[str, Any]) -> Work:
    form = subject.forms.get(task.form_key or "")
    return Work(task, assignment.groups_of(task), form, data, _examples(file, sandbox.COMPLETE, task.element_id))


def _awaited(subject: Subject, file: ScenarioFile, name: str, element_id: str) -> Awaited:
    fields: dict[str, Any] = dict.fromkeys(payload_names(subject.xml, name), "")
    fields.update(_examples(file, sandbox.MESSAGE, name))
    return Awaited(name, subject.named(element_id), fields)


def _examples(file: ScenarioFile, kind: str, element: str) -> dict[str, Any]:
    """What scenarios gave at such a step, the first of each name."""
    found: dict[str, Any] = {}
    for scenario in file.scenarios:
        for step in scenario.steps:
            if step.kind == kind and step.element == element:
                found = {**step.values, **found}
    return found


@lru_cache(maxsize=64)
def payload_names(xml: str, message: str) -> tuple[str, ...]:
    """The fields of a message's payload that expressions of the diagram ask for."""
    root = safe_root(xml.encode())
    ids = {one.get("id"): one.get("name") for one in root.iter(bpmn("message"))}
    variables = set()
    for definition in root.iter(f"{{{BPMN}}}messageEventDefinition"):
        if ids.get(definition.get("messageRef"), "") == message:
            variables |= {(one.text or "").strip() for one in definition.iter(f"{{{SPIFF}}}messageVariable")}
    found: dict[str, None] = {}
    for variable in sorted(variables - {""}):
        found.update(dict.fromkeys(re.findall(rf"\b{re.escape(variable)}\.([A-Za-z_]\w*)", xml)))
    return tuple(found)


def _data(trial: Trial, steps: Sequence[TrialStep]) -> tuple[Datum, ...]:
    now = steps[-1].data if steps else trial.start_data
    before = steps[-2].data if len(steps) > 1 else {}
    absent = object()
    return tuple(
        Datum(name, value, before.get(name, absent) != value) for name, value in sorted(now.items())
    )


def _told(subject: Subject, step: TrialStep) -> Told:
    act = step.act
    passed = dict.fromkeys(
        subject.named(element_id)
        for element_id, name, kind, outcome, _detail in step.passed
        if outcome == "completed" and name and "ateway" not in kind
    )
    named = _message_words(subject, act["element"]) if act["kind"] == sandbox.MESSAGE else subject.named(act["element"])
    return Told(
        step.number, act["kind"], act["element"], named, act.get("item"), step.moment, act.get("values") or {},
        step.calls, tuple(passed),
    )


def _message_words(subject: Subject, name: str) -> str:
    for element in subject.elements.values():
        if element.properties.get("message") == name and element.name:
            return element.name
    return name


def operation_elements(subject: Subject) -> Iterable[Element]:
    """The elements that call an operation."""
    return (one for one in subject.elements.values() if one.operation)


def _answering(
    trial: Trial, subject: Subject, steps: Sequence[TrialStep], moment: datetime
) -> tuple[Answering, ...]:
    called = Counter(call["operation"] for step in steps for call in step.calls)
    names = dict.fromkeys(str(one.operation) for one in operation_elements(subject))
    return tuple(
        Answering(
            name, catalogue.get(name), answers.next_answer(trial.answers, name, called[name], moment), called[name],
            answers.TYPED in trial.answers.get(name, {}),
        )
        for name in names
    )


def _state(
    trial: Trial, steps: Sequence[TrialStep], works: Sequence[Work], timers: Sequence[DueTimer], awaited: Iterable[Any]
) -> dict[str, Any]:
    """Tokens, what was passed, and where it failed, for the viewer."""
    done: set[str] = set()
    for step in steps:
        done |= {one[0] for one in step.passed if one[3] in ("completed", "taken")}
    tokens = Counter(work.task.element_id for work in works)
    for element_id in {timer.element_id for timer in timers} | {one.element_id for one in awaited}:
        tokens[element_id] = max(1, tokens[element_id])
    failed = [trial.trouble["element"]] if trial.trouble and trial.trouble.get("element") else []
    new = {one[0] for one in steps[-1].passed if one[3] in ("completed", "taken")} if steps else set()
    return {"tokens": dict(tokens), "done": sorted(done), "failed": failed, "fresh": sorted(new)}


def no_operation(name: str) -> NotFound:
    """The refusal where a trial's process calls no such operation."""
    return NotFound(f"这个流程不调用操作“{name}”")
