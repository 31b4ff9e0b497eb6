"""The address itself: in the demo its start page, for those signed in their first page, for others the public ones."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, url_for
from werkzeug.wrappers import Response

from app.web import navigation
from app.web.auth import public_page
from app.web.pages import is_demo, signed_in

home = Blueprint("home", __name__)

#: Where the public begins: its own front page, which a slim installation may lack.
_PUBLIC = ("public.index", "about.regulation")


@home.get("/")
@public_page
def start() -> Response:
    """Leads on to where this visitor begins."""
    return redirect(url_for("demo.start")) if is_demo() else begin()


@home.get("/begin")
@public_page
def begin() -> Response:
    """Leads on to where this person's work begins: the first page of the own navigation."""
    actor = signed_in()
    for entry in navigation.entries(actor) if actor else ():
        return redirect(entry.url)
    return redirect(url_for(next(place for place in _PUBLIC if place in current_app.view_functions)))
