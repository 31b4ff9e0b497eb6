"""Accounts, roles and sessions; system, security and audit administrators apart (第二十四条)."""

from __future__ import annotations

from flask import Flask

from app.identity.roles import ADMINISTRATORS
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    # Their routes hang on the blueprint once they are imported.
    from app.web.admin import changes, pages  # noqa: F401
    from app.web.admin.blueprint import admin

    app.register_blueprint(admin)
    navigation.staff_page("admin.accounts", "账号与角色", order=20, roles=ADMINISTRATORS)
