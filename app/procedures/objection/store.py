"""Finding and locking objections: for service and queries alike."""

from __future__ import annotations

import sqlalchemy as sa

from app.core.database import db
from app.core.errors import NotFound
from app.procedures.objection.models import Objection

#: Owner type of the papers of an objection in the file store; the owner id is its number.
OWNER = "objection"


def objection(number: str) -> Objection:
    """The objection of that number.

    :raises NotFound: there is none.
    """
    found = db.session.get(Objection, number)
    if found is None:
        raise NotFound(f"没有编号为 {number} 的异议")
    return found


def locked(number: str) -> Objection:
    """The objection, its row locked and read afresh.

    :raises NotFound: there is none.
    """
    statement = sa.select(Objection).where(Objection.number == number)
    found = db.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound(f"没有编号为 {number} 的异议")
    return found
