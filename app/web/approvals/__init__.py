"""What a department's leader in charge decides, made for a phone: designated experts, exceptional conditions."""

from __future__ import annotations

from flask import Flask

from app.identity import roles
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    from app.web.approvals import deciding  # noqa: F401 - its routes hang on the blueprint
    from app.web.approvals.lists import approvals, count_waiting

    app.register_blueprint(approvals)
    leaders = frozenset({roles.DEPT_LEADER})
    navigation.staff_page("approvals.index", "待我审批", order=4, roles=leaders, count=count_waiting)
    navigation.staff_page("approvals.decided", "已审批", order=6, roles=leaders)
