"""Units found and checked, numbers by series and year, the proposed list and its waiting persons."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.procedures.entry import service as entry
from app.procedures.publicity import service as publicity
from app.registers import experts, numbers, proposed, units
from app.registers.models import Unit
from tests.services.procedures.people import CLERK, acts, proposed_expert, publicised
from tests.unit.procedures.forms import RULES

CODE = "91350100M000100Y43"
OTHER_CODE = "91110000600037341L"
pytestmark = pytest.mark.usefixtures("database")


def take_over(name: str, uscc: str | None = None) -> Unit:
    return units.take_over(name, uscc, "高校", None, actor=CLERK, now=clock.now())


def test_one_legal_entity_is_one_unit() -> None:
    first = take_over("并州大学")
    assert take_over("并州大学") is first
    assert take_over("并州大学", CODE) is first
    assert first.uscc == CODE
    assert take_over("并州大学信息工程学院", CODE) is first
    assert take_over("汾水大学", OTHER_CODE) is not first
    assert take_over("并州大学", "91110108551385082Q") is not first


def test_a_named_unit_waits_for_the_check_of_the_centre() -> None:
    named = take_over("并州大学（南校区）")
    assert not named.checked
    with pytest.raises(Invalid) as refused:
        units.confirm(named.id, "并州大学", CODE[:-1] + "4", actor=CLERK)
    assert "最后一位与前 17 位不符" in refused.value.errors["uscc"]
    units.confirm(named.id, "并州大学", CODE, actor=CLERK)
    assert (named.name, named.uscc, named.checked) == ("并州大学", CODE, True)
    assert acts(str(named.id)) == ["unit.take_over", "unit.confirm"]
    with pytest.raises(Conflict):
        units.confirm(take_over("他校").id, "他校", CODE, actor=CLERK)


def test_a_code_is_registered_once() -> None:
    units.register("并州大学", CODE, "高校", actor=CLERK, now=clock.now())
    with pytest.raises(Conflict):
        units.register("汾水大学", CODE.lower(), "高校", actor=CLERK, now=clock.now())
    with pytest.raises(Invalid):
        units.register(" ", OTHER_CODE, "高校", actor=CLERK, now=clock.now())


def test_units_are_found_by_name_and_code() -> None:
    units.register("并州大学", CODE, "高校", actor=CLERK, now=clock.now())
    take_over("并州大学附属设计院")
    assert [unit.name for unit in units.search("并州")] == ["并州大学", "并州大学附属设计院"]
    assert [unit.name for unit in units.search(CODE[:6].lower())] == ["并州大学"]
    assert units.search("100%_") == []
    with pytest.raises(NotFound):
        units.unit(404)


def test_numbers_run_apart_by_series_and_year() -> None:
    given = [numbers.next_number(*series) for series in (("RK", 2026), ("RK", 2026), ("YY", 2026), ("RK", 2027))]
    assert given == ["RK-2026-0001", "RK-2026-0002", "YY-2026-0001", "RK-2027-0001"]


def test_a_number_that_was_rolled_back_is_given_again() -> None:
    numbers.next_number("RK", 2026)
    db.session.commit()
    numbers.next_number("RK", 2026)
    db.session.rollback()
    assert numbers.next_number("RK", 2026) == "RK-2026-0002"


def test_numbers_beyond_four_digits_go_on() -> None:
    db.session.execute(numbers.NumberSeries.__table__.insert().values(prefix="RK", year=2026, last=9999))
    assert numbers.next_number("RK", 2026) == "RK-2026-10000"


def test_who_is_not_on_the_proposed_list_is_not_found() -> None:
    with pytest.raises(NotFound):
        proposed.locked("RK-2026-0404")
    proposed.end("RK-2026-0404", actor=SYSTEM, reason="撤回")


def test_a_name_that_cannot_be_printed_does_not_stop_the_appointment(travel: Any) -> None:
    rare = "周\U00030ede"
    number = proposed_expert(identity__name=rare, commitments__signature=rare)
    batch = publicised(number)
    travel("2026-03-10 00:00")
    publicity.close_period(number, batch, RULES, actor=SYSTEM, now=clock.now())
    made = entry.appoint(number, RULES, actor=SYSTEM, now=clock.now())
    assert experts.by_number(made.expert_no).name == rare
    assert "expert.letter_by_hand" in acts(made.expert_no)
    assert experts.by_number(made.expert_no).terms[0].end_on == date(2028, 3, 9)
