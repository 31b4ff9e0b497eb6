"""Two people at one task, several at one case: nobody's work is lost, nothing is done twice, nobody waits for ever."""

from __future__ import annotations

from app.core.audit import verify
from app.core.errors import Conflict
from app.workflow import tasks
from app.workflow.step import StepOutcome
from tests.competing.conftest import Race
from tests.services.workflow.world import World, in_transaction, three_steps
from tests.unit.engine import diagrams as d

ROUNDS = 5


def _parallel(names: list[str]) -> bytes:
    nodes = [d.start(), d.node("parallelGateway", "fork"), d.node("parallelGateway", "join"), d.end()]
    nodes += [d.user(name) for name in names]
    flows = ["begin > fork", "join > done"]
    flows += [flow for name in names for flow in (f"fork > {name}", f"{name} > join")]
    return d.diagram("panel", nodes, flows)


def test_of_two_who_complete_one_task_one_wins_and_the_other_keeps_his_text(world: World, race: Race) -> None:
    world.deploy("three_steps", three_steps())
    for number in range(ROUNDS):
        case = world.start("three_steps", f"RK-2026-{number:04}")
        task_id = world.task(case, "submit").id

        def complete(login: str, task_id: str = task_id) -> StepOutcome | None:
            return in_transaction(lambda: tasks.complete(task_id, {"decision": login}, world[login], None))

        results = race.run([lambda: complete("clerk"), lambda: complete("clerk2")])
        won = [one for one in results if isinstance(one, StepOutcome)]
        lost = [one for one in results if isinstance(one, Conflict)]
        assert (len(won), len(lost)) == (1, 1), results
        winner = world.task(case, "submit", "completed").completed_by_name
        assert winner is not None
        assert f"已由{winner}于" in lost[0].message
        loser = "clerk2" if winner == "段晓芸" else "clerk"
        draft = tasks.detail(task_id, world[loser]).draft
        assert draft is not None
        assert draft.values == {"decision": loser}
        assert world.acts(case) == ["start", "complete"]
    assert list(verify()) == []


def test_of_two_who_claim_one_gets_it(world: World, race: Race) -> None:
    world.deploy("three_steps", three_steps())
    case = world.start("three_steps")
    task_id = world.task(case, "submit").id
    results = race.run([
        lambda: in_transaction(lambda: tasks.claim(task_id, world["clerk"])),
        lambda: in_transaction(lambda: tasks.claim(task_id, world["clerk2"])),
    ])  # fmt: skip
    assert sorted(type(one).__name__ for one in results) == ["Conflict", "NoneType"]
    assert world.acts(case) == ["start", "claim"]


def test_four_tasks_of_one_case_at_once_all_count(world: World, race: Race) -> None:
    names = ["one", "two", "three", "four"]
    world.deploy("panel", _parallel(names))
    for number in range(ROUNDS):
        case = world.start("panel", f"PS-2026-{number:04}")
        ids = {name: world.task(case, name).id for name in names}

        def complete(name: str, ids: dict[str, str] = ids) -> StepOutcome | None:
            values = {f"answer_{name}": name}
            return in_transaction(lambda: tasks.complete(ids[name], values, world["clerk"], None))

        results = race.run([lambda name=name: complete(name) for name in names])
        assert all(isinstance(one, StepOutcome) for one in results), results
        assert sum(one.completed for one in results) == 1
        instance = world.instance(case)
        assert (instance.status, instance.rev) == ("completed", 5)
        assert world.acts(case) == ["start"] + ["complete"] * 4
    assert list(verify()) == []
