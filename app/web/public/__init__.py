"""The public front page: what the pool is, who may apply, what is on the board now."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template

from app.core import clock
from app.procedures.publicity import queries
from app.regulations import rule_set_to_show
from app.web import navigation
from app.web.auth import public_page

public = Blueprint("public", __name__)


@public.get("/welcome")
@public_page
def index() -> str:
    """The front page for those who have no account."""
    now = clock.now()
    rules = rule_set_to_show(now.date())
    return render_template("public/index.html", rules=rules, running=queries.running(rules, now))


def register(app: Flask) -> None:
    """Hangs the page on the application."""
    app.register_blueprint(public)
    navigation.public_page("public.index", "首页", order=10)
