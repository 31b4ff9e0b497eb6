"""Proposed parameters, calendars and texts.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STATES = "status IN ('proposed', 'official', 'replaced')"
_STATES_NOW = "status IN ('proposed', 'official', 'replaced', 'withdrawn')"


def upgrade() -> None:
    """Makes the tables."""
    with op.batch_alter_table("rule_set") as table:
        table.add_column(sa.Column("amends", sa.String(length=20), nullable=True))
        table.add_column(sa.Column("text_end", sa.Date(), nullable=True))
    with op.batch_alter_table("calendar_year") as table:
        table.add_column(sa.Column("withdrawn_by_name", sa.String(length=80), nullable=True))
        table.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("withdrawal_reason", sa.Text(), nullable=True))
        table.drop_constraint(op.f("ck_calendar_year_status"), type_="check")
        table.create_check_constraint(op.f("ck_calendar_year_status"), sa.text(_STATES_NOW))
    with op.batch_alter_table("publicity_batch") as table:
        table.add_column(sa.Column("rule_set_code", sa.String(length=20), nullable=True))
    _parameter_change()
    _text_version()


def _parameter_change() -> None:
    op.create_table(
        "parameter_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("base_value", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("document_number", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("off_text", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_by_name", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("amends", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "status IN ('proposed', 'approved', 'refused', 'withdrawn')", name=op.f("ck_parameter_change_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parameter_change")),
    )
    op.create_index("ix_parameter_change_key", "parameter_change", ["key", "valid_from"])
    op.create_index("ix_parameter_change_status", "parameter_change", ["status"])


def _text_version() -> None:
    op.create_table(
        "text_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("shipped_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_by_name", sa.String(length=80), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_by_name", sa.String(length=80), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "status IN ('proposed', 'in_force', 'replaced', 'refused', 'withdrawn')",
            name=op.f("ck_text_version_status"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_version")),
        sa.UniqueConstraint("kind", "key", "version", name=op.f("uq_text_version_kind_key_version")),
    )
    op.create_index("ix_text_version_status", "text_version", ["status"])


def downgrade() -> None:
    """Drops them."""
    op.drop_table("text_version")
    op.drop_table("parameter_change")
    with op.batch_alter_table("publicity_batch") as table:
        table.drop_column("rule_set_code")
    op.execute("UPDATE calendar_year SET status = 'replaced' WHERE status = 'withdrawn'")
    with op.batch_alter_table("calendar_year") as table:
        table.drop_constraint(op.f("ck_calendar_year_status"), type_="check")
        table.create_check_constraint(op.f("ck_calendar_year_status"), sa.text(_STATES))
        table.drop_column("withdrawal_reason")
        table.drop_column("withdrawn_at")
        table.drop_column("withdrawn_by_name")
    with op.batch_alter_table("rule_set") as table:
        table.drop_column("text_end")
        table.drop_column("amends")
