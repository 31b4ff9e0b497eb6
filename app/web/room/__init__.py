"""运行监控: what runs and where it waits, the repair of single cases, and the health of the house."""

from __future__ import annotations

from flask import Flask

from app.core.actor import Actor
from app.identity import permissions
from app.web import navigation
from app.web.room.blueprint import room
from app.workflow.room import causes


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    # Their routes hang on the blueprint once they are imported.
    from app.web.room import health, repairing, watching  # noqa: F401

    app.register_blueprint(room)
    readers = permissions.permission(permissions.ROOM_READ).roles
    navigation.staff_page(
        "room.index", "运行监控", order=60, roles=readers, count=_failures, areas=frozenset({"incidents"})
    )


def _failures(actor: Actor) -> int | None:
    """How many failures wait for whoever can mend them."""
    return causes.open_failures() if permissions.allowed(actor, permissions.INCIDENT_MEND) else None
