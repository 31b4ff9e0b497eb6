"""The store of files and the notices of these tests, on each database."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from app.core.database import prepare_sqlite
from app.registers.files import service as files
from tests.engines import share_compiled


@pytest.fixture(autouse=True)
def _file_store(tmp_path: Path) -> None:
    files.configure(tmp_path / "uploads")


@pytest.fixture(autouse=True)
def _compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(engine: Engine) -> None:
        share_compiled(engine)
        prepare_sqlite(engine)

    monkeypatch.setattr("tests.conftest.prepare_sqlite", prepare)
