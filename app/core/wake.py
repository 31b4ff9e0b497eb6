"""Tells whoever waits for work that there is some, once the transaction that made it is committed.

Only ever a hint: the database holds what is to be done, and a lost hint costs one tick of the scheduler.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.core.database import db

_REQUESTED = "wake_requested"
_listeners: list[Callable[[], None]] = []


def request() -> None:
    """Asks for a wake-up after the commit of the present transaction."""
    session: Session = db.session()
    session.info[_REQUESTED] = True


def listen(callback: Callable[[], None]) -> None:
    """Calls `callback` after every commit that asked for it; it must not raise and must return at once."""
    _listeners.append(callback)


def forget(callback: Callable[[], None]) -> None:
    """Ends `listen`; nothing to do if it has ended."""
    if callback in _listeners:
        _listeners.remove(callback)


@event.listens_for(Session, "after_commit")
def _wake(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.pop(_REQUESTED, False):
        return
    for callback in list(_listeners):
        callback()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_REQUESTED, None)
