"""The replay of all finished cases of the version in force on a draft, in slices, so that no page waits long.

A slice is read and run before anything is written: `run_slice` outside a transaction, `note_slice` inside.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, NotFound
from app.regulations import rule_set
from app.workflow import definitions
from app.workflow.models import Definition
from app.workflow.releases import drafts
from app.workflow.trial import recordings, runs, sources
from app.workflow.trial.models import Replay
from app.workflow.trial.replay import Verdict, Way, replay
from app.workflow.trial.subject import subject_of, unpacked

#: At most so many cases, and about so many seconds, in one slice.
SLICE, SECONDS = 50, 1.5
#: The newest so many cases are replayed.
MOST_CASES = 2_000
#: So many cases that went another way are listed; the rest is only counted.
LISTED = 200


@dataclass(frozen=True)
class Slice:
    """What one slice found: counts by way, the cases that did not go the same way, and the last case looked at."""

    replay_id: int
    done: int
    come_to: int | None
    counts: Counter[str]
    found: tuple[dict[str, Any], ...]
    over: bool


def latest(key: str) -> Replay | None:
    """The last replay of a process."""
    statement = sa.select(Replay).where(Replay.key == key).order_by(Replay.id.desc()).limit(1)
    found: Replay | None = db.session.scalar(statement, execution_options={"populate_existing": True})
    return found


def begin(key: str, actor: Actor) -> Replay:
    """Begins a replay of the finished cases on the active draft; older ones of the process are dropped.

    :raises Conflict: there is no draft, or no version in force. :raises NotRunnable: the draft cannot run.
    """
    draft, newest = drafts.active(key), definitions.newest(key)
    if draft is None or newest is None:
        raise Conflict("要有在用的版本和一份草稿，才能把办件重放到草稿上")
    source = sources.of_draft(draft.id)
    subject = subject_of(source.parts, source.called)
    db.session.execute(sa.delete(Replay).where(Replay.key == key))
    total = min(recordings.count(newest.id), MOST_CASES)
    now = clock.now()
    row = Replay(
        key=key, definition_id=newest.id, draft_id=draft.id, draft_rev=draft.rev, content=subject.packed(),
        total=total, done=0, counts={}, found=[], created_at=now, created_by_name=actor.name,
        ended_at=None if total else now,
    )
    db.session.add(row)
    db.session.flush()
    return row


def run_slice(replay_id: int) -> Slice:
    """Replays the next cases. :raises NotFound: :raises Conflict: it is over."""
    row = db.session.get(Replay, replay_id, populate_existing=True)
    if row is None:
        raise NotFound("没有这次重放，可能已经重新开始")
    if row.ended_at is not None:
        raise Conflict("这次重放已经完成")
    subject = unpacked(row.content)
    known = {element["id"] for element in _outline(row.definition_id)["elements"]}
    wanted = min(SLICE, row.total - row.done)
    cases = recordings.finished(row.definition_id, row.come_to, wanted)
    counts: Counter[str] = Counter()
    found: list[dict[str, Any]] = []
    until = time.monotonic() + SECONDS
    done = 0
    for case in cases:
        verdict = replay(subject, case, rule_set(case.rule_set_id), known)
        counts[verdict.way] += 1
        done += 1
        if verdict.way != Way.SAME:
            found.append(_line(case, verdict))
        if time.monotonic() > until:
            break
    over = row.done + done >= row.total or not cases
    return Slice(row.id, row.done, cases[done - 1].id if done else row.come_to, counts, tuple(found), over)


def _outline(definition_id: int) -> dict[str, Any]:
    return dict(db.session.scalar(sa.select(Definition.outline).where(Definition.id == definition_id)) or {})


def _line(case: recordings.Case, verdict: Verdict) -> dict[str, Any]:
    return {"id": case.id, "no": case.business_key, "title": case.title, **verdict.as_json()}


def note_slice(made: Slice) -> None:
    """Writes what a slice found; one that was run twice at the same time counts once."""
    statement = sa.select(Replay).where(Replay.id == made.replay_id).with_for_update()
    row: Replay | None = db.session.scalar(statement, execution_options={"populate_existing": True})
    if row is None or row.done != made.done:
        return
    row.counts = dict(Counter(row.counts) + made.counts)
    row.found = [*row.found, *made.found][:LISTED]
    row.done += made.counts.total()
    row.come_to = made.come_to
    if made.over:
        row.total, row.ended_at = row.done, clock.now()


def sweep(now: datetime) -> int:
    """Drops replays a month after they were begun; gives how many."""
    gone = db.session.execute(sa.delete(Replay).where(Replay.created_at < now - runs.KEPT))
    return int(getattr(gone, "rowcount", 0))
