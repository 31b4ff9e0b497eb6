"""Undoing the migration of a case, as long as it has not moved since."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid
from app.identity import permissions
from app.workflow.acts import INSTANCE, Deed, LockedCase, Row, lock_case, update_row, word
from app.workflow.migration.carrying import item_row, move_of, write_task
from app.workflow.migration.models import Migration, MigrationItem
from app.workflow.migration.states import ItemState
from app.workflow.states import Act

_ITEM: Any = MigrationItem.__table__
_INSTANTS = ("due_at", "deadline_start", "inbox_at", "claimed_at")


def undo(item_id: int, actor: Actor, reason: str) -> None:
    """Brings a migrated case back to its old version.

    :raises NotAllowed: :raises Invalid: no reason. :raises Conflict: the case moved on, or was undone already.
    """
    permissions.require(actor, permissions.PROCESS_EDIT)
    if not reason.strip():
        raise Invalid({"reason": "写明撤销迁移的理由"})
    item = item_row(item_id)
    case = lock_case(actor, instance_id=item.instance_id)
    item = item_row(item_id)
    if (words := why_not(item, case.instance)) is not None:
        raise Conflict(words)
    _restore(case, item, reason.strip())


def why_not(item: Row, instance: Row) -> str | None:
    """Why a migration cannot be undone (any more); None if it can."""
    if item.state != ItemState.MIGRATED:
        return "这件没有迁移，或已撤销"
    if instance.rev != item.rev or item.previous_state is None:
        return f"办件{instance.business_key}迁移之后又有进展，不能撤销迁移"
    return None


def _restore(case: LockedCase, item: Row, reason: str) -> None:
    migration = db.session.get_one(Migration, item.migration_id)
    move = move_of(migration)
    for task_id, saved in (item.previous_tasks or {}).items():
        row = case.tasks.get(task_id)
        if row is not None:
            write_task(row, _values(saved, row))
    rev = case.instance.rev + 1
    update_row(
        INSTANCE, case.instance.id, definition_id=move.before.id, spec_hash=move.before.spec_hash,
        state=item.previous_state, rev=rev, previous_state=None, previous_step=None,
    )
    update_row(
        _ITEM, item.id, state=ItemState.UNDONE, undone_at=case.now, undone_by_name=case.actor.name,
        undone_reason=reason, previous_state=None, previous_tasks=None,
    )
    words = f"{word(Act.MIGRATE_BACK)}：回到第 {move.before.version} 版"
    before, after = {"version": move.after.version, "rev": rev - 1}, {"version": move.before.version, "rev": rev}
    case.record(Deed(Act.MIGRATE_BACK, words, reason=reason), before=before, after=after)


def _values(saved: dict[str, Any], row: Row) -> dict[str, Any]:
    """What a row was before; whoever took the task meanwhile keeps it."""
    values = {name: value for name, value in saved.items() if name != "held_after"}
    if row.assignee_id != saved.get("held_after"):
        for name in ("assignee_id", "assignee_name", "claimed_at"):
            values.pop(name, None)
    for name in _INSTANTS:
        if isinstance(values.get(name), str):
            values[name] = datetime.fromisoformat(values[name])
    return values
