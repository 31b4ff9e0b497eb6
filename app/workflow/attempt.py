"""How an entry point makes an act: one transaction, and what must be kept when the act is refused.

The entry point passes its own `transaction`, since only entry points open one:
`outcome = attempt(transaction, lambda: tasks.complete(...))`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from app.core.errors import UserError

T = TypeVar("T")


class Settling(UserError):
    """A refusal that may leave something behind: `settle` runs after the rollback in a transaction of its own."""

    def __init__(self, message: str, keep: Callable[[], None] | None = None) -> None:
        super().__init__(message)
        self._keep = keep

    @property
    def keeps(self) -> bool:
        """Whether anything is left behind."""
        return self._keep is not None

    def settle(self) -> None:
        """Writes what must be kept: an incident, the person's text as a draft."""
        if self._keep is not None:
            self._keep()


def attempt(transaction: Callable[[], AbstractContextManager[Any]], act: Callable[[], T]) -> T:
    """Runs `act` in one transaction; when it is refused, keeps what must be kept and raises the refusal."""
    try:
        with transaction():
            return act()
    except Settling as refusal:
        with transaction():
            refusal.settle()
        raise
