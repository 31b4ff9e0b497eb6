"""流程故障: what failed and why, retried one by one or all of one cause, skipped with a reason."""

from __future__ import annotations

from flask import Flask

from app.identity import permissions
from app.web import navigation
from app.web.incidents.views import incidents


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    app.register_blueprint(incidents)
    navigation.staff_page(
        "incidents.index", "流程故障", order=60, roles=permissions.permission(permissions.INCIDENT_READ).roles
    )
