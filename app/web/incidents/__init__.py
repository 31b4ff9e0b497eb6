"""流程故障: what failed and why, retried one by one or all of one cause, skipped with a reason.

The pages belong to the operations room, whose tabs lead to them (`app.web.room`).
"""

from __future__ import annotations

from flask import Flask

from app.web.incidents import causes  # noqa: F401 - its routes hang on the blueprint
from app.web.incidents.views import incidents


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    app.register_blueprint(incidents)
