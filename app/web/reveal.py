"""Seeing a masked number whole: asked for with a reason, shown once, written into the trail (第六条)."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import vocabulary
from app.core.errors import NotAllowed, NotFound, UserError
from app.core.transaction import transaction
from app.identity import permissions, reveal
from app.web.auth import current_actor, requires
from app.web.redirects import own_path
from app.web.security import limit_form

reveal_pages = Blueprint("reveal", __name__, url_prefix="/reveal")


def register(app: Flask) -> None:
    """Hangs the pages on the application; `reveal_url(type, id)` makes the link for other pages."""
    app.register_blueprint(reveal_pages)
    app.jinja_env.globals["reveal_url"] = reveal_url


def reveal_url(subject_type: str, subject_id: str | int, back: str = "") -> str:
    """Where a staff page sends somebody who needs the whole number."""
    return url_for("reveal.ask", subject_type=subject_type, subject_id=subject_id, back=back or None)


@reveal_pages.get("/<subject_type>/<subject_id>")
@requires(permissions.PERSONAL_REVEAL)
def ask(subject_type: str, subject_id: str) -> str:
    """Asks for the reason; shows nothing yet."""
    if not reveal.known(subject_type):
        raise NotFound
    return _reason_page(subject_type, subject_id, {})


def _reason_page(subject_type: str, subject_id: str, errors: dict[str, str]) -> str:
    return render_template(
        "reveal/reason.html", subject=vocabulary.subject(subject_type), subject_type=subject_type,
        subject_id=subject_id, reasons=list(reveal.REASONS.items()), errors=errors,
        reason=request.form.get("reason", ""), words=request.form.get("words", ""),
        back=own_path(request.values.get("back"), url_for("home.begin")),
    )


@reveal_pages.post("/<subject_type>/<subject_id>")
@requires(permissions.PERSONAL_REVEAL)
@limit_form(per_address="60 per hour")
def show(subject_type: str, subject_id: str) -> ResponseReturnValue:
    """Shows the whole values on this page alone, and writes who saw them and why."""
    try:
        with transaction():
            found = reveal.reveal(
                current_actor(), subject_type, subject_id, request.form.get("reason", ""), request.form.get("words", "")
            )
    except (NotFound, NotAllowed):
        raise
    except UserError as error:
        return _reason_page(subject_type, subject_id, {error.field or "reason": error.message}), 422
    page = render_template(
        "reveal/shown.html", found=found, back=own_path(request.form.get("back"), url_for("home.begin"))
    )
    return page, 200, {"Cache-Control": "no-store"}
