"""What owners do with a draft besides drawing: submit, take back, recall, discard, rebase, publish an old version.

Each asks on a page of its own what has to be said, and keeps what was typed when it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Invalid, UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.studio.blueprint import studio
from app.web.studio.process import optional_url, typed_rev, version_row
from app.web.wording import moment
from app.workflow import definitions
from app.workflow.releases import checking, drafts, publishing
from app.workflow.releases.models import ProcessDraft
from app.workflow.releases.states import STATE_WORDS, DraftState

Errors = Mapping[str, str]


@studio.get("/drafts/<int:draft_id>/submission")
@requires(permissions.PROCESS_EDIT)
def submission(draft_id: int) -> str:
    """What the check says of the draft as it is, the release note, and when it is to be published."""
    _check_if_needed(drafts.get(draft_id))
    draft = drafts.get(draft_id)
    return _submission(draft, {"note": draft.note or ""}, {})


def _check_if_needed(draft: ProcessDraft) -> None:
    """The submission shows what it will be held against; a check writes nothing but its own outcome."""
    if draft.state == DraftState.DRAFT and checking.present_report(draft) is None:
        examined = checking.examine(draft.id)
        with transaction():
            checking.keep(examined)


def _submission(draft: ProcessDraft, typed: Mapping[str, str], errors: Errors) -> str:
    report = checking.present_report(draft)
    newest = definitions.newest(draft.key)
    return render_template(
        "studio/submission.html", draft=draft, report=report, newest=newest, typed=typed, errors=errors,
        errors_found=checking.count_of(report, "error"), waivers=checking.waivers(report),
        is_open=draft.state == DraftState.DRAFT, state_words=STATE_WORDS, link=optional_url,
    )


@studio.post("/drafts/<int:draft_id>/submission")
@requires(permissions.PROCESS_EDIT)
def submit(draft_id: int) -> ResponseReturnValue:
    """提交审批, or only 存说明 for later."""
    typed, rev, actor = request.form.to_dict(), typed_rev(), current_actor()
    only_note = typed.get("act") == "note"
    try:
        publish_at = None if only_note else typed_moment(typed.get("publish_on", ""), typed.get("publish_time", ""))
        with transaction():
            if only_note:
                drafts.save(draft_id, rev, drafts.DraftChange(note=typed.get("note", "")), actor)
            else:
                publishing.submit(draft_id, rev, actor, note=typed.get("note", ""), publish_at=publish_at)
    except Invalid as refused:
        return _submission(drafts.get(draft_id), typed, _at_fields(refused.errors)), 422
    except UserError as refused:
        return _submission(drafts.get(draft_id), typed, {refused.field or "check": refused.message}), refused.status
    flash("已存版本说明。" if only_note else "已提交审批，等另一个人批准。", "ok")
    if only_note:
        return redirect(url_for("studio.submission", draft_id=draft_id), 303)
    return redirect(url_for("studio.process", key=drafts.get(draft_id).key), 303)


def _at_fields(errors: Errors) -> dict[str, str]:
    return {"publish_on" if field == "publish_at" else field: message for field, message in errors.items()}


def typed_moment(day: str, hour: str) -> datetime | None:
    """The moment of two native controls; None if both are empty.

    :raises Invalid: one of them cannot be read, or there is an hour without a day.
    """
    if not day.strip() and hour.strip():
        raise Invalid({"publish_at": f"写了钟点 {hour.strip()}，还要选日期；要批准后立即发布，就把钟点也清空"})
    if not day.strip():
        return None
    try:
        naive = datetime.fromisoformat(f"{day.strip()}T{hour.strip() or '00:00'}")
    except ValueError as error:
        raise Invalid({"publish_at": f"发布时刻“{day} {hour}”不是日期和钟点，写作 2026-03-09 和 08:30"}) from error
    return naive.replace(tzinfo=clock.ZONE)


@studio.post("/drafts/<int:draft_id>/take-back")
@requires(permissions.PROCESS_EDIT)
def take_back(draft_id: int) -> ResponseReturnValue:
    """取回: out of the approval, to go on writing."""
    with transaction():
        publishing.take_back(draft_id, current_actor())
    flash("已取回，可以接着修改。", "ok")
    return redirect(url_for("studio.process", key=drafts.get(draft_id).key), 303)


@studio.get("/drafts/<int:draft_id>/recall")
@requires(permissions.PROCESS_APPROVE)
def confirm_recall(draft_id: int) -> str:
    """Asks why an approval is recalled."""
    return _asking(draft_id, "recall", {})


@studio.post("/drafts/<int:draft_id>/recall")
@requires(permissions.PROCESS_APPROVE)
def recall(draft_id: int) -> ResponseReturnValue:
    """撤回批准, before its moment."""
    return _with_reason(draft_id, "recall", publishing.recall, "已撤回批准，草稿退回编写人。")


@studio.get("/drafts/<int:draft_id>/discard")
@requires(permissions.PROCESS_EDIT)
def confirm_discard(draft_id: int) -> str:
    """Asks why a draft is given up."""
    return _asking(draft_id, "discard", {})


@studio.post("/drafts/<int:draft_id>/discard")
@requires(permissions.PROCESS_EDIT)
def discard(draft_id: int) -> ResponseReturnValue:
    """作废草稿, with the reason."""
    return _with_reason(draft_id, "discard", drafts.discard, "已作废草稿，在用的版本不变。")


def _asking(draft_id: int, act: str, errors: Errors) -> str:
    draft = drafts.get(draft_id)
    return render_template(
        "studio/reason.html", draft=draft, act=act, errors=errors, reason=request.form.get("reason", ""),
        newest=definitions.newest(draft.key),
    )


def _with_reason(
    draft_id: int, act: str, do: Callable[[int, Actor, str], None], said: str
) -> ResponseReturnValue:
    try:
        with transaction():
            do(draft_id, current_actor(), request.form.get("reason", ""))
    except UserError as refused:
        return _asking(draft_id, act, {"reason": refused.message}), refused.status
    flash(said, "ok")
    draft = drafts.get(draft_id)
    exists = drafts.active(draft.key) is not None or definitions.newest(draft.key) is not None
    return redirect(url_for("studio.process", key=draft.key) if exists else url_for("studio.index"), 303)


@studio.get("/drafts/<int:draft_id>/rebase")
@requires(permissions.PROCESS_EDIT)
def confirm_rebase(draft_id: int) -> str:
    """What follows from taking another version as the base of the draft."""
    draft = drafts.get(draft_id)
    return render_template(
        "studio/rebase.html", draft=draft, newest=definitions.newest(draft.key), link=optional_url
    )


@studio.post("/drafts/<int:draft_id>/rebase")
@requires(permissions.PROCESS_EDIT)
def rebase(draft_id: int) -> ResponseReturnValue:
    """改以在用的版本为基础."""
    with transaction():
        drafts.rebase(draft_id, typed_rev(), current_actor())
    flash("已改以在用的版本为基础；在用版本的改动不会自动并入，请按比较补上。", "ok")
    return redirect(url_for("studio.process", key=drafts.get(draft_id).key), 303)


@studio.get("/processes/<key>/versions/<int:version>/republish")
@requires(permissions.PROCESS_EDIT)
def confirm_republish(key: str, version: int) -> str:
    """Asks why an old version is taken up again, and from when."""
    return _republishing(key, version, {}, {})


@studio.post("/processes/<key>/versions/<int:version>/republish")
@requires(permissions.PROCESS_EDIT)
def republish(key: str, version: int) -> ResponseReturnValue:
    """重新发布: the old version as a draft, submitted at once; another person approves it."""
    typed = request.form.to_dict()
    try:
        publish_at = typed_moment(typed.get("publish_on", ""), typed.get("publish_time", ""))
        with transaction():
            publishing.republish(
                key, version, current_actor(), note=typed.get("note", ""), publish_at=publish_at
            )
    except Invalid as refused:
        return _republishing(key, version, typed, _at_fields(refused.errors)), 422
    except UserError as refused:
        return _republishing(key, version, typed, {refused.field or "note": refused.message}), refused.status
    flash(f"已提交：重新发布第 {version} 版，等另一个人批准。", "ok")
    return redirect(url_for("studio.process", key=key), 303)


def _republishing(key: str, version: int, typed: Mapping[str, str], errors: Errors) -> str:
    row = version_row(key, version)
    return render_template(
        "studio/republish.html", row=row, newest=definitions.latest(key), typed=typed, errors=errors, moment=moment,
        link=optional_url,
    )
