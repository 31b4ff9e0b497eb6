"""The whole house at work on panels: shipped diagrams, real operations, jobs, and the demo clock.

Every act is one transaction, as a page makes it; what time and messages set going, `quiet` lets happen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.identity import roles
from app.jobs.due import run_until_quiet
from app.notices.models import OutboxMessage
from app.procedures.selection import seats, store
from app.procedures.selection.models import LIVE, Activity, Designation, Invitation, SeatState
from app.procedures.selection.rules.conditions import ConditionsDraft
from app.procedures.selection.service import activities
from app.registers import experts
from app.workflow import definitions, instances, messages, tasks
from app.workflow.models import Incident, Instance, Message, Task
from app.workflow.releases import shipped
from config import ROOT
from tests.services.procedures.selection.world import RULES, World, activity_draft, conditions, world
from tests.services.workflow.world import in_transaction

T = TypeVar("T")

OWNER = Actor(None, "樊立新", frozenset({roles.PROCESS_OWNER}))


class House:
    """A department with its people, the diagrams in force, and panels known by their numbers."""

    def __init__(self, pool: int = 44) -> None:
        in_transaction(lambda: world(pool))
        self.there: World = world(pool)
        db.session.expunge_all()
        db.session.rollback()
        if not definitions.current():
            in_transaction(lambda: shipped.deploy_shipped(ROOT, OWNER))

    # --- acts of people --------------------------------------------------------------------------------------

    def enter(self, **changes: Any) -> str:
        """The organiser enters an activity; its case begins."""

        def act() -> str:
            draft = activity_draft(self.there, **changes)
            made = activities.create(draft, actor=self.there.organiser, now=clock.now(), rules=RULES)
            data = {
                "activity": made.number, "organiser_id": made.organiser_id, "organiser_unit": made.organiser_unit_id,
                "leader_id": made.leader_id, "witness_id": made.witness_id,
            }  # fmt: skip
            instances.start("panel_selection", made.number, made.title, data, self.there.organiser)
            return made.number

        return in_transaction(act)

    def set_conditions(self, number: str, draft: ConditionsDraft | None = None) -> None:
        """The organiser saves and submits conditions."""
        organiser = self.there.organiser

        def save() -> None:
            messages.hold(number, organiser)
            activities.save_conditions(number, draft or conditions(), actor=organiser, now=clock.now())

        in_transaction(save)
        self.do(number, "set_conditions", organiser)

    def draw(self, number: str) -> None:
        """Both give their values, the witness signs, the organiser has the invitations sent."""
        self.do(number, "contribute_organiser", self.there.organiser, value="a8f051cc7be29d04", manner="browser")
        if self.activity(number).witness_id is not None:
            self.do(number, "contribute_witness", self.there.witness, value="20260302", manner="typed")
            self.do(number, "sign_record", self.there.witness, remark="")
        self.do(number, "send_invitations", self.there.organiser)
        self.quiet()

    def drawn(self, draft: ConditionsDraft | None = None, **changes: Any) -> str:
        """A panel whose first invitations are with the experts."""
        number = self.enter(**changes)
        self.set_conditions(number, draft)
        self.draw(number)
        return number

    def do(self, key: str, element: str, by: Actor, /, **values: Any) -> None:
        """Completes the open task of a case."""
        task_id = self.task(key, element)
        in_transaction(lambda: tasks.complete(task_id, values, by, None))

    def message(self, name: str, key: str, by: Actor, /, **payload: Any) -> None:
        """Gives a message to the case, as a page does."""
        in_transaction(lambda: messages.deliver(name, key, payload, by))
        self.quiet()

    def answer(self, one: Invitation, answer: str, reason: str | None = None) -> None:
        """The expert answers the invitation or the details, whichever is asked."""
        element = next(name for name in ("answer_invitation", "confirm_details") if name in self.open(one.number))
        self.do(one.number, element, self.expert(one), answer=answer, reason=reason, way="login")

    def accept(self, members: Iterable[Invitation]) -> None:
        """They accept, and the panel takes notice."""
        for one in members:
            self.answer(one, "accept")
        self.quiet()

    def confirm(self, number: str) -> None:
        """Everybody who was told the details confirms them."""
        for one in self.members(number, SeatState.TOLD):
            self.answer(one, "confirm")
        self.quiet()

    def finish(self, number: str) -> None:
        """From the invitations to the final list: all accept, the list is confirmed, all confirm."""
        self.accept(self.members(number, SeatState.SENT))
        self.do(number, "confirm_list", self.there.organiser)
        self.quiet()
        self.confirm(number)

    # --- time and messages -----------------------------------------------------------------------------------

    def quiet(self) -> None:
        """Lets everything happen that is due now; nothing of it may fail."""
        run_until_quiet(clock.now())
        db.session.rollback()
        assert self.incidents() == []

    def pass_time(self, moment: str) -> datetime:
        """Moves the clock there, and lets everything happen that is due by then."""
        there = datetime.fromisoformat(moment).replace(tzinfo=clock.ZONE)
        clock.travel_to(there)
        self.quiet()
        return there

    # --- what is on record -----------------------------------------------------------------------------------

    def activity(self, number: str) -> Activity:
        """The activity as it is now."""
        return now(lambda: store.activity(number))

    def members(self, number: str, *wanted: SeatState) -> list[Invitation]:
        """Who holds a seat (in one of the states), by line."""

        def find() -> list[Invitation]:
            found = [one for one in seats.invitations_of(number) if one.state in (wanted or LIVE)]
            return sorted(found, key=lambda one: one.line)

        return now(find)

    def invitation(self, number: str) -> Invitation:
        """An invitation as it is now."""
        return now(lambda: db.session.scalars(sa.select(Invitation).where(Invitation.number == number)).one())

    def designations(self, number: str) -> Sequence[Designation]:
        """All designations of an activity."""
        return now(lambda: list(store.designations_of(number)))

    def expert(self, one: Invitation) -> Actor:
        """The invited expert as he acts after login."""

        def find() -> Actor:
            person = experts.expert(one.expert_id)
            return Actor(person.user_id, person.name, frozenset({roles.EXPERT}))

        return now(find)

    def open(self, key: str) -> list[str]:
        """Elements of the open tasks of a case."""
        statement = (
            sa.select(Task.element_id)
            .join(Instance, Instance.id == Task.instance_id)
            .where(Instance.business_key == key, Task.status == "open")
        )
        return now(lambda: sorted(db.session.scalars(statement)))

    def task(self, key: str, element: str) -> str:
        """The id of an open task."""
        statement = (
            sa.select(Task.id)
            .join(Instance, Instance.id == Task.instance_id)
            .where(Instance.business_key == key, Task.element_id == element, Task.status == "open")
        )
        found: str | None = now(lambda: db.session.scalar(statement))
        assert found is not None, f"{key}: no open task {element}, but {self.open(key)}"
        return found

    def case(self, key: str) -> Instance:
        """The case of a business key."""
        return now(lambda: db.session.scalars(sa.select(Instance).where(Instance.business_key == key)).one())

    def cases(self, number: str) -> list[tuple[str, str, str | None]]:
        """All cases of an activity: key, status, end."""
        statement = (
            sa.select(Instance.business_key, Instance.status, Instance.end_element)
            .where(Instance.business_key.startswith(number))
            .order_by(Instance.business_key)
        )
        return now(lambda: [(row[0], str(row[1]), row[2]) for row in db.session.execute(statement)])

    def incidents(self) -> list[str]:
        """What failed and was not mended."""
        statement = sa.select(Incident.message).where(Incident.status == "open")
        return now(lambda: list(db.session.scalars(statement)))

    def undelivered(self) -> list[str]:
        """Messages between cases that still wait for somebody."""
        statement = sa.select(Message.name).where(Message.status.not_in(("delivered", "dropped")))
        return now(lambda: list(db.session.scalars(statement)))

    def notices(self, template: str) -> list[str]:
        """Whom the notices of a kind went to."""
        statement = sa.select(OutboxMessage.recipient_name).where(OutboxMessage.template == template)
        return now(lambda: list(db.session.scalars(statement.order_by(OutboxMessage.id))))


def now(find: Callable[[], T]) -> T:
    """Reads the database as it is, and leaves no transaction behind."""
    db.session.expire_all()
    found = find()
    db.session.expunge_all()
    db.session.rollback()
    return found
