"""大字版: how large a person wants the pages, remembered by this browser."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from app.web.auth import public_page
from app.web.redirects import own_path

_COOKIE = "zhiku_text"
_YEAR = 365 * 24 * 3600

preferences = Blueprint("preferences", __name__)


def wants_large_text() -> bool:
    """True if this browser asked for 大字版."""
    return request.cookies.get(_COOKIE) == "large"


@preferences.post("/preferences/text-size")
@public_page
def text_size() -> Response:
    """Remembers the size and goes back to the page."""
    answer = redirect(own_path(request.form.get("back"), "/"))
    large = request.form.get("size") == "large"
    answer.set_cookie(_COOKIE, "large" if large else "standard", max_age=_YEAR, httponly=True, samesite="Lax")
    return answer
