"""The draft: begun with a phone, saved step by step whatever its faults, its papers, and its end unsubmitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import audit, randomness
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound, Stale, UserError
from app.procedures.entry import store
from app.procedures.entry.models import EDITABLE, Application, ApplicationState
from app.procedures.entry.rules import papers
from app.procedures.entry.rules.form import CHANNELS, STEPS, read_step
from app.procedures.entry.rules.reading import check_email, check_phone
from app.procedures.entry.service import access
from app.registers.files import service as files
from app.registers.files.accepted import Accepted
from app.registers.files.models import StoredFile
from app.regulations.rule_sets import RuleSet

#: Kinds of which there is one: a new one takes the place of the old.
_SINGLE = frozenset({papers.PHOTO})


@dataclass(frozen=True)
class StepSaved:
    """What saving a step gave: the faults by field, whether the step is complete, the draft's new `rev`."""

    errors: dict[str, str]
    complete: bool
    rev: int


def create_draft(
    phone: str,
    email: str,
    *,
    channel: str,
    actor: Actor,
    now: datetime,
    rules: RuleSet,
    intake: str = "online",
    receipt_no: str | None = None,
) -> Application:
    """Begins an application and sends the code that opens it again.

    `intake` is `paper` where the centre types in what came by post or over the counter; no code is sent then.

    :raises Invalid: phone, mail address or channel.
    """
    errors = {"phone": check_phone(phone), "email": check_email(email)}
    if channel not in CHANNELS:
        errors["channel"] = "申请渠道：请选择"
    faults = {field: message for field, message in errors.items() if message}
    if faults:
        raise Invalid(faults)
    found = Application(
        draft_no=_draft_no(),
        state=ApplicationState.DRAFT,
        channel=channel,
        intake=intake,
        receipt_no=receipt_no,
        steps_done=[],
        phone="".join(phone.split()),
        email=email.strip(),
        directions=[],
        created_at=now,
        updated_at=now,
    )
    store.keep_content(found, {"channel": {"channel": channel}})
    db.session.add(found)
    db.session.flush()
    audit.record(
        actor, "application.create_draft", "application", found.draft_no, after={"channel": channel, "intake": intake}
    )
    if intake == "online":
        access.send_code(found, access.RESUME, found.phone, "sms", actor=actor, now=now, rules=rules)
    return found


def _draft_no() -> str:
    """CG- and ten digits at random: a draft's number tells nothing of others."""
    while True:
        number = f"CG-{randomness.digits(5)}-{randomness.digits(5)}"
        if store.find(number) is None:
            return number


def editable(number: str) -> Application:
    """The application, locked, if the applicant may type into it.

    :raises Conflict: it was submitted or has ended.
    """
    found = store.locked(number)
    if found.state not in EDITABLE:
        raise Conflict(f"申请目前是“{found.state.label}”，不能修改")
    return found


def save_step(
    number: str,
    step: str,
    values: Mapping[str, Any],
    *,
    actor: Actor,
    now: datetime,
    rules: RuleSet,
    rev: int | None = None,
) -> StepSaved:
    """Keeps what was typed into a step, right or wrong, and tells what is wrong with it.

    :raises NotFound: no such step. :raises Stale: `rev` is not the draft's; nothing was kept.
    """
    if step not in STEPS:
        raise NotFound("没有这一步")
    found = editable(number)
    if rev is not None and rev != found.rev:
        raise Stale("这份草稿刚在别处保存过，请对照后再保存一次，你填的内容还在")
    content = store.content_of(found)
    content[step] = dict(values)
    store.keep_content(found, content)
    errors = step_faults(found, step, rules, now)
    done = set(found.steps_done) - {step} | (set() if errors else {step})
    found.steps_done = [known for known in STEPS if known in done]
    if step == "channel" and values.get("channel") in CHANNELS:
        found.channel = str(values["channel"])
    _touch(found, now)
    audit.record(actor, "application.save_step", "application", found.draft_no, after={"step": step, "rev": found.rev})
    return StepSaved(errors, not errors, found.rev)


def step_faults(found: Application, step: str, rules: RuleSet, now: datetime) -> dict[str, str]:
    """What is wrong with a step as it stands, its papers included, by field."""
    _, errors = read_step(step, store.content_of(found)[step], rules, now.date())
    if step == papers.PAPER_STEPS[papers.PHOTO] and not _has(found, papers.PHOTO):
        errors["photo"] = f"{papers.PAPER_WORDS[papers.PHOTO]}：请上传"
    return errors


def _has(found: Application, kind: str) -> bool:
    return any(paper.purpose == kind for paper in store.papers_of(found))


def _touch(found: Application, now: datetime) -> None:
    found.rev += 1
    found.updated_at = now


def attach_file(number: str, kind: str, accepted: Accepted, *, actor: Actor, now: datetime) -> StoredFile:
    """Adds a checked paper (files.check_paper, files.check_photo) to the draft.

    :raises NotFound: no such kind.
    """
    if kind not in papers.PAPER_WORDS:
        raise NotFound("没有这一类材料")
    found = editable(number)
    if kind in _SINGLE:
        for old in [paper for paper in store.papers_of(found) if paper.purpose == kind]:
            files.delete(old, "已换成新的照片", actor=actor, now=now)
    kept = files.keep(accepted, owner_type=store.OWNER, owner_id=found.id, purpose=kind, actor=actor, now=now)
    _touch(found, now)
    return kept


def remove_file(number: str, file_id: str, *, actor: Actor, now: datetime) -> None:
    """Removes a paper of the draft; what went with a submitted version stays.

    :raises NotFound: not a paper of this draft. :raises Conflict: it was submitted.
    """
    found = editable(number)
    paper = next((known for known in store.papers_of(found) if known.id == file_id), None)
    if paper is None:
        raise NotFound("没有找到这份材料")
    if paper.id in store.papers_of_version(found, found.version):
        raise Conflict("这份材料已经随申请提交，不能删除；可以另传一份新的")
    files.delete(paper, "申请人删除", actor=actor, now=now)
    _touch(found, now)


def withdraw_draft(number: str, *, actor: Actor, now: datetime) -> None:
    """Erases a draft with its papers; only the trail keeps that there was one.

    :raises UserError: it was submitted already.
    """
    found = store.locked(number)
    if found.state != ApplicationState.DRAFT:
        raise UserError("申请已经提交，请在办理情况页面撤回")
    _erase(found, "申请人放弃", actor=actor, now=now)


def purge_drafts(rules: RuleSet, *, actor: Actor, now: datetime, limit: int = 100) -> int:
    """Erases drafts that nobody touched for the days a draft is kept; returns how many."""
    oldest = now - timedelta(days=rules.integer("entry.draft_days"))
    statement = (
        sa.select(Application)
        .where(Application.state == ApplicationState.DRAFT, Application.updated_at < oldest)
        .order_by(Application.id)
        .limit(limit)
    )
    left = db.session.scalars(statement.with_for_update()).all()
    for found in left:
        _erase(found, "草稿保留期已满", actor=actor, now=now)
    return len(left)


def _erase(found: Application, reason: str, *, actor: Actor, now: datetime) -> None:
    for paper in store.papers_of(found):
        files.delete(paper, reason, actor=actor, now=now)
    audit.record(actor, "application.erase_draft", "application", found.draft_no, reason=reason)
    db.session.delete(found)
    db.session.flush()
