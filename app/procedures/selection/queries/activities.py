"""Lists of activities as far as the viewer may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.actor import Actor
from app.procedures.selection.models import ActivityState


@dataclass(frozen=True)
class ActivityFilters:
    """What the list is narrowed by; empty fields do not narrow. `text` is a number or part of the title."""

    text: str = ""
    state: str = ""
    open_only: bool = False


@dataclass(frozen=True)
class ActivityLine:
    """An activity in a list; `seated` of `panel_size` seats are accepted or further."""

    number: str
    title: str
    kind: str
    state: ActivityState
    starts_at: datetime
    city: str
    organiser_unit: str
    organiser: str
    panel_size: int
    seated: int
    shortage: str


def listing(viewer: Actor, filters: ActivityFilters, after: str = "", limit: int = 50) -> Sequence[ActivityLine]:
    """Activities, latest numbers first, from the one before the number `after` on."""
    raise NotImplementedError
