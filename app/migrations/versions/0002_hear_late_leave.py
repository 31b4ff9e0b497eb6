"""The table of what organiser and centre say to a leave that came late.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "late_leave_opinion",
        sa.Column("invitation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("side", sa.String(length=24), autoincrement=False, nullable=False),
        sa.Column("excused", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_late_leave_opinion_invitation_id_invitation")
        ),
        sa.PrimaryKeyConstraint("invitation_id", "side", name=op.f("pk_late_leave_opinion")),
    )


def downgrade() -> None:
    """Drops it."""
    op.drop_table("late_leave_opinion")
