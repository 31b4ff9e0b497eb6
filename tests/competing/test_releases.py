"""Two owners at one process: one draft, no save lost, one version, whoever is faster."""

from __future__ import annotations

import sqlalchemy as sa

from app.core.audit import verify
from app.core.database import db
from app.core.errors import Conflict
from app.workflow import definitions
from app.workflow.models import Definition
from app.workflow.releases import drafts, publishing
from app.workflow.releases.drafts import DraftChange, DraftOvertaken
from app.workflow.releases.models import ProcessDraft
from tests.competing.conftest import Race
from tests.services.workflow.releases.desk import Desk, steps
from tests.services.workflow.world import World, in_transaction

ROUNDS = 3


def test_of_two_who_begin_a_draft_one_does(world: World, race: Race) -> None:
    desk = Desk(world)
    desk.deploy("ask")
    for _ in range(ROUNDS):
        results = race.run(
            [lambda who=who: in_transaction(lambda: drafts.begin("leave", who).id) for who in (desk.first, desk.second)]
        )
        made = [one for one in results if isinstance(one, int)]
        assert (len(made), sum(isinstance(one, Conflict) for one in results)) == (1, 1), results
        desk.do(lambda draft_id=made[0]: drafts.discard(draft_id, desk.first, "再来"))


def test_of_two_who_save_one_is_told_of_the_other(world: World, race: Race) -> None:
    desk = Desk(world)
    desk.deploy("ask")
    draft_id, rev = desk.begin()
    for number in range(ROUNDS):

        def save(name: str, who: object, rev: int = rev) -> int:
            change = DraftChange(xml=steps("ask", name))
            return in_transaction(lambda: drafts.save(draft_id, rev, change, who))  # type: ignore[arg-type]

        names = {f"a{number}": desk.first, f"b{number}": desk.second}
        results = race.run([lambda name=name, who=who: save(name, who) for name, who in names.items()])
        assert sorted(type(one) for one in results if not isinstance(one, int)) == [DraftOvertaken], results
        won = next(name for name, one in zip(names, results, strict=True) if isinstance(one, int))
        draft = desk.draft(draft_id)
        assert (draft.rev, draft.saved_by_name, won in draft.xml) == (rev + 1, names[won].name, True)
        rev = draft.rev
    assert list(verify()) == []


def test_two_who_approve_at_once_make_one_version(world: World, race: Race) -> None:
    desk = Desk(world)
    desk.deploy("ask")
    for number in range(ROUNDS):
        draft_id, rev = desk.submitted("ask", f"step{number}")
        results = race.run(
            [lambda who=who, mark=(draft_id, rev): desk.approve(*mark, who).published is not None
             for who in (desk.second, desk.leader)]
        )
        assert results.count(True) == 1, results
        assert sum(isinstance(one, Conflict) for one in results) == 1, results
        assert definitions.latest("leave").version == number + 2
        db.session.rollback()
    assert list(verify()) == []


def test_an_approval_and_a_taking_back_exclude_each_other(world: World, race: Race) -> None:
    desk = Desk(world)
    desk.deploy("ask")
    for number in range(ROUNDS):
        draft_id, rev = desk.submitted("ask", f"step{number}")
        in_force = definitions.latest("leave").version
        db.session.rollback()
        approved, taken = race.run(
            [lambda mark=(draft_id, rev): desk.approve(*mark).published is not None,
             lambda given=draft_id: in_transaction(lambda: publishing.take_back(given, desk.first))]
        )
        is_published = definitions.latest("leave").version == in_force + 1
        db.session.rollback()
        assert is_published == (approved is True) == isinstance(taken, Conflict), (approved, taken)
        if not is_published:
            desk.do(lambda given=draft_id: drafts.discard(given, desk.first, "再来"))


def test_the_jobs_of_two_processes_publish_once(world: World, race: Race) -> None:
    desk = Desk(world)
    desk.deploy("ask")
    draft_id, _ = desk.submitted("ask", "more")
    with_moment = sa.update(ProcessDraft).where(ProcessDraft.id == draft_id)
    moment = desk.draft(draft_id).submitted_at
    assert moment is not None
    desk.do(lambda: db.session.execute(with_moment.values(state="approved", publish_at=moment)))
    results = race.run([lambda: in_transaction(lambda: publishing.publish_due(draft_id, moment))] * 3)
    assert sorted(results) == [False, False, True]
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Definition).where(Definition.key == "leave"))
    assert count == 2
