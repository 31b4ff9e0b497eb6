"""Making a draft: begun from a version, an import or an update; saved under its `rev`, so that nothing is lost.

Callers hold the transaction. Every function that changes a draft locks its row first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, NotFound, UserError
from app.identity import permissions
from app.workflow import definitions
from app.workflow.models import Definition
from app.workflow.parts import Parts
from app.workflow.releases import reading, record
from app.workflow.releases.authorship import Provenance
from app.workflow.releases.models import ACTIVE_DRAFTS, DraftAuthor, ProcessDraft
from app.workflow.releases.states import ACTIVE, STATE_WORDS, DraftAct, DraftOrigin, DraftState, may_move


class DraftOvertaken(Conflict):
    """Somebody saved the draft meanwhile: nothing of his work was overwritten, nothing of ours was kept."""

    def __init__(self, draft: ProcessDraft) -> None:
        self.rev = draft.rev
        self.saved_by_name = draft.saved_by_name
        self.saved_at = draft.saved_at
        at = draft.saved_at.astimezone(clock.ZONE)
        super().__init__(
            f"{draft.saved_by_name}在 {at:%H:%M} 存了这份草稿，你的改动没有存入，也没有覆盖别人的；"
            "请先把你的改动复制出来，再载入新的草稿"
        )


@dataclass(frozen=True)
class DraftChange:
    """What is saved; None leaves a part as it is. `scenarios` and `note` may be emptied with an empty text."""

    xml: str | bytes | None = None
    tables: Mapping[str, str] | None = None
    forms: Mapping[str, str] | None = None
    scenarios: str | None = None
    name: str | None = None
    note: str | None = None


def active(key: str) -> ProcessDraft | None:
    """The draft of a process that is not over yet."""
    statement = sa.select(ProcessDraft).where(ProcessDraft.key == key, ACTIVE_DRAFTS)
    found: ProcessDraft | None = db.session.scalar(statement)
    return found


def get(draft_id: int) -> ProcessDraft:
    """A draft, over or not. :raises NotFound:"""
    found = db.session.get(ProcessDraft, draft_id)
    if found is None:
        raise NotFound(f"没有编号为 {draft_id} 的流程草稿")
    return found


def locked(draft_id: int) -> ProcessDraft:
    """A draft under its lock, as it is now. :raises NotFound:"""
    statement = sa.select(ProcessDraft).where(ProcessDraft.id == draft_id).with_for_update()
    found: ProcessDraft | None = db.session.scalar(statement, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound(f"没有编号为 {draft_id} 的流程草稿")
    return found


def parts_of(draft: ProcessDraft) -> Parts:
    """What the draft consists of."""
    return Parts(draft.xml, draft.tables, draft.forms, draft.scenarios)


def authors(draft_id: int) -> list[DraftAuthor]:
    """Who wrote on the draft, in the order in which they began."""
    statement = sa.select(DraftAuthor).where(DraftAuthor.draft_id == draft_id)
    return list(db.session.scalars(statement.order_by(DraftAuthor.at, DraftAuthor.user_id)))


def begin(key: str, actor: Actor, *, from_version: int | None = None) -> ProcessDraft:
    """A draft with the content of the version in force, or of another: an older one is taken up again (回退).

    :raises Conflict: the process has a draft already. :raises NotFound: there is no such version.
    """
    newest = definitions.latest(key)
    source = newest if from_version is None else _version(key, from_version)
    is_older = source.version != newest.version
    parts = Parts(source.xml, source.tables, source.forms, source.scenarios)
    draft = _new(key, source.name, parts, actor, newest.version, DraftOrigin.VERSION)
    if is_older:
        draft.origin, draft.restores_version = DraftOrigin.ROLL_BACK, source.version
        draft.note = f"重新发布第 {source.version} 版"
    return _begun(draft, actor)


def create(
    key: str,
    name: str,
    parts: Parts,
    actor: Actor,
    *,
    base_version: int | None = None,
    origin: DraftOrigin = DraftOrigin.NEW,
    provenance: Provenance | None = None,
) -> ProcessDraft:
    """A draft with content from elsewhere: a new process, an import, an archive. Who brings it in is an author.

    `base_version` is the version in force that it is to replace; None for a process that does not exist yet.
    `provenance` is told to whoever approves, and its authors are authors of the draft.

    :raises Conflict: the process has a draft already, or another version is in force. :raises Unreadable:
    """
    reading.process_key(key)
    in_force = definitions.version_in_force(key)
    if base_version != in_force:
        raise Conflict(
            f"流程“{key}”已经存在，在用的是第 {in_force} 版" if in_force else f"没有名为“{key}”的流程", "key"
        )
    draft = _new(key, reading.process_name(name), reading.parts(parts), actor, base_version, origin)
    _begun(draft, actor, provenance.words if provenance is not None else None)
    for user_id, user_name in provenance.authors if provenance is not None else ():
        _add_author(draft, user_id, user_name)
    _add_author(draft, actor.user_id, actor.name)
    return draft


def save(draft_id: int, rev: int, change: DraftChange, actor: Actor) -> int:
    """存草稿: gives the new `rev`, or the same if nothing is different.

    :raises DraftOvertaken: somebody saved since `rev`. :raises Conflict: it is submitted, or over.
    :raises Unreadable: what was sent is no diagram, form, table at all.
    """
    draft = _writable(draft_id, rev, actor)
    wanted = _read(change)
    changed = {name: value for name, value in wanted.items() if getattr(draft, name) != value}
    if not changed:
        return draft.rev
    for name, value in changed.items():
        setattr(draft, name, value)
    draft.rev += 1
    draft.saved_at, draft.saved_by_id, draft.saved_by_name = clock.now(), actor.user_id, actor.name
    _add_author(draft, actor.user_id, actor.name)
    record.saved(draft, actor, sorted(changed))
    return draft.rev


def put_form(draft_id: int, rev: int, form_key: str, text: str, actor: Actor) -> int:
    """Saves one form. :raises: as `save`."""
    forms = {**get(draft_id).forms, form_key: reading.form(form_key, text)}
    return save(draft_id, rev, DraftChange(forms=forms), actor)


def put_table(draft_id: int, rev: int, file_name: str, xml: str | bytes, actor: Actor) -> int:
    """Saves one decision table. :raises: as `save`."""
    tables = {**get(draft_id).tables, file_name: reading.table(file_name, xml)}
    return save(draft_id, rev, DraftChange(tables=tables), actor)


def remove_form(draft_id: int, rev: int, form_key: str, actor: Actor) -> int:
    """Takes a form out. :raises: as `save`."""
    forms = {key: text for key, text in get(draft_id).forms.items() if key != form_key}
    return save(draft_id, rev, DraftChange(forms=forms), actor)


def remove_table(draft_id: int, rev: int, file_name: str, actor: Actor) -> int:
    """Takes a table out. :raises: as `save`."""
    tables = {name: xml for name, xml in get(draft_id).tables.items() if name != file_name}
    return save(draft_id, rev, DraftChange(tables=tables), actor)


def rebase(draft_id: int, rev: int, actor: Actor) -> int:
    """Makes the version in force the base of a draft that was begun from an older one; its content stays.

    What the version in force brought is lost unless somebody draws it again, so this is an act of its own.
    """
    draft = _writable(draft_id, rev, actor)
    in_force = definitions.version_in_force(draft.key)
    if in_force == draft.base_version:
        return draft.rev
    before, draft.base_version = draft.base_version, in_force
    draft.rev += 1
    draft.saved_at, draft.saved_by_id, draft.saved_by_name = clock.now(), actor.user_id, actor.name
    _add_author(draft, actor.user_id, actor.name)
    record.act(draft, DraftAct.REBASE, actor, before={"base": before}, after={"base": in_force})
    return draft.rev


def discard(draft_id: int, actor: Actor, reason: str) -> None:
    """作废草稿; it stays on record with the reason. :raises Conflict: it is over already."""
    permissions.require(actor, permissions.PROCESS_EDIT)
    if not reason.strip():
        raise UserError("写明作废的理由", "reason")
    draft = locked(draft_id)
    move(draft, DraftState.DISCARDED)
    draft.ended_at = clock.now()
    record.act(draft, DraftAct.DISCARD, actor, reason=reason.strip())


def move(draft: ProcessDraft, to: DraftState) -> None:
    """Changes the state of a locked draft. :raises Conflict: that is no move from where it stands."""
    present = DraftState(draft.state)
    if not may_move(present, to):
        raise Conflict(f"这份草稿现在是“{STATE_WORDS[present]}”，不能这样办理；请重新打开页面看现在的情况")
    draft.state = to


def _version(key: str, version: int) -> Definition:
    found: Definition | None = db.session.scalar(
        sa.select(Definition).where(Definition.key == key, Definition.version == version)
    )
    if found is None:
        raise NotFound(f"流程“{key}”没有第 {version} 版")
    return found


def _new(
    key: str, name: str, parts: Parts, actor: Actor, base_version: int | None, origin: DraftOrigin
) -> ProcessDraft:
    permissions.require(actor, permissions.PROCESS_EDIT)
    now: datetime = clock.now()
    return ProcessDraft(
        key=key, name=name, base_version=base_version, state=DraftState.DRAFT, origin=origin, rev=1,
        xml=parts.xml, tables=dict(parts.tables), forms=dict(parts.forms), scenarios=parts.scenarios,
        created_at=now, created_by_id=actor.user_id, created_by_name=actor.name,
        saved_at=now, saved_by_id=actor.user_id, saved_by_name=actor.name,
    )


def _begun(draft: ProcessDraft, actor: Actor, source: str | None = None) -> ProcessDraft:
    other = active(draft.key)
    if other is not None:
        raise _taken(other.name, other.created_by_name)
    db.session.add(draft)
    try:
        db.session.flush()
    except IntegrityError as error:  # somebody began one at the same moment
        raise _taken(draft.name, "别人") from error
    after = {"base": draft.base_version, "origin": draft.origin}
    record.act(draft, DraftAct.BEGIN, actor, reason=source, after=after)
    return draft


def _taken(name: str, by: str) -> Conflict:
    return Conflict(f"流程“{name}”已有一份由{by}开始的草稿；同一流程同时只有一份，请在那一份上改", "key")


def _writable(draft_id: int, rev: int, actor: Actor) -> ProcessDraft:
    permissions.require(actor, permissions.PROCESS_EDIT)
    draft = locked(draft_id)
    if draft.state != DraftState.DRAFT:
        words = STATE_WORDS[DraftState(draft.state)]
        way_out = "先取回再改" if draft.state in ACTIVE else "请打开流程页重新开始一份"
        raise Conflict(f"这份草稿现在是“{words}”，你的改动没有存入；{way_out}")
    if draft.rev != rev:
        raise DraftOvertaken(draft)
    return draft


def _read(change: DraftChange) -> dict[str, Any]:
    """The columns that a change names, each read as what it must be."""
    found: dict[str, Any] = {}
    if change.xml is not None:
        found["xml"] = reading.diagram(change.xml)
        if named := reading.name_in(found["xml"]):
            found["name"] = named
    if change.tables is not None:
        found["tables"] = {name: reading.table(name, text) for name, text in change.tables.items()}
    if change.forms is not None:
        found["forms"] = {key: reading.form(key, text) for key, text in change.forms.items()}
    if change.scenarios is not None:
        found["scenarios"] = reading.scenarios(change.scenarios)
    if change.name is not None:
        found["name"] = reading.process_name(change.name)
    if change.note is not None:
        found["note"] = reading.release_note(change.note)
    return found


def _add_author(draft: ProcessDraft, user_id: int | None, name: str) -> None:
    if user_id is None or db.session.get(DraftAuthor, (draft.id, user_id)) is not None:
        return
    db.session.add(DraftAuthor(draft_id=draft.id, user_id=user_id, user_name=name, at=clock.now()))
    db.session.flush()
