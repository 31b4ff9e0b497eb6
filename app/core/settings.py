"""Small facts the installation remembers by key: the demo clock's offset, marks of finished seeding."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import JsonText, db
from app.core.savepoint import savepoint


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
    """Keeps `value` under `key` in the present transaction; of two that write a new key at once both succeed."""
    change = sa.update(Setting).where(Setting.key == key).values(value=value)
    if _changed(change):
        return
    try:
        with savepoint():
            db.session.execute(sa.insert(Setting).values(key=key, value=value))
    except IntegrityError:
        db.session.execute(change)


def claim(key: str) -> bool:
    """Takes a key that nobody has; False if somebody has it, once his transaction is over."""
    try:
        with savepoint():
            db.session.execute(sa.insert(Setting).values(key=key, value=""))
    except IntegrityError:
        return False
    return True


def _changed(change: sa.Update) -> bool:
    done: Any = db.session.execute(change)
    return bool(done.rowcount)
