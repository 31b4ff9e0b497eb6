"""Running cases brought to another version: tried, carried out, undone; tasks, timers and typed text survive."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.audit import verify
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.transaction import transaction
from app.jobs import due as jobs
from app.workflow import definitions, returning, tasks
from app.workflow.migration import carrying
from app.workflow.models import Draft, TaskGroup
from app.workflow.refusals import PageStale
from tests.services.workflow.moving_cases import begin, item, migrate, move, steps, tried, undo
from tests.services.workflow.world import LATE, World, in_transaction
from tests.unit.engine import diagrams as d


def two_versions(world: World, before: bytes, after: bytes, begun: int = 1, **data: Any) -> list[int]:
    """Cases of the first version of a process that has a second one by now."""
    world.deploy("line", before)
    cases = [world.start("line", f"RK-2026-{number:04}", **data) for number in range(1, begun + 1)]
    world.deploy("line", after)
    return cases


def test_the_dry_run_says_yes_or_why_not_and_writes_nothing(world: World) -> None:
    ahead, behind = two_versions(world, steps("apply", "review", "end"), steps("apply", "review", "second", "end"), 2)
    for element in ("apply", "review"):
        world.complete(behind, element, "clerk")
    before = (world.instance(ahead).state, world.acts(ahead), world.acts(behind))

    yes, no = tried("line", [ahead, behind])

    assert (yes.may, yes.reasons) == (True, ())
    assert (no.may, no.reasons) == (False, ("“review”已办过，在新版本中改了走向",))
    assert (world.instance(ahead).state, world.acts(ahead), world.acts(behind)) == before


def test_a_case_goes_on_by_the_new_version_and_its_story_says_so(world: World) -> None:
    (case,) = two_versions(world, steps("apply", "review"), steps("apply", "review", "second"))
    new = move("line", 1, 2).after
    version, spec = new.id, new.spec_hash
    db.session.rollback()

    (done,) = migrate(world, "line", case)

    row = world.instance(case)
    assert (done.state, done.rev) == ("migrated", row.rev)
    assert (row.definition_id, row.spec_hash) == (version, spec)
    entry = world.history(case)[-1]
    assert (entry.act, entry.words, entry.reason) == (
        "migrate", "迁移版本：由第 1 版到第 2 版", "局务会要求加一道复核"
    )
    for element in ("apply", "review"):
        world.complete(case, element, "clerk")
    assert world.open(case) == ["second"]
    world.complete(case, "second", "clerk")
    assert world.instance(case).status == "completed"
    assert list(verify()) == []


def test_open_tasks_get_their_new_names_forms_and_people(world: World) -> None:
    before = steps("apply", "review")
    after = before.replace(b'name="apply"', b'name="Apply"').replace(b'formKey="test/apply"', b'formKey="test/other"')
    after = after.replace(b'candidateGroups="center_clerk"', b'candidateGroups="bureau_leader,bureau_reviewer"', 1)
    (case,) = two_versions(world, before, after)
    was = world.task(case, "apply")

    (done,) = migrate(world, "line", case)

    task = world.task(case, "apply")
    assert (task.id, task.name, task.form_key) == (was.id, "Apply", "test/other")
    assert (task.candidate_group, task.candidate_groups) == ("bureau_leader", ["bureau_leader", "bureau_reviewer"])
    assert list(db.session.scalars(sa.select(TaskGroup.candidate_group))) == ["bureau_reviewer"]
    db.session.rollback()
    undo(world, done.id)
    back = world.task(case, "apply")
    assert (back.name, back.form_key, back.candidate_groups) == ("apply", "test/apply", ["center_clerk"])
    assert list(db.session.scalars(sa.select(TaskGroup.candidate_group))) == []


def test_whoever_holds_a_task_keeps_it_unless_it_is_no_longer_for_him(world: World) -> None:
    before = steps("apply", "review")
    renamed = before.replace(b'name="apply"', b'name="Apply"')
    for_leaders = steps("apply", "review", groups={"apply": "bureau_leader"})
    (case,) = two_versions(world, before, renamed)
    task_id = world.task(case, "apply").id
    in_transaction(lambda: tasks.claim(task_id, world["clerk"]))

    migrate(world, "line", case)
    assert world.task(case, "apply").assignee_id == world.id_of("clerk")

    world.deploy("line", for_leaders)
    (done,) = migrate(world, "line", case, before=2, after=3)
    assert world.task(case, "apply").assignee_id is None
    undo(world, done.id)
    assert world.task(case, "apply").assignee_id == world.id_of("clerk")


def test_timers_keep_their_instants_and_their_rows(world: World) -> None:
    nodes = [d.start(), d.user("work"), LATE, d.user("after"), d.end()]
    flows = ["begin > work", "work > after", "late > done", "after > done"]
    before = d.diagram("line", nodes, flows)
    after = before.replace(b'name="late"', b'name="Late"')
    after = after.replace(b"objection.acceptance_period", b"entry.formal_check_period")
    (case,) = two_versions(world, before, after)
    (timer,) = world.timers(case)

    (done,) = migrate(world, "line", case)

    (same,) = world.timers(case)
    assert (same.id, same.due_at, same.engine_at, same.status, same.name) == (
        timer.id, timer.due_at, timer.engine_at, "pending", "Late"
    )
    assert done.notes == ["“late”的计时已按原版本算定，届满时刻不变"]


def test_a_tab_left_open_is_told_and_the_text_becomes_a_draft(world: World) -> None:
    (case,) = two_versions(world, steps("apply", "review"), steps("apply", "review", "second"))
    task = world.task(case, "apply")
    in_transaction(lambda: tasks.save_draft(task.id, {"decision": "一"}, world["clerk2"]))

    migrate(world, "line", case)

    with pytest.raises(PageStale, match="打开页面之后有过变动，填写的内容已存为草稿"):
        in_transaction(lambda: tasks.complete(task.id, {"decision": "二"}, world["clerk"], task.rev))
    drafts = {row[0]: row[1] for row in db.session.execute(sa.select(Draft.user_id, Draft.values))}
    db.session.rollback()
    assert drafts == {world.id_of("clerk"): {"decision": "二"}, world.id_of("clerk2"): {"decision": "一"}}
    in_transaction(lambda: tasks.complete(task.id, {"decision": "二"}, world["clerk"], task.rev + 1))
    assert world.open(case) == ["review"]


def test_a_state_kept_for_withdrawal_never_comes_back_under_the_new_version(world: World) -> None:
    before, after = steps("apply", "review"), steps("apply", "review", "second")
    (case,) = two_versions(world, before, after)
    task_id = world.task(case, "apply").id
    world.complete(case, "apply", "clerk")
    assert world.instance(case).previous_state is not None

    migrate(world, "line", case)

    assert world.instance(case).previous_state is None
    with pytest.raises(Conflict, match="不能撤回"):
        in_transaction(lambda: returning.withdraw(task_id, world["clerk"]))


def test_undoing_brings_everything_back_while_the_case_has_not_moved(world: World) -> None:
    first, second = two_versions(world, steps("apply", "review"), steps("apply", "review", "second"), 2)
    was = world.instance(first)
    done, moved_on = migrate(world, "line", first, second)
    world.complete(second, "apply", "clerk")

    undo(world, done.id)

    row = world.instance(first)
    assert (row.definition_id, row.spec_hash, row.state) == (was.definition_id, was.spec_hash, was.state)
    assert world.acts(first) == ["start", "migrate", "migrate_back"]
    with pytest.raises(Conflict, match="迁移之后又有进展，不能撤销迁移"):
        undo(world, moved_on.id)
    with pytest.raises(Conflict, match="已撤销"):
        undo(world, done.id)
    for element in ("apply", "review"):
        world.complete(first, element, "clerk")
    assert world.instance(first).status == "completed"


def test_a_case_that_is_over_or_elsewhere_is_refused_and_the_rest_go_on(world: World) -> None:
    over, running = two_versions(world, steps("apply"), steps("apply", "second"), 2)
    items = begin(world, "line", [over, running])
    world.complete(over, "apply", "clerk")
    with transaction():
        for one in items:
            carrying.carry_out(one, clock.now())

    assert [(item(one).state, item(one).reasons) for one in items] == [
        ("refused", ["办件RK-2026-0001已办结，不能再办理"]), ("migrated", None)
    ]
    (again,) = migrate(world, "line", running)
    assert again.reasons == ["办件已不在第 1 版"]


def test_the_job_carries_on_where_a_batch_was_left(world: World) -> None:
    cases = two_versions(world, steps("apply"), steps("apply", "second"), 3)
    items = begin(world, "line", cases)
    with transaction():
        assert carrying.carry_out(items[0], clock.now())

    jobs.run_due(clock.now(), pause=0)

    assert [item(one).state for one in items] == ["migrated"] * 3
    assert world.acts(cases[0]) == ["start", "migrate"]
    with transaction():
        assert not carrying.carry_out(items[0], clock.now())


def test_pre_images_of_cases_that_moved_on_are_dropped(world: World) -> None:
    still, gone = two_versions(world, steps("apply", "b"), steps("apply", "b", "c"), 2)
    items = migrate(world, "line", still, gone)
    world.complete(gone, "apply", "clerk")

    jobs.run_due(clock.now(), pause=0)

    assert [item(one.id).previous_state is None for one in items] == [False, True]


def test_what_only_a_new_form_asks_and_something_ahead_needs_is_missed(light_world: World) -> None:
    world = light_world
    nodes = [d.start(), d.user("apply"), d.user("review"), d.node("exclusiveGateway", "choice"), d.end(), d.end("over")]
    flows = ["begin > apply", "apply > review", "review > choice", "choice > done : default"]
    flows.append("choice > over : risk = decision")
    old_form, new_form = asking("decision"), asking("decision", "risk")
    publish(world, steps("apply", "review"), apply=old_form, review=old_form)
    early, late = world.start("line", "RK-2026-0001"), world.start("line", "RK-2026-0002")
    world.complete(late, "apply", "clerk", decision="a")
    publish(world, d.diagram("line", nodes, flows), apply=new_form, review=old_form)

    yes, no = tried("line", [early, late])

    assert yes.may
    assert no.reasons == ("“apply”已办过，新版本的表单在那里多问了“risk”，后面的环节要用到它",)


def asking(*keys: str) -> str:
    """A form of text fields."""
    fields = [{"type": "textfield", "id": key, "key": key, "label": key} for key in keys]
    return json.dumps({"type": "default", "schemaVersion": 19, "id": "form", "components": fields})


def publish(world: World, bpmn: bytes, **forms: str) -> None:
    """Publishes a version with these forms."""
    given = {f"test/{name}": text for name, text in forms.items()}
    in_transaction(lambda: definitions.deploy("line", bpmn, {}, given, None, world["owner"]))


def test_only_process_owners_migrate_and_only_with_a_reason(light_world: World) -> None:
    (case,) = two_versions(light_world, steps("apply"), steps("apply", "second"))
    with pytest.raises(NotAllowed):
        in_transaction(lambda: carrying.begin("line", move("line", 1, 2), [case], "理由", light_world["clerk"]))
    with pytest.raises(Invalid) as refused:
        in_transaction(lambda: carrying.begin("line", move("line", 1, 1), [], " ", light_world["owner"]))
    assert set(refused.value.errors) == {"reason", "instances", "to"}
    (done,) = migrate(light_world, "line", case)
    with pytest.raises(NotAllowed):
        undo(light_world, done.id, by="clerk")
    with pytest.raises(Invalid):
        undo(light_world, done.id, reason=" ")
