"""Selection ends or begins anew at any point: proved in every state of every path (第二十条, domain.md no. 51)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.engine import Execution, Host
from app.regulations.rule_sets import shipped_rules
from app.workflow.scenarios import Scenario, Step, run
from tests.processes.shipped import compiled, scenarios

CANCEL = Step("message", "activity_cancelled", {"reason": "项目暂停"})
MOVE = Step("message", "activity_rescheduled", {
    "starts_at": "2026-03-12T09:00:00+08:00", "city": "南昌市", "address": "会议中心", "reason": "会场冲突",
})  # fmt: skip
RELEASE = Step("message", "seat_released", {"reason_code": "CANCELLED"})


def _states(process: str, *steps: Step, ends: str, passes: str) -> list[tuple[str, Scenario]]:
    return [
        (f"{path.name}，{count} 步之后", replace(
            path, steps=(*path.steps[:count], *steps), ends=ends, passes=frozenset({passes}), avoids=frozenset(),
        ))
        for path in scenarios(process) for count in range(len(path.steps))
    ]


CANCELLED = _states("panel_selection", CANCEL, ends="cancelled", passes="cancel_activity")
MOVED = _states("panel_selection", MOVE, CANCEL, ends="cancelled", passes="reschedule")
RELEASED = _states("invitation", RELEASE, ends="ended_released", passes="release")
WITHDRAWN = _states("designation_approval", RELEASE, ends="ended_withdrawn", passes="withdraw")


@pytest.mark.parametrize("scenario", [s for _, s in CANCELLED], ids=[name for name, _ in CANCELLED])
def test_an_activity_can_be_cancelled_whatever_its_state(scenario: Scenario) -> None:
    run(compiled("panel_selection"), scenario, shipped_rules())


@pytest.mark.parametrize("scenario", [s for _, s in MOVED], ids=[name for name, _ in MOVED])
def test_an_activity_can_be_rescheduled_whatever_its_state_and_still_be_cancelled(scenario: Scenario) -> None:
    definition = compiled("panel_selection")

    def restored(execution: Execution, host: Host) -> Execution:
        return Execution.load(definition.spec_hash, execution.dump(), host)

    run(definition, scenario, shipped_rules(), restored)


@pytest.mark.parametrize("scenario", [s for _, s in RELEASED], ids=[name for name, _ in RELEASED])
def test_a_seat_is_released_whatever_the_state_of_its_invitation(scenario: Scenario) -> None:
    run(compiled("invitation"), scenario, shipped_rules())


@pytest.mark.parametrize("scenario", [s for _, s in WITHDRAWN], ids=[name for name, _ in WITHDRAWN])
def test_a_designation_is_withdrawn_before_it_is_decided(scenario: Scenario) -> None:
    outcome = run(compiled("designation_approval"), scenario, shipped_rules())
    assert not {"designation.record_decision", "designation.lapse"} & {name for name, _ in outcome.operations}
