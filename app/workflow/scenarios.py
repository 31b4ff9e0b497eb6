"""Named paths through a diagram: what people and time do, and what must have happened at the end.

A scenario runs a diagram on the engine alone: operations answer with recorded results, nothing is written and no
notice goes out. The same files are run by the tests and by the editor's trial run (试运行).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.engine import CompiledProcess, Execution, Host
from app.feel import Function, compile_expression, from_feel, to_feel
from app.operations import OperationError
from app.regulations import RuleSet
from app.regulations.feel_functions import feel_functions
from app.workflow.scenario_text import TextRefused, read_plain

Json = Mapping[str, Any]
#: What an operation answers: the same at every call, or in turn, the last one from then on.
Answers = Json | Sequence[Json]
#: Key of an answer that is an error: the code that the operation fails with.
RAISES = "raises"
#: Called after every step with the execution; gives back the one to go on with (save and restore in tests).
Between = Callable[[Execution, Host], Execution]


class ScenarioFailed(Exception):
    """The diagram did not go the way the scenario says; the message tells where."""


@dataclass(frozen=True)
class Step:
    """One thing that happens: a task completed, a message delivered, or time passing until a timer fires.

    `item` is the copy of a multi-instance task; without it any. `at` is the moment, where it matters.
    """

    kind: str
    element: str
    values: Json = field(default_factory=dict)
    item: str | None = None
    at: datetime | None = None


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
    """Reads processes/scenarios/<process>.yaml. :raises ScenarioFailed: as `parse_scenarios`."""
    return parse_scenarios(path.read_text(encoding="utf-8"))


def parse_scenarios(text: str) -> tuple[Scenario, ...]:
    """Reads the text of a file of scenarios.

    :raises ScenarioFailed: if it is no YAML, or has keys or steps that mean nothing here.
    """
    try:
        return _scenarios(read_plain(text))
    except TextRefused as error:
        raise ScenarioFailed(str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ScenarioFailed(f"场景写得不完整：{error}") from error


def _scenarios(raw: Any) -> tuple[Scenario, ...]:
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
            begins=moment_of(entry.get("begins", raw["begins"])),
        )
        for entry in raw["scenarios"]
    )


def moment_of(value: Any) -> datetime:
    """A moment as YAML gives it: read already, or as text."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def _steps(raw: Any) -> Iterator[Step]:
    for entry in raw:
        kinds = [kind for kind in ("complete", "message", "until", "steps") if kind in entry]
        if len(kinds) != 1 or set(entry) - {*kinds, "with", "item", "at"}:
            raise ScenarioFailed(f"步骤应是 complete、message、until 或 steps 之一：{entry!r}")
        if kinds[0] == "steps":
            yield from _steps(entry["steps"])
        else:
            item, at = entry.get("item"), entry.get("at")
            yield Step(
                kinds[0], entry[kinds[0]], entry.get("with", {}), None if item is None else str(item),
                None if at is None else moment_of(at),
            )


class ScenarioHost:
    """Stands where the workflow layer stands: a clock at will and operations that only answer."""

    def __init__(
        self, process: CompiledProcess, scenario: Scenario, rules: RuleSet, types: Mapping[str, str] | None = None
    ) -> None:
        self._types = dict(types or {})
        self.moment = scenario.begins
        self.called: list[tuple[str, Json]] = []
        self._process, self._answers, self._rules = process, scenario.operations, rules

    @property
    def functions(self) -> Mapping[str, Function]:
        """The registered FEEL functions at the scenario's moment."""
        return feel_functions(self._rules, self.moment)

    @property
    def variable_types(self) -> Mapping[str, str]:
        """Types of what forms give; what operations return is typed by the catalogue."""
        return self._types

    def spec_text(self, spec_hash: str) -> str:
        """The one specification this scenario runs."""
        return self._process.spec_text

    def now(self) -> datetime:
        """The scenario's moment."""
        return self.moment

    def call_operation(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answers with the recorded result; a text that begins with = is FEEL over the arguments."""
        if name not in self._answers:
            raise ScenarioFailed(f"场景没有写操作 {name} 的结果")
        earlier = sum(called == name for called, _ in self.called)
        self.called.append((name, dict(arguments)))
        return answered(turn(self._answers[name], earlier), arguments, self.functions)


def answered(answer: Json, arguments: Json, functions: Mapping[str, Function]) -> dict[str, Any]:
    """What a recorded answer says for these arguments. :raises OperationError: it says that the operation fails."""
    if RAISES in answer:
        raise OperationError(str(answer[RAISES]), f"场景设定操作返回错误“{answer[RAISES]}”")
    return {key: _computed(value, arguments, functions) for key, value in answer.items()}


def _computed(value: Any, arguments: Json, functions: Mapping[str, Function]) -> Any:
    if not isinstance(value, str) or not value.startswith("="):
        return value
    context = {key: to_feel(given) for key, given in arguments.items()}
    return from_feel(compile_expression(value[1:], functions=functions)(context))


def turn(answers: Answers, earlier: int) -> Json:
    """The answer after so many earlier calls."""
    return answers if isinstance(answers, Mapping) else answers[min(earlier, len(answers) - 1)]


def run(
    process: CompiledProcess, scenario: Scenario, rules: RuleSet, between: Between | None = None,
    types: Mapping[str, str] | None = None,
) -> Outcome:
    """Runs the scenario and checks what it says; `types` are those of the variables that forms give.

    :raises ScenarioFailed: a step was not possible, or the run passed or ended elsewhere.
    """
    host = ScenarioHost(process, scenario, rules, types)
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
    if step.at is not None:
        host.moment = max(host.moment, step.at)
    if step.kind == "complete":
        execution.complete(_task(execution, step), dict(step.values))
    elif step.kind == "message":
        if not execution.deliver(step.element, dict(step.values)):
            raise ScenarioFailed(f"没有环节在等待消息“{step.element}”")
    else:
        due = {timer.element_id: timer.due_at for timer in execution.timers()}
        if step.element not in due:
            raise ScenarioFailed(f"计时“{step.element}”没有在走{_instead('在走', due)}")
        host.moment = max(host.moment, due[step.element])
        execution.advance()


def _named(names: Iterable[str]) -> str:
    return "、".join(f"“{name}”" for name in sorted(names))


def _instead(state: str, names: Iterable[str]) -> str:
    """What is there in its place, if anything: ；待办的是“二次审查”."""
    told = _named(names)
    return f"；{state}的是{told}" if told else ""


def _task(execution: Execution, step: Step) -> str:
    """The id of the open task that a step completes."""
    open_tasks = execution.open_tasks()
    of_element = [task for task in open_tasks if task.element_id == step.element]
    found = [task.id for task in of_element if step.item in (None, task.item_key)]
    if not found:
        shown = sorted({task.element_id for task in open_tasks})
        raise ScenarioFailed(f"“{step.element}”此时没有待办{_instead('待办', shown)}")
    return found[-1]


def _check(scenario: Scenario, outcome: Outcome, execution: Execution) -> None:
    if not execution.is_completed:
        waiting = sorted(task.element_id for task in execution.open_tasks())
        raise ScenarioFailed(f"没有走到结束{_instead('待办', waiting)}")
    seen = outcome.elements | outcome.flows
    if missed := scenario.passes - seen:
        raise ScenarioFailed(f"没有经过 {_named(missed)}")
    if strayed := scenario.avoids & seen:
        raise ScenarioFailed(f"经过了不应经过的 {_named(strayed)}")
    if scenario.ends not in outcome.ends:
        raise ScenarioFailed(f"结束在 {_named(outcome.ends) or '（无）'}，不是“{scenario.ends}”")
