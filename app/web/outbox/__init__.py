"""发件箱: what was sent to whom, masked; in the demo the text opens, so that its links can be followed."""

from __future__ import annotations

from flask import Flask

from app.identity import permissions
from app.web import navigation
from app.web.outbox.views import outbox


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    app.register_blueprint(outbox)
    navigation.staff_page(
        "outbox.index", "发件箱", order=70, roles=permissions.permission(permissions.OUTBOX_READ).roles
    )
