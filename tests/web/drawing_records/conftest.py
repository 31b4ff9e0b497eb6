"""A department with draws at several stages, an auditor, and browsers for everybody who may look at them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.identity import roles
from app.procedures.selection import seats, store
from app.procedures.selection.models import Activity
from app.procedures.selection.service import drawing, panel
from tests.services.procedures.selection import making
from tests.services.procedures.selection import world as w
from tests.web.panel_house import House, copies

#: The names of what is there: a final panel with a decline, a draw without witness, one that waits for values.
FINAL, ALONE, WAITING = "PS-2026-0001", "PS-2026-0002", "PS-2026-0003"
STARTS_AT = w.STARTS_AT


def stage(there: w.World) -> str:
    """Three activities; of the first everybody is seated after one decline, and one is designated."""
    w.account("aud", "吴明远", roles.AUDITOR, there.project)
    w.account("org2", "段清和", roles.DEPT_ORGANISER, there.project)
    w.account("wit2", "宁远", roles.DISCIPLINE_WITNESS, there.project)
    found = _final(there)
    alone = w.drawn(there, witness_id=None, title="省级政务云扩容绩效评价", kind="绩效评价")[0]
    waiting = w.locked(there, title="省级公文系统验收", kind="验收")
    assert [found.number, alone.number, waiting.number] == [FINAL, ALONE, WAITING]
    return found.number


def _final(there: w.World) -> Activity:
    named = there.expert(w.DATA)
    quota = {w.SECURITY: 2, w.SOFTWARE: 1, w.COST: 1}
    draft = w.conditions(quota=quota, designations=(w.designation(named, w.DATA),))
    found = w.drawn(there, draft)[0]
    drawing.sign(found.number, "过程无误", actor=there.witness, now=clock.now())
    making.settle(found)
    making.decide(store.designations_of(found.number)[0], "agreed", there.leader, "专业确有需要")
    making.settle(found)
    making.hand_over(found)
    first, *others = making.live(found)
    making.answer(first, "decline")
    making.accept(others)
    making.settle(found)
    making.hand_over(found)
    making.accept(making.written(found, making.SeatState.SENT))
    making.settle(found)
    panel.confirm_list(found.number, w.RULES, actor=there.organiser, now=clock.now())
    making.settle(found)
    making.tell(found)
    for one in making.live(found):
        making.confirm(one)
    assert making.settle(found).state == "final"
    return found


@pytest.fixture
def house(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sqlite_schema: Path) -> Iterator[House]:
    """The three activities, each copied fresh; two working days before the reviews."""
    made = copies(tmp_path_factory.mktemp("records"), sqlite_schema, "drawing_records", stage)(tmp_path)
    yield made
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()


def begin_meeting(house: House) -> datetime:
    """The hour of the reviews comes; the first is settled, which opens its draw."""
    clock.travel_to(STARTS_AT)
    with house.inside():
        assert panel.settle(FINAL, w.RULES, actor=SYSTEM, now=clock.now()).state == "meeting"
    return STARTS_AT


def names(house: House) -> list[str]:
    """The whole names of everybody drawn, those who left too."""
    with house.app.app_context():
        asked = [one for one in seats.invitations_of(FINAL) if one.designation_id is None]
        return [person.name for person in seats.people(one.expert_id for one in asked).values()]
