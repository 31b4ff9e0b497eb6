"""Publicity (第十二条（三）): the public board with the way to object, and the clerk's publication of a batch."""

from __future__ import annotations

from flask import Flask

from app.web import navigation
from app.web.inbox.bulk import bulk_act


def register(app: Flask) -> None:
    """Hangs the pages on the application, and the bulk act 发布公示 on the inbox."""
    from app.web.publicity import filing  # noqa: F401 - its routes hang on the blueprint
    from app.web.publicity.board import publicity_board
    from app.web.publicity.publishing import publishing

    app.register_blueprint(publicity_board)
    app.register_blueprint(publishing)
    navigation.public_page("publicity_board.index", "公示", order=40)
    navigation.public_page("publicity_board.choose", "提出异议", order=50)
    bulk_act("publish", button="拟写公示并发布", heading="可一并公示", endpoint="publishing.compose")
