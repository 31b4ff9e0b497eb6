"""Draws by ZJ-DRAW-1: what is sealed, what each gave to the seed, what each round did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.crypto import EncryptedText
from app.core.database import Instant, JsonText, db
from app.registers.states import Labelled, coded


class DrawState(Labelled):
    """From the commitment to the reveal; an ended draw stays on record with its reason."""

    COMMITTED = "committed", "已承诺"
    DRAWN = "drawn", "已抽取"
    ENDED = "ended", "已重新抽取"


class ContributorRole(Labelled):
    """Who gives a value to the seed (draw.md §3)."""

    ORGANIZER = "organizer", "组织方"
    WITNESS = "witness", "纪检监督"


class PanelDraw(db.Model):
    """The n-th draw of an activity. It fills the seats that were open when it was made.

    `sealed` (JSON, encrypted) is {"salt", "server_seed": hex, "candidates": [[pid, unit_pid, mask, expert_id,
    unit_id], ...] sorted by pid}; nobody reads it before the panel is final or the meeting starts (draw.md §6),
    except the walk itself. `conditions` is the text in canonical form whose hash was committed.
    """

    __tablename__ = "panel_draw"
    __table_args__ = (sa.UniqueConstraint("activity_no", "draw_no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_no: Mapped[str] = mapped_column(sa.ForeignKey("activity.number"), index=True)
    draw_no: Mapped[int]
    conditions_version: Mapped[int]
    state: Mapped[DrawState] = mapped_column(coded(DrawState))
    conditions: Mapped[str] = mapped_column(sa.Text)
    candidate_count: Mapped[int]
    list_hash: Mapped[str] = mapped_column(sa.String(64))
    cond_hash: Mapped[str] = mapped_column(sa.String(64))
    commit: Mapped[str] = mapped_column(sa.String(64))
    sealed: Mapped[str] = mapped_column(EncryptedText("panel_draw.sealed"))
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    committed_at: Mapped[datetime] = mapped_column(Instant)
    drawn_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    end_reason: Mapped[str | None] = mapped_column(sa.String(300))
    revealed_at: Mapped[datetime | None] = mapped_column(Instant)
    signed_by_id: Mapped[int | None]
    signed_by_name: Mapped[str | None] = mapped_column(sa.String(40))
    signed_at: Mapped[datetime | None] = mapped_column(Instant)


class Contribution(db.Model):
    """One value of 1–64 bytes that went into the seed, after the commitment was shown."""

    __tablename__ = "draw_contribution"
    __table_args__ = (sa.UniqueConstraint("draw_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(sa.ForeignKey("panel_draw.id"), index=True)
    role: Mapped[ContributorRole] = mapped_column(coded(ContributorRole))
    value: Mapped[str] = mapped_column(sa.String(128))
    #: browser | typed
    manner: Mapped[str] = mapped_column(sa.String(10))
    user_id: Mapped[int | None]
    user_name: Mapped[str] = mapped_column(sa.String(40))
    given_at: Mapped[datetime] = mapped_column(Instant)


class PanelRound(db.Model):
    """One walk down the order (draw.md §5). `log` is [[index, pid, reason], ...]; `seats` {pid: category}."""

    __tablename__ = "panel_round"
    __table_args__ = (sa.UniqueConstraint("draw_id", "round_no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(sa.ForeignKey("panel_draw.id"), index=True)
    #: 0, 1, 2 … as in the certificate; pages say 第 1 轮.
    round_no: Mapped[int]
    retained: Mapped[list[str]] = mapped_column(JsonText)
    ineligible: Mapped[list[list[str]]] = mapped_column(JsonText)
    opened: Mapped[dict[str, int]] = mapped_column(JsonText)
    log: Mapped[list[list[Any]]] = mapped_column(JsonText)
    seats: Mapped[dict[str, str]] = mapped_column(JsonText)
    complete: Mapped[bool]
    shortage: Mapped[str | None] = mapped_column(sa.String(200))
    made_at: Mapped[datetime] = mapped_column(Instant)
