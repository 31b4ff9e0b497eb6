"""The staff's pages on objections: the list, and the intake of letters from the counter and by post."""

from __future__ import annotations

from flask import Flask

from app.identity import roles
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    from app.web.objections.pages import objections

    app.register_blueprint(objections)
    staff = frozenset({roles.BUREAU_REVIEWER, roles.CENTER_CLERK})
    navigation.staff_page("objections.index", "公示与异议", order=40, roles=staff)
