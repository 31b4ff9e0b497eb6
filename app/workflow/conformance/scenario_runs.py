"""The named paths of a process, run on a diagram: which still go, and which sequence flows they take."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.engine import CompiledProcess, EngineError, Finding
from app.feel import FeelError
from app.regulations.rule_sets import shipped_rules
from app.workflow.conformance.lines import ScenarioRun
from app.workflow.scenarios import Scenario, ScenarioFailed, parse_scenarios, run

MAX_SCENARIOS = 200
MAX_STEPS = 500
_QUOTED = re.compile(r"“([^”]*)”")


@dataclass(frozen=True)
class Runs:
    """``flows`` counts how many scenarios took each sequence flow; ``findings`` say what did not go."""

    scenarios: tuple[ScenarioRun, ...] = ()
    flows: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class _Key:
    """What the outcome depends on; the process itself is only carried along."""

    spec_hash: str
    text: str
    types: tuple[tuple[str, str], ...]
    process: CompiledProcess = field(compare=False)


def run_scenarios(process: CompiledProcess, text: str, types: Mapping[str, str]) -> Runs:
    """Runs every scenario of a YAML text; the same diagram with the same text is run only once.

    ``types`` are those of the variables that the forms give.
    """
    return _run_all(_Key(process.spec_hash, text, tuple(sorted(types.items())), process))


@functools.lru_cache(64)
def _run_all(key: _Key) -> Runs:
    try:
        scenarios = _bounded(key.text)
    except ScenarioFailed as error:
        mend = "改正场景文件"
        return Runs(findings=(Finding(key.process.process_id, "scenarios", "error", str(error), mend),))
    flows = Counter({flow.id: 0 for flow in key.process.flows})
    runs, findings = [], []
    for scenario in scenarios:
        finding, taken = _run_one(key, scenario)
        flows.update(taken)
        runs.append(ScenarioRun(scenario.name, finding is None, finding.message if finding else ""))
        findings += [finding] if finding else []
    return Runs(tuple(runs), dict(flows), tuple(findings))


@functools.lru_cache(64)
def _bounded(text: str) -> tuple[Scenario, ...]:
    scenarios = parse_scenarios(text)
    if len(scenarios) > MAX_SCENARIOS:
        raise ScenarioFailed(f"场景有 {len(scenarios)} 个，上限为 {MAX_SCENARIOS}")
    for scenario in scenarios:
        if len(scenario.steps) > MAX_STEPS:
            raise ScenarioFailed(f"场景“{scenario.name}”有 {len(scenario.steps)} 步，上限为 {MAX_STEPS}")
    return scenarios


def _run_one(key: _Key, scenario: Scenario) -> tuple[Finding | None, frozenset[str]]:
    """A run that breaks is an error; one that only goes another way than written may be what was wanted."""
    process = key.process
    try:
        return None, run(process, scenario, shipped_rules(), types=dict(key.types)).flows
    except ScenarioFailed as error:
        return _other_way(process, scenario, str(error)), frozenset()
    except EngineError as error:
        if isinstance(error.__cause__, ScenarioFailed):
            return _other_way(process, scenario, str(error.__cause__)), frozenset()
        element = str(getattr(error, "element_id", "") or process.process_id)
        return _broken(element, scenario, str(error)), frozenset()
    except FeelError as error:
        return _broken(process.process_id, scenario, error.message), frozenset()
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        message = f"场景“{scenario.name}”写得不对：{error}"
        return Finding(process.process_id, "scenarios", "error", message, "改正场景"), frozenset()


def _other_way(process: CompiledProcess, scenario: Scenario, reason: str) -> Finding:
    message = f"场景“{scenario.name}”走了别的路：{_named(process, reason)}"
    fix = {"kind": "retry_in_trial", "scenario": scenario.name}
    mend = "这是所要的改动，就从这个场景重新走一遍，走到底后替换原场景；否则改回流程图"
    return Finding(process.process_id, "scenario_strayed", "warning", message, mend, fix=fix)


def _named(process: CompiledProcess, reason: str) -> str:
    """The reason with the names of the elements in place of their ids."""
    names = {element.id: element.name for element in process.elements}
    return _QUOTED.sub(lambda found: f"“{names.get(found[1]) or found[1]}”", reason)


def _broken(element_id: str, scenario: Scenario, reason: str) -> Finding:
    message = f"场景“{scenario.name}”运行时出错：{reason}"
    return Finding(element_id, "scenario_broken", "error", message, "改正该环节，或改正场景里的数据")
