"""Versions of the conditions: once submitted nobody edits one, a change is the next (第十九条（一）)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.procedures.selection import store
from app.procedures.selection.models import Activity, ActivityConditions
from app.procedures.selection.rules.limits import LONGEST_REASON

#: Further keys of a version's `data`: what was submitted, and at the lock the seats of the designated.
FINGERPRINT = "fingerprint"
DESIGNATED = "designated_seats"
AGREED, REFUSED = "agreed", "refused"


def open_next(found: Activity, *, redraw_reason: str | None = None, actor: Actor, now: datetime) -> ActivityConditions:
    """Makes the next version from the one in force, to be edited and submitted anew.

    A seat whose designation fell away since the lock goes to its category; one that was given to a designation
    after the draw comes off it. `redraw_reason` is why there is to be another draw.
    """
    last = store.conditions(found)
    data = {key: value for key, value in last.data.items() if key not in (FINGERPRINT, DESIGNATED)}
    if DESIGNATED in last.data:
        sealed, standing = Counter(last.data[DESIGNATED]), _standing(found)
        quota = Counter({name: int(seats) for name, seats in data["quota"].items()})
        for category in sealed | standing:
            quota[category] += sealed[category] - standing[category]
        data["quota"] = {category: seats for category, seats in quota.items() if seats > 0}
    if redraw_reason is not None:
        data["redraw_reason"] = redraw_reason[:LONGEST_REASON]
    made = ActivityConditions(
        activity_no=found.number, version=last.version + 1, data=data, counts=None, saved_at=now,
        saved_by_id=actor.user_id, saved_by_name=actor.name,
    )  # fmt: skip
    db.session.add(made)
    found.conditions_version = made.version
    db.session.flush()
    audit.record(
        actor, "activity.open_version", "activity", found.number, after={"version": made.version},
        reason=redraw_reason or None,
    )  # fmt: skip
    return made


def _standing(found: Activity) -> Counter[str]:
    return Counter(one.category for one in store.standing_of(found.number))
