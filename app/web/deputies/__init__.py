"""委托代审: a leader in charge appoints and ends his deputies."""

from __future__ import annotations

from flask import Flask

from app.identity import permissions
from app.web import navigation
from app.web.deputies.pages import deputies_pages


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    app.register_blueprint(deputies_pages)
    leaders = permissions.permission(permissions.DEPUTY_APPOINT).roles
    navigation.staff_page("deputies.index", "委托代审", order=60, roles=leaders)
