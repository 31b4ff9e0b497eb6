"""Acts that a page of their own confirms: carried out at once, or asked again with what is wrong at its field."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue

from app.core.errors import Invalid
from app.core.transaction import transaction
from app.workflow.attempt import attempt


def sent_reason() -> str:
    """The reason as it was typed; empty on a page that is only being opened."""
    return request.form.get("reason", "")


def carry_out(
    act: Callable[[], object], ask_again: Callable[[dict[str, str]], str], done: str, to: str
) -> ResponseReturnValue:
    """Makes `act` in one transaction, says `done` and leads on `to`; refused at a field, it is asked again."""
    try:
        attempt(transaction, act)
    except Invalid as wrong:
        return ask_again(wrong.errors), 422
    flash(done, "ok")
    return redirect(to)
