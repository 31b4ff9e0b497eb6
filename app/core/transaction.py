"""One transaction a request or job: only `app.web` and `app.jobs` open it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.database import WRITING, db
from app.core.turns import Turns

_HOOKS = "after_commit_callbacks"
#: PostgreSQL: serialization failure, deadlock, lock not to be had in time.
_LOST_STATES = frozenset({"40001", "40P01", "55P03"})
#: SQLite: BUSY and LOCKED; the low byte of the extended codes.
_LOST_CODES = frozenset({5, 6})
#: How long a thread waits for its turn to write; SQLite itself waits as long for other processes.
TURN_SECONDS = 15.0

_turns: dict[str, Turns] = {}


@contextmanager
def transaction() -> Iterator[Session]:
    """Opens a writing transaction, commits it at the end, rolls everything back on an exception.

    On SQLite the write lock is taken at once (BEGIN IMMEDIATE), in the order in which the threads of this process
    ask; nothing may have been read before in the same session, since a read that turns into a write fails there.
    """
    session: Any = db.session
    session.rollback()
    with _in_turn():
        yield from _transaction(session)


def _transaction(session: Any) -> Iterator[Session]:
    session().info.clear()  # what was recorded outside any transaction belongs to none
    session.connection(execution_options=WRITING)
    try:
        yield session()
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def _in_turn() -> Iterator[None]:
    """One's turn at the database, where it lets one writer in at a time; who waits too long leaves it to chance."""
    if db.engine.dialect.name != "sqlite":
        yield
        return
    turns = _turns.setdefault(str(db.engine.url), Turns())
    taken = turns.take(TURN_SECONDS)
    try:
        yield
    finally:
        if taken:
            turns.give()


def after_commit(callback: Callable[[], None]) -> None:
    """Runs `callback` once the present transaction is committed, never if it is rolled back.

    For waking workers only: nothing may depend on it, since a crash in between loses it.
    """
    session: Session = db.session()
    session.info.setdefault(_HOOKS, []).append(callback)


@event.listens_for(Session, "after_commit")
def _run_callbacks(session: Session) -> None:
    if session.in_nested_transaction():  # the end of a savepoint is not the end of the transaction
        return
    for callback in session.info.pop(_HOOKS, []):
        callback()


@event.listens_for(Session, "after_rollback")
def _forget_callbacks(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_HOOKS, None)


def lost_to_another(failure: BaseException) -> bool:
    """True if the database gave up this transaction for the sake of another: the same again later may succeed.

    A database that is gone, full or broken is no such case.
    """
    if not isinstance(failure, DBAPIError) or failure.connection_invalidated:
        return False
    cause = failure.orig
    code = getattr(cause, "sqlite_errorcode", None)
    return getattr(cause, "sqlstate", None) in _LOST_STATES or (code is not None and code & 0xFF in _LOST_CODES)
