"""The random draw ZJ-DRAW-1 (摇号顺延法): list, commitment, order, rounds and certificate.

Pure: no database, no clock, no randomness of its own. `verify_certificate.py` beside it shares no code with it.
"""

from app.draw.canonical import Malformed, canonical, cond_hash, normalise
from app.draw.certificate import Identity, PlayedRound, Revealed, auditor_copy, certificate
from app.draw.order import Order, Stream
from app.draw.rounds import (
    Ineligibility,
    LogEntry,
    Prepared,
    Reason,
    Round,
    RoundResult,
    Sealed,
    replay,
    walk,
)
from app.draw.sealing import (
    CONTRIBUTION_BYTES,
    SECRET_BYTES,
    SPEC,
    Candidate,
    Contribution,
    commitment,
    in_order,
    list_hash,
    pseudonym,
    pseudonyms,
    seed,
    short_code,
)
from app.draw.seating import MAX_CATEGORIES, Seats, Shortage, shortages

__all__ = [
    "CONTRIBUTION_BYTES",
    "MAX_CATEGORIES",
    "SECRET_BYTES",
    "SPEC",
    "Candidate",
    "Contribution",
    "Identity",
    "Ineligibility",
    "LogEntry",
    "Malformed",
    "Order",
    "PlayedRound",
    "Prepared",
    "Reason",
    "Revealed",
    "Round",
    "RoundResult",
    "Sealed",
    "Seats",
    "Shortage",
    "Stream",
    "auditor_copy",
    "canonical",
    "certificate",
    "commitment",
    "cond_hash",
    "in_order",
    "list_hash",
    "normalise",
    "pseudonym",
    "pseudonyms",
    "replay",
    "seed",
    "short_code",
    "shortages",
    "walk",
]
