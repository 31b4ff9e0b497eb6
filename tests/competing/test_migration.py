"""An answer submitted while its case is being migrated: one comes first, both count, nothing is lost."""

from __future__ import annotations

from app.core import clock
from app.core.audit import verify
from app.core.transaction import transaction
from app.workflow import tasks
from app.workflow.migration import carrying
from app.workflow.refusals import PageStale
from app.workflow.step import StepOutcome
from tests.competing.conftest import Race
from tests.services.workflow.moving_cases import begin, item, steps
from tests.services.workflow.world import World, in_transaction

ROUNDS = 6


def test_an_answer_and_a_migration_at_once_both_come_to_a_right_end(world: World, race: Race) -> None:
    world.deploy("line", steps("apply", "review"))
    cases = [world.start("line", f"RK-2026-{number:04}") for number in range(ROUNDS)]
    world.deploy("line", steps("apply", "review", "second"))

    for case, item_id in zip(cases, begin(world, "line", cases), strict=True):
        task = world.task(case, "apply")

        def answer(task_id: str = task.id, rev: int = task.rev) -> StepOutcome | None:
            return in_transaction(lambda: tasks.complete(task_id, {"decision": "同意"}, world["clerk"], rev))

        def migrate(item_id: int = item_id) -> bool:
            with transaction():
                return carrying.carry_out(item_id, clock.now())

        answered, migrated = race.run([answer, migrate])

        assert migrated is True
        assert item(item_id).state == "migrated"
        if isinstance(answered, PageStale):  # the migration came first: the text is a draft, the task is open
            draft = tasks.detail(task.id, world["clerk"]).draft
            assert draft is not None
            assert draft.values == {"decision": "同意"}
            world.complete(case, "apply", "clerk")
        else:
            assert isinstance(answered, StepOutcome), answered
        world.complete(case, "review", "clerk")
        assert world.open(case) == ["second"]
    assert list(verify()) == []


def test_two_workers_at_one_item_migrate_it_once(world: World, race: Race) -> None:
    world.deploy("line", steps("apply"))
    cases = [world.start("line", f"RK-2026-{number:04}") for number in range(ROUNDS)]
    world.deploy("line", steps("apply", "second"))

    for case, item_id in zip(cases, begin(world, "line", cases), strict=True):

        def migrate(item_id: int = item_id) -> bool:
            with transaction():
                return carrying.carry_out(item_id, clock.now())

        assert sorted(race.run([migrate, migrate])) == [False, True]
        assert world.acts(case) == ["start", "migrate"]
