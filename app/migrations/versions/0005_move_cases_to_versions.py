"""Migrations of running cases to another version.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PENDING = sa.text("state = 'pending'")
_KEPT = sa.text("previous_state IS NOT NULL")


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "wf_migration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("from_definition_id", sa.Integer(), nullable=False),
        sa.Column("to_definition_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_by_name", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_definition_id"], ["wf_definition.id"], name=op.f("fk_wf_migration_from_definition_id_wf_definition")
        ),
        sa.ForeignKeyConstraint(
            ["to_definition_id"], ["wf_definition.id"], name=op.f("fk_wf_migration_to_definition_id_wf_definition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wf_migration")),
    )
    op.create_index("ix_wf_migration_key", "wf_migration", ["key", "id"])
    op.create_table(
        "wf_migration_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("migration_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("rev", sa.Integer(), nullable=True),
        sa.Column("previous_state", sa.LargeBinary(), nullable=True),
        sa.Column("previous_tasks", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_name", sa.String(length=80), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["wf_instance.id"], name=op.f("fk_wf_migration_item_instance_id_wf_instance")
        ),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["wf_migration.id"], name=op.f("fk_wf_migration_item_migration_id_wf_migration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wf_migration_item")),
        sa.UniqueConstraint("migration_id", "instance_id", name=op.f("uq_wf_migration_item_migration_id_instance_id")),
    )
    op.create_index("ix_wf_migration_item_instance", "wf_migration_item", ["instance_id"])
    op.create_index(
        "ix_wf_migration_item_pending", "wf_migration_item", ["id"], sqlite_where=_PENDING, postgresql_where=_PENDING
    )
    op.create_index(
        "ix_wf_migration_item_kept", "wf_migration_item", ["instance_id"], sqlite_where=_KEPT, postgresql_where=_KEPT
    )


def downgrade() -> None:
    """Drops them."""
    op.drop_table("wf_migration_item")
    op.drop_table("wf_migration")
