"""评审与抽取: the pages of the organising department, and what the other roles may read of them."""

from __future__ import annotations

from flask import Flask

from app.identity import permissions
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    from app.web.activities import (  # noqa: F401 - their routes hang on the blueprint, tasks lead to them
        addresses,
        board,
        ceremony,
        changes,
        conditions,
        creating,
        designating,
        index,
        late_leaves,
        meeting,
        phone,
        recusals,
        shortage,
    )
    from app.web.activities.blueprint import activities
    from app.web.activities.words import clock_time

    app.register_blueprint(activities)
    app.jinja_env.filters["clock_time"] = clock_time
    readers = permissions.permission(permissions.ACTIVITY_READ).roles
    navigation.staff_page("activities.index", "评审与抽取", order=30, roles=readers)
