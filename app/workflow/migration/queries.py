"""What the pages of migrations show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from app.core.database import db
from app.core.errors import NotFound
from app.workflow.migration.models import Migration, MigrationItem
from app.workflow.migration.states import ItemState
from app.workflow.migration.undoing import why_not
from app.workflow.models import Definition, Instance, Task

_RUNNING = sa.text("wf_instance.status IN ('running', 'suspended')")
_OPEN = sa.text("wf_task.status = 'open'")


@dataclass(frozen=True)
class Line:
    """A migration in the list: the versions, and how many cases stand how."""

    row: Migration
    before: int
    after: int
    counts: Counter[str]


@dataclass(frozen=True)
class ItemLine:
    """A case of a migration; `stuck` says why it cannot be undone, None if it can."""

    item: MigrationItem
    instance: Instance
    stuck: str | None


@dataclass(frozen=True)
class CaseLine:
    """A running case that may be chosen, with the names of its open tasks."""

    instance: Instance
    waits_at: tuple[str, ...]


def of_process(key: str) -> list[Line]:
    """The migrations of a process, the latest first."""
    rows = db.session.scalars(sa.select(Migration).where(Migration.key == key).order_by(Migration.id.desc())).all()
    return [_line(row) for row in rows]


def one(key: str, migration_id: int) -> Line:
    """A migration of a process. :raises NotFound:"""
    row = db.session.get(Migration, migration_id)
    if row is None or row.key != key:
        raise NotFound("没有这次迁移")
    return _line(row)


def _line(row: Migration) -> Line:
    counted = sa.select(MigrationItem.state, sa.func.count()).where(MigrationItem.migration_id == row.id)
    counts = {found[0]: found[1] for found in db.session.execute(counted.group_by(MigrationItem.state))}
    versions = {
        found.id: found.version
        for found in db.session.execute(
            sa.select(Definition.id, Definition.version).where(
                Definition.id.in_([row.from_definition_id, row.to_definition_id])
            )
        )
    }
    return Line(row, versions[row.from_definition_id], versions[row.to_definition_id], Counter(counts))


def items(migration_id: int) -> list[ItemLine]:
    """The cases of a migration: refused first, then by number."""
    rows = db.session.execute(
        sa.select(MigrationItem, Instance)
        .join(Instance, Instance.id == MigrationItem.instance_id)
        .where(MigrationItem.migration_id == migration_id)
        .order_by(sa.case((MigrationItem.state == ItemState.REFUSED, 0), else_=1), MigrationItem.id)
    ).all()
    return [ItemLine(item, instance, why_not(item, instance)) for item, instance in rows]


def running(definition_id: int, words: str = "", limit: int = 200) -> list[CaseLine]:
    """Running and suspended cases of a version, oldest first; `words` are found in number and open task."""
    statement = sa.select(Instance).where(_RUNNING, Instance.definition_id == definition_id)
    if words:
        at = sa.exists().where(Task.instance_id == Instance.id, _OPEN, Task.name.contains(words, autoescape=True))
        statement = statement.where(sa.or_(Instance.business_key.contains(words, autoescape=True), at))
    rows = db.session.scalars(statement.order_by(Instance.id).limit(limit)).all()
    waiting = _open_names([row.id for row in rows])
    return [CaseLine(row, tuple(waiting.get(row.id, ()))) for row in rows]


def _open_names(instance_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    statement = sa.select(Task.instance_id, Task.name).where(Task.instance_id.in_(instance_ids), _OPEN)
    for row in db.session.execute(statement.order_by(Task.name)):
        names = found.setdefault(row.instance_id, [])
        if row.name not in names:
            names.append(row.name)
    return found
