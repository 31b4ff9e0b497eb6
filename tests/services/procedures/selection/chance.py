"""Reviews that go as chance will have it: people answer, fall silent, take leave, leave the pool; organisers move
and call off. After every happening the panel is settled as the root would, and held against the regulation.

The children's diagrams are played here by their services alone: what is pending is sent, what is sent runs out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import sqlalchemy as sa

from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.errors import UserError
from app.draw import verify_certificate
from app.identity import roles
from app.procedures.selection import examination, seats, store
from app.procedures.selection.eligibility.clashes import SAID_YES, clashing_activities
from app.procedures.selection.models import (
    LIVE,
    Activity,
    ActivityState,
    AnswerWay,
    DesignationState,
    Invitation,
    SeatState,
)
from app.procedures.selection.queries import certificates
from app.procedures.selection.rules.conditions import ConditionsDraft, RecusalDraft
from app.procedures.selection.service import activities, designations, drawing, invitations, locking, panel
from app.registers import experts
from app.registers.models import Expert, ExpertState
from tests.services.procedures.selection.world import (
    CIPHER,
    COST,
    DATA,
    INTEGRATION,
    RULES,
    SECURITY,
    SOFTWARE,
    World,
    activity,
    designation,
    recusal,
)

Act = Callable[[str], None]
_OVER = (ActivityState.HELD, ActivityState.CANCELLED)
_SETTLED = (
    ActivityState.DRAWN, ActivityState.INVITING, ActivityState.INITIAL, ActivityState.CONFIRMING, ActivityState.SHORT,
    ActivityState.FINAL, ActivityState.MEETING,
)  # fmt: skip
_WAITING = (SeatState.SENT, SeatState.TOLD)
_SPREAD = (SECURITY, SOFTWARE, COST, DATA, CIPHER, INTEGRATION)


class Play:
    """Some reviews of one department over some days, all drawn from one pool."""

    def __init__(self, there: World, seed: int, reviews: int) -> None:
        self.there, self.chance = there, Random(seed)
        self.moves = Counter[str]()
        #: Invitation numbers that wait for the details, with the old time if the meeting was moved.
        self.to_tell: dict[str, datetime | None] = {}
        self.numbers = [self._entered() for _ in range(reviews)]

    # --- the days go by --------------------------------------------------------------------------------------

    def run(self, steps: int) -> None:
        """So many times the clock goes on, and something happens at every review."""
        for _ in range(steps):
            open_now = [number for number in self.numbers if self._of(number).state not in _OVER]
            if not open_now:
                return
            self._wait()
            for number in open_now:
                self._happen(number)
            for number in open_now:
                self._settle(number)
                self.check(number)

    def finish(self) -> None:
        """Calls off what is still open, so that every draw is revealed."""
        for number in self.numbers:
            if self._of(number).state not in _OVER:
                self._cancel(number)
            self.check(number)

    def _wait(self) -> None:
        waiting = any(one.state in _WAITING for number in self.numbers for one in self._live(number))
        span = self.chance.choice((5, 10, 20, 40, 60, 60, 90, 121, 240) if waiting else (40, 120, 300, 600))
        clock.travel_to(clock.now() + timedelta(minutes=span, seconds=self.chance.choice((0, 0, 1, 59))))
        for number in self.numbers:
            self._timers(number)

    def _timers(self, number: str) -> None:
        """What the children's diagrams do by themselves: send, hand over, tell, run out."""
        now = clock.now()
        for one in self._live(number):
            if one.state is SeatState.PENDING and invitations.prepare(one.number, RULES, now=now) <= now:
                self._send(one, now)
            elif one.state in _WAITING and invitations.time_out(one.number, RULES, actor=SYSTEM, now=now):
                self.moves["silence"] += 1
            elif one.state in (SeatState.ACCEPTED, SeatState.TOLD) and one.number in self.to_tell:
                old = self.to_tell.pop(one.number)
                invitations.send_details(one.number, RULES, actor=SYSTEM, now=now, old_starts_at=old)
                invitations.mark_told(one.number, now, RULES, actor=SYSTEM)
        for asked in store.designations_of(number):
            late = now - asked.requested_at > timedelta(days=2)
            if asked.state is DesignationState.REQUESTED and late:
                designations.lapse(seats.designation_key(asked), actor=SYSTEM, now=now)

    def _send(self, one: Invitation, now: datetime) -> None:
        invitations.send(one.number, RULES, actor=SYSTEM, now=now)
        if self.chance.random() < 0.05:
            invitations.undelivered(one.number, actor=SYSTEM, now=now)
            self.moves["undelivered"] += 1
            return
        invitations.mark_sent(one.number, now, RULES, actor=SYSTEM)
        if self.chance.random() < 0.1:
            again = invitations.mark_sent(one.number, now + timedelta(minutes=1), RULES, actor=SYSTEM)
            assert again.due_at == now + timedelta(hours=2, minutes=1)

    def _settle(self, number: str) -> None:
        db.session.flush()
        found = self._of(number)
        if found.state not in _SETTLED:
            return
        move = panel.settle(number, RULES, actor=SYSTEM, now=clock.now())
        self._take(move.tell)
        self.moves[move.state] += 1
        assert move.check_at > clock.now() or clock.now() >= found.starts_at, "looked at later, never at once"
        assert bool(move.shortage) is (move.state == "short")

    def _take(self, told: tuple[panel.Tell, ...]) -> None:
        for one in told:
            if one.name == "list_confirmed":
                self.to_tell.setdefault(one.business_key, None)
            elif one.name == "time_changed":
                self.to_tell[one.business_key] = datetime.fromisoformat(str(one.payload["old_starts_at"]))

    # --- what happens ----------------------------------------------------------------------------------------

    def _happen(self, number: str) -> None:
        """One thing; what the rules refuse is refused in words and changes nothing."""
        dice, act = self.chance.random(), self._next(number)
        rare = ((0.003, self._cancel), (0.018, self._reschedule), (0.05, self._change), (0.06, self._recuse))
        for share, other in rare:
            if dice < share:
                act = other
                break
        try:
            with db.session.begin_nested():
                act(number)
        except UserError as refusal:
            self.moves[type(refusal).__name__] += 1

    def _next(self, number: str) -> Act:
        """What the state of the review asks for."""
        acts: dict[ActivityState, Act] = {
            ActivityState.DRAFT: self._submit, ActivityState.APPROVING: self._approve, ActivityState.LOCKED: self._draw,
            ActivityState.INITIAL: self._confirm_list, ActivityState.SHORT: self._handle_shortage,
            ActivityState.MEETING: self._meet,
        }  # fmt: skip
        return acts.get(self._of(number).state, self._answer)

    def _confirm_list(self, number: str) -> None:
        panel.confirm_list(number, RULES, actor=self.there.organiser, now=clock.now())

    def _answer(self, number: str) -> None:
        for asked in store.designations_of(number):
            if asked.state is DesignationState.REQUESTED:
                word = self.chance.choice(("agreed", "refused"))
                key = seats.designation_key(asked)
                designations.record_decision(key, word, "见理由", actor=self.there.leader, now=clock.now())
                self.moves[f"designation_{word}"] += 1
        for one in self._live(number):
            if self.chance.random() < 0.7:
                self._reply(one)

    def _reply(self, one: Invitation) -> None:
        who, now, dice = self._expert(one), clock.now(), self.chance.random()
        if one.state is SeatState.SENT:
            word = "accept" if dice < 0.72 else "decline" if dice < 0.9 else "recuse"
            invitations.record_answer(one.number, word, "外出", AnswerWay.LINK, RULES, actor=who, now=now)
            self.moves[word] += 1
        elif one.state is SeatState.TOLD:
            word = "confirm" if dice < 0.9 else "decline"
            invitations.record_confirmation(one.number, word, "外出", AnswerWay.LOGIN, RULES, actor=who, now=now)
            self.moves[word] += 1
        elif one.state in SAID_YES and dice < 0.015:
            in_time = invitations.record_leave(one.number, "身体原因", RULES, actor=who, now=now)
            assert in_time is (self._of(one.activity_no).starts_at - now >= timedelta(hours=3))
            self.moves["leave" if in_time else "late_leave"] += 1

    def _handle_shortage(self, number: str) -> None:
        found = self._of(number)
        dice, reason = self.chance.random(), "人数不足"
        if clock.now() >= found.starts_at or dice < 0.3:
            self._reschedule(number)
        elif dice < 0.5:
            person = self.chance.choice(self.there.experts)
            category = person.directions[0].direction
            chosen = panel.ShortageChoice("designate", reason, person.id, category)
            panel.handle_shortage(number, chosen, RULES, actor=self.there.organiser, now=clock.now())
            self.moves["designated_after_draw"] += 1
        else:
            chosen = panel.ShortageChoice("redraw", reason)
            panel.handle_shortage(number, chosen, RULES, actor=self.there.organiser, now=clock.now())
            self.moves["redraw"] += 1

    def _meet(self, number: str) -> None:
        present = {one.line: "present" for one in self._live(number)}
        if self.chance.random() < 0.3:
            present[1] = "absent"
        if len(set(present.values())) == 1 or self.chance.random() < 0.5:
            draft = panel.MeetingDraft("held", present, leader_line=2)
        else:
            draft = panel.MeetingDraft("not_held", note="人数不足")
        held = panel.record_meeting(number, draft, RULES, actor=self.there.organiser, now=clock.now())
        self.moves["held" if held else "not_held"] += 1

    def _reschedule(self, number: str) -> None:
        days = self.chance.choice((1, 2, 3, 30))
        starts_at = (clock.now() + timedelta(days=days)).replace(hour=self.chance.choice((9, 14)), minute=0, second=0)
        new = panel.NewTime(starts_at, "太原", "并州路 9 号", "场地冲突")
        where = panel.reschedule(number, new, RULES, actor=self.there.organiser, now=clock.now())
        self._take(where.tell)
        self.moves[f"rescheduled_{where.where}"] += 1

    def _cancel(self, number: str) -> None:
        panel.cancel(number, "项目暂缓", actor=self.there.organiser, now=clock.now())
        self.moves["cancelled"] += 1

    def _change(self, number: str) -> None:
        """Somebody of the pool changes, mostly one who sits."""
        live = self._live(number)
        sits = live and self.chance.random() < 0.5
        expert_id = self.chance.choice(live).expert_id if sits else self.chance.choice(self.there.experts).id
        person = db.session.get_one(Expert, expert_id)
        what = self.chance.choice(("removed", "suspended", "leave", "unit", "back"))
        if what == "removed":
            person.state = ExpertState.REMOVED
        elif what == "suspended":
            person.suspended_since = clock.now()
        elif what == "leave":
            person.leave_until = date(2026, 12, 31)
        elif what == "unit":
            person.unit_id = self.chance.choice(self.there.units).id
        else:
            person.state, person.suspended_since, person.leave_until = ExpertState.IN_POOL, None, None
        db.session.flush()
        self.moves[what] += 1

    def _recuse(self, number: str) -> None:
        live = self._live(number)
        expert_id = self.chance.choice(live).expert_id if live else self.chance.choice(self.there.experts).id
        draft = RecusalDraft("written", "与项目有关", expert_id=expert_id)
        activities.record_recusal(number, draft, RULES, actor=self.there.organiser, now=clock.now())
        self.moves["recusal"] += 1

    # --- conditions and draw ---------------------------------------------------------------------------------

    def _entered(self) -> str:
        days, hour = self.chance.choice((1, 1, 2, 3)), self.chance.choice((9, 14))
        starts_at = (clock.now() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
        witness = self.there.witness.user_id if self.chance.random() < 0.7 else None
        found = activity(self.there, starts_at=starts_at, witness_id=witness, half_days=self.chance.choice((1, 1, 2)))
        activities.save_conditions(found.number, self._conditions(), actor=self.there.organiser, now=clock.now())
        return found.number

    def _conditions(self) -> ConditionsDraft:
        size = self.chance.choice((5, 5, 7, 9, 15))
        people: dict[int, Expert] = {}
        for person in self.chance.sample(list(self.there.experts), self.chance.randint(0, size // 3)):
            people.setdefault(person.unit_id, person)
        named = [designation(one) for one in people.values()]
        quota = Counter({SECURITY: 1})
        for _ in range(size - len(named) - 1):
            quota[self.chance.choice(_SPREAD)] += 1
        away = (recusal(unit_id=self.chance.choice(self.there.units).id),) if self.chance.random() < 0.3 else ()
        return ConditionsDraft(size, dict(quota), tuple(named), away)

    def _submit(self, number: str) -> None:
        now, organiser = clock.now(), self.there.organiser
        activities.save_conditions(number, self._mended(self._of(number)), actor=organiser, now=now)
        if activities.submit_conditions(number, RULES, actor=organiser, now=now).needs_approval:
            self.moves["approval"] += 1
        else:
            self._lock(number)

    def _approve(self, number: str) -> None:
        word = self.chance.choice(("agreed", "agreed", "refused"))
        if activities.record_conditions_approval(number, word, "见理由", actor=self.there.leader, now=clock.now()):
            self._lock(number)

    def _lock(self, number: str) -> None:
        locked = locking.lock(number, RULES, actor=self.there.organiser, now=clock.now()).locked
        self.moves["locked" if locked else "short_at_lock"] += 1

    def _draw(self, number: str) -> None:
        now, there, found = clock.now(), self.there, self._of(number)
        drawing.contribute(number, "organizer", "a8f051cc", "browser", RULES, actor=there.organiser, now=now)
        if found.witness_id is not None:
            drawing.contribute(number, "witness", "8848", "typed", RULES, actor=there.witness, now=now)
        assert drawing.draw(number, RULES, actor=there.organiser, now=now).complete
        if found.witness_id is not None:
            drawing.sign(number, "", actor=there.witness, now=now)
        self.moves["draw"] += 1

    def _mended(self, found: Activity) -> ConditionsDraft:
        """The conditions with as many seats as people, whatever fell away or was kept since."""
        draft = examination.draft_of(found)
        facts = examination.facts_of(found, draft, RULES, clock.now())
        bad = {one.field for one in examination.examine(found, draft, RULES, clock.now()) if one.is_bad}
        if any(field.startswith("designations") for field in bad):
            draft = replace(draft, designations=())
        quota = Counter(draft.quota)
        for seat, number in Counter(seat.category for seat in facts.kept).items():
            quota[seat] = max(quota[seat], number)
        quota[SECURITY] = max(quota[SECURITY], 1)
        wanted = draft.panel_size - len(draft.designations) - len(facts.standing)
        kept = Counter(seat.category for seat in facts.kept) | Counter({SECURITY: 1})
        while quota.total() > wanted and (loose := [name for name in quota if quota[name] > kept[name]]):
            quota[self.chance.choice(sorted(loose))] -= 1
        quota[SOFTWARE] += max(0, wanted - quota.total())
        return replace(draft, quota=dict(quota), redraw_reason=draft.redraw_reason or ("重抽" if facts.draws else ""))

    # --- what always holds -----------------------------------------------------------------------------------

    def check(self, number: str) -> None:
        """Holds the panel against the regulation."""
        db.session.flush()
        found, live = self._of(number), self._live(number)
        self._check_certificates(found)
        if found.state is ActivityState.CANCELLED:
            assert not live
        elif found.state in _SETTLED:
            self._check_seats(found, live)
            self._check_people(found, live)

    def _check_seats(self, found: Activity, live: list[Invitation]) -> None:
        assert len(live) <= found.panel_size
        assert {one.line for one in live} <= set(range(1, found.panel_size + 1))
        assert len({one.line for one in live}) == len(live)
        assert len({one.unit_id for one in live}) == len(live), "two of one unit (第十八条（三）)"
        assert sum(one.designation_id is not None for one in live) <= found.panel_size // 3, "over a third"
        states = {one.state for one in live}
        if found.state in (ActivityState.FINAL, ActivityState.MEETING):
            assert (states, len(live)) == ({SeatState.SEATED}, found.panel_size)
        if found.state is ActivityState.INITIAL:
            assert states <= SAID_YES
            assert len(live) == found.panel_size

    def _check_people(self, found: Activity, live: list[Invitation]) -> None:
        if clock.now() >= found.starts_at:
            return
        away = {one.expert_id for one in store.recusals_of(found.number)}
        ended = {one.expert_id for one in seats.invitations_of(found.number) if one.state is SeatState.RECUSED}
        others = clashing_activities(found.number, found.starts_at, found.half_days, RULES)
        for one in live:
            person = db.session.get_one(Expert, one.expert_id)
            assert person.state is ExpertState.IN_POOL
            assert (person.suspended_since, person.leave_until) == (None, None)
            assert person.unit_id == one.unit_id
            assert one.expert_id not in away | ended, "somebody recused sits"
            if one.state in SAID_YES:
                statement = sa.select(Invitation.id).where(
                    Invitation.expert_id == one.expert_id, Invitation.activity_no.in_(others),
                    Invitation.state.in_(SAID_YES), Invitation.answered_at < one.answered_at,
                )  # fmt: skip
                assert not db.session.scalars(statement).all(), "on two panels in one half-day (no. 53)"

    def _check_certificates(self, found: Activity) -> None:
        for draw in store.draws_of(found.number):
            if draw.drawn_at is None:
                continue
            report = verify_certificate.verify(certificates._public(draw), auditor=False)
            assert report.fault is None, f"{found.number} draw {draw.draw_no}: {report.fault}"

    # --- finding ---------------------------------------------------------------------------------------------

    def _of(self, number: str) -> Activity:
        return store.activity(number)

    def _live(self, number: str) -> list[Invitation]:
        db.session.flush()
        return [one for one in seats.invitations_of(number) if one.state in LIVE]

    def _expert(self, one: Invitation) -> Actor:
        person = experts.expert(one.expert_id)
        return Actor(person.user_id, person.name, frozenset({roles.EXPERT}))

