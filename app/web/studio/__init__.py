"""流程: where process owners draw, prove and publish processes, forms and decision tables."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Hangs the pages on the application."""
    # Each module hangs its routes on the blueprint; one line a module, in alphabetical order.
    from app.web.studio import catalogue  # noqa: F401
    from app.web.studio.blueprint import studio

    app.register_blueprint(studio)
