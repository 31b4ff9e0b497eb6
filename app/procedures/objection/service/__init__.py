"""What may be done with an objection; the web and the operations call these functions."""

from app.procedures.objection.service.codes import request_phone_code, verify_phone
from app.procedures.objection.service.filing import Paper, PaperArrival, file_online, receive_paper
from app.procedures.objection.service.handling import (
    Settlement,
    accept,
    acknowledge,
    assess,
    decide,
    escalate,
    notify_parties,
    record_delivery,
    record_investigation,
    refuse,
    settle,
    warn,
)
from app.procedures.objection.service.letters import documents_of, letter_pdf

__all__ = [
    "Paper",
    "PaperArrival",
    "Settlement",
    "accept",
    "acknowledge",
    "assess",
    "decide",
    "documents_of",
    "escalate",
    "file_online",
    "letter_pdf",
    "notify_parties",
    "receive_paper",
    "record_delivery",
    "record_investigation",
    "refuse",
    "request_phone_code",
    "settle",
    "verify_phone",
    "warn",
]
