"""The blueprint of the operations room, and what all its pages share."""

from __future__ import annotations

from flask import Blueprint, request, url_for

from app.core.actor import Actor
from app.identity import permissions

room = Blueprint("room", __name__, url_prefix="/room")

#: Endpoint, words and the permission that a page of the room needs.
_TABS = (
    ("room.index", "概览", permissions.ROOM_READ),
    ("room.cases", "办件", permissions.ROOM_READ),
    ("room.timers", "将到的时限", permissions.ROOM_READ),
    ("incidents.index", "流程故障", permissions.INCIDENT_READ),
    ("room.health", "运行状况", permissions.SYSTEM_HEALTH),
)


def tabs(actor: Actor) -> list[tuple[str, str, bool]]:
    """The pages of the room for this person: words, address, whether it is the present one."""
    return [
        (words, url_for(endpoint), request.endpoint == endpoint)
        for endpoint, words, permission in _TABS if permissions.allowed(actor, permission)
    ]


def names_cases(actor: Actor) -> bool:
    """Titles of cases name people: only for those who may read cases, the others have the numbers."""
    return permissions.allowed(actor, permissions.CASE_READ)
