"""The auditor's list of draws: what each line says, what the filters find, what all come to, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.procedures.selection import store
from app.procedures.selection.models import Activity, Recusal, RecusalSource
from app.procedures.selection.queries import draws
from app.procedures.selection.queries.draws import DrawFilter, DrawLine
from app.procedures.selection.service import drawing
from tests.services.procedures.selection.making import decide, settle
from tests.services.procedures.selection.world import (
    COST,
    DATA,
    RULES,
    SECURITY,
    SOFTWARE,
    World,
    conditions,
    designation,
    drawn,
    later,
    locked,
    world,
)


@pytest.fixture
def there(any_database: Any) -> World:
    """The people, on SQLite and on PostgreSQL."""
    return world()


def listing(**wanted: Any) -> list[DrawLine]:
    db.session.flush()
    return draws.listing(DrawFilter(**wanted), RULES)


def with_designation(there: World) -> Activity:
    """A panel of five of which one is designated and agreed to; all are written to."""
    draft = conditions(quota={SECURITY: 2, SOFTWARE: 1, COST: 1}, designations=(designation(there.expert(DATA)),))
    found, _ = drawn(there, draft)
    settle(found)
    decide(store.designations_of(found.number)[0], "agreed", there.leader, "专业确有需要")
    settle(found)
    return found


def test_a_line_says_who_contributed_and_how_many_took_part(there: World) -> None:
    found = with_designation(there)
    (line,) = listing()
    assert (line.number, line.draw_no, line.rounds, line.panel_size) == (found.number, 1, 1, 5)
    assert line.contributors == ("郭子安（组织方）", "任立诚（纪检监督）")
    assert line.is_witnessed
    assert line.designated == 1
    assert line.candidates == store.draw(found.number, 1).candidate_count
    assert not line.has_certificate


def test_a_certificate_stands_there_from_the_reveal_on(there: World) -> None:
    found, _ = drawn(there)
    drawing.reveal(found, actor=SYSTEM, now=clock.now())
    assert listing()[0].has_certificate
    never = locked(there)
    drawing.reveal(never, actor=SYSTEM, now=clock.now())
    assert not listing(text=never.number)[0].has_certificate


def test_a_unit_with_many_candidates_is_pointed_out(there: World) -> None:
    found, _ = drawn(there)
    (line,) = listing()
    share = line.largest_unit
    assert share > 0
    assert line.is_concentrated == (share > RULES.integer("selection.largest_unit_warning"))
    for person in there.experts[:20]:
        person.unit_id = there.units[0].id
    drawn(there)
    assert listing()[0].is_concentrated
    assert listing()[1].largest_unit == share, "an earlier draw keeps the units of its lock"
    assert found.number == listing()[1].number


def test_kinds_of_draws_are_told_apart(there: World) -> None:
    named = with_designation(there).number
    alone = drawn(there, witness_id=None)[0].number
    waiting = locked(there, witness_id=None).number
    assert {line.number for line in listing()} == {named, alone, waiting}
    assert [line.number for line in listing(kind="unwitnessed")] == [alone]
    assert [line.number for line in listing(kind="designated")] == [named]
    assert listing(kind="redrawn") == []
    summary = draws.summary(DrawFilter())
    assert (summary.activities, summary.draws, summary.redraws, summary.unwitnessed) == (3, 3, 0, 1)
    assert (summary.seats, summary.designated, summary.percent) == (5, 1, "20.0%")
    assert draws.summary(DrawFilter(text="nothing")).percent == "0%"


def test_a_draw_that_fell_short_at_last_is_found(there: World) -> None:
    found, _ = drawn(there)
    for person in there.experts:
        if {held.direction for held in person.directions} & {COST}:
            row = Recusal(
                activity_no=found.number, expert_id=person.id, source=RecusalSource.WRITTEN, reason="书面提出",
                after_lock=True, received_at=clock.now(), recorded_by_id=None, recorded_by_name="郭子安",
            )  # fmt: skip
            db.session.add(row)
    settle(found)
    assert listing(kind="short") == []
    drawing.end(found, store.draw(found.number, 1), "成本评估人选不足", RULES, actor=SYSTEM, now=clock.now())
    (line,) = listing(kind="short")
    assert line.end_reason == "成本评估人选不足"
    assert line.rounds == 2


def test_text_and_days_narrow(there: World) -> None:
    first, _ = drawn(there, title="省级公文系统 100% 验收")
    then = later(hours=24)
    second, _ = drawn(there)
    assert [line.number for line in listing(text=first.number.lower())] == [first.number]
    assert [line.number for line in listing(text="100%")] == [first.number]
    assert [line.number for line in listing(text="数字资源")] == [second.number, first.number]
    assert [line.number for line in listing(since=then)] == [second.number]
    assert [line.number for line in listing(until=then)] == [first.number]
    assert [line.number for line in listing(since=then, until=then + timedelta(days=1))] == [second.number]


def test_pages_follow_one_another(there: World) -> None:
    numbers = [drawn(there)[0].number for _ in range(3)]
    db.session.flush()
    page = draws.listing(DrawFilter(), RULES, limit=2)
    rest = draws.listing(DrawFilter(), RULES, before=page[-1].id, limit=2)
    assert [line.number for line in (*page, *rest)] == numbers[::-1]


def test_a_witness_sees_his_own_with_what_waits_for_him_first(there: World) -> None:
    waiting = locked(there)
    given = locked(there)
    now = clock.now()
    drawing.contribute(given.number, "witness", "42", "typed", RULES, actor=there.witness, now=now)
    unsigned, _ = drawn(there)
    signed, _ = drawn(there)
    drawing.sign(signed.number, "", actor=there.witness, now=now)
    drawn(there, witness_id=None)
    db.session.flush()
    found = {line.number: line.due for line in draws.to_attend(there.witness.user_id or 0)}
    assert found == {waiting.number: "待投入", unsigned.number: "待签字", given.number: "", signed.number: ""}
    assert list(found)[:2] == [waiting.number, unsigned.number]
    assert draws.to_attend(there.organiser.user_id or 0) == []
