"""The application of an expert (附件 申报表) with its rows, versions, decisions and the codes that open it.

The whole form as typed is kept encrypted in `content`, whatever its faults, so that a draft loses nothing;
columns and child rows are filled from it when it is submitted and again when it is supplemented.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.crypto import EncryptedText
from app.core.database import Instant, JsonText, db
from app.registers.states import Labelled, Transitions, coded


class ApplicationState(Labelled):
    """Where an application stands; between 拟入库 and its end the proposed list tells more (registers)."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "已提交"
    FORMAL_CHECK = "formal_check", "形式审查"
    SUPPLEMENT = "supplement", "补正"
    QUALIFICATION = "qualification", "资格审查"
    PROPOSED = "proposed", "拟入库"
    APPOINTED = "appointed", "已入库"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    REJECTED = "rejected", "不通过"
    WITHDRAWN = "withdrawn", "撤回"


_A = ApplicationState
_WITHDRAWABLE = frozenset({_A.WITHDRAWN})

APPLICATION_TRANSITIONS: Transitions[ApplicationState] = {
    _A.DRAFT: frozenset({_A.SUBMITTED}),
    _A.SUBMITTED: frozenset({_A.FORMAL_CHECK, _A.REJECTED}) | _WITHDRAWABLE,
    _A.FORMAL_CHECK: frozenset({_A.SUPPLEMENT, _A.QUALIFICATION, _A.NOT_ACCEPTED, _A.REJECTED}) | _WITHDRAWABLE,
    _A.SUPPLEMENT: frozenset({_A.FORMAL_CHECK, _A.NOT_ACCEPTED, _A.REJECTED}) | _WITHDRAWABLE,
    _A.QUALIFICATION: frozenset({_A.FORMAL_CHECK, _A.PROPOSED, _A.REJECTED}) | _WITHDRAWABLE,
    _A.PROPOSED: frozenset({_A.QUALIFICATION, _A.APPOINTED, _A.REJECTED}) | _WITHDRAWABLE,
    _A.APPOINTED: frozenset(),
    _A.NOT_ACCEPTED: frozenset(),
    _A.REJECTED: frozenset(),
    _A.WITHDRAWN: frozenset(),
}
#: The applicant can no longer change the outcome and the person may apply anew.
ENDED = frozenset(state for state, following in APPLICATION_TRANSITIONS.items() if not following)
#: The applicant may type into the form.
EDITABLE = frozenset({_A.DRAFT, _A.SUPPLEMENT})


