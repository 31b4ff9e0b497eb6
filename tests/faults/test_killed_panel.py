"""A process killed with -9 in the middle of a panel: one draw, one invitation for each seat, nobody lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.audit import verify
from app.core.database import db
from app.core.transaction import transaction
from app.notices.models import OutboxMessage
from app.procedures.selection import seats, store
from app.procedures.selection.models import ActivityState, SeatState
from app.workflow import tasks
from app.workflow.attempt import attempt
from tests.faults import worker
from tests.faults.worker import Worker
from tests.services.procedures.selection.house import House, now
from tests.services.procedures.selection.world import conditions

#: From the first operation of a round to the last; each kill leaves the next one less to do.
MOMENTS = (1, 2, 3, 5, 8)


def _drawing(house: House, number: str) -> Callable[[Callable[[str], None]], None]:
    """The witness gives his value, upon which the panel is drawn."""
    task, witness = house.task(number, "contribute_witness"), house.there.witness
    values = {"value": "20260302", "manner": "typed"}
    return lambda _: _done(attempt(transaction, lambda: tasks.complete(task, values, witness, None)))


def _done(_outcome: object) -> None:
    """A step that was acknowledged."""


def _sent() -> list[tuple[str, str]]:
    """Number and key of every invitation that went out."""
    statement = sa.select(OutboxMessage.subject_id, OutboxMessage.idem_key).where(
        OutboxMessage.template == "panel_invited"
    )
    return now(lambda: [(row.subject_id, row.idem_key) for row in db.session.execute(statement)])


def test_a_panel_whose_process_dies_again_and_again_is_drawn_once_and_invited_once(any_database: Any) -> None:
    house = House()
    number = house.enter()
    house.set_conditions(number)
    house.do(number, "contribute_organiser", house.there.organiser, value="a8f051cc7be29d04", manner="browser")
    for die_at in (1, 2):  # inside the recording of the value, inside the draw
        Worker(_drawing(house, number), clock.now(), die_at).finish()
        assert house.open(number) == ["contribute_witness"]
        assert now(lambda: list(store.rounds_of(store.draw(number, 1).id))) == []
    assert Worker(_drawing(house, number), clock.now()).finish() == ["end"]
    house.do(number, "sign_record", house.there.witness, remark="")
    house.do(number, "send_invitations", house.there.organiser)
    for die_at in MOMENTS:
        Worker(worker.due, clock.now(), die_at).finish()
    house.quiet()
    assert len(_asked(house, number)) == conditions().panel_size
    _declined_while_dying(house, number)
    house.finish(number)
    assert house.activity(number).state is ActivityState.FINAL
    assert house.undelivered() == []
    assert list(verify()) == []


def _asked(house: House, number: str) -> list[str]:
    """Whoever holds a seat was written to once and only once, and there was one draw."""
    members = [one.number for one in house.members(number, SeatState.SENT, SeatState.ACCEPTED)]
    sent = [one for one, _ in _sent()]
    assert len(set(sent)) == len(sent) == len({key for _, key in _sent()}), "somebody was written to twice"
    assert set(members) <= set(sent)
    assert len(now(lambda: list(store.draws_of(number)))) == 1
    return members


def _declined_while_dying(house: House, number: str) -> None:
    """Two decline; whoever seeks their replacements is killed while he does, and the seats are filled once."""
    for one in house.members(number)[:2]:
        house.answer(one, "decline", "出差")
    for die_at in MOMENTS[:3]:
        Worker(worker.due, clock.now(), die_at).finish()
    house.quiet()
    size = conditions().panel_size
    assert len(_asked(house, number)) == size
    assert [one.line for one in house.members(number)] == list(range(1, size + 1))
    assert len(now(lambda: list(seats.invitations_of(number)))) == size + 2
