"""The experts of these tests: five are invited, nobody has answered yet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.core.database import db
from tests.web.panel_house import House, copies, invited


@pytest.fixture
def house(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sqlite_schema: Path) -> Iterator[House]:
    """A drawn panel whose invitations went out at 09:00."""
    made = copies(tmp_path_factory.mktemp("panel"), sqlite_schema, "invited", invited)(tmp_path)
    yield made
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def app(house: House) -> Flask:
    """The application of the house."""
    return house.app
