"""登记纸质异议: the clerk records every letter, also the late and the anonymous one, and each goes its way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core.database import db
from app.identity import roles
from app.procedures.objection.models import Objection
from app.registers import identity_number
from app.registers.models import ProposedExpert
from app.workflow.models import Task
from tests.web.applying import posted
from tests.web.house_rules import HouseClient

_FIRST = "14010519800512301"
TYPED = {
    "delivery": "counter", "received_on": "2026-03-02", "received_at": "08:50", "kind": "individual",
    "objector_name": "程立秋", "id_number": _FIRST + identity_number.check_character(_FIRST),
    "phone": "13900003001", "matter": "从业年限不实", "grounds": "其 2019 年前在其他行业工作。",
}


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world, whose second batch is open until 3 March."""
    return world_app


@pytest.fixture
def clerk(client: HouseClient) -> HouseClient:
    """The browser of the clerk."""
    client.post("/demo/enter", data={"role": roles.CENTER_CLERK})
    return client


@pytest.fixture
def candidate(app: Flask) -> str:
    """The application number of 周若水, who is on the board."""
    with app.app_context():
        statement = sa.select(ProposedExpert.application_no).where(ProposedExpert.name == "周若水")
        return str(db.session.execute(statement).scalar_one())


def waits_at(app: Flask) -> Any:
    """Where the newest objection waits."""
    with app.app_context():
        newest = db.session.scalars(sa.select(Objection.number).order_by(Objection.number.desc())).first()
        statement = sa.select(Task.element_id).where(Task.business_key == newest, Task.status == "open")
        return db.session.execute(statement).scalar_one()


def test_a_letter_in_time_goes_to_acceptance(app: Flask, clerk: HouseClient, candidate: str) -> None:
    page = posted(clerk, "/objections/new", {**TYPED, "candidate": candidate})
    assert page.heading == "公示与异议"
    assert waits_at(app) == "decide_acceptance"


def test_an_anonymous_letter_is_recorded_and_goes_to_be_refused(
    app: Flask, clerk: HouseClient, candidate: str
) -> None:
    bare = {key: TYPED[key] for key in ("delivery", "received_on", "received_at", "matter", "grounds")}
    posted(clerk, "/objections/new", {**bare, "kind": "anonymous", "candidate": candidate})
    assert waits_at(app) == "confirm_inadmissible"


def test_a_letter_after_the_period_is_recorded_and_goes_to_be_refused(
    app: Flask, clerk: HouseClient, candidate: str, travel: Callable[[str], datetime]
) -> None:
    travel("2026-03-05 10:00")
    posted(clerk, "/objections/new", {**TYPED, "received_on": "2026-03-05", "candidate": candidate})
    assert waits_at(app) == "confirm_inadmissible"


def test_what_is_missing_is_told_and_what_was_typed_stays(clerk: HouseClient, candidate: str) -> None:
    page = posted(clerk, "/objections/new", {**TYPED, "candidate": candidate, "grounds": ""}, 422)
    assert page.errors == {"grounds": "理由和依据：请填写"}
    assert page.typed("matter") == TYPED["matter"]
