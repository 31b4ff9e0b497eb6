"""待办: what waits for a person and his groups."""

from __future__ import annotations

from flask import Flask

from app.identity import permissions
from app.web import navigation
from app.web.inbox.views import inbox, waiting_count


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    app.register_blueprint(inbox)
    navigation.staff_page(
        "inbox.index", "待办", order=10, roles=permissions.permission(permissions.TASK_WORK).roles,
        count=waiting_count,
    )
