"""Numbers of cases: RK-2026-0147, one series a kind and year, without gaps (a rolled-back number is given again)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.core.database import db
from app.registers.models import NumberSeries

APPLICATION = "RK"
OBJECTION = "YY"
BATCH = "GS"
EXPERT = "ZJ"
APPOINTMENT = "PZ"
ACTIVITY = "PS"

_series = NumberSeries.__table__
#: For every number of every case, so written once.
_ADVANCE = (
    sa.update(NumberSeries)
    .where(NumberSeries.prefix == sa.bindparam("of_prefix"), NumberSeries.year == sa.bindparam("of_year"))
    .values(last=NumberSeries.last + 1)
    .returning(NumberSeries.last)
    .execution_options(synchronize_session=False)
)


def next_number(prefix: str, year: int) -> str:
    """Takes the next number of the series; the row stays locked until the transaction ends."""
    last = _advance(prefix, year)
    if last is None:
        _begin(prefix, year)
        last = _advance(prefix, year)
    return f"{prefix}-{year}-{last:04d}"


def _advance(prefix: str, year: int) -> int | None:
    last: int | None = db.session.execute(_ADVANCE, {"of_prefix": prefix, "of_year": year}).scalar_one_or_none()
    return last


def _begin(prefix: str, year: int) -> None:
    """Makes the row of a new year; whoever is second finds the first one's."""
    try:
        with db.session.begin_nested():
            db.session.execute(sa.insert(_series).values(prefix=prefix, year=year, last=0))
    except IntegrityError:
        return
