"""The world of these tests, made once on each database and copied for each test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.core.transaction import transaction
from app.workflow.releases import shipped
from config import ROOT
from tests.conftest import make_schema, stop_clock
from tests.servers import Postgres
from tests.services.procedures.selection.house import OWNER
from tests.services.procedures.selection.world import World, world


def _furnish() -> None:
    with pytest.MonkeyPatch.context() as patch, transaction():
        stop_clock(patch)
        world()
        shipped.deploy_shipped(ROOT, OWNER)


@pytest.fixture(scope="session")
def sqlite_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As everywhere, with the people of these tests and the shipped diagrams."""
    folder = tmp_path_factory.mktemp("selection")
    make_schema(f"sqlite:///{folder / 'schema.sqlite3'}", folder, _furnish)
    return folder / "schema.sqlite3"


@pytest.fixture(scope="session")
def postgres_schema(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same as the name of a PostgreSQL database."""
    name = "selection_world"
    make_schema(postgres.create(name), tmp_path_factory.mktemp("selection"), _furnish)
    return name


@pytest.fixture
def there(database: Any) -> World:
    """Department, staff, units and 44 experts."""
    return world()
