"""Every draw on record, for the auditor; and the draws that a witness attends. No names, counts only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from app.core.database import db
from app.draw import short_code
from app.procedures.selection import sealed
from app.procedures.selection.eligibility import largest_unit_percent
from app.procedures.selection.models import (
    LIVE,
    Activity,
    ActivityState,
    Contribution,
    ContributorRole,
    DrawState,
    Invitation,
    PanelDraw,
    PanelRound,
)
from app.regulations.rule_sets import RuleSet

Kind = Literal["", "redrawn", "unwitnessed", "designated", "short"]
#: What the list may be narrowed to, in words.
KINDS: Mapping[Kind, str] = {
    "": "全部", "redrawn": "重新抽取", "unwitnessed": "未经第二方见证", "designated": "有指定专家",
    "short": "最后一轮组不成小组",
}  # fmt: skip


@dataclass(frozen=True)
class DrawFilter:
    """What the list is narrowed by; empty fields do not narrow. `text` is a number, or part of a title or unit."""

    text: str = ""
    kind: Kind = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class DrawLine:
    """A draw in the list. `largest_unit` is the share of its largest unit in percent."""

    id: int
    number: str
    title: str
    unit: str
    starts_at: datetime
    draw_no: int
    state: DrawState
    reason: str
    end_reason: str
    committed_at: datetime
    drawn_at: datetime | None
    revealed_at: datetime | None
    short_code: str
    candidates: int
    contributors: tuple[str, ...]
    is_witnessed: bool
    rounds: int
    panel_size: int
    designated: int
    largest_unit: int
    is_concentrated: bool

    @property
    def has_certificate(self) -> bool:
        """Whether its certificate can be downloaded."""
        return self.revealed_at is not None and self.drawn_at is not None


@dataclass(frozen=True)
class Summary:
    """What all draws of a filter come to: of `seats` held, `designated` were filled by name (第七条)."""

    activities: int
    draws: int
    redraws: int
    unwitnessed: int
    seats: int
    designated: int

    @property
    def percent(self) -> str:
        """The share of designated seats, 4.8%."""
        return f"{self.designated / self.seats * 100:.1f}%" if self.seats else "0%"


def listing(wanted: DrawFilter, rules: RuleSet, *, before: int | None = None, limit: int = 20) -> list[DrawLine]:
    """Draws, newest first, from those older than the row `before` on."""
    statement = sa.select(PanelDraw, Activity).join(Activity, Activity.number == PanelDraw.activity_no)
    statement = statement.where(*_conditions(wanted)).order_by(PanelDraw.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(PanelDraw.id < before)
    rows = [(row[0], row[1]) for row in db.session.execute(statement)]
    return _lines(rows, rules)


def one(draw: PanelDraw, found: Activity, rules: RuleSet) -> DrawLine:
    """The same of a single draw."""
    return _lines([(draw, found)], rules)[0]


def summary(wanted: DrawFilter) -> Summary:
    """Counts of everything the filter finds."""
    base = (
        sa.select(PanelDraw.id, PanelDraw.activity_no, PanelDraw.draw_no, PanelDraw.drawn_at)
        .join(Activity, Activity.number == PanelDraw.activity_no)
        .where(*_conditions(wanted))
        .subquery()
    )
    unwitnessed = sa.case((sa.and_(base.c.drawn_at.is_not(None), sa.not_(_witnessed(base.c.id))), 1), else_=0)
    counts = db.session.execute(
        sa.select(
            sa.func.count(sa.distinct(base.c.activity_no)),
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(sa.case((base.c.draw_no > 1, 1), else_=0)), 0),
            sa.func.coalesce(sa.func.sum(unwitnessed), 0),
        ).select_from(base)
    ).one()
    held = sa.select(sa.func.count(), sa.func.count(Invitation.designation_id)).where(
        Invitation.state.in_(LIVE), Invitation.activity_no.in_(sa.select(base.c.activity_no))
    )
    seats, designated = db.session.execute(held).one()
    activities, draws, redraws, alone = (int(count) for count in counts)
    return Summary(activities, draws, redraws, alone, int(seats), int(designated))


@dataclass(frozen=True)
class Attendance:
    """A review whose draw a witness attends; `due` is what he still has to do there, in words, or nothing."""

    number: str
    title: str
    unit: str
    state: ActivityState
    starts_at: datetime
    draw_no: int
    committed_at: datetime | None
    due: str


def to_attend(witness_id: int, *, limit: int = 100) -> list[Attendance]:
    """The reviews a witness is named for, those that wait for him first, then by date, latest first."""
    statement = (
        sa.select(Activity, PanelDraw)
        .outerjoin(
            PanelDraw, sa.and_(PanelDraw.activity_no == Activity.number, PanelDraw.draw_no == Activity.draw_no)
        )
        .where(Activity.witness_id == witness_id)
        .order_by(Activity.starts_at.desc(), Activity.number)
        .limit(limit)
    )
    rows: list[tuple[Activity, PanelDraw | None]] = [(row[0], row[1]) for row in db.session.execute(statement)]
    given = _witness_gave([draw.id for _, draw in rows if draw is not None])
    found = [_attendance(activity, draw, given) for activity, draw in rows]
    return sorted(found, key=lambda line: not line.due)


def _attendance(found: Activity, draw: PanelDraw | None, given: frozenset[int]) -> Attendance:
    return Attendance(
        number=found.number,
        title=found.title,
        unit=found.organiser_unit_name,
        state=found.state,
        starts_at=found.starts_at,
        draw_no=found.draw_no,
        committed_at=None if draw is None else draw.committed_at,
        due=_due(found, draw, given),
    )


def _due(found: Activity, draw: PanelDraw | None, given: frozenset[int]) -> str:
    if draw is None or found.state in (ActivityState.CANCELLED, ActivityState.HELD):
        return ""
    if draw.state == DrawState.COMMITTED:
        return "" if draw.id in given else "待投入"
    return "待签字" if draw.state == DrawState.DRAWN and draw.signed_at is None else ""


def _witness_gave(draw_ids: Sequence[int]) -> frozenset[int]:
    statement = sa.select(Contribution.draw_id).where(
        Contribution.draw_id.in_(draw_ids), Contribution.role == ContributorRole.WITNESS
    )
    return frozenset(db.session.scalars(statement))


def _conditions(wanted: DrawFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    text = wanted.text.strip()
    if text:
        found.append(
            sa.or_(
                Activity.number.startswith(text.upper(), autoescape=True),
                Activity.title.contains(text, autoescape=True),
                Activity.organiser_unit_name.contains(text, autoescape=True),
            )
        )
    if wanted.since is not None:
        found.append(PanelDraw.committed_at >= wanted.since)
    if wanted.until is not None:
        found.append(PanelDraw.committed_at < wanted.until)
    return found + _of_kind(wanted.kind)


def _of_kind(kind: Kind) -> list[sa.ColumnElement[bool]]:
    if kind == "redrawn":
        return [PanelDraw.draw_no > 1]
    if kind == "unwitnessed":
        return [PanelDraw.drawn_at.is_not(None), sa.not_(_witnessed(PanelDraw.id))]
    if kind == "designated":
        named = sa.select(Invitation.activity_no).where(Invitation.designation_id.is_not(None))
        return [PanelDraw.activity_no.in_(named)]
    if kind == "short":
        return [PanelDraw.id.in_(sa.select(PanelRound.draw_id).where(PanelRound.complete.is_(False)))]
    return []


def _witnessed(draw_id: sa.ColumnElement[int] | sa.orm.InstrumentedAttribute[int]) -> sa.ColumnElement[bool]:
    return sa.exists().where(Contribution.draw_id == draw_id, Contribution.role == ContributorRole.WITNESS)


def _lines(rows: Sequence[tuple[PanelDraw, Activity]], rules: RuleSet) -> list[DrawLine]:
    ids = [draw.id for draw, _ in rows]
    given = _contributors(ids)
    rounds = _counted(sa.select(PanelRound.draw_id, sa.func.count()).where(PanelRound.draw_id.in_(ids)).group_by(
        PanelRound.draw_id
    ))  # fmt: skip
    numbers = {found.number for _, found in rows}
    designated = _counted(
        sa.select(Invitation.activity_no, sa.func.count())
        .where(
            Invitation.activity_no.in_(numbers), Invitation.designation_id.is_not(None), Invitation.state.in_(LIVE)
        )
        .group_by(Invitation.activity_no)
    )
    return [
        _line(draw, found, given.get(draw.id, []), rounds.get(draw.id, 0), designated.get(found.number, 0), rules)
        for draw, found in rows
    ]


def _counted(statement: sa.Executable) -> dict[Any, int]:
    return {row[0]: row[1] for row in db.session.execute(statement)}


def _contributors(ids: Sequence[int]) -> dict[int, list[Contribution]]:
    found: dict[int, list[Contribution]] = {}
    statement = sa.select(Contribution).where(Contribution.draw_id.in_(ids)).order_by(Contribution.id)
    for each in db.session.scalars(statement):
        found.setdefault(each.draw_id, []).append(each)
    return found


def _line(
    draw: PanelDraw, found: Activity, given: Sequence[Contribution], rounds: int, designated: int, rules: RuleSet
) -> DrawLine:
    share = largest_unit_percent((each.expert_id, each.unit_id, 0) for each in sealed.opened(draw).members)
    return DrawLine(
        id=draw.id,
        number=found.number,
        title=found.title,
        unit=found.organiser_unit_name,
        starts_at=found.starts_at,
        draw_no=draw.draw_no,
        state=draw.state,
        reason=draw.reason or "",
        end_reason=draw.end_reason or "",
        committed_at=draw.committed_at,
        drawn_at=draw.drawn_at,
        revealed_at=draw.revealed_at,
        short_code=short_code(bytes.fromhex(draw.commit)),
        candidates=draw.candidate_count,
        contributors=tuple(f"{each.user_name}（{each.role.label}）" for each in given),
        is_witnessed=any(each.role == ContributorRole.WITNESS for each in given),
        rounds=rounds,
        panel_size=json.loads(draw.conditions)["panel_size"],
        designated=designated,
        largest_unit=share,
        is_concentrated=share > rules.integer("selection.largest_unit_warning"),
    )
