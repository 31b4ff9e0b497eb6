"""抽取核验: every draw on record for the auditor; the draws that a witness attends."""

from __future__ import annotations

from flask import Flask

from app.identity import permissions
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    from app.web.draws.auditing import draws
    from app.web.draws.witnessing import due_count, witness

    app.register_blueprint(draws)
    app.register_blueprint(witness)
    auditors = permissions.permission(permissions.DRAW_AUDIT).roles
    witnesses = permissions.permission(permissions.DRAW_WITNESS).roles
    navigation.staff_page("draws.index", "抽取核验", order=35, roles=auditors)
    navigation.staff_page("witness.index", "见证抽取", order=25, roles=witnesses, count=due_count)
