"""Units by their unified social credit code: found, taken over from forms, checked by the centre (domain.md no. 42)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Checked:
    name: str
    uscc: str


def _checked(name: str, uscc: str) -> _Checked:
    if not name.strip():
        raise Invalid({"name": "单位名称：请填写全称"})
    try:
        return _Checked(name.strip(), credit_code.parse(uscc))
    except credit_code.BadCreditCode as error:
        raise Invalid({"uscc": f"统一社会信用代码：{error.reason}"}) from None


def register(
    name: str, uscc: str, nature: str, *, actor: Actor, now: datetime, nature_other: str | None = None
) -> Unit:
    """Enters a checked unit.

    :raises Invalid: bad code or empty name. :raises Conflict: the code is taken.
    """
    checked = _checked(name, uscc)
    taken = db.session.scalars(sa.select(Unit).where(Unit.uscc == checked.uscc)).first()
    if taken is not None:
        raise Conflict(f"该代码已登记为“{taken.name}”", "uscc")
    made = Unit(
        name=checked.name, uscc=checked.uscc, nature=nature, nature_other=nature_other, checked=True, created_at=now
    )
    db.session.add(made)
    db.session.flush()
    after = {"name": made.name, "uscc": made.uscc, "nature": nature}
    audit.record(actor, "unit.register", "unit", made.id, after=after)
    return made


def confirm(unit_id: int, name: str, uscc: str, *, actor: Actor) -> Unit:
    """The centre's check of a unit that an applicant named: full name and code as on its licence.

    :raises Invalid: bad code or empty name. :raises Conflict: the code belongs to another unit.
    """
    found = unit(unit_id)
    checked = _checked(name, uscc)
    taken = db.session.scalars(sa.select(Unit).where(Unit.uscc == checked.uscc, Unit.id != unit_id)).first()
    if taken is not None:
        raise Conflict(f"该代码已登记为“{taken.name}”", "uscc")
    before = {"name": found.name, "uscc": found.uscc, "checked": found.checked}
    found.name, found.uscc, found.checked = checked.name, checked.uscc, True
    after = {"name": found.name, "uscc": found.uscc, "checked": True}
    audit.record(actor, "unit.confirm", "unit", unit_id, before=before, after=after)
    return found


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
