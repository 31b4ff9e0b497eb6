"""待办事项的办理页: the form with the case beside it, and the rarer verbs each on a page of its own."""

from __future__ import annotations

from flask import Flask

from app.identity import roles
from app.web.tasks import verbs
from app.web.tasks.bespoke import task_page
from app.web.tasks.pages import tasks_pages

__all__ = ["register", "task_page"]


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    app.jinja_env.filters.update(role_words=roles.labels)
    app.jinja_env.globals.update(task_verbs=verbs.offered)
    app.register_blueprint(tasks_pages)
