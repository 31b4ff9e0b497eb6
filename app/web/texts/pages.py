"""Reading, changing, previewing and approving the wording of notices and letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.core import clock
from app.core.errors import Invalid, NotFound, UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.notices import samples, texts
from app.notices.errors import TemplateRefused
from app.notices.models import TextVersion
from app.notices.sms_length import segments
from app.notices.texts import LETTER, NOTICE, Text, Wanted
from app.notices.variables import variable
from app.web import proposals
from app.web.auth import current_actor, requires
from app.web.texts.comparing import compare

pages = Blueprint("texts", __name__, url_prefix="/texts")

Page = str | AnyResponse | tuple[str, int]
#: State of a version -> its word and look.
STATES = {
    "proposed": ("待审批", "care"), "in_force": ("在用", "ok"), "replaced": ("已被替代", "end"),
    "refused": ("不同意", "end"), "withdrawn": ("已撤回", "end"),
}  # fmt: skip
CHANNEL_WORDS = {"inbox": "站内消息", "sms": "短信", "mail": "邮件", "paper": "文书"}


@pages.get("/")
@requires(permissions.TEMPLATE_APPROVE)
def index() -> str:
    """Every letter and notice, and which are not as shipped."""
    rows = texts.versions()
    used = {(row.kind, row.key): row for row in rows if row.status == "in_force"}
    waiting = [row for row in rows if row.status == "proposed"]
    return render_template(
        "texts/index.html", texts=texts.all_texts(), used=used, waiting=waiting, channels=CHANNEL_WORDS,
        open={(row.kind, row.key) for row in waiting}, newer={key for key, row in used.items() if _is_newer(row)},
        passed_over={key for key, row in used.items() if not texts.is_used(row)}, label_of=_label_of,
    )


def _label_of(row: TextVersion) -> str:
    try:
        return texts.text(row.kind, row.key).label
    except NotFound:
        return row.key


def _is_newer(row: TextVersion) -> bool:
    try:
        return texts.is_shipped_newer(row)
    except NotFound:
        return False


def _text(kind: str, key: str) -> Text:
    if kind not in (NOTICE, LETTER):
        raise NotFound("没有这种文书")
    return texts.text(kind, key)


@pages.get("/<kind>/<key>")
@requires(permissions.TEMPLATE_APPROVE)
def show(kind: str, key: str) -> str:
    """What it says now, how that looks, and what it said before."""
    text = _text(kind, key)
    present, used = texts.present_sections(kind, key), texts.in_force(kind, key)
    return render_template(
        "texts/show.html", text=text, sections=present, used=used, today=clock.today(),
        is_newer=used is not None and texts.is_shipped_newer(used),
        is_passed_over=used is not None and not texts.is_used(used),
        compared=compare(text, text.sections, present), history=texts.versions(kind, key), states=STATES,
        channels=CHANNEL_WORDS, preview=_preview(text, present), may_edit=_may_edit(),
    )


def _may_edit() -> bool:
    return permissions.allowed(current_actor(), permissions.TEMPLATE_EDIT)


def _preview(text: Text, sections: Mapping[str, str]) -> dict[str, Any]:
    """Each part filled with examples, the length of the SMS, and the papers that can be looked at."""
    try:
        words = samples.filled(text, sections)
    except TemplateRefused:
        words = {}
    sms = words.get("sms", "")
    papers = samples.papers(text.key) if text.kind == LETTER else {}
    return {"words": words, "length": len(sms), "segments": segments(sms) if sms else 0, "papers": papers}


@pages.get("/<kind>/<key>/edit")
@requires(permissions.TEMPLATE_EDIT)
def edit(kind: str, key: str) -> Page:
    """The editor, beginning with the present wording, the shipped one (?from=0) or an earlier version."""
    text = _text(kind, key)
    begun = request.args.get("from", type=int)
    if begun is None:
        return _editor(text, texts.present_sections(kind, key), "", {})
    if begun == 0:
        return _editor(text, text.sections, "恢复原文", {})
    row = texts.version(begun)
    if (row.kind, row.key) != (kind, key):
        raise NotFound("没有这份文书修改")
    known = texts.sections_of(row)
    sections = {part.name: known.get(part.name, part.text) for part in text.parts}
    return _editor(text, sections, f"恢复第 {row.version} 版", {})


def _editor(
    text: Text, sections: Mapping[str, str], reason: str, errors: dict[str, str], preview: dict[str, Any] | None = None
) -> Page:
    present = texts.present_sections(text.kind, text.key)
    page = render_template(
        "texts/edit.html", text=text, sections=sections, reason=reason, errors=errors, preview=preview,
        variable=variable, compared=compare(text, present, sections) if preview else [],
        papers=samples.papers(text.key) if text.kind == LETTER else {},
    )
    return (page, 422) if errors else page


def _typed(text: Text) -> dict[str, str]:
    return {part.name: request.form.get(f"text-{part.name}", "").replace("\r\n", "\n") for part in text.parts}


@pages.post("/<kind>/<key>/edit")
@requires(permissions.TEMPLATE_EDIT)
def propose(kind: str, key: str) -> Page:
    """Previews what was typed, or enters it for a second person."""
    text = _text(kind, key)
    typed, reason = _typed(text), request.form.get("reason", "")
    if request.form.get("act") != "propose":
        return _previewed(text, typed, reason)
    try:
        with transaction():
            number = texts.propose(Wanted(kind, key, typed, reason), current_actor(), clock.now())
            proposals.ask(_matter(texts.version(number)), current_actor(), reason=reason.strip())
    except Invalid as refusal:
        return _editor(text, typed, reason, refusal.errors)
    except UserError as refusal:
        return _editor(text, typed, reason, {"": refusal.message})
    flash(f"已提出修改：{text.label}，等另一人审批")
    return redirect(url_for("texts.show_version", number=number))


def _matter(row: TextVersion) -> proposals.Matter:
    """What the notices say of a version."""
    title = f"文书模板“{texts.text(row.kind, row.key).label}”第 {row.version} 版"
    return proposals.Matter(proposals.TEXT, row.id, title, url_for("texts.show_version", number=row.id))


def _previewed(text: Text, typed: dict[str, str], reason: str) -> Page:
    labels = {part.name: part.label for part in text.parts}
    wrong = {
        f"text-{name}": f"{labels[name]}：" + "；".join(fault.words for fault in found)
        for name, found in texts.faults(text, typed).items()
    }
    if wrong:
        return _editor(text, typed, reason, wrong)
    which = request.form.get("act", "").removeprefix("paper-")
    if text.kind == LETTER and which in samples.papers(text.key):
        return _pdf(text.key, which, typed)
    return _editor(text, typed, reason, {}, _preview(text, typed))


def _pdf(key: str, which: str, wording: Mapping[str, str]) -> Response:
    """An example's PDF, to be looked at in the browser."""
    answer = Response(samples.paper(key, which, wording), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="preview-{key}-{which}.pdf"'
    return answer


@pages.get("/letter/<key>/<which>.pdf")
@requires(permissions.TEMPLATE_APPROVE)
def paper(key: str, which: str) -> Response:
    """The example's PDF in the present wording, or in that of ?version=."""
    text = _text(LETTER, key)
    if which not in samples.papers(key):
        raise NotFound("没有这种文书")
    number = request.args.get("version", type=int)
    sections = texts.present_sections(LETTER, key)
    if number is not None:
        row = texts.version(number)
        if (row.kind, row.key) != (LETTER, key) or not texts.is_used(row):
            raise NotFound("没有这份文书修改，或者它已不适用")
        sections = texts.sections_of(row)
    return _pdf(text.key, which, sections)


@pages.get("/versions/<int:number>")
@requires(permissions.TEMPLATE_APPROVE)
def show_version(number: int) -> Page:
    """A version beside what is used now and beside the shipped wording."""
    return _version_page(texts.version(number), "", {})


def _version_page(row: TextVersion, reason: str, errors: dict[str, str]) -> Page:
    text, actor = texts.text(row.kind, row.key), current_actor()
    sections, is_open = texts.sections_of(row), row.status == "proposed"
    fits = texts.is_used(row)
    page = render_template(
        "texts/version.html", row=row, text=text, sections=sections, states=STATES, reason=reason, errors=errors,
        against_present=compare(text, texts.present_sections(row.kind, row.key), sections),
        against_shipped=compare(text, text.sections, sections), channels=CHANNEL_WORDS, fits=fits,
        preview=_preview(text, sections) if fits else None, is_newer=texts.is_shipped_newer(row),
        may_decide=is_open and row.proposed_by != actor.user_id, is_own=is_open and row.proposed_by == actor.user_id,
        may_withdraw=is_open and _may_edit(),
        may_restore=_may_edit() and row.status in ("replaced", "refused", "withdrawn"),
    )
    return (page, 422) if errors else page


@pages.post("/versions/<int:number>/decide")
@requires(permissions.TEMPLATE_APPROVE)
def decide(number: int) -> Page:
    """Approves a version or turns it down."""
    actor, reason = current_actor(), request.form.get("reason", "")
    is_approved = request.form.get("decision") == "approve"
    try:
        with transaction():
            if is_approved:
                texts.approve(number, actor, clock.now())
            else:
                texts.refuse(number, actor, reason, clock.now())
            row = texts.version(number)
            decision = "已批准" if is_approved else f"不同意（{reason.strip()}）"
            proposals.answer(_matter(row), row.proposed_by, decision, actor)
    except Invalid as refusal:
        return _version_page(texts.version(number), reason, refusal.errors)
    except NotFound:
        raise
    except UserError as refusal:
        flash(f"没有审批：{refusal.message}", "bad")
        return redirect(url_for("texts.show_version", number=number))
    kind = texts.version(number).kind
    begins = "，从明天起制作的文书用新的文字" if kind == LETTER else "，从现在起发出的通知用新的文字"
    flash(f"已批准{begins}" if is_approved else "已不同意这份修改")
    return redirect(url_for("texts.show_version", number=number))


@pages.post("/versions/<int:number>/withdraw")
@requires(permissions.TEMPLATE_EDIT)
def withdraw(number: int) -> Page:
    """Takes a proposed version back."""
    try:
        with transaction():
            texts.withdraw(number, current_actor(), clock.now())
    except NotFound:
        raise
    except UserError as refusal:
        flash(f"没有撤回：{refusal.message}", "bad")
        return redirect(url_for("texts.show_version", number=number))
    flash("已撤回这份修改")
    return redirect(url_for("texts.show_version", number=number))
