"""Carrying a migration out: case by case, each under its own lock and in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from app.core import audit, clock, wake
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Invalid, NotFound
from app.engine import DueTimer, Migrated, MigrationRefused, OpenTask
from app.identity import permissions
from app.workflow import assignment, projections
from app.workflow.acts import INSTANCE, TASK, Deed, LockedCase, Row, lock_case, update_row, word
from app.workflow.host import StepHost
from app.workflow.migration.models import Migration, MigrationItem
from app.workflow.migration.states import ItemState
from app.workflow.migration.verdicts import Move, attempt
from app.workflow.models import Definition, TaskCandidate, TaskGroup
from app.workflow.projections import Projection
from app.workflow.states import Act

_ITEM: Any = MigrationItem.__table__
_TIMER = projections.TIMER
_GROUP: Any = TaskGroup.__table__
_CANDIDATE: Any = TaskCandidate.__table__

#: What the diagram says of an open task, and therefore changes with it.
_DRAWN = ("name", "lane", "form_key", "candidate_group", "candidate_groups", "candidate_user_ids", "unit_id")
_DUE = ("due_at", "deadline_key", "deadline_start", "provisional", "inbox_at")
_HOLDER = ("assignee_id", "assignee_name", "claimed_at")


def begin(key: str, move: Move, instance_ids: Sequence[int], reason: str, actor: Actor) -> int:
    """Writes down which cases are to be migrated and why; they are carried out one by one afterwards.

    :raises NotAllowed: :raises Invalid: no reason, no case, or a version of another process.
    """
    permissions.require(actor, permissions.PROCESS_EDIT)
    _require_sense(key, move, instance_ids, reason)
    row = Migration(
        key=key, from_definition_id=move.before.id, to_definition_id=move.after.id, reason=reason.strip(),
        created_at=clock.now(), created_by_id=actor.user_id, created_by_name=actor.name,
    )
    db.session.add(row)
    db.session.flush()
    items = [
        {"migration_id": row.id, "instance_id": instance_id, "state": ItemState.PENDING}
        for instance_id in sorted(set(instance_ids))
    ]
    db.session.connection().execute(sa.insert(_ITEM), items)
    after = {"from": move.before.version, "to": move.after.version, "cases": len(items)}
    audit.record(actor, "migration.begin", "definition", key, after=after, reason=reason.strip())
    wake.request()
    return row.id


def _require_sense(key: str, move: Move, instance_ids: Sequence[int], reason: str) -> None:
    errors = {}
    if not reason.strip():
        errors["reason"] = "写明迁移的理由，会记入每件办件的经过"
    if not instance_ids:
        errors["instances"] = "至少选一件能迁移的办件"
    if move.before.id == move.after.id or {move.before.key, move.after.key} != {key}:
        errors["to"] = "选同一流程的另一个版本"
    if errors:
        raise Invalid(errors)


_PENDING = (
    sa.select(_ITEM.c.id).where(sa.text("state = 'pending'")).order_by(_ITEM.c.id).limit(sa.bindparam("limit"))
)
#: Items whose case has moved on since, so that the move can no longer be taken back.
_MOVED_ON = (
    sa.select(_ITEM.c.id)
    .join(INSTANCE, INSTANCE.c.id == _ITEM.c.instance_id)
    .where(sa.text("wf_migration_item.previous_state IS NOT NULL"), INSTANCE.c.rev != _ITEM.c.rev)
)


def due(now: datetime, limit: int) -> list[int]:
    """Ids of the items still to be carried out; on the way, pre-images that serve nobody any more are dropped."""
    _forget_moved_on()
    return list(db.session.connection().scalars(_PENDING, {"limit": limit}))


def _forget_moved_on() -> None:
    ids = list(db.session.connection().scalars(_MOVED_ON))
    if ids:
        forget = sa.update(_ITEM).where(_ITEM.c.id.in_(ids)).values(previous_state=None, previous_tasks=None)
        db.session.connection().execute(forget)


def pending_of(migration_id: int, limit: int) -> list[int]:
    """Ids of the items of one migration that are still to be carried out."""
    pending = sa.select(_ITEM.c.id).where(_ITEM.c.migration_id == migration_id, sa.text("state = 'pending'"))
    return list(db.session.connection().scalars(pending.order_by(_ITEM.c.id).limit(limit)))


def carry_out(item_id: int, now: datetime) -> bool:
    """Migrates one case, or writes down why not; False if somebody else did."""
    item = item_row(item_id)
    migration = db.session.get_one(Migration, item.migration_id)
    actor = Actor(migration.created_by_id, migration.created_by_name)
    case = lock_case(actor, instance_id=item.instance_id)
    if item_row(item_id).state != ItemState.PENDING:
        return False
    move = move_of(migration)
    try:
        migrated, host = attempt(case, move)
    except MigrationRefused as refused:
        _refused(case, item_id, refused.reasons, now)
        return True
    _migrated(case, item_id, migration, move, migrated, host)
    return True


def give_up(item_id: int, failure: BaseException, now: datetime) -> None:
    """After a failure that nobody foresaw the case stays as it is; the log has the cause."""
    item = item_row(item_id)
    if item.state == ItemState.PENDING:
        reason = f"迁移时出错（{type(failure).__name__}），办件没有变动"
        update_row(_ITEM, item_id, state=ItemState.REFUSED, reasons=[reason], done_at=now)


def item_row(item_id: int) -> Row:
    """An item as it stands now. :raises NotFound:"""
    row = db.session.connection().execute(sa.select(_ITEM).where(_ITEM.c.id == item_id)).first()
    if row is None:
        raise NotFound("没有这项迁移")
    return row


def move_of(migration: Migration) -> Move:
    """The two versions of a migration."""
    before = db.session.get_one(Definition, migration.from_definition_id)
    return Move(before, db.session.get_one(Definition, migration.to_definition_id))


def _refused(case: LockedCase, item_id: int, reasons: Sequence[str], now: datetime) -> None:
    update_row(_ITEM, item_id, state=ItemState.REFUSED, reasons=list(reasons), done_at=now)
    subject = ("instance", str(case.instance.id))
    audit.record(case.actor, "migration.refuse", *subject, reason="；".join(reasons))


def _migrated(
    case: LockedCase, item_id: int, migration: Migration, move: Move, migrated: Migrated, host: StepHost
) -> None:
    moved = LockedCase(_at(case.instance, move.after), case.tasks, case.actor, case.now)
    projection = Projection(moved, migrated.execution, host)
    previous = _write_tasks(projection, migrated.execution.open_tasks())
    _write_timers(case.instance.id, migrated.execution.timers())
    rev = case.instance.rev + 1
    update_row(
        INSTANCE, case.instance.id, definition_id=move.after.id, spec_hash=move.after.spec_hash,
        state=migrated.execution.dump(), rev=rev,
        # a state kept for 撤回 belongs to the old version and must never come back under the new one
        previous_state=None, previous_step=None,
    )  # fmt: skip
    update_row(
        _ITEM, item_id, state=ItemState.MIGRATED, notes=list(migrated.notes), rev=rev, done_at=case.now,
        previous_state=case.instance.state, previous_tasks=previous,
    )
    words = f"{word(Act.MIGRATE)}：由第 {move.before.version} 版到第 {move.after.version} 版"
    deed = Deed(Act.MIGRATE, words, reason=migration.reason, values={"notes": list(migrated.notes)})
    before = {"version": move.before.version, "spec": move.before.spec_hash, "rev": case.instance.rev}
    after = {"version": move.after.version, "spec": move.after.spec_hash, "rev": rev}
    case.record(deed, before=before, after=after)


def _at(instance: Row, version: Definition) -> SimpleNamespace:
    """The instance as it will stand in its row."""
    given = {**instance._mapping, "definition_id": version.id, "spec_hash": version.spec_hash}
    return SimpleNamespace(**given)


# --- the rows of tasks and timers ---------------------------------------------------------------------------------


def _write_tasks(projection: Projection, tasks: Sequence[OpenTask]) -> dict[str, Any]:
    """Brings the rows of open tasks to the new version; gives what they were, by task id.

    Every task gets a new `rev`, so that whoever has its page open is told and keeps his text as a draft.
    """
    previous = {}
    for task in tasks:
        row = projection.case.tasks[task.id]
        fresh = projections.task_row_of(projection, task)
        changed = _changes(row, fresh)
        previous[task.id] = {name: _plain(getattr(row, name)) for name in changed}
        previous[task.id]["held_after"] = changed.get("assignee_id", row.assignee_id)
        write_task(row, changed)
    return previous


def _changes(row: Row, fresh: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: fresh[name] for name in _DRAWN if fresh[name] != getattr(row, name)}
    if (fresh["due_at"] is None) != (row.due_at is None):  # a deadline that runs may have been counted again: it stays
        changed.update({name: fresh[name] for name in _DUE})
    if fresh["assignee_id"] is not None and fresh["assignee_id"] != row.assignee_id:
        changed.update({name: fresh[name] for name in _HOLDER})
    elif row.assignee_id is not None and fresh["assignee_id"] is None and not _still_his(row, {**changed}):
        changed.update(dict.fromkeys(_HOLDER))
    return changed


def _still_his(row: Row, changed: Mapping[str, Any]) -> bool:
    """False if the new groups or persons leave out whoever holds the task."""
    if not changed.keys() & {"candidate_groups", "candidate_user_ids", "unit_id"}:
        return True
    users = changed.get("candidate_user_ids", row.candidate_user_ids)
    groups = changed.get("candidate_groups", row.candidate_groups)
    if row.assignee_id in users or not (users or groups):
        return True
    asked = SimpleNamespace(candidate_groups=groups, unit_id=changed.get("unit_id", row.unit_id))
    return bool(groups) and row.assignee_id in {one.id for one in assignment.eligible(asked)}


def write_task(row: Row, changed: Mapping[str, Any]) -> None:
    """Writes columns of an open task, with its further groups and named persons."""
    update_row(TASK, row.id, rev=row.rev + 1, **changed)
    if changed.keys() & {"candidate_groups", "candidate_user_ids"}:
        connection = db.session.connection()
        connection.execute(sa.delete(_GROUP).where(_GROUP.c.task_id == row.id))
        connection.execute(sa.delete(_CANDIDATE).where(_CANDIDATE.c.task_id == row.id))
        groups = changed.get("candidate_groups", row.candidate_groups)
        users = changed.get("candidate_user_ids", row.candidate_user_ids)
        projections.add_candidates([{"id": row.id, "candidate_groups": groups, "candidate_user_ids": users}])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _write_timers(instance_id: int, timers: Sequence[DueTimer]) -> None:
    """Timers keep their instants; only their names may be other ones now."""
    names = {timer.task_id: timer.name for timer in timers}
    for row in projections.pending_timers(instance_id):
        name = names.get(row.task_id, row.name)
        if name != row.name:
            update_row(_TIMER, row.id, name=name)
