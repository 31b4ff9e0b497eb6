"""Tables of trial runs and replays. Nothing else is ever written by them; they are swept some weeks later.

Ids of drafts and versions carry no foreign key: a trial keeps what it runs on, whatever becomes of the draft.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Instant, JsonText, db


class Trial(db.Model):
    """One trial run. `content` is what it runs on (`app.workflow.trial.subject`), as it was when the run began.

    `answers` are what operations will answer, by name: recorded ones of scenarios and what the owner typed.
    `script` are the steps of the scenario that was loaded. `files` are records of uploads, whose contents are not
    kept. `steps` counts the steps made; `trouble` says why the last act was not possible.
    """

    __tablename__ = "wf_trial"
    __table_args__ = (
        sa.Index("ix_wf_trial_key", "key", "id"),
        sa.Index("ix_wf_trial_touched_at", "touched_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    name: Mapped[str] = mapped_column(sa.String(200))
    draft_id: Mapped[int | None]
    draft_rev: Mapped[int | None]
    version: Mapped[int | None]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
    rule_set_id: Mapped[int]
    begins: Mapped[datetime] = mapped_column(Instant)
    start_data: Mapped[dict[str, Any]] = mapped_column(JsonText)
    answers: Mapped[dict[str, Any]] = mapped_column(JsonText)
    script_name: Mapped[str | None] = mapped_column(sa.String(200))
    script: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    files: Mapped[dict[str, dict[str, Any]]] = mapped_column(JsonText)
    steps: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[dict[str, Any] | None] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by_id: Mapped[int | None]
    created_by_name: Mapped[str] = mapped_column(sa.String(80))
    touched_at: Mapped[datetime] = mapped_column(Instant)


class TrialStep(db.Model):
    """One step of a trial run, with the state after it, so that going back is dropping the last.

    `act` is what was done, `calls` what operations were asked and answered, `passed` as in `HistoryEntry`, `data`
    the data of the run after it, `scripted` how many steps of the script were made by then.
    """

    __tablename__ = "wf_trial_step"

    trial_id: Mapped[int] = mapped_column(sa.ForeignKey("wf_trial.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    moment: Mapped[datetime] = mapped_column(Instant)
    act: Mapped[dict[str, Any]] = mapped_column(JsonText)
    calls: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    passed: Mapped[list[list[Any]]] = mapped_column(JsonText)
    data: Mapped[dict[str, Any]] = mapped_column(JsonText)
    scripted: Mapped[int] = mapped_column(default=0)
    state: Mapped[bytes] = mapped_column(sa.LargeBinary)


class Replay(db.Model):
    """Finished cases of a version, run again on a draft: how far it has come, and what was found.

    `counts` is by outcome; `found` lists the cases that did not go the same way, at most some hundreds.
    """

    __tablename__ = "wf_replay"
    __table_args__ = (sa.Index("ix_wf_replay_key", "key", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(80))
    definition_id: Mapped[int]
    draft_id: Mapped[int]
    draft_rev: Mapped[int]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    #: The id of the last case looked at; the newest come first.
    come_to: Mapped[int | None]
    counts: Mapped[dict[str, int]] = mapped_column(JsonText)
    found: Mapped[list[dict[str, Any]]] = mapped_column(JsonText)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by_name: Mapped[str] = mapped_column(sa.String(80))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
