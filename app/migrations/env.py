"""Brings the database of the application to the schema of the models; run by `flask db upgrade`.

Column types are written as the plain types they are stored as, so that an old migration does not change when a
class of ours does. On SQLite the foreign keys are off while tables are rebuilt, since dropping a parent would
otherwise delete its children without a word, and every key is checked afterwards.
"""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection

from app.core.database import WRITING, Instant, db


def migrate() -> None:
    """Runs the migrations in one transaction."""
    settings = {**current_app.extensions["migrate"].configure_args, "compare_type": False}
    with db.engine.connect().execution_options(**WRITING) as connection:
        _foreign_keys(connection, "OFF")
        context.configure(
            connection=connection, target_metadata=db.metadata, render_item=_as_stored, **settings
        )
        with context.begin_transaction():
            context.run_migrations()
            _check_foreign_keys(connection)
        _foreign_keys(connection, "ON")


def _foreign_keys(connection: Connection, state: Literal["ON", "OFF"]) -> None:
    if connection.dialect.name == "sqlite":
        # Past SQLAlchemy, which would begin a transaction first: inside one the pragma does nothing.
        connection.connection.dbapi_connection.execute(f"PRAGMA foreign_keys={state}")  # type: ignore[union-attr]


def _check_foreign_keys(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise RuntimeError(f"the migration leaves {len(broken)} broken foreign keys, the first in {broken[0][0]}")


def _as_stored(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """How a type of ours is written in a migration: as the plain type it is stored as."""
    if kind != "type":
        return False
    if isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, sa.Enum) and not item.native_enum:
        return f"sa.String(length={item.length})"
    if isinstance(item, sa.types.TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


migrate()
