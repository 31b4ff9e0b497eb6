"""The auditor's page: the whole trail, searched and proved, never edited (第二十六条)."""

from __future__ import annotations

from flask import Flask

from app.core import vocabulary
from app.identity.roles import AUDITOR
from app.web import navigation
from app.web.audit.views import audit_pages


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    app.register_blueprint(audit_pages)
    app.jinja_env.filters["audit_action"] = vocabulary.action
    navigation.staff_page("audit.trail", "操作留痕", order=10, roles=frozenset({AUDITOR}))
