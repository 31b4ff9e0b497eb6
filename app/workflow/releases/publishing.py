"""From a draft to a version: submitted, approved by another person, published at once or at its moment.

What was right when it was approved may be wrong at its moment: publishing checks again, and what is refused goes back
to its authors with the reason. Four eyes: whoever wrote on a draft or submitted it never approves it, nor an import
who may have written what it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, UserError
from app.engine import DefinitionRefused
from app.identity import permissions, roles
from app.workflow import definitions
from app.workflow.conformance import Report
from app.workflow.models import Definition
from app.workflow.releases import authorship, checking, drafts, reading, record, shipped, telling
from app.workflow.releases.models import ProcessDraft
from app.workflow.releases.states import DraftAct, DraftOrigin, DraftState

MAX_REASON = 500
_DUE = (
    sa.select(ProcessDraft.id)
    .where(sa.text("state = 'approved'"), ProcessDraft.publish_at <= sa.bindparam("now"))
    .order_by(ProcessDraft.publish_at, ProcessDraft.id)
    .limit(sa.bindparam("limit"))
)


@dataclass(frozen=True)
class Decision:
    """What an approval led to: a version, a moment to come, or the reason why nothing was published."""

    published: Definition | None = None
    publish_at: datetime | None = None
    refused: str | None = None


def submit(
    draft_id: int, rev: int, actor: Actor, *, note: str | None = None, publish_at: datetime | None = None
) -> ProcessDraft:
    """提交审批: the check at this `rev` must have no errors. `publish_at` None publishes on approval.

    :raises Invalid: what is missing, at its field. :raises Conflict: overtaken, or based on an older version.
    """
    permissions.require(actor, permissions.PROCESS_EDIT)
    draft = drafts.locked(draft_id)
    if draft.state == DraftState.DRAFT and draft.rev != rev:
        raise drafts.DraftOvertaken(draft)
    drafts.move(draft, DraftState.SUBMITTED)
    if note is not None:
        draft.note = reading.release_note(note)
    _require_complete(draft, publish_at)
    _require_base(draft)
    if checking.present_report(draft) is None:
        checking.check_draft(draft.id)
    errors = checking.count_of(draft.report, "error")
    if errors:
        raise UserError(f"检查还有 {errors} 处错误，改正后才能提交审批", "check")
    draft.submitted_at, draft.submitted_by_id, draft.submitted_by_name = clock.now(), actor.user_id, actor.name
    draft.publish_at, draft.returned_reason = publish_at, None
    draft.decided_at = draft.decided_by_id = draft.decided_by_name = draft.opinion = draft.overrides = None
    record.act(draft, DraftAct.SUBMIT, actor, after=_plan(draft))
    telling.submitted(draft, approvers(draft), actor)
    return draft


def take_back(draft_id: int, actor: Actor) -> None:
    """取回: the owners go on writing. :raises Conflict: it was decided meanwhile."""
    permissions.require(actor, permissions.PROCESS_EDIT)
    draft = drafts.locked(draft_id)
    if draft.state != DraftState.SUBMITTED:
        raise Conflict("这份草稿不在审批中，不能取回；请重新打开页面看现在的情况")
    drafts.move(draft, DraftState.DRAFT)
    record.act(draft, DraftAct.TAKE_BACK, actor)


def return_to_author(draft_id: int, actor: Actor, reason: str) -> None:
    """退回, with the reason. :raises NotAllowed: he wrote it himself. :raises Conflict: it was decided meanwhile."""
    draft = drafts.locked(draft_id)
    _require_approver(draft, actor)
    if draft.state != DraftState.SUBMITTED:
        raise Conflict("这份草稿不在审批中，不能退回；请重新打开页面看现在的情况")
    draft.returned_reason = _reason(reason, "reason", "写明退回的理由，编写人据此修改")
    drafts.move(draft, DraftState.DRAFT)
    record.act(draft, DraftAct.RETURN, actor, reason=draft.returned_reason)
    telling.returned(draft, actor)


def approve(
    draft_id: int, rev: int, actor: Actor, *, opinion: str = "", waived: Mapping[int, str] | None = None,
    submitted_at: str | None = None,
) -> Decision:
    """批准, and publishes at once if no later moment was asked for.

    `waived`: for each legal step that the draft skips (its place in `checking.waivers`) the leader's reason.
    `submitted_at` (ISO) is the submission that the approver saw: note and moment may be others since.

    :raises NotAllowed: he wrote or submitted it, or only a bureau leader may. :raises Invalid: a reason is missing.
    :raises Conflict: it was saved, or taken back and submitted anew, since the approver saw it.
    """
    draft = drafts.locked(draft_id)
    _require_approver(draft, actor)
    if draft.rev != rev:
        raise drafts.DraftOvertaken(draft)
    if submitted_at and draft.submitted_at is not None and draft.submitted_at.isoformat() != submitted_at:
        raise Conflict("这一版在你打开页面之后又重新提交过；请看现在的说明和发布时刻，再作决定")
    drafts.move(draft, DraftState.APPROVED)
    draft.overrides = _overrides(draft, waived or {})
    draft.opinion = _opinion(opinion)
    draft.decided_at, draft.decided_by_id, draft.decided_by_name = clock.now(), actor.user_id, actor.name
    record.act(
        draft, DraftAct.APPROVE, actor, reason=draft.opinion, after={**_plan(draft), "overrides": draft.overrides}
    )
    if draft.publish_at is not None and draft.publish_at > clock.now():
        return Decision(publish_at=draft.publish_at)
    return _publish(draft, actor)


def recall(draft_id: int, actor: Actor, reason: str) -> None:
    """撤回批准 before its moment, by an owner or an approver. :raises Conflict: it is not waiting to be published."""
    if not permissions.allowed(actor, permissions.PROCESS_APPROVE):
        permissions.require(actor, permissions.PROCESS_EDIT)
    draft = drafts.locked(draft_id)
    if draft.state != DraftState.APPROVED:
        raise Conflict("这份草稿没有待发布的批准，不能撤回；请重新打开页面看现在的情况")
    found = _reason(reason, "reason", "写明撤回批准的理由")
    drafts.move(draft, DraftState.DRAFT)
    draft.returned_reason = found
    record.act(draft, DraftAct.RECALL, actor, reason=found)
    telling.returned(draft, actor)


def republish(
    key: str, version: int, actor: Actor, *, note: str, publish_at: datetime | None = None
) -> ProcessDraft:
    """回退: an old version's content as a draft, submitted at once; another person approves it like any other."""
    if definitions.latest(key).version == version:
        raise Conflict(f"第 {version} 版正在用，不必重新发布")
    draft = drafts.begin(key, actor, from_version=version)
    return submit(draft.id, draft.rev, actor, note=note, publish_at=publish_at)


