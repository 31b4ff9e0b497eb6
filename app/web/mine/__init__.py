"""The expert's own pages: appointment, terms, registered data, letter (第八条, 第二十五条)."""

from __future__ import annotations

from flask import Flask

from app.identity import roles
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    from app.web.mine.pages import mine

    app.register_blueprint(mine)
    navigation.staff_page("mine.appointment", "我的聘任", order=5, roles=frozenset({roles.EXPERT}))
