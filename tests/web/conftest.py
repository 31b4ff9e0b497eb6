"""The office of the page tests, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.core.database import db
from tests.conftest import build_app
from tests.web.house_rules import HouseClient
from tests.web.office import Office

_made: dict[str, Path] = {}


@pytest.fixture
def office(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, sqlite_schema: Path) -> Iterator[Office]:
    """People of every role, one process with a form, nothing going on yet; on a database of its own."""
    if "office" not in _made:
        _made["office"] = _make(tmp_path_factory.mktemp("office"), sqlite_schema)
    path = tmp_path / "office.sqlite3"
    shutil.copyfile(_made["office"], path)
    app = build_app(f"sqlite:///{path}", tmp_path)
    yield Office(app, lambda: _client_of(app), is_made=True)
    _close(app)


def _make(folder: Path, schema: Path) -> Path:
    """Made under the standing clock of a test, as everything in it."""
    path = folder / "office.sqlite3"
    shutil.copyfile(schema, path)
    app = build_app(f"sqlite:///{path}", folder)
    Office(app, lambda: _client_of(app))
    with app.app_context():
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    _close(app)
    return path


def _client_of(app: Flask) -> HouseClient:
    return HouseClient(app, app.response_class)


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
