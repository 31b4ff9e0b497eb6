"""Undoing a part of a transaction: rows and audit lines of the part, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.core import audit
from app.core.database import db


@contextmanager
def savepoint() -> Iterator[None]:
    """Undoes whatever the body wrote when it raises, and raises on; the transaction itself can go on."""
    mark = audit.pending()
    try:
        with db.session.begin_nested():
            yield
    except BaseException:
        audit.forget_since(mark)
        raise
