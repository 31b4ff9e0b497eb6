"""What every page needs: filters, the header's facts, the navigation, Bootstrap's files from this server."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, request, url_for
from flask_bootstrap import Bootstrap5
from flask_login import current_user

from app.core import clock
from app.core.actor import Actor
from app.regulations.deadlines import Deadline
from app.regulations.parameters import UNIT_WORDS
from app.web import navigation, preferences, ruler, wording
from app.web.articles import article_url


def register_pages(app: Flask) -> None:
    """Hangs the design language's filters and facts on the templates."""
    Bootstrap5(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(wording.FILTERS, period_words=period_words)
    app.jinja_env.globals.update(article_url=article_url, ruler_cells=ruler.cells)
    app.context_processor(page_facts)


def period_words(deadline: Deadline) -> str:
    """5 个工作日, 2 小时: the period of a deadline."""
    return f"{deadline.amount} {UNIT_WORDS[deadline.unit]}"


def is_demo() -> bool:
    """True where one-click log-in and the movable clock exist; tests count as such."""
    return current_app.config["MODE"] in ("demo", "testing")


def signed_in() -> Actor | None:
    """Who is signed in, or None on a public visit."""
    return current_user.actor(request.remote_addr) if current_user and current_user.is_authenticated else None


def page_facts() -> dict[str, Any]:
    """The variables that base.html and its parts use on every page."""
    actor = signed_in()
    return {
        "actor": actor,
        "actor_role": current_user.role_labels if actor else "",
        "actor_unit": current_user.unit_name if actor else "",
        "navigation": navigation.entries,
        "now": clock.now(),
        "is_demo": is_demo(),
        "large_text": preferences.wants_large_text(),
        "here": here(),
        "home_url": url_for("home.begin") if actor else url_for("home.start"),
        "public_home_url": url_for("home.start"),
        "login_url": url_for("auth.login"),
    }


def here() -> str:
    """The path of this page as a link that may be opened again; the path alone after a POST."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.path

