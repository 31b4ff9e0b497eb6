"""The leaders of these tests: one expert is designated with the conditions, the others are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.core import clock
from app.core.database import db
from app.procedures.selection.rules.conditions import ConditionsDraft
from app.procedures.selection.service import activities
from tests.services.procedures.selection import world as w
from tests.web.panel_house import House, copies, started

Made = Callable[[Callable[[w.World], str], str], House]


@pytest.fixture
def make(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sqlite_schema: Path) -> Iterator[Made]:
    """Makes a house at a stage of that name."""
    made: list[House] = []

    def build(stage: Callable[[w.World], str], name: str) -> House:
        made.append(copies(tmp_path_factory.mktemp("panel"), sqlite_schema, name, stage)(tmp_path))
        return made[-1]

    yield build
    for house in made:
        with house.app.app_context():
            db.session.remove()
            db.engine.dispose()


def designated(there: w.World) -> str:
    """Of seven seats two are asked for by name; five are drawn and invited."""
    first, second = there.expert(w.DATA), there.expert(w.CIPHER, skip=3)
    asked = (w.designation(first, w.DATA), w.designation(second, w.CIPHER, reason="参加过一期评审"))
    draft = ConditionsDraft(7, {w.SECURITY: 2, w.SOFTWARE: 2, w.COST: 1}, designations=asked)
    return started(w.drawn(there, draft)[0], there)


def without_security(there: w.World) -> str:
    """The organiser has saved conditions without a security expert, and is about to submit them."""
    found = w.activity(there)
    draft = ConditionsDraft(5, {w.SOFTWARE: 3, w.COST: 2}, security_waiver="只评概算，不涉及安全设计")
    activities.save_conditions(found.number, draft, actor=there.organiser, now=clock.now())
    return started(found, there)


@pytest.fixture
def house(make: Made) -> House:
    """Two designations wait for the leader."""
    return make(designated, "designated")


@pytest.fixture
def waiver(make: Made) -> House:
    """Conditions without a security expert wait for the leader."""
    made = make(without_security, "waiver")
    made.act("org", "set_conditions")
    made.quiet()
    return made


@pytest.fixture
def app(house: House) -> Flask:
    """The application of the house."""
    return house.app
