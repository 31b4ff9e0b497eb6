"""Units, experts, terms, bars to re-entry, the proposed list, and the counters of case numbers."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.crypto import EncryptedText
from app.core.database import Instant, JsonText, db
from app.registers.states import Labelled, Transitions, coded


class ExpertState(Labelled):
    """Where an expert stands (domain.md §1.2); leave and suspension are overlays, not states."""

    IN_POOL = "in_pool", "在库"
    AWAITING_RENEWAL = "awaiting_renewal", "待续聘"
    REMOVED = "removed", "已出库"


EXPERT_TRANSITIONS: Transitions[ExpertState] = {
    ExpertState.IN_POOL: frozenset({ExpertState.AWAITING_RENEWAL, ExpertState.REMOVED}),
    ExpertState.AWAITING_RENEWAL: frozenset({ExpertState.IN_POOL, ExpertState.REMOVED}),
    ExpertState.REMOVED: frozenset({ExpertState.IN_POOL}),
}


class ProposedState(Labelled):
    """Where a person of the proposed list (拟入库专家名单) stands between review and appointment."""

    LISTED = "listed", "拟入库"
    PUBLICISED = "publicised", "公示中"
    OBJECTED = "objected", "异议处理中"
    CLEARED = "cleared", "公示无异议"
    UPHELD = "upheld", "异议成立"
    ENDED = "ended", "已办结"


PROPOSED_TRANSITIONS: Transitions[ProposedState] = {
    ProposedState.LISTED: frozenset({ProposedState.PUBLICISED, ProposedState.ENDED}),
    ProposedState.PUBLICISED: frozenset(
        {ProposedState.OBJECTED, ProposedState.CLEARED, ProposedState.UPHELD, ProposedState.ENDED}
    ),
    ProposedState.OBJECTED: frozenset(
        {ProposedState.PUBLICISED, ProposedState.CLEARED, ProposedState.UPHELD, ProposedState.ENDED}
    ),
    ProposedState.CLEARED: frozenset({ProposedState.OBJECTED, ProposedState.ENDED}),
    ProposedState.UPHELD: frozenset({ProposedState.OBJECTED, ProposedState.ENDED}),
    ProposedState.ENDED: frozenset(),
}


class BarKind(Labelled):
    """Why somebody may not apply: for two years, or in principle never again (第十五条)."""

    COOLDOWN = "cooldown", "出库未满二年"
    PRINCIPLE = "principle", "原则上不再选聘"


class TieKind(Labelled):
    """How an expert is bound to a unit (第十八条（三）)."""

    EMPLOYMENT = "employment", "任职"
    PART_TIME = "part_time", "兼职"
    KIN = "kin", "近亲属任职"
    SHAREHOLDING = "shareholding", "持股"


class NumberSeries(db.Model):
    """The last number given in a series and year; its row is the lock that keeps the series without gaps."""

    __tablename__ = "number_series"

    prefix: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class Unit(db.Model):
    """A legal entity (domain.md no. 42); `checked` once the centre has confirmed name and code."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    uscc: Mapped[str | None] = mapped_column(sa.String(18), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120), index=True)
    nature: Mapped[str] = mapped_column(sa.String(20))
    nature_other: Mapped[str | None] = mapped_column(sa.String(40))
    checked: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Expert(db.Model):
    """A person of the pool. Identity and contact are encrypted; `id_number_index` finds the person again."""

    __tablename__ = "expert"
    __table_args__ = (sa.Index("ix_expert_state_number", "state", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(20), unique=True)
    user_id: Mapped[int | None] = mapped_column(sa.Integer, index=True)
    name: Mapped[str] = mapped_column(sa.String(40), index=True)
    sex: Mapped[str] = mapped_column(sa.String(2))
    id_number: Mapped[str] = mapped_column(EncryptedText("expert.id_number"))
    id_number_index: Mapped[str] = mapped_column(sa.String(64), unique=True)
    phone: Mapped[str] = mapped_column(EncryptedText("expert.phone"))
    phone_index: Mapped[str] = mapped_column(sa.String(64), index=True)
    email: Mapped[str] = mapped_column(EncryptedText("expert.email"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    department: Mapped[str | None] = mapped_column(sa.String(80))
    post: Mapped[str | None] = mapped_column(sa.String(60))
    post_level: Mapped[str | None] = mapped_column(sa.String(20))
    title: Mapped[str | None] = mapped_column(sa.String(60))
    title_level: Mapped[str | None] = mapped_column(sa.String(10))
    title_series: Mapped[str | None] = mapped_column(sa.String(20))
    exemption: Mapped[str | None] = mapped_column(sa.String(40))
    route: Mapped[str | None] = mapped_column(sa.String(4))
    state: Mapped[ExpertState] = mapped_column(coded(ExpertState))
    leave_until: Mapped[date | None]
    suspended_since: Mapped[datetime | None] = mapped_column(Instant)
    suspension_reason: Mapped[str | None] = mapped_column(sa.String(200))
    removed_on: Mapped[date | None]
    removal_ground: Mapped[str | None] = mapped_column(sa.String(8))
    #: When experience with classified projects was verified; without it nobody reviews one (第十一条（二）6).
    classified_verified_at: Mapped[datetime | None] = mapped_column(Instant)
    application_no: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)

    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)
    directions: Mapped[list[ExpertDirection]] = relationship(
        order_by="ExpertDirection.position", cascade="all, delete-orphan", lazy="selectin"
    )
    terms: Mapped[list[ExpertTerm]] = relationship(
        order_by="ExpertTerm.seq", cascade="all, delete-orphan", lazy="selectin"
    )


class ExpertDirection(db.Model):
    """One of an expert's technical directions, in the order of the application form."""

    __tablename__ = "expert_direction"
    __table_args__ = (sa.Index("ix_expert_direction_direction", "direction", "expert_id"),)

    expert_id: Mapped[int] = mapped_column(sa.ForeignKey("expert.id"), primary_key=True)
    direction: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    position: Mapped[int]
    other: Mapped[str | None] = mapped_column(sa.String(40))


class ExpertTerm(db.Model):
    """One term of appointment (第十三条): both days belong to it."""

    __tablename__ = "expert_term"
    __table_args__ = (sa.UniqueConstraint("expert_id", "seq"), sa.Index("ix_expert_term_end", "end_on", "expert_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    expert_id: Mapped[int] = mapped_column(sa.ForeignKey("expert.id"))
    seq: Mapped[int]
    start_on: Mapped[date]
    end_on: Mapped[date]
    appointment_no: Mapped[str] = mapped_column(sa.String(20), unique=True)
    application_no: Mapped[str | None] = mapped_column(sa.String(20))
    rule_set_code: Mapped[str] = mapped_column(sa.String(20))
    created_at: Mapped[datetime] = mapped_column(Instant)


class ExpertTie(db.Model):
    """A bond between an expert and a unit, of his own or of his kin, from which recusal follows (domain.md no. 43).

    `unit_id` is empty while the unit register does not know the unit; then its name is compared. `to_on` is the
    last day, empty while the tie lasts. `person` is the kinsman's name.
    """

    __tablename__ = "expert_tie"
    __table_args__ = (sa.Index("ix_expert_tie_unit_name", "unit_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    expert_id: Mapped[int] = mapped_column(sa.ForeignKey("expert.id"), index=True)
    kind: Mapped[TieKind] = mapped_column(coded(TieKind))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    unit_name: Mapped[str] = mapped_column(sa.String(120))
    person: Mapped[str | None] = mapped_column(EncryptedText("expert_tie.person"))
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class ReentryBar(db.Model):
    """A bar to applying again: `until` is the last barred day; found by the person's blind index."""

    __tablename__ = "reentry_bar"

    id: Mapped[int] = mapped_column(primary_key=True)
    id_number_index: Mapped[str] = mapped_column(sa.String(64), index=True)
    expert_id: Mapped[int | None] = mapped_column(sa.ForeignKey("expert.id"), index=True)
    kind: Mapped[BarKind] = mapped_column(coded(BarKind))
    starts_on: Mapped[date]
    until: Mapped[date]
    source: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str] = mapped_column(sa.String(300))
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_reason: Mapped[str | None] = mapped_column(sa.String(300))
    created_at: Mapped[datetime] = mapped_column(Instant)


class ProposedExpert(db.Model):
    """A person of the proposed list (第十二条（二）): what publicity and objections know of an applicant.

    Its row is the lock between an objection that comes in and the end of the publicity period. Contact data is
    kept so that the candidate can be written to; it is erased when the case ends.
    """

    __tablename__ = "proposed_expert"

    application_no: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40))
    unit_name: Mapped[str] = mapped_column(sa.String(120))
    title: Mapped[str] = mapped_column(sa.String(60))
    directions: Mapped[list[str]] = mapped_column(JsonText)
    phone: Mapped[str | None] = mapped_column(EncryptedText("proposed_expert.phone"))
    email: Mapped[str | None] = mapped_column(EncryptedText("proposed_expert.email"))
    state: Mapped[ProposedState] = mapped_column(coded(ProposedState), index=True)
    listed_at: Mapped[datetime] = mapped_column(Instant)
    batch_no: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    open_objections: Mapped[int] = mapped_column(default=0)
    upheld_objections: Mapped[int] = mapped_column(default=0)
