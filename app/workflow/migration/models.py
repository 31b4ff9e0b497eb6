"""Tables of migrations: a batch from one version to another, and each case in it with what it was before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Instant, JsonText, db

_PENDING = "state = 'pending'"
_KEPT = "previous_state IS NOT NULL"


class Migration(db.Model):
    """A batch: chosen cases of one version are to go on by another, for a reason."""

    __tablename__ = "wf_migration"
    __table_args__ = (sa.Index("ix_wf_migration_key", "key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    from_definition_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_definition.id"))
    to_definition_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_definition.id"))
    reason: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by_id: Mapped[int | None]
    created_by_name: Mapped[str] = mapped_column(sa.String(80))


class MigrationItem(db.Model):
    """One case of a batch.

    `reasons` say why it was refused, `notes` what it keeps of the old version. `previous_state` is the engine's state
    before, `previous_tasks` what the rows of its open tasks were, `rev` the case's revision right after: while that
    stands, the migration can be undone. The pre-image goes when the case has moved on.
    """

    __tablename__ = "wf_migration_item"
    __table_args__ = (
        sa.UniqueConstraint("migration_id", "instance_id"),
        sa.Index("ix_wf_migration_item_instance", "instance_id"),
        sa.Index(
            "ix_wf_migration_item_pending", "id",
            sqlite_where=sa.text(_PENDING), postgresql_where=sa.text(_PENDING),
        ),
        sa.Index(
            "ix_wf_migration_item_kept", "instance_id",
            sqlite_where=sa.text(_KEPT), postgresql_where=sa.text(_KEPT),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    migration_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_migration.id"))
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_instance.id"))
    state: Mapped[str] = mapped_column(sa.String(12))
    reasons: Mapped[list[str] | None] = mapped_column(JsonText)
    notes: Mapped[list[str] | None] = mapped_column(JsonText)
    rev: Mapped[int | None]
    previous_state: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    previous_tasks: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    undone_reason: Mapped[str | None] = mapped_column(sa.Text)
