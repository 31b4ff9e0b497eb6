"""The two letters of a decision as documents: kept with the objection, sent as PDF (第十二条（三）)."""

from __future__ import annotations

import json
from datetime import datetime

from app.core.errors import Conflict
from app.notices import texts
from app.notices.documents import enclosures
from app.notices.documents.enclosures import Enclosure
from app.notices.documents.objection_decision import CandidateLetter, ObjectionDecision, ObjectorLetter
from app.procedures.objection.models import Objection, ObjectionLetter
from app.procedures.objection.rules import letters


def withheld_of(found: Objection) -> tuple[str, ...]:
    """What must not stand in anything the candidate reads."""
    identity = (
        found.objector_name,
        found.objector_contact,
        found.objector_phone,
        found.objector_email,
        found.objector_id_number,
        found.objector_uscc,
        found.objector_address,
    )
    return letters.withheld(identity, found.candidate_unit)


def documents_of(found: Objection) -> tuple[ObjectorLetter, CandidateLetter]:
    """Both letters of a decided objection.

    :raises Conflict: there is no decision yet.
    """
    if found.accepted_at is None or found.decided_at is None or found.upheld is None:
        raise Conflict(f"异议 {found.number} 还没有处理决定")
    decision = ObjectionDecision(
        number=found.number,
        application_number=found.application_no or "",
        batch=found.batch_no or "",
        candidate=found.candidate_name,
        candidate_unit=found.candidate_unit or "",
        accepted_on=found.accepted_at.date(),
        findings=found.investigation or "",
        conclusion=letters.conclusion(found.upheld),
        reasons=found.decision_reasons or "",
        consequence=letters.consequence(found.upheld),
        decided_on=found.decided_at.date(),
    )
    objector = ObjectorLetter(decision, found.objector_name or "异议人", found.received_at.date())
    return objector, CandidateLetter(decision, withheld_of(found))


def add_letter(
    found: Objection, party: letters.Party, document: Enclosure, message_id: int | None, now: datetime
) -> ObjectionLetter:
    """Keeps a letter as it was made, and begins its delivery log; without an address it waits for the post."""
    kind, data = enclosures.freeze(document)
    place = 1 if party == letters.OBJECTOR else 2
    sent = {"at": now.isoformat(), "way": "outbox" if message_id else "unreachable", "message_id": message_id}
    letter = ObjectionLetter(
        party=party,
        subject=letters.SUBJECT,
        document_no=f"{found.number}-{place}",
        body=json.dumps({"kind": kind, "data": data}, ensure_ascii=False),
        made_at=now,
        deliveries=[sent],
    )
    found.letters.append(letter)
    return letter


def letter_pdf(letter: ObjectionLetter, *, is_demo: bool) -> bytes:
    """The PDF of a kept letter, always the same; that of a demo says so."""
    kept = json.loads(letter.body)
    return enclosures.make(kept["kind"], kept["data"], is_demo=is_demo, wording=texts.wording)
