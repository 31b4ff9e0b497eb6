"""文书模板: what notices and letters say, changed by one person and approved by another."""

from __future__ import annotations

from flask import Flask

from app.identity import roles
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application; leaders come here from 参数与日历."""
    from app.web.texts.pages import pages

    app.register_blueprint(pages)
    navigation.staff_page("texts.index", "文书模板", order=81, roles=frozenset({roles.PROCESS_OWNER}))