def why_not_approve(draft: ProcessDraft, actor: Actor) -> str | None:
    """Why this person may not approve this draft; None if he may."""
    if not permissions.allowed(actor, permissions.PROCESS_APPROVE):
        return "你的角色不能审批流程版本"
    if actor.user_id is None:
        return "流程版本由人审批"
    if actor.user_id == draft.submitted_by_id:
        return "这一版是你提交的，要由另一个人批准"
    if actor.user_id in {author.user_id for author in drafts.authors(draft.id)}:
        return "你改过这份草稿，要由没有改过的人批准"
    if actor.user_id in _may_have_written(draft):
        return "你改过的一份草稿作废了，导入的内容可能取自那里，要由没有改过的人批准"
    if checking.waivers(draft.report) and not actor.has(roles.BUREAU_LEADER):
        return "这一版跳过了法定环节，只能由局领导批准，并逐项写明理由"
    return None


def approvers(draft: ProcessDraft) -> list[int]:
    """Whom to ask: the other process owners, or the bureau's leaders where only they may or nobody else is there."""
    wrote = {author.user_id for author in drafts.authors(draft.id)} | {draft.submitted_by_id} | _may_have_written(draft)
    owners = [] if checking.waivers(draft.report) else telling.holders(roles.PROCESS_OWNER)
    found = [user_id for user_id in owners if user_id not in wrote]
    return found or [user_id for user_id in telling.holders(roles.BUREAU_LEADER) if user_id not in wrote]


def _may_have_written(draft: ProcessDraft) -> set[int]:
    """Who wrote what an import may hold; an archive says it only as long as nobody alters it on the way."""
    return authorship.wrote_discarded(draft) if draft.origin == DraftOrigin.IMPORT else set()


def due(now: datetime, limit: int) -> list[int]:
    """Ids of the approved drafts whose moment has come."""
    return list(db.session.scalars(_DUE, {"now": now, "limit": limit}))


def publish_due(draft_id: int, now: datetime) -> bool:
    """Publishes a draft at its moment; False if it was recalled or published meanwhile."""
    draft = drafts.locked(draft_id)
    if draft.state != DraftState.APPROVED or draft.publish_at is None or draft.publish_at > now:
        return False
    _publish(draft, SYSTEM)
    return True


def give_up(draft_id: int, failure: BaseException, now: datetime) -> None:
    """After publishing failed for a reason that nobody foresaw: back to the authors, the log has the cause."""
    draft = drafts.locked(draft_id)
    if draft.state == DraftState.APPROVED:
        _refuse(draft, f"发布时出错（{type(failure).__name__}），已交系统管理员查看", SYSTEM)


