"""Uploading and removing the papers of an application; each upload is checked by its content."""

from __future__ import annotations

from flask import flash, redirect, send_file, url_for
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import NotFound
from app.core.transaction import transaction
from app.procedures.entry import store
from app.procedures.entry.rules import papers
from app.procedures.entry.service import drafts
from app.registers.files import service as files
from app.regulations import rule_set_to_show
from app.web.apply.begin import Page
from app.web.apply.blueprint import applicant, apply, opened
from app.web.apply.sent_papers import sent_in
from app.web.apply.steps import step_page
from app.web.auth import public_page
from app.web.security import limit_form


def _step_of(kind: str) -> str:
    return papers.PAPER_STEPS.get(kind, "papers")


@apply.post("/<number>/papers/<kind>")
@public_page
@limit_form(per_address="120 per hour")
def upload(number: str, kind: str) -> Page:
    """Adds the chosen files; a refused one names itself and what to do, the others are kept."""
    found = opened(number)
    if kind not in papers.PAPER_WORDS:
        raise NotFound
    rules = rule_set_to_show(clock.today())
    accepted, errors = sent_in("file", kind, rules)
    for one in accepted:
        with transaction():
            drafts.attach_file(found.draft_no, kind, one, actor=applicant(), now=clock.now())
    if not accepted and not errors:
        errors = {kind: f"{papers.PAPER_WORDS[kind]}：请先选择文件"}
    step, present = _step_of(kind), opened(number)
    if errors:
        return step_page(present, step, store.content_of(present)[step], errors)
    flash(f"已上传：{papers.PAPER_WORDS[kind]} {len(accepted)} 份")
    return redirect(url_for("apply.step", number=present.draft_no, step=step, _anchor=kind))


@apply.post("/<number>/papers/<kind>/<file_id>/remove")
@public_page
def remove(number: str, kind: str, file_id: str) -> Response:
    """Removes a paper of the draft."""
    found = opened(number)
    draft_no = found.draft_no
    with transaction():
        drafts.remove_file(draft_no, file_id, actor=applicant(), now=clock.now())
    flash("已删除 1 份材料")
    return redirect(url_for("apply.step", number=draft_no, step=_step_of(kind), _anchor=kind))


@apply.get("/<number>/papers/<file_id>/content")
@public_page
def content(number: str, file_id: str) -> Response:
    """The applicant's own paper, as a download."""
    found = opened(number)
    paper = next((known for known in store.papers_of(found) if known.id == file_id), None)
    if paper is None:
        raise NotFound
    from io import BytesIO

    data = BytesIO(files.read(paper))
    return send_file(data, mimetype=paper.media_type, as_attachment=True, download_name=paper.original_name)
