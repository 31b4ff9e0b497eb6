"""Tables of those drawn into a task or case besides its holder: asked to sign, sent a copy, handed the task."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Instant, db

_UNANSWERED = sa.text("answered_at IS NULL")


class Signer(db.Model):
    """Someone asked to sign before a task may be completed (加签)."""

    __tablename__ = "wf_signer"
    __table_args__ = (
        sa.UniqueConstraint("task_id", "user_id"),
        sa.Index(
            "ix_wf_signer_user_open", "user_id", "task_id", sqlite_where=_UNANSWERED, postgresql_where=_UNANSWERED
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(sa.ForeignKey("wf_task.id"))
    user_id: Mapped[int]
    user_name: Mapped[str] = mapped_column(sa.String(80))
    added_by_id: Mapped[int | None]
    added_by_name: Mapped[str] = mapped_column(sa.String(80))
    added_at: Mapped[datetime] = mapped_column(Instant)
    request: Mapped[str | None] = mapped_column(sa.Text)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    agrees: Mapped[bool | None]
    opinion: Mapped[str | None] = mapped_column(sa.Text)


class Copy(db.Model):
    """A case sent to someone for information (抄送)."""

    __tablename__ = "wf_copy"
    __table_args__ = (sa.Index("ix_wf_copy_user", "user_id", "id"), sa.UniqueConstraint("instance_id", "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_instance.id"))
    task_id: Mapped[str | None] = mapped_column(sa.ForeignKey("wf_task.id"))
    user_id: Mapped[int]
    user_name: Mapped[str] = mapped_column(sa.String(80))
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    note: Mapped[str | None] = mapped_column(sa.Text)
    read_at: Mapped[datetime | None] = mapped_column(Instant)


class Delegation(db.Model):
    """A task that passed from one person to another: `kind` is transfer 转办, delegate 委托 or reassign 改派."""

    __tablename__ = "wf_delegation"
    __table_args__ = (sa.Index("ix_wf_delegation_from", "from_id", "id"), sa.Index("ix_wf_delegation_task", "task_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(sa.ForeignKey("wf_task.id"))
    kind: Mapped[str] = mapped_column(sa.String(12))
    from_id: Mapped[int | None]
    from_name: Mapped[str | None] = mapped_column(sa.String(80))
    to_id: Mapped[int]
    to_name: Mapped[str] = mapped_column(sa.String(80))
    by_id: Mapped[int | None]
    by_name: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    returned_at: Mapped[datetime | None] = mapped_column(Instant)
