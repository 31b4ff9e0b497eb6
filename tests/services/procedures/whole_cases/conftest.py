"""The office of these tests, made once on each database and copied for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import make_schema, stop_clock
from tests.servers import Postgres
from tests.services.procedures.whole_cases.office import Office


def _furnish() -> None:
    with pytest.MonkeyPatch.context() as patch:
        stop_clock(patch)
        Office()


@pytest.fixture(scope="session")
def sqlite_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As everywhere, with the people of the office and the shipped diagrams."""
    folder = tmp_path_factory.mktemp("office")
    make_schema(f"sqlite:///{folder / 'schema.sqlite3'}", folder, _furnish)
    return folder / "schema.sqlite3"


@pytest.fixture(scope="session")
def postgres_schema(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same as the name of a PostgreSQL database."""
    name = "office_with_diagrams"
    make_schema(postgres.create(name), tmp_path_factory.mktemp("office"), _furnish)
    return name
