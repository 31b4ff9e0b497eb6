"""消息: what the product told somebody inside itself: reminders, warnings, copies."""

from __future__ import annotations

from flask import Flask

from app.identity import roles
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application; experts have theirs on 我的聘任."""
    from app.web.messages.pages import messages

    app.register_blueprint(messages)
    navigation.staff_page("messages.index", "消息", order=90, roles=roles.ALL - {roles.EXPERT})
