"""An expert's invitations: by the link of a notice without log-in, and after log-in as 我的邀请."""

from __future__ import annotations

from flask import Flask

from app.identity import roles
from app.web import navigation


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    from app.web.invitations import leaving  # noqa: F401 - its routes hang on the blueprint
    from app.web.invitations.by_link import invitation_links
    from app.web.invitations.own import own_invitations, unanswered

    app.register_blueprint(invitation_links)
    app.register_blueprint(own_invitations)
    navigation.staff_page(
        "own_invitations.index", "我的邀请", order=4, roles=frozenset({roles.EXPERT}), count=unanswered
    )
