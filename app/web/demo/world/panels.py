"""What department, leader, witness and experts of the demo do about panels: each act as its page does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.identity import accounts
from app.procedures.selection import seats
from app.procedures.selection.models import Designation, DesignationState, Invitation, SeatState
from app.procedures.selection.rules.activity import ActivityDraft
from app.procedures.selection.rules.conditions import ConditionsDraft, DesignationDraft, RecusalDraft
from app.procedures.selection.service import activities
from app.registers import experts
from app.registers.models import Expert, ExpertDirection, Unit
from app.web.demo.world.acts import World, open_task
from app.workflow import instances, messages, tasks

ORGANISER, LEADER, WITNESS = "guozian", "hejingxing", "renlicheng"
_PROCESS = "panel_selection"


@dataclass(frozen=True)
class Review:
    """A review of the story; `seats` are those to be drawn, `designated` how many experts are asked for by name."""

    title: str
    kind: str
    starts_at: datetime
    seats: Mapping[str, int]
    address: str
    project: int = 0
    witnessed: bool = True
    titles: tuple[str, ...] = ()
    waiver: str = ""
    designated: tuple[DesignationDraft, ...] = ()

    @property
    def size(self) -> int:
        """All seats."""
        return sum(self.seats.values()) + len(self.designated)


def number_of(world: World, title: str) -> str:
    """The number of a review of the story."""
    return world.numbers[f"评审：{title}"]


def enter(world: World, one: Review) -> None:
    """The organiser enters the review; its case begins."""
    actor, now = world.staff[ORGANISER], clock.now()
    draft = ActivityDraft(
        title=one.title, kind=one.kind, project_unit_id=_project_unit(one.project), contact_phone="0351-0000000",
        leader_id=world.staff[LEADER].user_id, starts_at=one.starts_at, city="龙城市", address=one.address,
        witness_id=world.staff[WITNESS].user_id if one.witnessed else None,
    )
    made = activities.create(draft, actor=actor, now=now, rules=world.rules)
    world.numbers[f"评审：{one.title}"] = made.number
    activities.save_conditions(made.number, _conditions(one), actor=actor, now=now)
    data = {
        "activity": made.number, "organiser_id": actor.user_id, "organiser_unit": made.organiser_unit_id,
        "leader_id": made.leader_id, "witness_id": made.witness_id,
    }
    instances.start(_PROCESS, made.number, one.title, data, actor, subject=f"activity:{made.number}", rules=world.rules)


def _project_unit(place: int) -> int:
    """A unit without experts of its own in many, so that nobody is recused by chance."""
    statement = sa.select(Unit.id).where(Unit.nature == "行政机关").order_by(Unit.id).offset(place).limit(1)
    return int(db.session.scalars(statement).one())


def _conditions(one: Review) -> ConditionsDraft:
    recused = db.session.scalars(
        sa.select(Unit.id).where(Unit.nature == "非国有企业").order_by(Unit.id.desc()).limit(2)
    )
    return ConditionsDraft(
        panel_size=one.size, quota=dict(one.seats), titles=one.titles, security_waiver=one.waiver,
        designations=one.designated,
        recusals=tuple(RecusalDraft("participant", "参与项目建设的单位", unit_id=unit_id) for unit_id in recused),
    )


def submit(world: World, one: Review) -> None:
    """条件锁定: the list is sealed, the commitment public."""
    _do(number_of(world, one.title), "set_conditions", world.staff[ORGANISER], {})


def give(world: World, one: Review) -> None:
    """The organiser gives his value to the seed."""
    values = {"value": f"{world.source.getrandbits(64):016x}", "manner": "browser"}
    _do(number_of(world, one.title), "contribute_organiser", world.staff[ORGANISER], values)


def witness(world: World, one: Review) -> None:
    """The witness gives his value; with both, the panel is drawn."""
    values = {"value": f"{clock.today():%Y%m%d} 见证", "manner": "typed"}
    _do(number_of(world, one.title), "contribute_witness", world.staff[WITNESS], values)


def sign(world: World, one: Review) -> None:
    """The witness signs the record of the draw."""
    _do(number_of(world, one.title), "sign_record", world.staff[WITNESS], {"remark": "全程在场，短码核对一致。"})


def send(world: World, one: Review) -> None:
    """发出邀请."""
    _do(number_of(world, one.title), "send_invitations", world.staff[ORGANISER], {})


def approve(world: World, one: Review, decision: str, reason: str) -> None:
    """The leader decides on whoever is designated."""
    for key in _waiting_designations(number_of(world, one.title)):
        values = {"decision": decision, "reason": reason}
        _do(key, "approve_designation", world.staff[LEADER], values)


def _waiting_designations(number: str) -> list[str]:
    statement = sa.select(Designation).where(
        Designation.activity_no == number, Designation.state == DesignationState.REQUESTED
    )
    return [f"{one.activity_no}-Z{one.seq}" for one in db.session.scalars(statement)]


def answer(world: World, one: Review, *words: str, others: str = "") -> None:
    """Those asked answer in the order of their lines: `accept`, `decline`, `recuse`, or empty for silence.

    `others` is what everybody further says.
    """
    asked = _in_state(number_of(world, one.title), SeatState.SENT)
    for place, invitation in enumerate(asked):
        word = words[place] if place < len(words) else others
        if word:
            _reply(invitation, "answer_invitation", word)


def confirm(world: World, one: Review, count: int | None = None) -> None:
    """Those told the details confirm them, or only the first `count`."""
    for invitation in _in_state(number_of(world, one.title), SeatState.TOLD)[:count]:
        _reply(invitation, "confirm_details", "confirm")


def confirm_list(world: World, one: Review) -> None:
    """确认初始名单; the details go out."""
    _do(number_of(world, one.title), "confirm_list", world.staff[ORGANISER], {})


def leave(world: World, one: Review) -> None:
    """The first member asks for leave in time (第二十条)."""
    invitation = _in_state(number_of(world, one.title), SeatState.SEATED)[0]
    messages.deliver("leave_requested", invitation.number, {"reason": "单位临时安排出差"}, _expert(invitation))


def refuse_all(world: World, one: Review, category: str) -> None:
    """Whoever is asked for this category declines, the others accept: done often, the list runs dry."""
    for invitation in _in_state(number_of(world, one.title), SeatState.SENT):
        _reply(invitation, "answer_invitation", "decline" if invitation.category == category else "accept")


def cancel(world: World, one: Review, reason: str) -> None:
    """取消评审."""
    messages.deliver("activity_cancelled", number_of(world, one.title), {"reason": reason}, world.staff[ORGANISER])


def hold_meeting(world: World, one: Review) -> None:
    """The meeting was held; the members elected the first of them."""
    number = number_of(world, one.title)
    lines = [invitation.line for invitation in _in_state(number, SeatState.SEATED)]
    values = {
        "outcome": "held", "note": "会议按期举行。", "leader_line": lines[0],
        "attendance": [{"line": line, "state": "present"} for line in lines],
    }
    _do(number, "record_meeting", world.staff[ORGANISER], values)


def designated(reason: str, *, name: str = "", direction: str = "") -> DesignationDraft:
    """An expert asked for by name: the one of that name, else the first of that direction."""
    statement = sa.select(Expert).order_by(Expert.id)
    if name:
        statement = statement.where(Expert.name == name)
    if direction:
        holds = sa.exists().where(ExpertDirection.expert_id == Expert.id, ExpertDirection.direction == direction)
        statement = statement.where(holds, Expert.title_level == "正高")
    person = db.session.scalars(statement.limit(1)).one()
    return DesignationDraft(person.id, direction or person.directions[0].direction, reason, person.name)


def _in_state(number: str, state: SeatState) -> list[Invitation]:
    found = [one for one in seats.invitations_of(number) if one.state is state]
    return sorted(found, key=lambda one: one.line)


def _reply(invitation: Invitation, element: str, word: str) -> None:
    reasons = {"decline": "时间冲突", "recuse": "与可能的评审对象有利害关系"}
    values = {"answer": word, "way": "login"} | ({"reason": reasons[word]} if word in reasons else {})
    _do(invitation.number, element, _expert(invitation), values)


def _expert(invitation: Invitation) -> Actor:
    user_id = experts.expert(invitation.expert_id).user_id
    if user_id is None:
        raise LookupError(f"the expert of {invitation.number} has no account")
    return accounts.actor_of(accounts.get(user_id), None)


def _do(key: str, element: str, actor: Actor, values: Mapping[str, Any]) -> None:
    tasks.complete(open_task(key, element), values, actor, None)
