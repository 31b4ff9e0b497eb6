"""Every shipped process takes each of its named paths, plain and with save and restore between the steps."""

from __future__ import annotations

import pytest

from app.engine import Execution, Host
from app.regulations.rule_sets import shipped_rules
from app.workflow.scenarios import Scenario, ScenarioFailed, ScenarioHost, Step, run
from tests.processes.shipped import CASES, IDS, PROCESSES, compiled, scenarios


@pytest.mark.parametrize(("process", "scenario"), CASES, ids=IDS)
def test_the_process_takes_the_path(process: str, scenario: Scenario) -> None:
    run(compiled(process), scenario, shipped_rules())


@pytest.mark.parametrize(("process", "scenario"), CASES, ids=IDS)
def test_the_path_is_the_same_when_saved_and_restored_between_steps(process: str, scenario: Scenario) -> None:
    definition = compiled(process)

    def restored(execution: Execution, host: Host) -> Execution:
        return Execution.load(definition.spec_hash, execution.dump(), host)

    plain = run(definition, scenario, shipped_rules())
    assert run(definition, scenario, shipped_rules(), restored) == plain


@pytest.mark.parametrize("process", PROCESSES)
def test_every_sequence_flow_is_taken_by_some_scenario(process: str) -> None:
    definition = compiled(process)
    taken = frozenset().union(*(run(definition, each, shipped_rules()).flows for each in scenarios(process)))
    untaken = sorted({flow.id for flow in definition.flows} - taken)
    assert untaken == [], f"add a scenario to processes/scenarios/{process}.yaml that takes {untaken}"


@pytest.mark.parametrize("process", PROCESSES)
def test_a_scenario_that_names_the_wrong_end_fails(process: str) -> None:
    scenario = scenarios(process)[0]
    with pytest.raises(ScenarioFailed, match="结束在"):
        run(compiled(process), _replaced(scenario, ends="nowhere"), shipped_rules())


def test_a_step_that_is_not_open_fails_with_what_is_open() -> None:
    scenario = scenarios("expert_entry")[0]
    with pytest.raises(ScenarioFailed, match="formal_check"):
        run(compiled("expert_entry"), _replaced(scenario, steps=(Step("complete", "publish_notice"),)), shipped_rules())


def test_an_operation_with_several_answers_gives_them_in_turn_and_stays_at_the_last() -> None:
    states = [{"state": "waiting"}, {"state": "final"}]
    scenario = _replaced(scenarios("panel_selection")[0], operations={"selection.settle_panel": states})
    host = ScenarioHost(compiled("panel_selection"), scenario, shipped_rules())
    assert [host.call_operation("selection.settle_panel", {})["state"] for _ in range(4)] == [
        "waiting", "final", "final", "final",
    ]  # fmt: skip


def _replaced(scenario: Scenario, **changes: object) -> Scenario:
    return Scenario(**{**scenario.__dict__, **changes})  # type: ignore[arg-type]
