"""Certificates of draws, and the papers of an activity as PDF."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Hangs the downloads on the application."""
    from app.web.certificates import papers  # noqa: F401 - its route hangs on the blueprint
    from app.web.certificates.downloads import certificates

    app.register_blueprint(certificates)
