"""The panel as a whole; every function here runs in a step of the root and locks the activity's row first.

Operations: `settle`, `confirm_list`, `handle_shortage`, `resume`, `reschedule`, `cancel`, `record_meeting`.
Pages (after `messages.hold(number, actor)`): `sign_in`; `seated` lists who is to be told of the meeting.
"""

from app.procedures.selection.service.meeting import MeetingDraft, record_meeting, seated, sign_in
from app.procedures.selection.service.moves import NewCase, PanelMove, Tell, Where
from app.procedures.selection.service.rescheduling import NewTime, cancel, reschedule
from app.procedures.selection.service.settling import confirm_list, settle
from app.procedures.selection.service.shortage import ShortageChoice, handle_shortage, resume

__all__ = [
    "MeetingDraft", "NewCase", "NewTime", "PanelMove", "ShortageChoice", "Tell", "Where", "cancel", "confirm_list",
    "handle_shortage", "record_meeting", "reschedule", "resume", "seated", "settle", "sign_in",
]  # fmt: skip
