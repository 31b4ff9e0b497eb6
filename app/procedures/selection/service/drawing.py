"""The draw after its lock: contributions, first round, replacement rounds, signature, reveal (draw.md §3, §5, §6)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, NotAllowed
from app.draw import Ineligibility, LogEntry, Reason, RoundResult, Seats, short_code, walk
from app.identity import roles
from app.identity.models import AccountState, User
from app.procedures.selection import sealed, store
from app.procedures.selection.eligibility import status_changes
from app.procedures.selection.models import (
    ACTIVITY_TRANSITIONS,
    Activity,
    ActivityState,
    Contribution,
    ContributorRole,
    DrawState,
    Invitation,
    PanelDraw,
    PanelRound,
)
from app.procedures.selection.rules import contributions
from app.procedures.selection.rules.limits import LONGEST_REASON
from app.procedures.selection.rules.sealing import drawn_seats
from app.procedures.selection.sealed import Member, SealedList
from app.procedures.selection.service import notify_staff
from app.registers.states import check_transition
from app.regulations.rule_sets import RuleSet


@dataclass(frozen=True)
class DrawnMember:
    """Somebody taken by a round, who is to be invited."""

    expert_id: int
    unit_id: int
    category: str
    pid: str
    round_no: int


@dataclass(frozen=True)
class RoundOutcome:
    """What a round came to.

    Attributes:
        round_no: its number as stored, None if it fell short and was not stored.
        complete: whether every drawn seat has its member.
        invite: whom this round took.
        seats: expert id -> category, for all members; retained members may sit on another category now.
        shortage: `成本评估 需 2，可用单位 1` if there is no legal panel.
    """

    round_no: int | None
    complete: bool
    invite: tuple[DrawnMember, ...]
    seats: Mapping[int, str]
    shortage: str


def contribute(
    number: str, role: str, value: str, manner: str, rules: RuleSet, *, actor: Actor, now: datetime
) -> Contribution:
    """Takes a value for the seed, once a person, between commitment and draw (draw.md §3).

    `role` is organizer or witness; `manner` browser (hex digits) or typed.

    :raises NotAllowed: neither an organiser of the unit nor the named witness, or no longer.
    :raises Conflict: before the commitment, after the draw, or a second time.
    :raises Invalid: an empty value, one too long, or no hex digits.
    """
    found = store.locked(number)
    by = ContributorRole(role)
    _check_contributor(found, by, actor)
    draw = _committed(found)
    given = store.contributions_of(draw.id)
    for known in given:
        if known.role == by:
            raise Conflict(f"{by.label}的随机值已于 {known.given_at:%H:%M:%S} 投入，不能更改")
    made = Contribution(
        draw_id=draw.id, role=by, value=contributions.read(value, manner, rules).hex(), manner=manner,
        user_id=actor.user_id, user_name=actor.name, given_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    after = {"draw_no": draw.draw_no, "role": by.value, "manner": manner, "value": made.value}
    audit.record(actor, "draw.contribute", "activity", found.number, after=after)
    return made


def _committed(found: Activity) -> PanelDraw:
    """The draw that waits for contributions.

    :raises Conflict: there is none yet, or it was drawn.
    """
    draw = store.draw_in_force(found, lock=True)
    if found.state in (ActivityState.DRAFT, ActivityState.APPROVING) or draw is None:
        raise Conflict("条件还没有锁定，承诺值公布之后才能投入随机值和抽取")
    if draw.state != DrawState.COMMITTED:
        raise Conflict("已经抽取，不能再投入或重复抽取")
    if found.state != ActivityState.LOCKED:
        raise Conflict(f"该评审目前是“{found.state.label}”，不能抽取")
    return draw


def _check_contributor(found: Activity, role: ContributorRole, actor: Actor) -> None:
    account = db.session.get(User, actor.user_id, populate_existing=True) if actor.user_id is not None else None
    if account is None or account.state != AccountState.ACTIVE.value:
        raise NotAllowed("您的账号已停用，不能投入随机值")
    if role is ContributorRole.WITNESS:
        if actor.user_id != found.witness_id or roles.DISCIPLINE_WITNESS not in account.roles:
            raise NotAllowed("只有本次评审的监督人可以投入监督人的随机值")
        return
    if roles.DEPT_ORGANISER not in account.roles:
        raise NotAllowed("只有评审组织部门的组织人可以投入组织方的随机值")
    if account.unit_id != found.organiser_unit_id:
        raise NotAllowed(f"您已不在{found.organiser_unit_name}，不能投入本次评审的随机值")


def draw(number: str, rules: RuleSet, *, actor: Actor, now: datetime) -> RoundOutcome:
    """Draws: makes the order from all contributions and walks the first round.

    :raises Conflict: no contribution yet, the witness's is missing, or it was drawn already.
    """
    found = store.locked(number)
    drawn = _committed(found)
    given = {one.role for one in store.contributions_of(drawn.id)}
    if not given:
        raise Conflict("还没有人投入随机值，不能抽取")
    if found.witness_id is not None and ContributorRole.WITNESS not in given:
        raise Conflict(f"监督人{found.witness_name}还没有投入随机值，不能抽取")
    check_transition(ACTIVITY_TRANSITIONS, found.state, ActivityState.DRAWN, f"评审 {found.number}")
    drawn.state, drawn.drawn_at = DrawState.DRAWN, now
    found.state = ActivityState.DRAWN
    attempt = _Attempt.first(drawn)
    outcome = attempt.kept(now)
    after = {"draw_no": drawn.draw_no, "taken": len(outcome.invite), "visited": len(attempt.result.log)}
    audit.record(
        actor, "draw.draw", "activity", found.number, before={"state": ActivityState.LOCKED.value},
        after={"state": found.state.value, **after},
    )  # fmt: skip
    notify_staff.signature_wanted(found, drawn, actor=actor, now=now)
    return outcome


def run_round(
    found: Activity, drawn: PanelDraw, rules: RuleSet, *, opened: Mapping[str, int] | None = None, actor: Actor,
    now: datetime,
) -> RoundOutcome:
    """A replacement round of a draw, under the activity's lock: whoever holds a seat of this draw stays.

    Everybody of the sealed list whose status changed since the lock is ineligible. A round that falls short is not
    stored: the list may suffice again when somebody comes back; `end` stores it as the last of its draw. Then the
    seats given in `opened` have not been opened either, and are to be given again.

    :raises Conflict: the draw is not drawn, or was ended, or a designation after it took one of its seats.
    """
    if drawn.state != DrawState.DRAWN:
        raise Conflict(f"第 {drawn.draw_no} 次抽取目前是“{drawn.state.label}”，不能补充抽取")
    attempt = _Attempt.next(found, drawn, opened or {}, rules, now)
    if not attempt.result.complete:
        return attempt.short()
    if len(attempt.result.taken) + len(store.live_invitations(found.number)) > found.panel_size:
        raise Conflict("抽取后指定的专家已占用本次抽取的席位，空出的席位须重新抽取")
    outcome = attempt.kept(now)
    after = {"draw_no": drawn.draw_no, "round_no": outcome.round_no, "taken": len(outcome.invite),
             "opened": dict(opened or {}), "visited": len(attempt.result.log)}  # fmt: skip
    audit.record(actor, "draw.run_round", "activity", found.number, after=after)
    return outcome


def to_invite(found: Activity, drawn: PanelDraw) -> tuple[DrawnMember, ...]:
    """Whom the last round of a draw took and nobody has invited yet, in the order of the draw.

    Somebody of them whose status has changed (`status_changes`) is left out by the caller; the next round then
    replaces him.
    """
    rounds = store.rounds_of(drawn.id)
    if not rounds or not rounds[-1].complete:
        return ()
    asked = set(db.session.scalars(sa.select(Invitation.pid).where(Invitation.draw_id == drawn.id)))
    return tuple(one for one in _taken(drawn, rounds[-1]) if one.pid not in asked)


def _taken(drawn: PanelDraw, made: PanelRound) -> tuple[DrawnMember, ...]:
    behind = sealed.opened(drawn).by_pid
    return tuple(
        DrawnMember(behind[pid].expert_id, behind[pid].unit_id, made.seats[pid], pid, made.round_no)
        for _, pid, reason in made.log
        if reason == Reason.TAKEN
    )


@dataclass(frozen=True, repr=False)
class _Attempt:
    """A walk that was made and is not stored yet."""

    draw: PanelDraw
    opened_list: SealedList
    round_no: int
    retained: tuple[str, ...]
    ineligible: Mapping[str, Ineligibility]
    opened: Mapping[str, int]
    result: RoundResult

    @classmethod
    def first(cls, drawn: PanelDraw) -> _Attempt:
        """Round 0: nobody retained, nobody ineligible (draw.md §8)."""
        return cls._walked(drawn, (), (), {}, {})

    @classmethod
    def next(
        cls, found: Activity, drawn: PanelDraw, opened: Mapping[str, int], rules: RuleSet, now: datetime
    ) -> _Attempt:
        """A further round from what the records say now."""
        rounds = store.rounds_of(drawn.id)
        behind = sealed.opened(drawn)
        joined = [pid for one in rounds for _, pid, reason in one.log if reason == Reason.TAKEN]
        holding = {one.pid for one in store.live_invitations(found.number) if one.draw_id == drawn.id}
        retained = tuple(pid for pid in joined if pid in holding)
        seated = {behind.by_pid[pid].expert_id for pid in retained}
        changed = status_changes(found, behind.units, rules, now, seated=seated)
        # who holds a seat was checked by whoever settles the panel: he is either released before or stays
        ineligible = {behind.pid_of[who]: code for who, code in changed.items() if who not in seated}
        return cls._walked(drawn, rounds, retained, ineligible, opened)

    @classmethod
    def _walked(
        cls, drawn: PanelDraw, rounds: Sequence[PanelRound], retained: tuple[str, ...],
        ineligible: Mapping[str, Ineligibility], opened: Mapping[str, int],
    ) -> _Attempt:
        behind = sealed.opened(drawn)
        values = [bytes.fromhex(one.value) for one in store.contributions_of(drawn.id)]
        result = walk(
            behind.order(bytes.fromhex(drawn.commit), values),
            behind.prepared,
            seats_of(drawn, [*(one.opened for one in rounds), opened]),
            retained=retained,
            invited={pid for one in rounds for _, pid, reason in one.log if reason == Reason.TAKEN},
            ineligible=ineligible,
        )
        return cls(drawn, behind, len(rounds), retained, ineligible, opened, result)

    def kept(self, now: datetime) -> RoundOutcome:
        """Stores the round."""
        result = self.result
        made = PanelRound(
            draw_id=self.draw.id, round_no=self.round_no, retained=list(self.retained),
            ineligible=[[pid, str(code)] for pid, code in sorted(self.ineligible.items())], opened=dict(self.opened),
            log=[_line(entry) for entry in result.log], seats=dict(result.seats), complete=result.complete,
            shortage=result.shortage.text() if result.shortage else None, made_at=now,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        if not result.complete:
            return self.short()
        behind = self.opened_list.by_pid
        seats = {behind[pid].expert_id: category for pid, category in result.seats.items()}
        return RoundOutcome(self.round_no, True, _taken(self.draw, made), seats, "")

    def short(self) -> RoundOutcome:
        """What is said of a round without a legal panel."""
        return RoundOutcome(None, False, (), {}, self.result.shortage.text() if self.result.shortage else "")


def _line(entry: LogEntry) -> list[int | str]:
    index, pid, reason = entry
    return [index, pid, str(reason)]


def seats_of(drawn: PanelDraw, opened: Sequence[Mapping[str, int]]) -> Seats:
    """All seats of a draw with those that were opened."""
    return drawn_seats(json.loads(drawn.conditions), opened)


def end(found: Activity, drawn: PanelDraw, reason: str, rules: RuleSet, *, actor: Actor, now: datetime) -> None:
    """Ends a draw because there will be another; a shortage that brought it about is stored as its last round.

    An ended draw stays sealed until its activity is revealed.
    """
    if drawn.state == DrawState.ENDED:
        return
    if drawn.state == DrawState.DRAWN:
        attempt = _Attempt.next(found, drawn, {}, rules, now)
        if not attempt.result.complete:
            attempt.kept(now)
    before, drawn.state = drawn.state, DrawState.ENDED
    drawn.ended_at, drawn.end_reason = now, reason[:LONGEST_REASON]
    audit.record(
        actor, "draw.end", "activity", found.number, before={"state": before.value},
        after={"draw_no": drawn.draw_no, "state": drawn.state.value}, reason=reason,
    )  # fmt: skip


def sign(number: str, remark: str, *, actor: Actor, now: datetime) -> PanelDraw:
    """The witness signs the record of the draw he saw.

    :raises NotAllowed: somebody else. :raises Conflict: not drawn yet, or signed already.
    """
    found = store.locked(number)
    _check_contributor(found, ContributorRole.WITNESS, actor)
    drawn = store.draw_in_force(found, lock=True)
    if drawn is None or drawn.state == DrawState.COMMITTED:
        raise Conflict("还没有抽取，不能签字")
    if drawn.signed_at is not None:
        raise Conflict(f"抽取记录已于 {drawn.signed_at:%H:%M} 由{drawn.signed_by_name}签字")
    drawn.signed_by_id, drawn.signed_by_name, drawn.signed_at = actor.user_id, actor.name, now
    audit.record(
        actor, "draw.sign", "activity", found.number, after={"draw_no": drawn.draw_no}, note=remark.strip() or None
    )
    return drawn


def reveal(found: Activity, *, actor: Actor, now: datetime) -> int:
    """Opens all draws of an activity, ended ones too, at the start of the meeting or on cancellation (draw.md §6).

    Returns how many were opened; those revealed before keep their moment.
    """
    opened = [one for one in store.draws_of(found.number) if one.revealed_at is None]
    for one in opened:
        one.revealed_at = now
        after = {"draw_no": one.draw_no, "code": short_code(bytes.fromhex(one.commit))}
        audit.record(actor, "draw.reveal", "activity", found.number, after=after)
    return len(opened)


def member_of(drawn: PanelDraw, pid: str) -> Member:
    """Who stands behind a pseudonym of a draw."""
    return sealed.opened(drawn).by_pid[pid]
