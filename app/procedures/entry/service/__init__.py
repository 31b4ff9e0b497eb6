"""What may be done with an application; the web and the operations call these functions."""

from app.procedures.entry.service.access import change_phone, check_code, confirm_phone, request_code
from app.procedures.entry.service.appointment import (
    AgeCheck,
    Appointment,
    appoint,
    check_age,
    purge_identity_papers,
)
from app.procedures.entry.service.decisions import (
    close_withdrawn,
    collect_facts,
    mark_lapsed,
    record_confirmation,
    record_formal_check,
    record_precheck,
    record_qualification_review,
    refuse,
    request_supplement,
)
from app.procedures.entry.service.drafts import (
    StepSaved,
    attach_file,
    create_draft,
    purge_drafts,
    remove_file,
    save_step,
    step_faults,
    withdraw_draft,
)
from app.procedures.entry.service.precheck import precheck
from app.procedures.entry.service.submission import check_withdrawable, submit, supplement
from app.procedures.entry.service.taking_back import take_back

__all__ = [
    "AgeCheck",
    "Appointment",
    "StepSaved",
    "appoint",
    "attach_file",
    "change_phone",
    "check_age",
    "check_code",
    "check_withdrawable",
    "close_withdrawn",
    "collect_facts",
    "confirm_phone",
    "create_draft",
    "mark_lapsed",
    "precheck",
    "purge_drafts",
    "purge_identity_papers",
    "record_confirmation",
    "record_formal_check",
    "record_precheck",
    "record_qualification_review",
    "refuse",
    "remove_file",
    "request_code",
    "request_supplement",
    "save_step",
    "step_faults",
    "submit",
    "supplement",
    "take_back",
    "withdraw_draft",
]
