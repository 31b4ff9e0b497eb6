"""Approving a version: what changed, what the check says, and the decision in two taps, on a telephone too."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Conflict, Invalid, UserError
from app.core.transaction import transaction
from app.engine import DefinitionRefused
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.studio.blueprint import studio
from app.web.studio.process import optional_url, typed_rev
from app.web.wording import moment
from app.workflow import definitions
from app.workflow.comparison import compare
from app.workflow.releases import checking, drafts, publishing, queries, record
from app.workflow.releases.models import ProcessDraft
from app.workflow.releases.states import ACT_WORDS, ORIGIN_WORDS, STATE_WORDS, DraftState

APPROVED, RETURNED = "approved", "returned"
#: So many changes are listed; the rest is on the page that compares the diagrams.
_LISTED = 40
_WAIVED = re.compile(r"waive-[0-9]{1,4}")


@studio.get("/drafts/<int:draft_id>/approval")
@requires(permissions.PROCESS_APPROVE)
def approval(draft_id: int) -> str:
    """Everything the approver must know; opening it changes nothing."""
    return _page(drafts.get(draft_id), {}, {})


@studio.post("/drafts/<int:draft_id>/approval")
@requires(permissions.PROCESS_APPROVE)
def decide(draft_id: int) -> ResponseReturnValue:
    """批准 or 退回; what was typed stays on the page when it is refused."""
    typed = request.form.to_dict()
    choice = typed.get("decision", "")
    if choice not in (APPROVED, RETURNED):
        return _page(drafts.get(draft_id), typed, {"decision": "请选择批准或退回"}), 422
    try:
        said, look = _approve(draft_id, typed) if choice == APPROVED else _return(draft_id, typed)
    except Invalid as refused:
        return _page(drafts.get(draft_id), typed, refused.errors), 422
    except Conflict as refused:
        return _page(drafts.get(draft_id), typed, {}, told=refused.message), 409
    except UserError as refused:
        return _page(drafts.get(draft_id), typed, {refused.field or "": refused.message}), refused.status
    flash(said, look)
    return redirect(url_for("studio.index"), 303)


def _approve(draft_id: int, typed: Mapping[str, str]) -> tuple[str, str]:
    waived = {
        int(name.removeprefix("waive-")): text for name, text in typed.items()
        if _WAIVED.fullmatch(name)
    }
    with transaction():
        decision = publishing.approve(
            draft_id, typed_rev(), current_actor(), opinion=typed.get("opinion", ""), waived=waived,
            submitted_at=typed.get("submitted_at"),
        )
        row = decision.published
        published = f"{row.name} 第 {row.version} 版" if row is not None else ""
    if published:
        return f"已批准并发布：{published}，新的办件按它办理。", "ok"
    if decision.publish_at is not None:
        return f"已批准，{moment(decision.publish_at)} 发布。", "ok"
    return f"已批准，但没有发布：{decision.refused}。草稿退回编写人。", "care"


def _return(draft_id: int, typed: Mapping[str, str]) -> tuple[str, str]:
    with transaction():
        publishing.return_to_author(draft_id, current_actor(), typed.get("reason", ""))
    return "已退回，理由告知编写人。", "ok"


def _page(
    draft: ProcessDraft, typed: Mapping[str, str], errors: Mapping[str, str], *, told: str = ""
) -> str:
    newest, report = definitions.newest(draft.key), draft.report
    why_not = publishing.why_not_approve(draft, current_actor())
    changes = _changes(draft)
    return render_template(
        "studio/approval.html", draft=draft, newest=newest, report=report, typed=typed, errors=errors, told=told,
        waivers=checking.waivers(report), why_not=why_not, changes=changes[:_LISTED], more=len(changes[_LISTED:]),
        is_open=draft.state == DraftState.SUBMITTED and why_not is None, authors=drafts.authors(draft.id),
        steps=record.steps(draft.id), act_words=ACT_WORDS, state_words=STATE_WORDS, origin_words=ORIGIN_WORDS,
        callers=queries.callers_of(draft.key), link=optional_url, folded=True,
    )


def _changes(draft: ProcessDraft) -> list[str]:
    """What the draft changes against its base, by the names of the elements; everything of a new process."""
    base = next((row for row in definitions.versions(draft.key) if row.version == draft.base_version), None)
    if base is None:
        return []
    try:
        return compare(definitions.parts_of(base), drafts.parts_of(draft)).summary()
    except DefinitionRefused as refused:
        return [f"不能比较：{refused.findings[0].message}"]
