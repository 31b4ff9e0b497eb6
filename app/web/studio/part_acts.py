"""What owners do with a form or table as a whole: begin the draft it is changed in, make a new one, remove one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.core.errors import Invalid, NotFound, UserError
from app.core.transaction import transaction
from app.web.auth import current_actor
from app.web.studio.parts import Workshop, sent_rev, workshop
from app.workflow.part_use import Use
from app.workflow.releases import drafts


def begin_draft(key: str, page: str) -> Response:
    """从在用版本起草: begins the draft in which the part of that page is changed."""
    with transaction():
        drafts.begin(key, current_actor())
    flash("已从在用版本起草，改动存在草稿里，发布前不影响办件。", "ok")
    return redirect(page, 303)


def make_new(
    key: str, make: Callable[[Workshop], str], ask: Callable[[Workshop, dict[str, str], dict[str, str]], str],
    done: str, page: Callable[[str], str],
) -> Response | tuple[str, int]:  # fmt: skip
    """Makes a new part and opens the page of what `make` called it; refused, `ask` keeps what was typed.

    :raises NotFound: no such process.
    """
    try:
        with transaction():
            made = make(workshop(key))
    except Invalid as refusal:
        return ask(workshop(key), request.form.to_dict(), refusal.errors), refusal.status
    except UserError as refusal:
        return ask(workshop(key), request.form.to_dict(), {refusal.field or "name": refusal.message}), 422
    flash(done, "ok")
    return redirect(page(made), 303)


@dataclass(frozen=True)
class Part:
    """A form or table as one speaks of it who takes it out of the draft: `what` it is, who uses it, its pages."""

    what: str
    key: str
    title: str
    users: tuple[Use, ...]
    page: str
    index: str
    remove: Callable[[int, int, str, Actor], int]


def confirm_removal(found: Workshop, part: Part) -> str:
    """Says what follows from taking a part out of the draft."""
    return render_template("studio/remove_part.html", found=found, part=part)


def take_out(key: str, part_in: Callable[[Workshop], Part]) -> Response:
    """Takes a part out of the draft; refused while a step uses it."""
    with transaction():
        found = workshop(key)
        part = part_in(found)
        if found.draft is None:
            raise NotFound(f"流程“{found.name}”现在没有草稿")
        if part.users:
            names = "、".join(f"“{use.name}”" for use in part.users)
            raise UserError(f"{names}还在用这张{part.what}，先在流程图上改用别的{part.what}")
        part.remove(found.draft.id, sent_rev(), part.key, current_actor())
    flash(f"已从草稿里删去这张{part.what}。", "ok")
    return redirect(part.index, 303)
