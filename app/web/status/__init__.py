"""Where an application stands: shown to the applicant by number and code, with what he may still do."""

from __future__ import annotations

from flask import Flask

from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    from app.web.status.pages import status

    app.register_blueprint(status)
    navigation.public_page("status.find", "查询进度", order=30)
