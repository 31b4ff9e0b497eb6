"""The organisers of these tests: a department with 44 experts in the pool, and a panel whose invitations went out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.core.database import db
from tests.services.procedures.selection import world as w
from tests.web.house_rules import HouseClient, Page
from tests.web.panel_house import House, copies, invited, started

Made = Callable[[Callable[[w.World], str], str], House]


@pytest.fixture
def make(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sqlite_schema: Path) -> Iterator[Made]:
    """Makes a house at a stage of that name."""
    made: list[House] = []

    def build(stage: Callable[[w.World], str], name: str) -> House:
        made.append(copies(tmp_path_factory.mktemp("panel"), sqlite_schema, f"activities-{name}", stage)(tmp_path))
        return made[-1]

    yield build
    for house in made:
        with house.app.app_context():
            db.session.remove()
            db.engine.dispose()


def entered(there: w.World) -> str:
    """An activity is entered, its conditions are still to be set."""
    w.account("org2", "韩冬", "dept_organiser", there.project)
    return started(w.activity(there), there)


@pytest.fixture
def house(make: Made) -> House:
    """An activity whose conditions are to be set."""
    return make(entered, "entered")


@pytest.fixture
def panel(make: Made) -> House:
    """Five are invited, nobody has answered yet."""
    return make(invited, "invited")


GOOD = {
    "panel_size": "5", "seat-0-category": w.SECURITY, "seat-0-count": "2", "seat-1-category": w.SOFTWARE,
    "seat-1-count": "2", "seat-2-category": w.COST, "seat-2-count": "1",
}  # fmt: skip


def conditions(house: House, act: str, **changes: str) -> Page:
    """The organiser presses a button of the conditions; the page that comes of it."""
    path = f"/activities/{house.number}/conditions"
    data = {key: value for key, value in {**GOOD, **changes}.items() if value != "(none)"}
    return Page(house.staff("org").post(path, data={**data, "_do": act}, follow_redirects=True))


def post(client: HouseClient, path: str, **data: Any) -> Page:
    """Sends a form and follows where it leads."""
    return Page(client.post(path, data=data, follow_redirects=True))
