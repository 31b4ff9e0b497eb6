"""What a procedure does when somebody takes his last step back (撤回), in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.core.actor import Actor

#: Gets business key, the element taken back, actor and now; raises UserError where it is too late for that.
Reverting = Callable[[str, str, Actor, datetime], None]

_revertings: dict[str, Reverting] = {}


def when_withdrawn(process_key: str) -> Callable[[Reverting], Reverting]:
    """Registers what puts a procedure's own records back when a step of this process is taken back.

    Needed for every user task with the property `withdrawable` whose operations changed records.
    """

    def add(reverting: Reverting) -> Reverting:
        _revertings[process_key] = reverting
        return reverting

    return add


def revert_records(process_key: str, business_key: str, element_id: str, actor: Actor, now: datetime) -> None:
    """Puts the records behind a case back. :raises UserError: they cannot be put back any more."""
    reverting = _revertings.get(process_key)
    if reverting is not None:
        reverting(business_key, element_id, actor, now)
