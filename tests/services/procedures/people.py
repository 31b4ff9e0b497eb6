"""Applicants, staff and objectors of these tests, and the way of an application from stage to stage."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import audit, clock
from app.core.actor import SYSTEM, Actor, public
from app.core.audit import AuditEntry
from app.core.database import db
from app.notices.models import OutboxMessage
from app.procedures.entry import service
from app.procedures.entry.models import Application
from app.procedures.entry.store import application
from app.procedures.publicity import service as publicity
from app.procedures.publicity.service import Notice
from app.registers.files.accepted import Accepted
from tests.unit.procedures.forms import REQUIRED_PAPERS, RULES, content

APPLICANT = public("周启明", "203.0.113.7")
CLERK = Actor(11, "马晓岚", frozenset({"center_clerk"}))
REVIEWER = Actor(12, "李文静", frozenset({"bureau_reviewer"}))
OTHER_REVIEWER = Actor(14, "孙可", frozenset({"bureau_reviewer"}))
LEADER = Actor(13, "赵廷和", frozenset({"bureau_leader"}))
PHONE = "13912345678"
EMAIL = "zhou@example.cn"


def paper(kind: str) -> Accepted:
    """A file that passed the checks."""
    return Accepted(f"{kind}.pdf", "application/pdf", f"%PDF-1.4 {kind}".encode(), pages=1)


def outbox(template: str) -> list[dict[str, Any]]:
    """The notices of a kind in the order sent: recipient, title and texts."""
    statement = sa.select(OutboxMessage).where(OutboxMessage.template == template).order_by(OutboxMessage.id)
    return [
        {"to": row.recipient_name, "title": row.title, "phone": row.phone, "texts": json.loads(row.body)}
        for row in db.session.scalars(statement)
    ]


def acts(subject_id: str) -> list[str]:
    """What the audit trail says was done to a subject, committed or pending."""
    db.session.commit()
    statement = sa.select(AuditEntry.action).where(AuditEntry.subject_id == subject_id).order_by(AuditEntry.seq)
    return list(db.session.scalars(statement))


def trail_holds() -> bool:
    """Whether the chain is whole."""
    return not list(audit.verify())


def last_code() -> str:
    """The six digits of the last message with a code."""
    statement = sa.select(OutboxMessage.body).where(OutboxMessage.template.in_(["resume_code", "objection_code"]))
    body = json.loads(db.session.scalars(statement.order_by(OutboxMessage.id.desc())).first() or "{}")
    text = next(iter(body.values()))
    return "".join(character for character in text.split("，")[0] if character.isdigit())[:6]


def draft(papers: Collection[str] = REQUIRED_PAPERS, *, verified: bool = True, **changes: Any) -> str:
    """A draft with the whole form typed in, its phone proved, its papers attached; returns its number."""
    now = clock.now()
    found = service.create_draft(PHONE, EMAIL, channel="unit", actor=APPLICANT, now=now, rules=RULES)
    if verified:
        assert service.check_code(found.draft_no, last_code(), actor=APPLICANT, now=now) is not None
    for step, values in content(**changes).items():
        service.save_step(found.draft_no, step, values, actor=APPLICANT, now=now, rules=RULES)
    for kind in papers:
        service.attach_file(found.draft_no, kind, paper(kind), actor=APPLICANT, now=now)
    return found.draft_no


def submitted(**changes: Any) -> str:
    """A submitted application; returns its case number."""
    return service.submit(draft(**changes), actor=APPLICANT, now=clock.now(), rules=RULES)


def in_formal_check(**changes: Any) -> str:
    """An application whose pre-check is recorded."""
    number = submitted(**changes)
    service.collect_facts(number, RULES, now=clock.now())
    row = {"condition": "年龄", "result": "符合", "article": "第十一条（一）5", "reason": "48 周岁"}
    service.record_precheck(number, [row], actor=SYSTEM, now=clock.now())
    return number


def in_review(**changes: Any) -> str:
    """An application accepted by the centre."""
    number = in_formal_check(**changes)
    service.record_formal_check(number, "accepted", [], "材料齐全", actor=CLERK, now=clock.now())
    return number


def proposed_expert(**changes: Any) -> str:
    """An application on the proposed list."""
    number = in_review(**changes)
    now = clock.now()
    service.record_qualification_review(number, "passed", "B", "符合规定", actor=REVIEWER, now=now)
    service.record_confirmation(number, "agreed", None, actor=LEADER, now=now)
    return number


def notice(published_at: datetime | None = None) -> Notice:
    """A notice as the clerk writes it."""
    return Notice(
        title="拟入库专家名单公示",
        document_no="晋政信公示〔2026〕2 号",
        text="现予公示。",
        site_address="https://www.example.cn/gs/2",
        published_at=published_at or clock.now(),
    )


def publicised(*numbers: str, published_at: datetime | None = None) -> str:
    """The names published in one batch, each period opened; returns the batch number."""
    now = clock.now()
    batch = publicity.create_batch(numbers, notice(published_at), actor=CLERK, now=now, rules=RULES)
    for number in numbers:
        publicity.open_period(number, batch.number, actor=CLERK, now=now)
    return batch.number


def found(number: str) -> Application:
    """The application as the database has it."""
    db.session.flush()
    db.session.expire_all()
    return application(number)
