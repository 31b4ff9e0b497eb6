"""The reviews whose draw a witness (纪检监督) attends; he contributes and signs on the page of the draw."""

from __future__ import annotations

from flask import Blueprint, render_template

from app.core.actor import Actor
from app.identity import permissions
from app.procedures.selection.queries import draws
from app.web.auth import current_actor, requires

witness = Blueprint("witness", __name__, url_prefix="/witness")


@witness.get("")
@requires(permissions.DRAW_WITNESS)
def index() -> str:
    """His reviews, those first where something waits for him."""
    user_id = current_actor().user_id
    lines = draws.to_attend(user_id) if user_id is not None else []
    return render_template("draws/witness.html", lines=lines, due=sum(bool(line.due) for line in lines))


def due_count(actor: Actor) -> int:
    """How many draws wait for his value or his signature."""
    return sum(bool(line.due) for line in draws.to_attend(actor.user_id)) if actor.user_id is not None else 0
