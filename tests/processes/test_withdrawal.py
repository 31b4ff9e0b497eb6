"""The applicant may withdraw at any point before appointment: proved in every state of every path (第八条（一）4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.regulations.rule_sets import shipped_rules
from app.workflow.scenarios import Scenario, Step, run
from tests.processes.shipped import compiled, scenarios

WITHDRAW = Step("message", "application_withdrawn", {"reason": "个人原因"})


def _states() -> list[tuple[str, Scenario]]:
    return [
        (f"{path.name}，{count} 步之后", replace(
            path, steps=(*path.steps[:count], WITHDRAW), ends="ended_withdrawn",
            passes=frozenset({"close_withdrawn"}), avoids=frozenset({"appoint_expert"}),
        ))
        for path in scenarios("expert_entry") for count in range(len(path.steps))
    ]


@pytest.mark.parametrize("scenario", [s for _, s in _states()], ids=[name for name, _ in _states()])
def test_withdrawing_ends_the_case_whatever_its_state(scenario: Scenario) -> None:
    outcome = run(compiled("expert_entry"), scenario, shipped_rules())
    assert "entry.appoint_expert" not in {name for name, _ in outcome.operations}
