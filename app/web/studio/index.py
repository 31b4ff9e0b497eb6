"""流程: every process with what happens to it, what waits for an approval, what an update brought; new processes."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.actor import Actor
from app.core.errors import NotFound, UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.studio.blueprint import studio
from app.web.studio.process import optional_url
from app.workflow import definitions
from app.workflow.parts import Parts
from app.workflow.releases import blank, drafts, publishing, queries, shipped
from app.workflow.releases.states import STATE_WORDS


def waiting_count(actor: Actor) -> int:
    """How many versions wait for this person's approval, for the navigation."""
    return len(queries.waiting_for(actor)) if permissions.allowed(actor, permissions.PROCESS_APPROVE) else 0


@studio.get("/")
@requires(permissions.PROCESS_READ)
def index() -> str:
    """Every process: version in force, draft, cases, incidents; above them what waits for this person."""
    actor = current_actor()
    own = [draft for draft in queries.submitted() if publishing.why_not_approve(draft, actor) is not None]
    return render_template(
        "studio/index.html", lines=queries.processes(), waiting=queries.waiting_for(actor), others=own,
        may_edit=permissions.allowed(actor, permissions.PROCESS_EDIT), state_words=STATE_WORDS, link=optional_url,
        reads_incidents=permissions.allowed(actor, permissions.INCIDENT_READ),
    )


@studio.get("/new")
@requires(permissions.PROCESS_EDIT)
def new() -> str:
    """Asks for a new process: empty, or a copy of another."""
    return _asking({"copy_of": request.args.get("copy_of", "")}, {})


@studio.post("/new")
@requires(permissions.PROCESS_EDIT)
def create() -> ResponseReturnValue:
    """Makes the draft of a new process."""
    typed = {name: text.strip() for name, text in request.form.items()}
    key, name, copy_of = typed.get("key", ""), typed.get("name", ""), typed.get("copy_of", "")
    try:
        with transaction():
            drafts.create(key, name, _source(key, name, copy_of), current_actor())
    except UserError as refused:
        return _asking(typed, {refused.field or "name": refused.message}), refused.status
    flash(f"已新建流程“{name}”的草稿。", "ok")
    return redirect(url_for("studio.process", key=key), 303)


def _source(key: str, name: str, copy_of: str) -> Parts:
    if not copy_of:
        return Parts(blank.diagram(key, name))
    original = definitions.newest(copy_of)
    if original is None:
        raise UserError(f"没有流程“{copy_of}”可以抄", "copy_of")
    return blank.copy_of(definitions.parts_of(original), copy_of, key, name)


def _asking(typed: Mapping[str, str], errors: Mapping[str, str]) -> str:
    options = [(row.key, f"抄“{row.name}”第 {row.version} 版") for row in definitions.current()]
    return render_template("studio/new.html", typed=typed, errors=errors, options=options)


@studio.get("/processes/<key>/offer")
@requires(permissions.PROCESS_EDIT)
def offer(key: str) -> str:
    """What a product update brought for a process that its owners changed."""
    return _offer(key, {})


def _offer(key: str, errors: Mapping[str, str]) -> str:
    found = shipped.offer(key)
    if found is None:
        raise NotFound("产品更新带来的版本已经处理过了")
    return render_template(
        "studio/offer.html", offer=found, newest=definitions.newest(key), draft=drafts.active(key), errors=errors,
        reason=request.form.get("reason", ""), changes=shipped.changes_of(found),
    )


@studio.post("/processes/<key>/offer")
@requires(permissions.PROCESS_EDIT)
def answer_offer(key: str) -> ResponseReturnValue:
    """取用 as a draft, or 不采用 with the reason."""
    actor, takes = current_actor(), request.form.get("act") == "take"
    try:
        with transaction():
            if takes:
                shipped.take_up(key, actor)
            else:
                shipped.decline(key, actor, request.form.get("reason", ""))
    except UserError as refused:
        return _offer(key, {"reason" if not takes else "": refused.message}), refused.status
    flash("已取为草稿，改好后照常提交审批。" if takes else "已记下不采用，在用的版本不变。", "ok")
    return redirect(url_for("studio.process", key=key) if takes else url_for("studio.index"), 303)
