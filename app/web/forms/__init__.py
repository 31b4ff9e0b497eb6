"""Forms of user tasks on pages: read by WTForms, drawn by the macros in `templates/forms/components.html`."""

from __future__ import annotations

from flask import Flask

from app.web.forms.bound import (
    BUTTON,
    DRAFT,
    REFRESH,
    SUBMIT,
    BoundForm,
    html_id,
    load,
    opened,
    sent,
)
from app.web.forms.prose import groupby_row, prose, read_out, words
from app.web.forms.sent_files import FileKeeper

__all__ = [
    "BUTTON", "DRAFT", "REFRESH", "SUBMIT", "BoundForm", "FileKeeper", "html_id", "load", "opened", "read_out",
    "register", "sent",
]


def register(app: Flask) -> None:
    """Gives the templates what the form macros need."""
    app.jinja_env.filters.update(form_prose=prose, form_words=words, form_id=html_id, groupby_row=groupby_row)
