"""Wordings of notices and letters other than the shipped ones: proposed by one person, approved by another, in force.

Only the sections are changed; on which channels a notice goes and which data it gets stays with the product. A wording
that no longer fits what the product gives it is passed over for the shipped one, so that no notice ever fails by it.

A letter's wording serves letters dated from the day after its approval on, so that one printed again later says what
it said before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.notices import letters, templates
from app.notices.editable import LETTER, NOTICE, Text, all_texts, faults, text
from app.notices.models import TextVersion
from app.notices.templates import Template

__all__ = [
    "LETTER", "NOTICE", "Text", "Wanted", "all_texts", "approve", "faults", "forget", "in_force", "is_shipped_newer",
    "is_used", "notice", "present_sections", "propose", "refuse", "sections_of", "text", "version", "versions",
    "withdraw", "wording", "wordings",
]  # fmt: skip

#: Other processes see a changed wording after at most so many seconds.
CACHE_SECONDS = 30.0
#: Who proposes and who approves (template.edit and template.approve; identity stands beside this package).
EDITING_ROLE = "process_owner"
APPROVING_ROLES = ("process_owner", "bureau_leader")
MAX_REASON = 500
_WAITS = "已有一份修改在等审批，先审批或者撤回那一份"


@dataclass(frozen=True)
class _Known:
    """Everything read at once: notices in force by key, letters by key with the first day of each."""

    notices: Mapping[str, Mapping[str, str]]
    letters: Mapping[str, Sequence[tuple[date, Mapping[str, str]]]]
    read_at: float
    database: str


_cached: _Known | None = None


def notice(key: str) -> Template:
    """The notice as it is to be sent now: the shipped head with the sections in force.

    :raises TemplateRefused: there is no such notice.
    """
    shipped = templates.template(key)
    sections = _known().notices.get(key)
    return replace(shipped, sections={**shipped.sections, **sections}) if sections else shipped


def wording(key: str, day: date) -> letters.Wording:
    """The wording of a letter dated `day`: the last one approved before it, or the shipped one."""
    return wordings()(key, day)


def wordings() -> Callable[[str, date], letters.Wording]:
    """As `wording`, of what is known now: for letters that are made later, where no database is at hand."""
    known = _known()

    def of(key: str, day: date) -> letters.Wording:
        dated = [sections for begins, sections in known.letters.get(key, ()) if begins <= day]
        return {**letters.letter(key).wording, **(dated[-1] if dated else {})}

    return of


def forget() -> None:
    """Drops what was cached; the next read sees the database."""
    global _cached
    _cached = None


def _known() -> _Known:
    global _cached
    known, database = _cached, str(db.engine.url)
    if known is None or known.database != database or time.monotonic() - known.read_at >= CACHE_SECONDS:
        _cached = known = _read(database)
    return known


def _read(database: str) -> _Known:
    rows = db.session.execute(
        sa.select(TextVersion.__table__)
        .where(TextVersion.status.in_(("in_force", "replaced")))
        .order_by(TextVersion.from_day, TextVersion.decided_at, TextVersion.id)
    ).all()
    notices = {row.key: row.sections for row in rows if row.kind == NOTICE and row.status == "in_force"}
    dated: dict[str, list[tuple[date, Mapping[str, str]]]] = {}
    for row in rows:
        if row.kind == LETTER and row.from_day is not None and _fits(LETTER, row.key, row.sections):
            dated.setdefault(row.key, []).append((row.from_day, row.sections))
    fitting = {key: sections for key, sections in notices.items() if _fits(NOTICE, key, sections)}
    return _Known(fitting, dated, time.monotonic(), database)


def _fits(kind: str, key: str, sections: Mapping[str, str]) -> bool:
    """False of a wording of a text that is no more, or that the product gives other data by now."""
    try:
        known = text(kind, key)
    except NotFound:
        return False
    return not sections or (set(sections) == set(known.sections) and not faults(known, sections))


@dataclass(frozen=True)
class Wanted:
    """What somebody wants a text to say, and why."""

    kind: str
    key: str
    sections: Mapping[str, str]
    reason: str


def propose(wanted: Wanted, actor: Actor, now: datetime) -> int:
    """Enters a wording, without effect until somebody else approves it; returns its id.

    :raises NotAllowed: the actor edits no texts. :raises Conflict: another proposal waits.
    :raises Invalid: section -> what is wrong with it, or `reason`.
    """
    if not actor.has(EDITING_ROLE):
        raise NotAllowed("只有流程管理员可以修改文书模板")
    known = text(wanted.kind, wanted.key)
    sections = {part.name: _even(wanted.sections.get(part.name, "")) for part in known.parts}
    wrong = {
        f"text-{name}": f"{_label(known, name)}：{found[0].words}" for name, found in faults(known, sections).items()
    }
    if not wanted.reason.strip() or len(wanted.reason.strip()) > MAX_REASON:
        wrong["reason"] = f"写明修改的理由，不超过 {MAX_REASON} 字"
    if not wrong and sections == present_sections(wanted.kind, wanted.key):
        wrong["reason"] = "与现在用的文字相同，没有改动"
    if wrong:
        raise Invalid(wrong)
    return _enter(known, sections, wanted.reason.strip(), actor, now).id


def _even(typed: str) -> str:
    """Line ends as files have them, no blank edges."""
    return typed.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()


def _label(known: Text, name: str) -> str:
    return next(part.label for part in known.parts if part.name == name)


def _enter(known: Text, sections: Mapping[str, str], reason: str, actor: Actor, now: datetime) -> TextVersion:
    mine = (TextVersion.kind == known.kind, TextVersion.key == known.key)
    # The number is read first: who proposes meanwhile is seen by the next query, or takes the same number.
    last = db.session.scalar(sa.select(sa.func.max(TextVersion.version)).where(*mine)) or 0
    if db.session.scalar(sa.select(TextVersion.id).where(*mine, TextVersion.status == "proposed")):
        raise Conflict(_WAITS)
    row = TextVersion(
        kind=known.kind,
        key=known.key,
        version=last + 1,
        # The shipped wording is followed, not copied, so that a later update of the product reaches it.
        sections={} if dict(sections) == known.sections else dict(sections),
        shipped_hash=known.digest,
        status="proposed",
        reason=reason,
        proposed_by=actor.user_id,
        proposed_by_name=actor.name,
        proposed_at=now,
    )
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError as error:  # somebody proposed one at the same moment
        raise Conflict(_WAITS) from error
    audit.record(
        actor, "texts.propose_version", "text", f"{known.kind}:{known.key}",
        before={"sections": present_sections(known.kind, known.key)},
        after={"version": row.version, "sections": dict(sections)}, reason=reason,
    )
    return row


def approve(version_id: int, actor: Actor, now: datetime) -> None:
    """Puts a wording into force: a notice's at once, a letter's from the next day on.

    :raises NotFound, NotAllowed, Conflict: it is not there, is the actor's own, decided, or does not fit any more.
    """
    row = _decidable(version_id, actor)
    known = text(row.kind, row.key)
    if row.sections and (set(row.sections) != set(known.sections) or faults(known, row.sections)):
        raise Conflict("产品更新后这份文字不再适用，请不同意它，按新的原文重新修改")
    before = present_sections(row.kind, row.key)
    db.session.execute(
        sa.update(TextVersion)
        .where(TextVersion.kind == row.kind, TextVersion.key == row.key, TextVersion.status == "in_force")
        .values(status="replaced")
    )
    row.status = "in_force"
    row.from_day = now.date() + timedelta(days=1) if row.kind == LETTER else now.date()
    _decide(row, actor, now, None)
    audit.record(
        actor, "texts.approve_version", "text", f"{row.kind}:{row.key}",
        before={"sections": before}, after={"version": row.version, "sections": row.sections}, reason=row.reason,
    )
    event.listen(db.session(), "after_commit", lambda _session: forget(), once=True)


def refuse(version_id: int, actor: Actor, reason: str, now: datetime) -> None:
    """Turns a wording down. :raises NotFound, NotAllowed, Conflict, Invalid: as `approve`, or no reason."""
    row = _decidable(version_id, actor)
    row.status = "refused"
    _decide(row, actor, now, _reason(reason, "不同意"))
    audit.record(
        actor, "texts.refuse_version", "text", f"{row.kind}:{row.key}", after={"version": row.version},
        reason=reason.strip(),
    )


def withdraw(version_id: int, actor: Actor, now: datetime) -> None:
    """Takes back a wording that nobody has decided about. :raises NotAllowed, Conflict:"""
    if not actor.has(EDITING_ROLE):
        raise NotAllowed("只有流程管理员可以撤回文书模板的修改")
    row = _waiting(version_id)
    row.status = "withdrawn"
    _decide(row, actor, now, None)
    audit.record(actor, "texts.withdraw_version", "text", f"{row.kind}:{row.key}", after={"version": row.version})


def _reason(reason: str, act: str) -> str:
    if not reason.strip() or len(reason.strip()) > MAX_REASON:
        raise Invalid({"reason": f"写明{act}的理由，不超过 {MAX_REASON} 字"})
    return reason.strip()


def _waiting(version_id: int) -> TextVersion:
    row = db.session.get(TextVersion, version_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("没有这份文书修改")
    if row.status != "proposed":
        raise Conflict("这份修改已经有人处理过了")
    return row


def _decidable(version_id: int, actor: Actor) -> TextVersion:
    if not actor.has(*APPROVING_ROLES):
        raise NotAllowed("只有流程管理员和局领导可以审批文书模板")
    row = _waiting(version_id)
    if row.proposed_by == actor.user_id:
        raise NotAllowed("文书的修改须由提出人以外的人审批")
    return row


def _decide(row: TextVersion, actor: Actor, now: datetime, note: str | None) -> None:
    row.decided_by, row.decided_by_name, row.decided_at, row.decision_note = actor.user_id, actor.name, now, note
    db.session.flush()


def version(version_id: int) -> TextVersion:
    """One version. :raises NotFound:"""
    row = db.session.get(TextVersion, version_id)
    if row is None:
        raise NotFound("没有这份文书修改")
    return row


def versions(kind: str | None = None, key: str | None = None) -> list[TextVersion]:
    """Versions of one text, or of all, the latest first."""
    statement = sa.select(TextVersion).order_by(TextVersion.id.desc())
    if key is not None:
        statement = statement.where(TextVersion.kind == kind, TextVersion.key == key)
    return list(db.session.scalars(statement))


def in_force(kind: str, key: str) -> TextVersion | None:
    """The version in force, None where the shipped wording is."""
    return next((row for row in versions(kind, key) if row.status == "in_force"), None)


def present_sections(kind: str, key: str) -> dict[str, str]:
    """The wording that holds, or will from tomorrow on."""
    known, row = text(kind, key), in_force(kind, key)
    return {**known.sections, **row.sections} if row is not None and is_used(row) else known.sections


def sections_of(row: TextVersion) -> dict[str, str]:
    """The whole wording of a version; one that follows the shipped wording has no words of its own."""
    return {**text(row.kind, row.key).sections, **row.sections}


def is_used(row: TextVersion) -> bool:
    """False if the wording no longer fits what the product gives it and is passed over."""
    return _fits(row.kind, row.key, row.sections)


def is_shipped_newer(row: TextVersion) -> bool:
    """True if the shipped wording has changed since this version was written beside it."""
    return bool(row.sections) and text(row.kind, row.key).digest != row.shipped_hash
