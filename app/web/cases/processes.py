"""The processes in force, for filters and for what elements allow; read once a version, one light query a page."""

from __future__ import annotations

import sqlalchemy as sa

from app.core.database import db
from app.workflow import definitions
from app.workflow.definitions import DefinitionView
from app.workflow.models import Definition
from app.workflow.states import DefinitionState


def in_force() -> list[DefinitionView]:
    """The version of every process that new cases start with, by key."""
    rows = db.session.execute(
        sa.select(Definition.id, Definition.spec_hash)
        .where(Definition.state == DefinitionState.PUBLISHED)
        .order_by(Definition.key)
    )
    return [definitions.view(row.id, row.spec_hash) for row in rows.all()]


def names(processes: list[DefinitionView]) -> list[tuple[str, str]]:
    """Key and name of each, as choices."""
    return [(item.key, item.name) for item in processes]


def steps(processes: list[DefinitionView], process: str | None) -> list[tuple[str, str]]:
    """The user tasks of one process, or of all, as choices."""
    return [
        (element.id, element.name)
        for item in processes if process in (None, item.key)
        for element in item.elements.values() if element.kind == "userTask"
    ]
