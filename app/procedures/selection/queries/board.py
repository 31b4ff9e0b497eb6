"""The panel board: every line with what happened on it, the checks of the list, what comes next (no. 54)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.actor import Actor


@dataclass(frozen=True)
class Happening:
    """One thing that happened on a line; `words` are ready to be shown, names in them masked."""

    at: datetime | None
    words: str


@dataclass(frozen=True)
class SeatLine:
    """A line of the board. `name` is masked before its time; `link_no` the invitation's number.

    `tone` is done | waiting | refilling | open; `due_at` until when the present step must be answered.
    """

    line: int
    name: str
    unit: str
    category: str
    how: str
    state: str
    tone: str
    due_at: datetime | None
    chain: tuple[Happening, ...]
    invitation: str | None
    attendance: str
    signed_in_at: datetime | None


@dataclass(frozen=True)
class ListCheck:
    """One check of the present list: `level` is ok | warn | bad."""

    code: str
    level: str
    words: str
    article: str


@dataclass(frozen=True)
class Step:
    """One step of what comes next: `state` is done | now | ahead."""

    words: str
    at: datetime | None
    state: str


@dataclass(frozen=True)
class Tally:
    """How many seats: those who accepted (or went on), those asked, those being refilled, of all."""

    size: int
    accepted: int
    confirmed: int
    asked: int
    refilling: int
    round_no: int


@dataclass(frozen=True)
class PanelBoard:
    """The board of an activity."""

    number: str
    title: str
    state: str
    state_code: str
    starts_at: datetime
    city: str
    address: str
    names_shown_at: datetime
    names_shown: bool
    shortage: str
    tally: Tally
    lines: tuple[SeatLine, ...]
    checks: tuple[ListCheck, ...]
    steps: tuple[Step, ...]


def panel(number: str, viewer: Actor, now: datetime) -> PanelBoard:
    """The board as this viewer may see it.

    :raises NotFound: no such activity. :raises NotAllowed: another unit's.
    """
    raise NotImplementedError
