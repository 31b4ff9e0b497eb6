"""The blueprint of cases, and the list to which all its pages lead back."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.core.actor import Actor
from app.identity import permissions

cases = Blueprint("cases", __name__, url_prefix="/cases")

#: Lists that lead to single cases, with the permission to open them, the fullest first.
_LISTS = (("办件", "cases.index", permissions.CASE_READ), ("待办", "inbox.index", permissions.TASK_WORK))


def list_of(actor: Actor) -> tuple[str, str]:
    """Where somebody comes from who looks at a single case: the words and the address."""
    for words, endpoint, permission in _LISTS:
        if permissions.allowed(actor, permission):
            return words, url_for(endpoint)
    return "运行监控", url_for("room.cases")
