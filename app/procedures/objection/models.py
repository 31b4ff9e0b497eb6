"""Objections to a name on the board (第十二条（三）); who objects is encrypted and for the handler only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.crypto import EncryptedText
from app.core.database import Instant, JsonText, db
from app.registers.states import Labelled, Transitions, coded


class ObjectionState(Labelled):
    """已收件→受理/不予受理→核实→决定→送达 (domain.md R12.4)."""

    RECEIVED = "received", "已收件"
    ACCEPTED = "accepted", "已受理"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    INVESTIGATED = "investigated", "已核实"
    DECIDED = "decided", "已决定"
    NOTIFIED = "notified", "已送达"


_O = ObjectionState
OBJECTION_TRANSITIONS: Transitions[ObjectionState] = {
    _O.RECEIVED: frozenset({_O.ACCEPTED, _O.NOT_ACCEPTED}),
    _O.ACCEPTED: frozenset({_O.INVESTIGATED}),
    _O.INVESTIGATED: frozenset({_O.INVESTIGATED, _O.DECIDED}),
    _O.NOT_ACCEPTED: frozenset(),
    _O.DECIDED: frozenset({_O.NOTIFIED}),
    _O.NOTIFIED: frozenset(),
}
#: The candidate's appointment waits for these.
OPEN = frozenset({_O.RECEIVED, _O.ACCEPTED, _O.INVESTIGATED})


class ObjectorKind(Labelled):
    """Who objects; an anonymous letter is recorded all the same (domain.md no. 8)."""

    INDIVIDUAL = "individual", "个人"
    UNIT = "unit", "单位"
    ANONYMOUS = "anonymous", "匿名"


class Delivery(Labelled):
    """How the objection came in; each way has its own last moment (domain.md no. 2)."""

    ONLINE = "online", "网上提出"
    COUNTER = "counter", "当面送达"
    POST = "post", "邮寄"


class Objection(db.Model):
    """One objection. `application_no` is None if the named person is not on the board.

    `holds` is true while it counts among the open objections of the candidate's row in the proposed list.
    """

    __tablename__ = "objection"

    number: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    state: Mapped[ObjectionState] = mapped_column(coded(ObjectionState), index=True)
    candidate_name: Mapped[str] = mapped_column(sa.String(40))
    candidate_unit: Mapped[str | None] = mapped_column(sa.String(120))
    application_no: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    batch_no: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    kind: Mapped[ObjectorKind] = mapped_column(coded(ObjectorKind))
    delivery: Mapped[Delivery] = mapped_column(coded(Delivery))
    objector_name: Mapped[str | None] = mapped_column(EncryptedText("objection.objector_name"))
    objector_id_number: Mapped[str | None] = mapped_column(EncryptedText("objection.objector_id_number"))
    objector_uscc: Mapped[str | None] = mapped_column(EncryptedText("objection.objector_uscc"))
    objector_contact: Mapped[str | None] = mapped_column(EncryptedText("objection.objector_contact"))
    objector_phone: Mapped[str | None] = mapped_column(EncryptedText("objection.objector_phone"))
    objector_email: Mapped[str | None] = mapped_column(EncryptedText("objection.objector_email"))
    objector_address: Mapped[str | None] = mapped_column(EncryptedText("objection.objector_address"))
    phone_verified_at: Mapped[datetime | None] = mapped_column(Instant)
    matter: Mapped[str] = mapped_column(EncryptedText("objection.matter"))
    grounds: Mapped[str] = mapped_column(EncryptedText("objection.grounds"))
    received_at: Mapped[datetime] = mapped_column(Instant)
    postmark: Mapped[date | None]
    period_ends_at: Mapped[datetime | None] = mapped_column(Instant)
    in_period: Mapped[bool]
    real_name: Mapped[bool]
    on_board: Mapped[bool]
    acceptance_due_at: Mapped[datetime] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    acceptance_deemed: Mapped[bool] = mapped_column(default=False)
    acceptance_reason: Mapped[str | None] = mapped_column(sa.Text)
    decision_due_at: Mapped[datetime | None] = mapped_column(Instant)
    investigated_by: Mapped[int | None]
    investigated_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    suggestion: Mapped[str | None] = mapped_column(sa.String(10))
    investigation: Mapped[str | None] = mapped_column(EncryptedText("objection.investigation"))
    upheld: Mapped[bool | None]
    decision_reasons: Mapped[str | None] = mapped_column(EncryptedText("objection.decision_reasons"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[int | None]
    decided_by_name: Mapped[str | None] = mapped_column(sa.String(80))
    notified_at: Mapped[datetime | None] = mapped_column(Instant)
    overdue_since: Mapped[datetime | None] = mapped_column(Instant)
    holds: Mapped[bool] = mapped_column(default=False)
    rule_set_code: Mapped[str] = mapped_column(sa.String(20))

    letters: Mapped[list[ObjectionLetter]] = relationship(cascade="all, delete-orphan", order_by="ObjectionLetter.id")


class ObjectionLetter(db.Model):
    """A letter to the objector or the candidate with its own text, and each attempt to deliver it."""

    __tablename__ = "objection_letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    objection_no: Mapped[str] = mapped_column(sa.ForeignKey("objection.number"), index=True)
    party: Mapped[str] = mapped_column(sa.String(10))
    subject: Mapped[str] = mapped_column(sa.String(20))
    document_no: Mapped[str] = mapped_column(sa.String(40))
    body: Mapped[str] = mapped_column(EncryptedText("objection_letter.body"))
    made_at: Mapped[datetime] = mapped_column(Instant)
    deliveries: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)


class ObjectorCode(db.Model):
    """A code of six digits that proves an objector's phone before the objection is filed."""

    __tablename__ = "objector_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone_index: Mapped[str] = mapped_column(sa.String(64), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
