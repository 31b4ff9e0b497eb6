"""Finding and locking the records of a panel: for service, queries and eligibility alike.

Lock order: root case -> activity row -> draw. A step of a child locks its own case and its own row only.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from app.core.database import db
from app.core.errors import NotFound
from app.procedures.selection.models import (
    LIVE,
    Activity,
    ActivityConditions,
    ActivityState,
    Contribution,
    Designation,
    DesignationState,
    Invitation,
    PanelDraw,
    PanelRound,
    Recusal,
    RecusalSource,
    SeatState,
)
from app.registers.models import Expert

#: A designation in one of these states still promises its seat to the person named, unless the seat was opened.
STANDING = (DesignationState.REQUESTED, DesignationState.APPROVED)


def normal(number: str) -> str:
    """A number as people type it: spaces dropped, capitals."""
    return "".join(number.split()).upper()


def activity(number: str) -> Activity:
    """The activity of that number.

    :raises NotFound: there is none.
    """
    return _there(db.session.get(Activity, normal(number)), number)


def locked(number: str) -> Activity:
    """The activity, its row locked and read afresh: the lock of everything about its panel.

    :raises NotFound: there is none.
    """
    statement = sa.select(Activity).where(Activity.number == normal(number)).with_for_update()
    return _there(db.session.scalars(statement.execution_options(populate_existing=True)).first(), number)


def _there(found: Activity | None, number: str) -> Activity:
    if found is None:
        raise NotFound(f"没有编号为 {number} 的评审活动")
    return found


def conditions(found: Activity, version: int | None = None) -> ActivityConditions:
    """The version of the conditions that is in force, or another one, read afresh.

    :raises NotFound: there is no such version.
    """
    key = (found.number, version or found.conditions_version)
    known = db.session.get(ActivityConditions, key, populate_existing=True)
    if known is None:
        raise NotFound(f"{found.number} 没有第 {key[1]} 版抽取条件")
    return known


def versions_of(number: str) -> Sequence[ActivityConditions]:
    """All versions of the conditions, oldest first."""
    statement = sa.select(ActivityConditions).where(ActivityConditions.activity_no == number)
    return db.session.scalars(statement.order_by(ActivityConditions.version)).all()


def recusals_of(number: str) -> Sequence[Recusal]:
    """Who must stay away, in the order recorded."""
    return db.session.scalars(sa.select(Recusal).where(Recusal.activity_no == number).order_by(Recusal.id)).all()


def written_recusals(number: str) -> int:
    """How many recusals the project's unit has asked for in writing (domain.md no. 44)."""
    return sum(one.source is RecusalSource.WRITTEN for one in recusals_of(number))


def recused_themselves(number: str) -> frozenset[int]:
    """The experts who found on being asked that they must stay away: no later draw takes them (第十八条（三）)."""
    statement = sa.select(Invitation.expert_id).where(
        Invitation.activity_no == number, Invitation.state == SeatState.RECUSED
    )
    return frozenset(db.session.scalars(statement))


def conducting(found: Activity) -> frozenset[int]:
    """The experts who themselves organise, approve or watch this review: they judge nothing in it (第十八条（三）)."""
    accounts = [one for one in (found.organiser_id, found.leader_id, found.witness_id) if one is not None]
    return frozenset(db.session.scalars(sa.select(Expert.id).where(Expert.user_id.in_(accounts))))


def designations_of(number: str) -> Sequence[Designation]:
    """Everybody ever asked for by name, in the order of their numbers."""
    statement = sa.select(Designation).where(Designation.activity_no == number)
    return db.session.scalars(statement.order_by(Designation.seq)).all()


def standing_of(number: str) -> Sequence[Designation]:
    """The designations that hold their seat: submitted, not refused, and the seat not opened to the draw."""
    statement = sa.select(Designation).where(
        Designation.activity_no == number, Designation.state.in_(STANDING), Designation.opened_in_draw.is_(None)
    )
    return db.session.scalars(statement.order_by(Designation.seq)).all()


def live_invitations(number: str) -> Sequence[Invitation]:
    """The invitations that hold a seat, in the order written, read afresh."""
    statement = sa.select(Invitation).where(Invitation.activity_no == number, Invitation.state.in_(LIVE))
    return db.session.scalars(statement.order_by(Invitation.seq).execution_options(populate_existing=True)).all()


def draws_of(number: str) -> Sequence[PanelDraw]:
    """All draws of an activity, the first first."""
    statement = sa.select(PanelDraw).where(PanelDraw.activity_no == number).order_by(PanelDraw.draw_no)
    return db.session.scalars(statement).all()


def called_off(found: Activity) -> int:
    """How many draws its department made for the same project unit in reviews that it then cancelled."""
    statement = (
        sa.select(sa.func.count())
        .select_from(PanelDraw)
        .join(Activity, Activity.number == PanelDraw.activity_no)
        .where(
            PanelDraw.drawn_at.is_not(None), Activity.state == ActivityState.CANCELLED,
            Activity.number != found.number, Activity.organiser_unit_id == found.organiser_unit_id,
            Activity.project_unit_id == found.project_unit_id,
        )
    )  # fmt: skip
    return db.session.scalar(statement) or 0


def draw(number: str, draw_no: int) -> PanelDraw:
    """The n-th draw of an activity.

    :raises NotFound: there is none.
    """
    statement = sa.select(PanelDraw).where(PanelDraw.activity_no == normal(number), PanelDraw.draw_no == draw_no)
    found = db.session.scalars(statement).first()
    if found is None:
        raise NotFound(f"{number} 没有第 {draw_no} 次抽取")
    return found


def draw_in_force(found: Activity, *, lock: bool = False) -> PanelDraw | None:
    """The last draw made, None before the first; `lock` locks its row and reads it afresh."""
    if not found.draw_no:
        return None
    statement = sa.select(PanelDraw).where(
        PanelDraw.activity_no == found.number, PanelDraw.draw_no == found.draw_no
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(statement).one()


def contributions_of(draw_id: int) -> Sequence[Contribution]:
    """The values given to a draw, in the order given."""
    return db.session.scalars(
        sa.select(Contribution).where(Contribution.draw_id == draw_id).order_by(Contribution.id)
    ).all()


def rounds_of(draw_id: int) -> Sequence[PanelRound]:
    """The rounds of a draw, the first first."""
    statement = sa.select(PanelRound).where(PanelRound.draw_id == draw_id)
    return db.session.scalars(statement.order_by(PanelRound.round_no)).all()
