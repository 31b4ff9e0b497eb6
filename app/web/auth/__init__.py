"""Logging in and out, and who may open which page."""

from __future__ import annotations

from flask import Flask

from app.web.auth.access import (
    PUBLIC,
    SIGNED_IN,
    declared_permission,
    guard,
    login_required_page,
    public_page,
    requires,
)
from app.web.auth.session import (
    client_address,
    current_actor,
    current_person,
    login_as_demo,
    register_session,
)

__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "client_address",
    "current_actor",
    "current_person",
    "declared_permission",
    "login_as_demo",
    "login_required_page",
    "public_page",
    "register",
    "requires",
]


def register(app: Flask) -> None:
    """Hangs sessions, the guard of every page and the pages of this package on the application."""
    # Their routes hang on the blueprint once they are imported; here, since they import this package's tags.
    from app.web.auth import own_account, views  # noqa: F401
    from app.web.auth.blueprint import auth

    register_session(app)
    app.before_request(guard)
    app.register_blueprint(auth)
