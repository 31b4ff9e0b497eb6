"""Named paths through a diagram: what people and time do, and what must have happened at the end.

A scenario runs a diagram on the engine alone: operations answer with recorded results, nothing is written and no
notice goes out. The same files are run by the tests and by the editor's trial run (试运行).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from app.engine import CompiledProcess, Execution, Host
from app.feel import Function, compile_expression, from_feel, to_feel
from app.regulations import RuleSet
from app.regulations.feel_functions import feel_functions

Json = Mapping[str, Any]
#: What an operation answers: the same at every call, or in turn, the last one from then on.
Answers = Json | Sequence[Json]
#: Called after every step with the execution; gives back the one to go on with (save and restore in tests).
Between = Callable[[Execution, Host], Execution]


class ScenarioFailed(Exception):
    """The diagram did not go the way the scenario says; the message tells where."""


@dataclass(frozen=True)
class Step:
    """One thing that happens: a task completed, a message delivered, or time passing until a timer fires."""

    kind: str
    element: str
    values: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """A path: its steps, the elements or flows it must pass or avoid, and the end event it must reach."""

    name: str
    steps: tuple[Step, ...]
    passes: frozenset[str]
    avoids: frozenset[str]
    ends: str
    operations: Mapping[str, Answers]
    start: Json
    begins: datetime


@dataclass(frozen=True)
class Outcome:
    """What a run of a scenario did: every element completed and flow taken, end events (of sub-processes too)."""

    elements: frozenset[str]
    flows: frozenset[str]
    ends: tuple[str, ...]
    operations: tuple[tuple[str, Json], ...]


def read_scenarios(path: Path) -> tuple[Scenario, ...]:
    """Reads processes/scenarios/<process>.yaml.

    :raises ScenarioFailed: if the file has keys or steps that mean nothing here.
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    common = raw.get("operations", {})
    return tuple(
        Scenario(
            name=entry["name"],
            steps=tuple(_steps(entry["steps"])),
            passes=frozenset(entry.get("passes", ())),
            avoids=frozenset(entry.get("avoids", ())),
            ends=entry["ends"],
            operations={**common, **entry.get("operations", {})},
            start=entry.get("start", raw.get("start", {})),
            begins=_moment(entry.get("begins", raw["begins"])),
        )
        for entry in raw["scenarios"]
    )


def _moment(value: Any) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _steps(raw: Any) -> Iterator[Step]:
    for entry in raw:
        kinds = [kind for kind in ("complete", "message", "until", "steps") if kind in entry]
        if len(kinds) != 1 or set(entry) - {*kinds, "with"}:
            raise ScenarioFailed(f"a step is complete, message, until or steps: {entry!r}")
        if kinds[0] == "steps":
            yield from _steps(entry["steps"])
        else:
            yield Step(kinds[0], entry[kinds[0]], entry.get("with", {}))


class ScenarioHost:
    """Stands where the workflow layer stands: a clock at will and operations that only answer."""

    def __init__(self, process: CompiledProcess, scenario: Scenario, rules: RuleSet) -> None:
        self.moment = scenario.begins
        self.called: list[tuple[str, Json]] = []
        self._process, self._answers, self._rules = process, scenario.operations, rules

    @property
    def functions(self) -> Mapping[str, Function]:
        """The registered FEEL functions at the scenario's moment."""
        return feel_functions(self._rules, self.moment)

    @property
    def variable_types(self) -> Mapping[str, str]:
        """Scenarios give plain JSON; what operations return is typed by the catalogue."""
        return {}

    def spec_text(self, spec_hash: str) -> str:
        """The one specification this scenario runs."""
        return self._process.spec_text

    def now(self) -> datetime:
        """The scenario's moment."""
        return self.moment

    def call_operation(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answers with the recorded result; a text that begins with = is FEEL over the arguments."""
        if name not in self._answers:
            raise ScenarioFailed(f"the scenario has no answer for the operation {name}")
        earlier = sum(called == name for called, _ in self.called)
        self.called.append((name, dict(arguments)))
        answer = _turn(self._answers[name], earlier)
        return {key: self._answer(value, arguments) for key, value in answer.items()}

    def _answer(self, value: Any, arguments: Json) -> Any:
        if not isinstance(value, str) or not value.startswith("="):
            return value
        context = {key: to_feel(given) for key, given in arguments.items()}
        return from_feel(compile_expression(value[1:], functions=self.functions)(context))


def _turn(answers: Answers, earlier: int) -> Json:
    """The answer after so many earlier calls."""
    return answers if isinstance(answers, Mapping) else answers[min(earlier, len(answers) - 1)]


def run(process: CompiledProcess, scenario: Scenario, rules: RuleSet, between: Between | None = None) -> Outcome:
    """Runs the scenario and checks what it says.

    :raises ScenarioFailed: a step was not possible, or the run passed or ended elsewhere.
    """
    host = ScenarioHost(process, scenario, rules)
    execution = Execution.start(process.spec_hash, dict(scenario.start), host)
    done: list[Any] = list(execution.drain_passed())
    for step in scenario.steps:
        execution = between(execution, host) if between else execution
        _take(execution, step, host)
        done += execution.drain_passed()
    outcome = Outcome(
        elements=frozenset(act.element_id for act in done if act.outcome == "completed"),
        flows=frozenset(act.element_id for act in done if act.outcome == "taken"),
        ends=tuple(act.element_id for act in done if act.kind == "endEvent" and act.outcome == "completed"),
        operations=tuple(host.called),
    )
    _check(scenario, outcome, execution)
    return outcome


def _take(execution: Execution, step: Step, host: ScenarioHost) -> None:
    if step.kind == "complete":
        open_tasks = {task.element_id: task.id for task in execution.open_tasks()}
        if step.element not in open_tasks:
            raise ScenarioFailed(f"{step.element} is not open; open are {sorted(open_tasks)}")
        execution.complete(open_tasks[step.element], dict(step.values))
    elif step.kind == "message":
        if not execution.deliver(step.element, dict(step.values)):
            raise ScenarioFailed(f"nothing waits for the message {step.element}")
    else:
        due = {timer.element_id: timer.due_at for timer in execution.timers()}
        if step.element not in due:
            raise ScenarioFailed(f"the timer {step.element} is not running; running are {sorted(due)}")
        host.moment = max(host.moment, due[step.element])
        execution.advance()


def _check(scenario: Scenario, outcome: Outcome, execution: Execution) -> None:
    if not execution.is_completed:
        waiting = sorted(task.element_id for task in execution.open_tasks())
        raise ScenarioFailed(f"{scenario.name}: not finished; open are {waiting}")
    seen = outcome.elements | outcome.flows
    if missed := scenario.passes - seen:
        raise ScenarioFailed(f"{scenario.name}: did not pass {sorted(missed)}")
    if strayed := scenario.avoids & seen:
        raise ScenarioFailed(f"{scenario.name}: passed {sorted(strayed)}")
    if scenario.ends not in outcome.ends:
        raise ScenarioFailed(f"{scenario.name}: ended at {list(outcome.ends)}, not at {scenario.ends}")
