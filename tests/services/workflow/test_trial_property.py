"""Random trials of every shipped process: whatever is done, the sandbox stays whole and nothing leaves it."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from app.core.errors import Conflict
from app.workflow.trial import runs, sandbox, viewing
from app.workflow.trial.sandbox import Doing
from app.workflow.trial.viewing import TrialView
from tests.processes.shipped import PROCESSES, scenarios
from tests.services.workflow import trials as t

STEPS = 25


def _random_act(chance: Random, process: str, view: TrialView) -> Doing:
    """Something that may be possible: what waits, with values of scenarios or none, and now and then nonsense."""
    kinds = [Doing("complete", "nowhere"), Doing("message", "nobody"), Doing("until", "never"), Doing("wait")]
    for work in view.works:
        given: list[Any] = [
            step.values for one in scenarios(process) for step in one.steps if step.element == work.task.element_id
        ]
        values = chance.choice([*given, {}])
        kinds += [Doing("complete", work.task.element_id, work.task.item_key, values)] * 4
    kinds += [Doing("message", one.name, values=dict(one.fields)) for one in view.messages]
    kinds += [Doing("until", one.element_id) for one in view.timers]
    return chance.choice(kinds)


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_random_trial_stays_whole(database: Any, process: str, seed: int) -> None:
    chance = Random(f"{process} {seed}")
    draft = t.drafted(process)
    before = t.contents_elsewhere()
    trial = t.begun(draft, runs.Setting(scenario=chance.choice(scenarios(process)).name))
    for _ in range(STEPS):
        view = viewing.view(runs.get(trial))
        numbers = [step.number for step in view.steps]
        assert numbers == list(range(view.trial.steps, 0, -1))
        moments = [step.moment for step in view.steps]
        assert moments == sorted(moments, reverse=True)
        if view.over or chance.random() < 0.15:
            _back(trial, view.trial.steps)
            continue
        doing = _random_act(chance, process, view)
        went = t.written(lambda doing=doing, at=view.trial.steps: runs.act(trial, at, doing))
        after = viewing.view(runs.get(trial))
        assert (after.trial.trouble is None) == went
        if not went:
            assert (after.works, after.data, after.moment) == (view.works, view.data, view.moment)
        else:
            assert after.over or after.works or after.timers or after.messages, "the run waits for nothing"
    assert t.contents_elsewhere() == before
    assert runs.steps_of(runs.get(trial))[0].act["kind"] == sandbox.START


def _back(trial: int, at: int) -> None:
    try:
        t.written(lambda: runs.back(trial, at))
    except Conflict:
        assert at == 1
