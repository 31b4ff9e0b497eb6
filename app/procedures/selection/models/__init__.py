"""The records of selection: the activity with its conditions, the draws, the people asked to sit."""

from app.procedures.selection.models.activity import (
    ACTIVITY_TRANSITIONS,
    Activity,
    ActivityConditions,
    ActivityState,
    Designation,
    DesignationState,
    Recusal,
    RecusalSource,
)
from app.procedures.selection.models.draws import (
    Contribution,
    ContributorRole,
    DrawState,
    PanelDraw,
    PanelRound,
)
from app.procedures.selection.models.seats import (
    LIVE,
    SEAT_TRANSITIONS,
    AnswerWay,
    Attendance,
    Invitation,
    InvitationLink,
    LateLeaveOpinion,
    SeatState,
    Side,
)

__all__ = [
    "ACTIVITY_TRANSITIONS", "LIVE", "SEAT_TRANSITIONS", "Activity", "ActivityConditions", "ActivityState",
    "AnswerWay", "Attendance", "Contribution", "ContributorRole", "Designation", "DesignationState", "DrawState",
    "Invitation", "InvitationLink", "LateLeaveOpinion", "PanelDraw", "PanelRound", "Recusal", "RecusalSource",
    "SeatState", "Side",
]  # fmt: skip
