"""What the database benchmarks stand on: durable databases, the application on them, and counters of their work."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

import config
from app.core.database import db
from app.factory import create_app
from tests.servers import Postgres


@dataclass
class Work:
    """Statements sent and rows written while counting; BEGIN and COMMIT are not statements here."""

    statements: int = 0
    rows: int = 0


@contextmanager
def counted(engine: Engine) -> Iterator[Work]:
    """Counts what goes to the database."""
    work = Work()

    def after(_conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(("BEGIN", "COMMIT")):
            return
        work.statements += 1
        if statement.lstrip().startswith(("INSERT", "UPDATE", "DELETE")):
            work.rows += max(cursor.rowcount, 0)

    event.listen(engine, "after_cursor_execute", after)
    yield work
    event.remove(engine, "after_cursor_execute", after)


@contextmanager
def applications() -> Iterator[Sequence[tuple[str, Flask]]]:
    """The application on SQLite (WAL, synchronous=FULL) and on PostgreSQL (fsync on), with the whole schema."""
    with tempfile.TemporaryDirectory(prefix="zhiku-bench-") as folder:
        server = Postgres(durable=True)
        urls = (("SQLite", f"sqlite:///{Path(folder) / 'bench.sqlite3'}"), ("PostgreSQL", server.create("bench")))
        made = []
        for name, url in urls:
            app = create_app(config.Testing, SQLALCHEMY_DATABASE_URI=url, UPLOAD_FOLDER=folder)
            with app.app_context():
                db.create_all()
                db.session.remove()
            made.append((name, app))
        yield made
        for _, app in made:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()
        server.stop()


def wal_position(engine: Engine) -> int | None:
    """Bytes of WAL written so far by a PostgreSQL server, None elsewhere."""
    if engine.dialect.name != "postgresql":
        return None
    with engine.connect() as connection:
        return int(connection.scalar(sa.text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")))


def checkpoint(engine: Engine) -> None:
    """So that the first change of each page is not counted as a whole page image of the WAL by chance."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("CHECKPOINT"))


def median_ms(seconds: Sequence[float]) -> float:
    """The median in milliseconds."""
    return statistics.median(seconds) * 1000