def _publish(draft: ProcessDraft, actor: Actor) -> Decision:
    reason = _obstacle(draft)
    if reason is not None:
        return _refuse(draft, reason, actor)
    credit = definitions.Credit(
        origin=definitions.OWNER,
        note=draft.note,
        written_by=_written_by(draft),
        approved_by_id=draft.decided_by_id,
        approved_by_name=draft.decided_by_name,
        restores_version=draft.restores_version,
        overrides=draft.overrides or (),
    )
    try:
        row = definitions.publish(draft.key, drafts.parts_of(draft), credit, actor)
    except DefinitionRefused as refusal:
        return _refuse(draft, f"引擎不能装载：{refusal.findings[0].message}", actor)
    drafts.move(draft, DraftState.PUBLISHED)
    draft.published_definition_id, draft.ended_at = row.id, clock.now()
    record.act(draft, DraftAct.PUBLISH, actor, after={"version": row.version})
    shipped.settle(draft, actor)
    telling.published(draft, row, actor)
    return Decision(published=row)


def _obstacle(draft: ProcessDraft) -> str | None:
    """Why an approved draft cannot be published now."""
    in_force = definitions.version_in_force(draft.key)
    if in_force != draft.base_version:
        return f"批准之后第 {in_force} 版已经在用，这份草稿是按第 {draft.base_version or 0} 版改的"
    found: Report = checking.check_draft(draft.id)
    errors = found.of("error")
    if errors:
        return f"批准之后检查不再通过：{errors[0].message}" + (f"，共 {len(errors)} 处" if len(errors) > 1 else "")
    passed = {(one["element_id"], one["code"]) for one in draft.overrides or ()}
    new = [found for found in found.of("override") if (found.element_id, found.code) not in passed]
    return f"批准之后发现跳过了法定环节：{new[0].message}" if new else None


def _refuse(draft: ProcessDraft, reason: str, actor: Actor) -> Decision:
    drafts.move(draft, DraftState.DRAFT)
    draft.returned_reason = reason
    record.act(draft, DraftAct.REFUSE, actor, reason=reason)
    telling.refused(draft, actor)
    return Decision(refused=reason)


def _require_complete(draft: ProcessDraft, publish_at: datetime | None) -> None:
    errors = {}
    if not draft.note:
        errors["note"] = "写明这一版改了什么，审批人和以后看版本的人靠它了解"
    if publish_at is not None and publish_at <= clock.now():
        errors["publish_at"] = "发布时刻已经过去；选以后的时刻，或留空，批准后立即发布"
    if errors:
        raise Invalid(errors)


def _require_base(draft: ProcessDraft) -> None:
    newest = definitions.newest(draft.key)
    in_force = newest.version if newest is not None else None
    if in_force != draft.base_version:
        raise UserError(
            f"这份草稿是按第 {draft.base_version or 0} 版改的，现在在用的是第 {in_force} 版；"
            "先与在用的版本比较，再改以它为基础", "check",
        )
    if newest is not None and definitions.parts_of(newest) == drafts.parts_of(draft):
        raise UserError(f"草稿与在用的第 {newest.version} 版没有差别，不必发布", "check")


def _require_approver(draft: ProcessDraft, actor: Actor) -> None:
    permissions.require(actor, permissions.PROCESS_APPROVE)
    reason = why_not_approve(draft, actor)
    if reason is not None:
        raise NotAllowed(reason)


def _overrides(draft: ProcessDraft, waived: Mapping[int, str]) -> list[dict[str, Any]] | None:
    found, errors = [], {}
    for place, waiver in enumerate(checking.waivers(draft.report)):
        reason = waived.get(place, "").strip()
        if not reason or len(reason) > MAX_REASON:
            errors[f"waive-{place}"] = f"写明准许跳过这一环节的理由，不超过 {MAX_REASON} 个字"
        found.append({**vars(waiver), "reason": reason})
    if errors:
        raise Invalid(errors)
    return found or None


def _opinion(text: str) -> str | None:
    found = text.strip()
    if len(found) > MAX_REASON:
        raise Invalid({"opinion": f"意见有 {len(found)} 个字，请缩短到 {MAX_REASON} 个字以内"})
    return found or None


def _reason(text: str, field: str, missing: str) -> str:
    found = text.strip()
    if not found:
        raise Invalid({field: missing})
    if len(found) > MAX_REASON:
        raise Invalid({field: f"理由有 {len(found)} 个字，请缩短到 {MAX_REASON} 个字以内"})
    return found


def _written_by(draft: ProcessDraft) -> str:
    names = [author.user_name for author in drafts.authors(draft.id)]
    return "、".join(names or [draft.submitted_by_name or draft.created_by_name])


def _plan(draft: ProcessDraft) -> dict[str, Any]:
    return {
        "base": draft.base_version,
        "publish_at": draft.publish_at.isoformat() if draft.publish_at is not None else None,
    }
