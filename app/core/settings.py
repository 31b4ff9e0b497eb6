"""Small facts the installation remembers by key: the demo clock's offset, marks of finished seeding."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import JsonText, db


class Setting(db.Model):
    """A key and its plain JSON value."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(JsonText)


def stored(key: str) -> Any:
    """The value kept under `key`, or None."""
    row = db.session.get(Setting, key)
    return None if row is None else row.value


def store(key: str, value: Any) -> None:
    """Keeps `value` under `key` in the present transaction."""
    db.session.merge(Setting(key=key, value=value))
