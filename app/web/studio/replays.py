"""重放: finished cases of the version in force, run again on the draft; slice by slice, so that no request is long."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.core.errors import Conflict, UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.studio.blueprint import studio
from app.web.studio.parts import workshop
from app.workflow.trial import recordings, replays
from app.workflow.trial.replay import WAY_WORDS, Way

#: The order in which the page tells of them: the worst first.
ORDER = (Way.OTHER, Way.STUCK, Way.ASKS, Way.LATER, Way.LONGER, Way.UNRECORDED)


@studio.get("/processes/<key>/replay")
@requires(permissions.PROCESS_EDIT)
def replay(key: str) -> str:
    """How the finished cases went on the draft, as far as they were replayed."""
    shop, row = workshop(key), replays.latest(key)
    total = recordings.count(shop.in_force.id) if shop.in_force is not None else 0
    return render_template(
        "studio/replay.html", key=key, name=shop.name, draft=shop.draft, newest=shop.in_force, row=row,
        total=total, most=replays.MOST_CASES, listed=replays.LISTED, words=WAY_WORDS, order=ORDER,
        same=(row.counts.get(Way.SAME, 0) if row is not None else 0),
        stale=_stale(row, shop.draft, shop.in_force), only=request.args.get("way"),
    )


def _stale(row: object, draft: object, newest: object) -> bool:
    """Whether the draft or the version in force is another than the one that was replayed."""
    known = (getattr(row, "draft_id", None), getattr(row, "draft_rev", None), getattr(row, "definition_id", None))
    present = (getattr(draft, "id", None), getattr(draft, "rev", None), getattr(newest, "id", None))
    return row is not None and known != present


@studio.post("/processes/<key>/replay")
@requires(permissions.PROCESS_EDIT)
def begin_replay(key: str) -> ResponseReturnValue:
    """Begins anew and makes the first slice."""
    try:
        with transaction():
            replay_id = replays.begin(key, current_actor()).id
    except UserError as refused:
        flash(f"{refused.message}。", "care")
        return redirect(url_for("studio.replay", key=key))
    return _go_on(key, replay_id)


@studio.post("/processes/<key>/replay/<int:replay_id>")
@requires(permissions.PROCESS_EDIT)
def go_on_replaying(key: str, replay_id: int) -> Response:
    """Makes the next slice."""
    return _go_on(key, replay_id)


def _go_on(key: str, replay_id: int) -> Response:
    try:
        made = replays.run_slice(replay_id)
    except Conflict:
        return redirect(url_for("studio.replay", key=key))  # it came to its end on another page
    with transaction():
        replays.note_slice(made)
    return redirect(url_for("studio.replay", key=key))
