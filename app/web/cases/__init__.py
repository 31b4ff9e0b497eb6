"""办件: search and the page of a case, with the panels that procedures supply."""

from __future__ import annotations

from flask import Flask

from app.identity import permissions
from app.web import navigation
from app.web.cases import (  # noqa: F401 - they register themselves
    documents,
    ending,
    entry_panel,
    objection_panel,
    selection_panel,
    views,
)
from app.web.cases.blueprint import cases


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    app.register_blueprint(cases)
    navigation.staff_page("cases.index", "办件", order=20, roles=permissions.permission(permissions.CASE_READ).roles)
