"""Replaying finished cases on a draft: the same way by the same version, told where and why by another."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from app.core import clock
from app.core.database import db
from app.core.errors import Conflict
from app.jobs.due import run_due
from app.workflow import definitions, messages
from app.workflow.models import HistoryEntry
from app.workflow.parts import Parts
from app.workflow.releases import drafts
from app.workflow.releases.drafts import DraftChange
from app.workflow.trial import replays
from app.workflow.trial.models import Replay
from tests.services.workflow.conftest import Workshop
from tests.services.workflow.world import World, in_transaction
from tests.unit.engine import diagrams as d

KEY = "judging"


def judging(condition: str = 'decision = "yes"', period: str = "objection.acceptance_period", second: bool = False,
            operation: str = "testing.make_note") -> bytes:
    """register → judge → (yes) a week's wait → told or timed → done, or (no) refused; `second` adds a task."""
    nodes = [
        d.start(), d.service("register", operation, "noted", text='"a"'), d.user("judge"),
        d.node("exclusiveGateway", "fit"),
        d.catch("period", d.timer("Date", f'deadline("{period}", noted.at)')), d.end("accepted"), d.end("refused"),
        d.boundary("called_off", "judge", d.message("called_off", "calling")), d.end("gone"),
    ]
    flows = ["begin > register", "register > judge", f"fit > period : {condition}", "fit > refused : default",
             "period > accepted", "called_off > gone"]
    if second:
        nodes.append(d.user("again", group="bureau_leader"))
        flows += ["judge > again", "again > fit"]
    else:
        flows += ["judge > fit"]
    return d.diagram(KEY, nodes, flows)


@pytest.fixture
def cases(light_world: World, workshop: Workshop) -> World:
    """Four finished cases: accepted after the period, refused, called off by a message, and one still running."""
    world = light_world
    world.deploy(KEY, judging())
    ids = [world.start(KEY, f"RK-2026-000{number}", reason=f"理由{number}") for number in range(1, 5)]
    world.complete(ids[0], "judge", "clerk", decision="yes")
    world.complete(ids[1], "judge", "clerk", decision="no")
    in_transaction(lambda: messages.deliver("called_off", "RK-2026-0003", {"why": "不办了"}, world["clerk"]))
    clock.travel_to(clock.now() + timedelta(days=7))
    run_due(clock.now())
    return world


def _replayed(world: World, content: bytes) -> Replay:
    row = definitions.latest(KEY)
    parts = Parts(content.decode(), {}, row.forms, None)
    draft = drafts.active(KEY)
    if draft is None:
        in_transaction(lambda: drafts.begin(KEY, world["owner"]))
    draft = drafts.active(KEY)
    assert draft is not None
    in_transaction(lambda: drafts.save(draft.id, draft.rev, DraftChange(xml=parts.xml), world["owner"]))
    replay_id = in_transaction(lambda: replays.begin(KEY, world["owner"]).id)
    while (made := replays.run_slice(replay_id)) and not made.over:
        in_transaction(lambda made=made: replays.note_slice(made))
    in_transaction(lambda: replays.note_slice(made))
    found = replays.latest(KEY)
    assert found is not None
    return found


def test_every_case_goes_the_same_way_on_the_same_version(cases: World) -> None:
    row = _replayed(cases, judging())
    assert (row.total, row.done, row.counts, row.found) == (3, 3, {"same": 3}, [])
    assert row.ended_at is not None


def test_a_changed_condition_is_told_with_the_cases_it_turns_and_where(cases: World) -> None:
    row = _replayed(cases, judging(condition='decision = "no"'))
    assert row.counts == {"same": 1, "other": 2}
    told = {line["no"]: (line["after"], line["old"], line["new"]) for line in row.found}
    assert told["RK-2026-0002"] == ("judge", "refused", "停在period")
    assert told["RK-2026-0001"] == ("judge", "等候办理", "refused")


def test_a_task_that_the_version_adds_is_asked_for(cases: World) -> None:
    row = _replayed(cases, judging(second=True))
    assert row.counts == {"same": 1, "asks": 2}
    assert {line["new"] for line in row.found} == {"停在again"}


def test_another_period_is_the_same_way_at_another_time(cases: World) -> None:
    row = _replayed(cases, judging(period="objection.decision_period"))
    assert row.counts == {"same": 2, "later": 1}
    assert "届满" in row.found[0]["new"]


def test_an_operation_that_was_never_asked_leaves_the_case_stuck(cases: World) -> None:
    row = _replayed(cases, judging(operation="entry.check_age_at_appointment"))
    assert row.counts == {"stuck": 3}
    assert "没有记录" in row.found[0]["new"]


def test_cases_from_before_the_recording_say_that_they_cannot_be_replayed(cases: World) -> None:
    in_transaction(lambda: db.session.execute(sa.update(HistoryEntry).values(heard=None)))
    row = _replayed(cases, judging())
    assert row.counts == {"unrecorded": 3}
    assert "没有记录" in row.found[0]["old"]


def test_a_replay_needs_a_version_and_a_draft(light_world: World) -> None:
    with pytest.raises(Conflict, match="草稿"):
        in_transaction(lambda: replays.begin(KEY, light_world["owner"]))


def test_a_slice_run_twice_at_once_counts_once(cases: World) -> None:
    in_transaction(lambda: drafts.begin(KEY, cases["owner"]))
    replay_id = in_transaction(lambda: replays.begin(KEY, cases["owner"]).id)
    one, other = replays.run_slice(replay_id), replays.run_slice(replay_id)
    in_transaction(lambda: replays.note_slice(one))
    in_transaction(lambda: replays.note_slice(other))
    row = replays.latest(KEY)
    assert row is not None
    assert row.counts == {"same": 3}
    with pytest.raises(Conflict, match="已经完成"):
        replays.run_slice(replay_id)


def test_replays_are_swept_a_month_later(cases: World) -> None:
    _replayed(cases, judging())
    assert in_transaction(lambda: replays.sweep(clock.now())) == 0
    assert in_transaction(lambda: replays.sweep(clock.now() + timedelta(days=31))) == 1


def test_a_step_notes_answers_messages_and_start_data_but_no_page_shows_them(cases: World) -> None:
    rows = db.session.execute(sa.select(HistoryEntry.act, HistoryEntry.heard).order_by(HistoryEntry.id)).all()
    heard: dict[str, Any] = {row.act: row.heard for row in rows}
    assert heard["start"]["start"] == {"reason": "理由4"}
    operation, result = heard["start"]["answers"][0]
    assert operation == "testing.make_note"
    assert datetime.fromisoformat(result["at"])
    assert heard["message"] == {"message": "called_off"}
    assert heard["complete"] is None
