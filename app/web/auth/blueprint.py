"""The blueprint that the pages of this package share, and where somebody lands after logging in."""

from __future__ import annotations

from flask import Blueprint, url_for

from app.web.redirects import own_path

auth = Blueprint("auth", __name__)


def landing(wanted: str | None = None) -> str:
    """The page to go on to: the one that was asked for, else where the person's work begins."""
    return own_path(wanted, url_for("home.begin"))
