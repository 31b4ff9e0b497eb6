"""The rules the pool works by: parameters with their articles, the working-day calendar, and 沿用 decisions."""

from __future__ import annotations

from flask import Flask

from app.identity import permissions
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    # Their routes hang on the blueprint once they are imported.
    from app.web.rules import calendar_pages, pages, parameter_pages  # noqa: F401
    from app.web.rules.blueprint import rules

    app.register_blueprint(rules)
    readers = permissions.permission(permissions.RULES_READ).roles
    navigation.staff_page("rules.index", "参数与日历", order=80, roles=frozenset(readers))
