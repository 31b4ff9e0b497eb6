"""What a procedure does when one of its cases is ended by hand (作废、撤销), in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core.actor import Actor


@dataclass(frozen=True)
class Tidings:
    """What another case is told of the end, once it is committed; nobody need wait for it."""

    name: str
    business_key: str
    payload: Mapping[str, Any]


#: Gets business key, reason, actor and now, and says whom to tell; raises UserError where the law knows no such end.
Closing = Callable[[str, str, Actor, datetime], Iterable[Tidings] | None]

_closings: dict[str, Closing] = {}


def when_voided(process_key: str) -> Callable[[Closing], Closing]:
    """Registers what brings a procedure's own records to an end together with a case of this process."""

    def add(closing: Closing) -> Closing:
        _closings[process_key] = closing
        return closing

    return add


def close_records(
    process_key: str, business_key: str, reason: str, actor: Actor, now: datetime
) -> tuple[Tidings, ...]:
    """Ends the records behind a case; gives what other cases, such as those below it, are to be told.

    :raises UserError: the procedure does not let it end by hand.
    """
    closing = _closings.get(process_key)
    return tuple(closing(business_key, reason, actor, now) or ()) if closing is not None else ()
