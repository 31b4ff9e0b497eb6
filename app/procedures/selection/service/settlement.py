"""One settling of a panel while it is being made: the records it looks at and what it will tell the diagram."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from app.core.actor import Actor
from app.procedures.selection import seats, store
from app.procedures.selection.models import Activity, Designation, DesignationState, Invitation, PanelDraw
from app.procedures.selection.rules import answers
from app.procedures.selection.rules.answers import Hours
from app.procedures.selection.service.moves import NewCase, Tell
from app.registers import experts
from app.registers.models import Expert
from app.regulations.rule_sets import RuleSet

_WAITS = frozenset({DesignationState.DRAFT, DesignationState.REQUESTED})
_ENDED = frozenset({DesignationState.REFUSED, DesignationState.LAPSED, DesignationState.WITHDRAWN})


@dataclass
class Settlement:
    """Made under the lock of the activity; `live` and `designations` are locked rows, kept up to date."""

    activity: Activity
    rules: RuleSet
    actor: Actor
    now: datetime
    live: list[Invitation]
    designations: list[Designation]
    start: list[NewCase] = field(default_factory=list)
    tell: list[Tell] = field(default_factory=list)

    @classmethod
    def of(cls, activity: Activity, rules: RuleSet, *, actor: Actor, now: datetime) -> Settlement:
        """The settlement of an activity whose row is locked."""
        designations = seats.designations_locked(activity.number)
        return cls(activity, rules, actor, now, seats.live_locked(activity.number), designations)

    @cached_property
    def hours(self) -> Hours:
        """The hours of the rule set."""
        return answers.hours(self.rules)

    @cached_property
    def draw(self) -> PanelDraw | None:
        """The draw in force."""
        return store.draw_in_force(self.activity, lock=True)

    @cached_property
    def invited(self) -> dict[int, list[Invitation]]:
        """Designation id -> its invitations, live or not."""
        found: dict[int, list[Invitation]] = {}
        for one in seats.invitations_of(self.activity.number):
            if one.designation_id is not None:
                found.setdefault(one.designation_id, []).append(one)
        return found

    @property
    def can_ask(self) -> bool:
        """Whether somebody invited now still has his two hours before the start."""
        return answers.can_be_asked(self.sending_at, self.activity.starts_at, self.hours)

    @property
    def sending_at(self) -> datetime:
        """When an invitation written now goes out."""
        return answers.next_opening(self.now, self.hours)

    def waiting(self) -> list[Designation]:
        """Designations nobody decided on yet."""
        return [one for one in self.designations if one.state in _WAITS]

    def uninvited(self) -> list[Designation]:
        """Approved designations that have no invitation yet."""
        return [
            one for one in self.designations
            if one.state is DesignationState.APPROVED and one.opened_in_draw is None and one.id not in self.invited
        ]  # fmt: skip

    def promised(self) -> list[Designation]:
        """Designations that hold a seat without an invitation."""
        return self.waiting() + self.uninvited()

    @property
    def open(self) -> int:
        """Seats that nobody holds and no designation waits for."""
        return self.activity.panel_size - len(self.live) - len(self.promised())

    def over(self) -> list[Designation]:
        """Designations that came to nothing, or whose expert has left, and whose seat was not opened to a draw."""
        return [
            one for one in self.designations
            if one.opened_in_draw is None and (one.state in _ENDED or self._has_left(one))
        ]  # fmt: skip

    def freed(self) -> list[Designation]:
        """Designations sealed with the conditions whose seat came free and was not opened to a draw yet (no. 39)."""
        return [one for one in self.over() if not one.after_draw]

    def _has_left(self, one: Designation) -> bool:
        written = self.invited.get(one.id, [])
        holding = {invitation.id for invitation in self.live}
        return bool(written) and all(invitation.id not in holding for invitation in written)

    def person(self, expert_id: int) -> Expert:
        """A member or a designated expert."""
        return experts.expert(expert_id)
