"""Suspended cases, and what the operations room counts.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_LIVE = sa.text("ended_at IS NULL")
_SUSPENDED = sa.text("status = 'suspended'")


def upgrade() -> None:
    """Makes the tables."""
    op.create_index(
        "ix_wf_instance_live", "wf_instance", ["process_key", "definition_id", "id"],
        sqlite_where=_LIVE, postgresql_where=_LIVE,
    )
    op.create_index(
        "ix_wf_instance_suspended", "wf_instance", ["id"], sqlite_where=_SUSPENDED, postgresql_where=_SUSPENDED
    )
    op.create_table(
        "wf_suspension",
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["wf_instance.id"], name=op.f("fk_wf_suspension_instance_id_wf_instance")
        ),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_wf_suspension")),
    )
    op.create_table(
        "wf_duration",
        sa.Column("definition_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("element_id", sa.String(length=80), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("took", sa.Text(), nullable=False),
        sa.Column("shares", sa.Text(), nullable=False),
        sa.Column("with_deadline", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.Integer(), nullable=False),
        sa.Column("lapsed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["wf_definition.id"], name=op.f("fk_wf_duration_definition_id_wf_definition")
        ),
        sa.PrimaryKeyConstraint("definition_id", "day", "element_id", name=op.f("pk_wf_duration")),
    )
    op.create_table(
        "wf_duration_mark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("history_id", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wf_duration_mark")),
    )


def downgrade() -> None:
    """Drops them; a suspended case runs again."""
    op.execute("UPDATE wf_instance SET status = 'running' WHERE status = 'suspended'")
    op.drop_table("wf_duration_mark")
    op.drop_table("wf_duration")
    op.drop_table("wf_suspension")
    op.drop_index("ix_wf_instance_suspended", table_name="wf_instance")
    op.drop_index("ix_wf_instance_live", table_name="wf_instance")
