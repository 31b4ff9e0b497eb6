"""Batches: published at once, each name with its own end, the board without personal data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from app.core import clock
from app.core.actor import SYSTEM
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.procedures.publicity import queries, service
from app.procedures.publicity.models import BatchState, PublicityBatch
from app.registers import proposed
from app.registers.models import ProposedState
from tests.services.procedures.people import (
    CLERK,
    REVIEWER,
    acts,
    in_review,
    notice,
    outbox,
    proposed_expert,
    publicised,
)
from tests.unit.procedures.forms import RULES, id_number

Travel = Callable[[str], datetime]
pytestmark = pytest.mark.usefixtures("database")


def two() -> tuple[str, str]:
    return proposed_expert(), proposed_expert(identity__id_number=id_number("19800101"))


def publish(*numbers: str, **changes: object) -> PublicityBatch:
    written = replace(notice(), **changes)  # type: ignore[arg-type]
    return service.create_batch(numbers, written, actor=CLERK, now=clock.now(), rules=RULES)


def close(number: str, batch: str) -> service.Closed:
    return service.close_period(number, batch, RULES, actor=SYSTEM, now=clock.now())


def test_a_batch_takes_all_ticked_names_at_once() -> None:
    first, second = two()
    assert [row.application_no for row in queries.waiting()] == [first, second]
    batch = publish(first, second)
    assert (batch.number, batch.state) == ("GS-2026-0001", BatchState.PUBLISHED)
    assert (batch.ends_at, batch.close_at) == (datetime(2026, 3, 10, tzinfo=clock.ZONE),) * 2
    assert [item.position for item in batch.items] == [1, 2]
    assert queries.waiting() == []
    assert acts(batch.number) == ["publicity.publish_batch"]


def test_only_the_clerk_publishes() -> None:
    number = proposed_expert()
    with pytest.raises(NotAllowed):
        service.create_batch([number], notice(), actor=REVIEWER, now=clock.now(), rules=RULES)


def test_the_hour_on_the_official_site_counts_and_lies_not_ahead(travel: Travel) -> None:
    travel("2026-02-27 10:00")
    number = proposed_expert()
    travel("2026-03-02 09:00")
    with pytest.raises(Invalid) as refused:
        publish(number, published_at=datetime(2026, 3, 2, 9, 1, tzinfo=clock.ZONE), site_address="")
    assert set(refused.value.errors) == {"published_at", "site_address"}
    earlier = datetime(2026, 2, 27, 17, 0, tzinfo=clock.ZONE)
    assert publish(number, published_at=earlier).ends_at == datetime(2026, 3, 6, tzinfo=clock.ZONE)


def test_nobody_is_published_twice_or_unconfirmed() -> None:
    with pytest.raises(Invalid):
        publish()
    with pytest.raises(NotFound):
        publish(in_review())
    number = proposed_expert(identity__id_number=id_number("19800101"))
    publish(number)
    with pytest.raises(Conflict):
        publish(number)


def test_opening_tells_the_candidate_and_puts_the_name_on_the_board() -> None:
    number = proposed_expert()
    batch = publish(number)
    opened = service.open_period(number, batch.number, actor=CLERK, now=clock.now())
    assert (opened.ends_at, opened.closes_at, opened.provisional) == (batch.ends_at, batch.close_at, False)
    assert "公示到3月9日（周一）24:00 止" in outbox("publicity_started")[0]["texts"]["sms"]
    with pytest.raises(NotFound):
        service.open_period(number, "GS-2026-0009", actor=CLERK, now=clock.now())


def test_the_board_shows_name_unit_title_and_directions_only(travel: Travel) -> None:
    number = proposed_expert()
    batch = publicised(number)
    [board] = queries.running(RULES, clock.now())
    assert (board.number, board.is_open, board.provisional) == (batch, True, False)
    [name] = board.names
    assert vars(name) == {
        "application_no": number,
        "position": 1,
        "name": "周启明",
        "unit_name": "并州大学信息工程学院",
        "title": "正高级工程师",
        "directions": ("网络与信息安全", "密码应用"),
        "state": "公示中",
        "is_over": False,
    }
    travel("2026-03-10 00:00")
    assert queries.running(RULES, clock.now()) == []
    assert not queries.board(batch, RULES, clock.now()).is_open


def test_the_period_does_not_end_early(travel: Travel) -> None:
    number = proposed_expert()
    batch = publicised(number)
    travel("2026-03-09 23:59")
    with pytest.raises(Conflict):
        close(number, batch)
    travel("2026-03-10 00:00")
    assert close(number, batch) == service.Closed(0, False)
    assert proposed.proposed(number).state == ProposedState.CLEARED  # type: ignore[union-attr]


def test_one_name_that_is_held_does_not_hold_the_others(travel: Travel) -> None:
    first, second = two()
    batch = publicised(first, second)
    proposed.open_objection(proposed.locked(first), actor=SYSTEM)
    travel("2026-03-10 00:00")
    assert (close(first, batch).open_objections, close(second, batch).open_objections) == (1, 0)
    states = {name.application_no: name.state for name in queries.board(batch, RULES, clock.now()).names}
    assert states == {first: "异议处理中", second: "公示期满"}


def test_the_batch_is_closed_with_its_last_name(travel: Travel) -> None:
    first, second = two()
    batch = publicised(first, second)
    travel("2026-03-10 00:00")
    close(first, batch)
    assert queries.latest()[0].state == BatchState.PUBLISHED
    close(second, batch)
    assert queries.latest()[0].state == BatchState.CLOSED
    assert acts(batch)[-1] == "publicity.close_batch"


def test_a_period_on_guessed_days_stays_open(travel: Travel) -> None:
    travel("2026-12-28 09:00")
    number = proposed_expert()
    batch = publicised(number)
    travel("2027-02-01 09:00")
    assert queries.board(batch, RULES, clock.now()).is_open
    with pytest.raises(Conflict) as refused:
        close(number, batch)
    assert "暂定" in refused.value.message
