"""What a procedure does when one of its cases is ended by hand (作废、撤销), in the same transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.core.actor import Actor

#: Gets business key, reason, actor and now; raises UserError where the law knows no such end.
Closing = Callable[[str, str, Actor, datetime], None]

_closings: dict[str, Closing] = {}


def when_voided(process_key: str) -> Callable[[Closing], Closing]:
    """Registers what brings a procedure's own records to an end together with a case of this process."""

    def add(closing: Closing) -> Closing:
        _closings[process_key] = closing
        return closing

    return add


def close_records(process_key: str, business_key: str, reason: str, actor: Actor, now: datetime) -> None:
    """Ends the records behind a case. :raises UserError: the procedure does not let it end by hand."""
    closing = _closings.get(process_key)
    if closing is not None:
        closing(business_key, reason, actor, now)
