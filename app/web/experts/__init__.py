"""专家名册: searched, masked, with the terms of each; whole numbers only through `app.web.reveal`."""

from __future__ import annotations

from flask import Flask

from app.identity import permissions
from app.web import navigation
from app.web.experts.views import experts


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    app.register_blueprint(experts)
    navigation.staff_page(
        "experts.index", "专家名册", order=30, roles=permissions.permission(permissions.EXPERT_READ).roles
    )