class Application(db.Model):
    """One application from draft to end.

    `live_index` equals the blind index of the ID number while the application is submitted and not ended; being
    unique, it decides the race of two submissions by one person. `rev` counts changes for stale pages.
    """

    __tablename__ = "application"
    __table_args__ = (sa.Index("ix_application_state_submitted_at", "state", "submitted_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_no: Mapped[str] = mapped_column(sa.String(20), unique=True)
    number: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    state: Mapped[ApplicationState] = mapped_column(coded(ApplicationState))
    channel: Mapped[str] = mapped_column(sa.String(10))
    intake: Mapped[str] = mapped_column(sa.String(10), default="online")
    receipt_no: Mapped[str | None] = mapped_column(sa.String(40))
    version: Mapped[int] = mapped_column(default=0)
    rev: Mapped[int] = mapped_column(default=0)
    content: Mapped[str] = mapped_column(EncryptedText("application.content"))
    steps_done: Mapped[list[str]] = mapped_column(JsonText)
    phone: Mapped[str] = mapped_column(EncryptedText("application.phone"))
    phone_verified_at: Mapped[datetime | None] = mapped_column(Instant)
    email: Mapped[str] = mapped_column(EncryptedText("application.email"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    live_index: Mapped[str | None] = mapped_column(sa.String(64), unique=True)

    name: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    sex: Mapped[str | None] = mapped_column(sa.String(2))
    id_number: Mapped[str | None] = mapped_column(EncryptedText("application.id_number"))
    id_number_index: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    birth_month: Mapped[str | None] = mapped_column(sa.String(7))
    native_place: Mapped[str | None] = mapped_column(sa.String(60))
    political_status: Mapped[str | None] = mapped_column(sa.String(20))
    unit_name: Mapped[str | None] = mapped_column(sa.String(120), index=True)
    unit_uscc: Mapped[str | None] = mapped_column(sa.String(18))
    unit_nature: Mapped[str | None] = mapped_column(sa.String(20))
    unit_nature_other: Mapped[str | None] = mapped_column(sa.String(40))
    address: Mapped[str | None] = mapped_column(sa.String(200))
    department: Mapped[str | None] = mapped_column(sa.String(80))
    post: Mapped[str | None] = mapped_column(sa.String(60))
    post_level: Mapped[str | None] = mapped_column(sa.String(20))
    manages_projects: Mapped[bool] = mapped_column(default=False)
    title: Mapped[str | None] = mapped_column(sa.String(60))
    title_level: Mapped[str | None] = mapped_column(sa.String(10))
    title_series: Mapped[str | None] = mapped_column(sa.String(20))
    equivalent: Mapped[str | None] = mapped_column(sa.String(120))
    exemption: Mapped[str | None] = mapped_column(sa.String(40))
    employed: Mapped[bool] = mapped_column(default=True)
    industry: Mapped[str | None] = mapped_column(sa.String(60))
    professional_years: Mapped[int | None]
    directions: Mapped[list[str]] = mapped_column(JsonText, default=list)
    direction_other: Mapped[str | None] = mapped_column(sa.String(40))
    experience_text: Mapped[str | None] = mapped_column(sa.Text)
    no_reviews: Mapped[bool] = mapped_column(default=False)
    recommendation_text: Mapped[str | None] = mapped_column(sa.Text)
    recommended_on: Mapped[date | None]
    signature: Mapped[str | None] = mapped_column(sa.String(40))
    signed_on: Mapped[date | None]
    route: Mapped[str | None] = mapped_column(sa.String(4))
    related_years: Mapped[int | None]
    priority: Mapped[bool] = mapped_column(default=False)
    end_reason: Mapped[str | None] = mapped_column(sa.Text)

    education: Mapped[list[Education]] = relationship(cascade="all, delete-orphan", order_by="Education.position")
    title_certs: Mapped[list[TitleCert]] = relationship(cascade="all, delete-orphan", order_by="TitleCert.position")
    licences: Mapped[list[Licence]] = relationship(cascade="all, delete-orphan", order_by="Licence.position")
    experiences: Mapped[list[Experience]] = relationship(cascade="all, delete-orphan", order_by="Experience.position")
    past_reviews: Mapped[list[PastReview]] = relationship(cascade="all, delete-orphan", order_by="PastReview.position")
    commitments: Mapped[list[Commitment]] = relationship(cascade="all, delete-orphan", order_by="Commitment.item")
    decisions: Mapped[list[Decision]] = relationship(cascade="all, delete-orphan", order_by="Decision.id")
    supplements: Mapped[list[SupplementRequest]] = relationship(
        cascade="all, delete-orphan", order_by="SupplementRequest.id"
    )
    versions: Mapped[list[ApplicationVersion]] = relationship(
        cascade="all, delete-orphan", order_by="ApplicationVersion.version"
    )
    codes: Mapped[list[AccessCode]] = relationship(cascade="all, delete-orphan", order_by="AccessCode.id")


class _Row:
    """A row of one of the form's lists, in the order typed."""

    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class Education(_Row, db.Model):
    """A degree: `degree` is 博士研究生, 硕士研究生, 本科 or lower; `informatization` if the major counts for D."""

    __tablename__ = "application_education"

    school: Mapped[str] = mapped_column(sa.String(80))
    major: Mapped[str] = mapped_column(sa.String(80))
    degree: Mapped[str] = mapped_column(sa.String(20))
    graduated: Mapped[str] = mapped_column(sa.String(7))
    informatization: Mapped[bool]


class TitleCert(_Row, db.Model):
    """A certificate of a professional title (专业技术资格证书)."""

    __tablename__ = "application_title_cert"

    name: Mapped[str] = mapped_column(sa.String(80))
    level: Mapped[str | None] = mapped_column(sa.String(20))
    issuer: Mapped[str | None] = mapped_column(sa.String(80))
    number: Mapped[str | None] = mapped_column(sa.String(60))
    issued: Mapped[str | None] = mapped_column(sa.String(7))


class Licence(_Row, db.Model):
    """A licence to practise with its registration number (执业资格证书)."""

    __tablename__ = "application_licence"

    name: Mapped[str] = mapped_column(sa.String(80))
    number: Mapped[str] = mapped_column(sa.String(60))


class Experience(_Row, db.Model):
    """A job from `since` to `until` (yyyy-MM, None: to the present); `related` if it counts for route D."""

    __tablename__ = "application_experience"

    since: Mapped[str] = mapped_column(sa.String(7))
    until: Mapped[str | None] = mapped_column(sa.String(7))
    unit: Mapped[str] = mapped_column(sa.String(120))
    post: Mapped[str] = mapped_column(sa.String(60))
    duty: Mapped[str | None] = mapped_column(sa.String(300))
    related: Mapped[bool]


class PastReview(_Row, db.Model):
    """A project the applicant reviewed, in the order of time."""

    __tablename__ = "application_past_review"

    project: Mapped[str] = mapped_column(sa.String(160))
    reviewed: Mapped[str] = mapped_column(sa.String(7))


class Commitment(db.Model):
    """One ticked item of 本人承诺: which text, when, from where. Item 4 is the consent to publicity."""

    __tablename__ = "application_commitment"

    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text_hash: Mapped[str] = mapped_column(sa.String(64))
    given_at: Mapped[datetime] = mapped_column(Instant)
    address: Mapped[str | None] = mapped_column(sa.String(64))


class ApplicationVersion(db.Model):
    """What the form said when it was submitted (1) and after each supplement (2, …)."""

    __tablename__ = "application_version"

    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(EncryptedText("application_version.content"))
    file_ids: Mapped[list[str]] = mapped_column(JsonText)
    submitted_at: Mapped[datetime] = mapped_column(Instant)


class Decision(db.Model):
    """A conclusion on the application: stage, outcome, opinion, who, and on which version."""

    __tablename__ = "application_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), index=True)
    stage: Mapped[str] = mapped_column(sa.String(20))
    outcome: Mapped[str] = mapped_column(sa.String(20))
    route: Mapped[str | None] = mapped_column(sa.String(4))
    opinion: Mapped[str | None] = mapped_column(sa.Text)
    detail: Mapped[Any] = mapped_column(JsonText, nullable=True)
    version: Mapped[int]
    decided_by: Mapped[int | None]
    decided_by_name: Mapped[str] = mapped_column(sa.String(80))
    decided_at: Mapped[datetime] = mapped_column(Instant)


class SupplementRequest(db.Model):
    """A request to supplement papers by `due_at`; answered, lapsed or still open."""

    __tablename__ = "application_supplement"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), index=True)
    items: Mapped[list[str]] = mapped_column(JsonText)
    opinion: Mapped[str | None] = mapped_column(sa.Text)
    requested_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    provisional: Mapped[bool]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    lapsed_at: Mapped[datetime | None] = mapped_column(Instant)


class AccessCode(db.Model):
    """A code of six digits sent to phone or mail; only its hash is kept, it dies by use, time or wrong tries."""

    __tablename__ = "application_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(sa.ForeignKey("application.id"), index=True)
    purpose: Mapped[str] = mapped_column(sa.String(10))
    target: Mapped[str] = mapped_column(EncryptedText("application_code.target"))
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
