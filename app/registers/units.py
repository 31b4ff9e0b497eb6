"""Units by their unified social credit code: found, taken over from forms, checked by the centre (domain.md no. 42)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.registers import credit_code
from app.registers.models import Unit


def unit(unit_id: int) -> Unit:
    """The unit of that id.

    :raises NotFound: there is none.
    """
    found = db.session.get(Unit, unit_id)
    if found is None:
        raise NotFound("没有找到该单位")
    return found


def find(name: str, uscc: str | None) -> Unit | None:
    """The unit with that code, or else the one with exactly that name; checked units first."""
    if uscc:
        by_code = db.session.scalars(sa.select(Unit).where(Unit.uscc == uscc)).first()
        if by_code is not None:
            return by_code
    statement = sa.select(Unit).where(Unit.name == name).order_by(Unit.checked.desc(), Unit.id)
    if uscc:
        statement = statement.where(Unit.uscc.is_(None))
    return db.session.scalars(statement).first()


def take_over(
    name: str, uscc: str | None, nature: str, nature_other: str | None, *, actor: Actor, now: datetime
) -> Unit:
    """The unit an applicant named, made if it is not known yet; it then waits for the centre's check."""
    found = find(name, uscc)
    if found is None:
        found = Unit(name=name, uscc=uscc, nature=nature, nature_other=nature_other, created_at=now)
        db.session.add(found)
        db.session.flush()
        audit.record(actor, "unit.take_over", "unit", found.id, after={"name": name, "uscc": uscc, "nature": nature})
    elif uscc and found.uscc is None:
        found.uscc = uscc
        audit.record(actor, "unit.add_code", "unit", found.id, after={"uscc": uscc})
    return found


def register(
    name: str, uscc: str, nature: str, *, actor: Actor, now: datetime, nature_other: str | None = None
) -> Unit:
    """Enters a checked unit.

    :raises Invalid: bad code or empty name. :raises Conflict: the code is taken.
    """
    try:
        code = credit_code.parse(uscc)
    except credit_code.BadCreditCode as error:
        raise Invalid({"uscc": f"统一社会信用代码：{error.reason}"}) from None
    if not name.strip():
        raise Invalid({"name": "单位名称：请填写全称"})
    taken = db.session.scalars(sa.select(Unit).where(Unit.uscc == code)).first()
    if taken is not None:
        raise Conflict(f"该代码已登记为“{taken.name}”", "uscc")
    made = Unit(
        name=name.strip(), uscc=code, nature=nature, nature_other=nature_other, checked=True, created_at=now
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "unit.register", "unit", made.id, after={"name": made.name, "uscc": code, "nature": nature})
    return made


def search(text: str, limit: int = 20) -> Sequence[Unit]:
    """Units whose name holds `text` or whose code begins with it; checked ones first."""
    pattern = "%" + _escaped(text.strip()) + "%"
    statement = (
        sa.select(Unit)
        .where(sa.or_(Unit.name.like(pattern, escape="\\"), Unit.uscc.like(pattern[1:].upper(), escape="\\")))
        .order_by(Unit.checked.desc(), Unit.name, Unit.id)
        .limit(limit)
    )
    return db.session.scalars(statement).all()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
