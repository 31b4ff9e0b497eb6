"""Hangs blueprints, commands and request hooks on the application."""

from __future__ import annotations

from flask import Flask


def register_web(app: Flask) -> None:
    """Registers every blueprint and command group of the web layer."""
