"""The drafts of processes on their way to a version.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ACTIVE = sa.text("state IN ('draft', 'submitted', 'approved')")
_APPROVED = sa.text("state = 'approved'")
_DEFINITION_COLUMNS = ("overrides", "restores_version", "approved_by_name", "approved_by_id", "written_by", "origin")


def upgrade() -> None:
    """Makes the tables; every version there is came with the product."""
    with op.batch_alter_table("wf_definition", schema=None) as batch_op:
        batch_op.add_column(sa.Column("origin", sa.String(length=12), server_default="shipped", nullable=False))
        batch_op.add_column(sa.Column("written_by", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("approved_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("approved_by_name", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("restores_version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("overrides", sa.Text(), nullable=True))
    _make_drafts()
    op.create_table(
        "wf_draft_author",
        sa.Column("draft_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["wf_process_draft.id"], name=op.f("fk_wf_draft_author_draft_id_wf_process_draft")
        ),
        sa.PrimaryKeyConstraint("draft_id", "user_id", name=op.f("pk_wf_draft_author")),
    )
    op.create_table(
        "wf_draft_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=12), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["wf_process_draft.id"], name=op.f("fk_wf_draft_step_draft_id_wf_process_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wf_draft_step")),
    )
    op.create_index("ix_wf_draft_step_draft", "wf_draft_step", ["draft_id", "id"])
    _make_offers()


def _make_drafts() -> None:
    op.create_table(
        "wf_process_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("restores_version", sa.Integer(), nullable=True),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("xml", sa.Text(), nullable=False),
        sa.Column("tables", sa.Text(), nullable=False),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column("scenarios", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_by_name", sa.String(length=80), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("saved_by_name", sa.String(length=80), nullable=False),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("checked_rev", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Integer(), nullable=True),
        sa.Column("submitted_by_name", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("overrides", sa.Text(), nullable=True),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_reason", sa.Text(), nullable=True),
        sa.Column("published_definition_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["published_definition_id"], ["wf_definition.id"],
            name=op.f("fk_wf_process_draft_published_definition_id_wf_definition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wf_process_draft")),
    )
    op.create_index(
        "ix_wf_process_draft_active", "wf_process_draft", ["key"], unique=True,
        sqlite_where=_ACTIVE, postgresql_where=_ACTIVE,
    )
    op.create_index("ix_wf_process_draft_key", "wf_process_draft", ["key", "id"])
    op.create_index(
        "ix_wf_process_draft_due", "wf_process_draft", ["publish_at"],
        sqlite_where=_APPROVED, postgresql_where=_APPROVED,
    )


def _make_offers() -> None:
    op.create_table(
        "wf_shipped_offer",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("xml", sa.Text(), nullable=False),
        sa.Column("tables", sa.Text(), nullable=False),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column("scenarios", sa.Text(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_name", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_wf_shipped_offer")),
    )


def downgrade() -> None:
    """Drops them."""
    for table in ("wf_shipped_offer", "wf_draft_step", "wf_draft_author", "wf_process_draft"):
        op.drop_table(table)
    with op.batch_alter_table("wf_definition", schema=None) as batch_op:
        for column in _DEFINITION_COLUMNS:
            batch_op.drop_column(column)
