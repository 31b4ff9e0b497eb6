"""The lock: the eligible list is sealed, the commitment stored, before anybody gives a value (draw.md §1 to §3)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import audit, randomness
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict
from app.core.garbage import without_collecting
from app.draw import SECRET_BYTES, canonical, commitment, cond_hash, short_code
from app.procedures.selection import examination, sealed, store
from app.procedures.selection.eligibility import Pool, by_category, pool
from app.procedures.selection.models import (
    ACTIVITY_TRANSITIONS,
    Activity,
    ActivityConditions,
    ActivityState,
    DrawState,
    PanelDraw,
)
from app.procedures.selection.rules.conditions import ConditionsDraft, Facts, approval_reasons
from app.procedures.selection.rules.sealing import conditions_of, designated_seats, fingerprint
from app.procedures.selection.service import drawing, notify_staff, versions
from app.registers.states import check_transition
from app.regulations.rule_sets import RuleSet


@dataclass(frozen=True)
class Locked:
    """What came of a lock.

    Attributes:
        locked: whether the commitment stands; if not, a new version waits to be edited.
        shortage: why not, in words: `成本评估 需 2，可用单位 1`, or what the rules refuse by now.
        counts: the filters in order with what each removed and left.
        witnessed: whether a witness takes part.
        draw_no: the draw that was committed to, 0 if none.
        code: the short code of the commitment, `9C41-847A`.
    """

    locked: bool
    shortage: str
    counts: tuple[dict[str, Any], ...]
    witnessed: bool
    draw_no: int = 0
    code: str = ""


def lock(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> Locked:
    """Locks the submitted conditions, or says why the pool does not suffice.

    :raises Conflict: not submitted, not approved where it must be, locked already, or changed after submission.
    """
    # Of 100,000 lines none is garbage, and looking took a third of the time.
    with without_collecting():
        return _lock(number, rules, actor=actor, now=now)


def _lock(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> Locked:
    found = store.locked(number)
    version = store.conditions(found)
    draft = examination.draft_of(found)
    facts = examination.facts_of(found, draft, rules, now)
    _check_submitted(found, version, draft, facts, rules)
    refused = [one.message for one in examination.examine(found, draft, rules, now) if one.is_bad]
    if refused:
        return _fell_short(found, version, "；".join(refused), None, (), actor=actor, now=now)
    criteria = examination.criteria_of(found, draft, facts, rules)
    left = pool(criteria, rules, now)
    short = examination.shortage_of(left.eligible, draft, criteria, facts)
    if short is not None:
        table = [line.plain() for line in by_category(criteria, rules, now)]
        return _fell_short(found, version, short.text(), left, table, actor=actor, now=now)
    return _committed(found, version, _Sealing(draft, facts, left, rules), actor=actor, now=now)


def _check_submitted(
    found: Activity, version: ActivityConditions, draft: ConditionsDraft, facts: Facts, rules: RuleSet
) -> None:
    if version.locked_at is not None or found.state not in (ActivityState.DRAFT, ActivityState.APPROVING):
        raise Conflict(f"第 {version.version} 版条件已经锁定，任何人不能改")
    if version.submitted_at is None:
        raise Conflict("条件还没有提交，不能锁定")
    if approval_reasons(draft, facts, rules) and version.approval_outcome != versions.AGREED:
        raise Conflict("条件须分管领导同意后才能锁定")
    if version.data.get(versions.FINGERPRINT) != fingerprint(draft, facts):
        raise Conflict("条件在提交之后有改动，请重新提交")


def _fell_short(
    found: Activity, version: ActivityConditions, shortage: str, left: Pool | None,
    table: Sequence[dict[str, Any]], *, actor: Actor, now: datetime,
) -> Locked:  # fmt: skip
    """Keeps the counts with the version that fell short and opens the next one for editing (第十九条（二）)."""
    counts = tuple(one.plain() for one in left.counts) if left else ()
    version.counts = [*counts, *table]
    before = found.state
    if found.state != ActivityState.DRAFT:
        check_transition(ACTIVITY_TRANSITIONS, before, ActivityState.DRAFT, f"评审 {found.number}")
        found.state = ActivityState.DRAFT
    found.shortage = shortage[:200]
    versions.open_next(found, actor=actor, now=now)
    audit.record(
        actor, "draw.fall_short", "activity", found.number, before={"state": before.value},
        after={"state": found.state.value, "version": version.version, "counts": list(counts)}, note=found.shortage,
    )  # fmt: skip
    return Locked(False, found.shortage, counts, found.witness_id is not None)


@dataclass(frozen=True)
class _Sealing:
    """What goes into the commitment."""

    draft: ConditionsDraft
    facts: Facts
    left: Pool
    rules: RuleSet


def _committed(
    found: Activity, version: ActivityConditions, content: _Sealing, *, actor: Actor, now: datetime
) -> Locked:
    """Seals the list and stores the commitment."""
    reason = content.draft.redraw_reason or None
    previous = store.draw_in_force(found, lock=True)
    if previous is not None:
        drawing.end(found, previous, reason or "", content.rules, actor=actor, now=now)
    check_transition(ACTIVITY_TRANSITIONS, found.state, ActivityState.LOCKED, f"评审 {found.number}")
    counts = tuple(one.plain() for one in content.left.counts)
    made = _draw(found, version, content, counts, now)
    made.reason = reason
    db.session.add(made)
    before, found.state = found.state, ActivityState.LOCKED
    found.draw_no, found.shortage = made.draw_no, None
    version.locked_at, version.counts = now, list(counts)
    version.data = {**version.data, versions.DESIGNATED: designated_seats(content.draft, content.facts)}
    db.session.flush()
    code = short_code(bytes.fromhex(made.commit))
    audit.record(
        actor, "draw.commit", "activity", found.number, before={"state": before.value},
        after={"state": found.state.value, "draw_no": made.draw_no, "version": version.version, "commit": made.commit,
               "code": code, "candidates": made.candidate_count, "cond_hash": made.cond_hash,
               "list_hash": made.list_hash},
        reason=reason,
    )  # fmt: skip
    notify_staff.contribution_wanted(found, code, actor=actor, now=now)
    return Locked(True, "", counts, found.witness_id is not None, made.draw_no, code)


def _draw(
    found: Activity, version: ActivityConditions, content: _Sealing, counts: Sequence[dict[str, Any]], now: datetime
) -> PanelDraw:
    salt, server_seed = randomness.secret_bytes(SECRET_BYTES), randomness.secret_bytes(SECRET_BYTES)
    draw_no = found.draw_no + 1
    heading = {"activity": found.number, "version": version.version, "draw": draw_no}
    conditions = conditions_of(heading, content.draft, content.facts, counts, salt, content.rules)
    behind = sealed.make(salt, server_seed, content.left.eligible)
    of_conditions = cond_hash(conditions)
    return PanelDraw(
        activity_no=found.number,
        draw_no=draw_no,
        conditions_version=version.version,
        state=DrawState.COMMITTED,
        conditions=canonical(conditions).decode(),
        candidate_count=len(behind.candidates),
        list_hash=behind.list_hash.hex(),
        cond_hash=of_conditions.hex(),
        commit=commitment(server_seed, of_conditions, behind.list_hash, len(behind.candidates)).hex(),
        sealed=sealed.seal(behind),
        committed_at=now,
    )


def conditions_sealed(drawn: PanelDraw) -> dict[str, Any]:
    """The conditions that a draw committed to."""
    content: dict[str, Any] = json.loads(drawn.conditions)
    return content
