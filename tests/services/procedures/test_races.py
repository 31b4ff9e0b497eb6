"""Two people at once: numbers without gaps or doubles, one person submitting twice, an objection at the last moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.actor import SYSTEM, public
from app.core.database import db
from app.core.errors import Conflict, UserError
from app.core.transaction import transaction
from app.procedures.entry import service as entry
from app.procedures.entry.models import AccessCode, Application
from app.procedures.objection import service as objection
from app.procedures.publicity import service as publicity
from app.registers import numbers, proposed
from app.registers.models import ProposedState
from tests.services.procedures.people import APPLICANT, draft, last_code, proposed_expert, publicised
from tests.unit.procedures.forms import RULES, id_number
from tests.unit.procedures.test_objection_rules import INDIVIDUAL

OBJECTOR = public("高望山", None)


def together(app: Flask, acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """Runs each act in its own thread, session and transaction, all at once; gives results or user errors."""
    results: list[Any] = [None] * len(acts)
    ready = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        with app.app_context():
            ready.wait(30)
            try:
                with transaction():
                    results[place] = act()
            except UserError as error:
                results[place] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def in_one(app: Flask, act: Callable[[], Any]) -> Any:
    """One act before or after the race."""
    with app.app_context():
        with transaction():
            result = act()
        db.session.remove()
    return result


def test_the_first_numbers_of_a_year_are_given_once_each(any_app: Flask) -> None:
    def take() -> str:
        return numbers.next_number(numbers.APPLICATION, 2026)

    given = together(any_app, [take] * 6)
    assert sorted(given) == [f"RK-2026-{place:04d}" for place in range(1, 7)]


def test_of_two_submissions_by_one_person_one_comes_first(any_app: Flask) -> None:
    drafts = [in_one(any_app, draft) for _ in range(2)]

    def submitting(number: str) -> Callable[[], str]:
        return lambda: entry.submit(number, actor=APPLICANT, now=clock.now(), rules=RULES)

    results = together(any_app, [submitting(number) for number in drafts])
    assert [result for result in results if isinstance(result, str)] == ["RK-2026-0001"]
    [refused] = [result for result in results if not isinstance(result, str)]
    assert isinstance(refused, Conflict)
    assert "已有一件申请正在办理" in refused.message
    third = in_one(any_app, lambda: draft(identity__id_number=id_number("19800101")))
    other = in_one(any_app, submitting(third))
    assert other == "RK-2026-0002"


def test_one_draft_submitted_twice_becomes_one_application(any_app: Flask) -> None:
    number = in_one(any_app, draft)

    def act() -> str:
        return entry.submit(number, actor=APPLICANT, now=clock.now(), rules=RULES)

    results = together(any_app, [act, act])
    assert sorted(str(result) for result in results) == ["RK-2026-0001", "申请已经提交，编号 RK-2026-0001"]
    count = in_one(any_app, lambda: db.session.scalar(sa.select(sa.func.count()).select_from(Application)))
    assert count == 1


def test_wrong_tries_made_at_once_all_count(any_app: Flask) -> None:
    number = in_one(any_app, lambda: draft(verified=False))

    def guess() -> Application | None:
        return entry.check_code(number, "xxxxxx", actor=APPLICANT, now=clock.now())

    assert together(any_app, [guess] * 4) == [None] * 4
    assert in_one(any_app, lambda: db.session.scalar(sa.select(AccessCode.attempts))) == 4


def test_an_objection_and_the_end_of_the_period_are_ordered(
    any_app: Flask, travel: Callable[[str], datetime]
) -> None:
    def prepare() -> tuple[str, str]:
        number = proposed_expert()
        return number, publicised(number)

    number, batch = in_one(any_app, prepare)
    travel("2026-03-10 00:00")

    def prove() -> None:
        objection.request_phone_code(INDIVIDUAL["phone"], actor=OBJECTOR, now=clock.now(), rules=RULES)
        assert objection.verify_phone(INDIVIDUAL["phone"], last_code(), now=clock.now())

    in_one(any_app, prove)
    last_second = datetime(2026, 3, 9, 23, 59, 59, tzinfo=clock.ZONE)

    def object_() -> str:
        return objection.file_online(number, INDIVIDUAL, actor=OBJECTOR, now=last_second, rules=RULES).number

    def close() -> publicity.Closed:
        return publicity.close_period(number, batch, RULES, actor=SYSTEM, now=clock.now())

    filed, closed = together(any_app, [object_, close])
    assert filed == "YY-2026-0001"
    assert isinstance(closed, publicity.Closed)
    row = in_one(any_app, lambda: _state(number))
    assert row == (ProposedState.OBJECTED, 1)


def _state(number: str) -> tuple[ProposedState, int]:
    row = proposed.proposed(number)
    assert row is not None
    return row.state, row.open_objections

