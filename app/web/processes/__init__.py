"""流程: the diagrams in force, to be read: who does what, by when, on which article."""

from __future__ import annotations

from flask import Flask

from app.identity import roles
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application; those who work on cases see the diagram beside each case."""
    from app.web.processes.pages import processes

    app.register_blueprint(processes)
    # Owners and leaders have the studio (app.web.studio), which shows the same and more.
    readers = frozenset({roles.DISCIPLINE_WITNESS})
    navigation.staff_page("processes.index", "流程", order=50, roles=readers)
