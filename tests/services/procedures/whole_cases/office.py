"""The office with the shipped diagrams: an application goes from its submission to the letter, led by its number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core import clock
from app.core.actor import public
from app.core.database import db
from app.jobs.due import run_until_quiet
from app.procedures.entry import service as entry
from app.procedures.entry import store
from app.procedures.objection import service as objection
from app.procedures.publicity import service as publicity
from app.workflow import definitions, instances, tasks
from app.workflow.models import Instance
from app.workflow.releases import shipped
from config import ROOT
from tests.services.procedures.people import APPLICANT, draft, last_code, notice
from tests.services.workflow.world import World, in_transaction
from tests.unit.procedures.forms import RULES
from tests.unit.procedures.test_objection_rules import INDIVIDUAL

Travel = Callable[[str], datetime]
OBJECTOR = public("高望山", None)


class Office(World):
    """The office with the shipped diagrams; a case is known by its number."""

    def __init__(self) -> None:
        super().__init__()
        if not definitions.current():
            in_transaction(lambda: shipped.deploy_shipped(ROOT, self["owner"]))

    def apply(self, **changes: Any) -> str:
        """Somebody fills in the form and submits it."""

        def act() -> str:
            number = entry.submit(draft(**changes), actor=APPLICANT, now=clock.now(), rules=RULES)
            instances.start("expert_entry", number, "周启明　入库申请", {}, APPLICANT)
            return number

        return in_transaction(act)

    def case(self, number: str) -> Instance:
        """The instance of a case number."""
        statement = sa.select(Instance).where(Instance.business_key == number, Instance.parent_id.is_(None))
        found = db.session.scalars(statement).one()
        db.session.expunge_all()
        db.session.rollback()
        return found

    def do(self, number: str, element: str, by: str, **values: Any) -> None:
        """Completes the open task of a case, wherever in it the task is."""
        self.complete(self.case(number).id, element, by, **values)
        assert [incident.message for incident in self.incidents() if incident.resolved_at is None] == []

    def to_list(self, *numbers: str) -> None:
        """Checks, reviews and confirms."""
        for number in numbers:
            self.do(number, "formal_check", "clerk", formal_outcome="accepted", formal_opinion="材料齐全")
            review = {"review_outcome": "passed", "review_route": "B", "review_opinion": "符合第十一条（二）4 的规定"}
            self.do(number, "qualification_review", "reviewer", **review)
            self.do(number, "confirm_list", "leader", confirm_outcome="agreed")

    def publish(self, *numbers: str) -> str:
        """Writes one notice for all and completes each one's task with it."""
        ids = [self.task(self.case(number).id, "publish_notice").id for number in numbers]

        def act() -> str:
            batch = publicity.create_batch(numbers, notice(), actor=self["clerk"], now=clock.now(), rules=RULES)
            for task_id in ids:
                tasks.complete(task_id, {"batch_no": batch.number}, self["clerk"], None)
            return batch.number

        return in_transaction(act)

    def published(self) -> str:
        """An application whose name is being published."""
        number = self.apply()
        self.to_list(number)
        self.publish(number)
        return number

    def object(self, number: str) -> str:
        """Somebody objects online."""

        def act() -> str:
            objection.request_phone_code(INDIVIDUAL["phone"], actor=OBJECTOR, now=clock.now(), rules=RULES)
            assert objection.verify_phone(INDIVIDUAL["phone"], last_code(), now=clock.now())
            made = objection.file_online(number, INDIVIDUAL, actor=OBJECTOR, now=clock.now(), rules=RULES)
            instances.start("objection_handling", made.number, "对周启明的异议", {}, OBJECTOR)
            return made.number

        return in_transaction(act)

    def decide(self, number: str, outcome: str) -> None:
        """Investigates and decides an accepted objection."""
        report = {"investigation_report": "经向发证机关查证。", "investigation_suggestion": outcome}
        self.do(number, "investigate", "reviewer", **report)
        self.do(number, "decide_objection", "leader", decision_outcome=outcome, decision_reasons="证书编号查不到")

    def pass_time(self, travel: Travel, moment: str) -> None:
        """Moves the clock and lets everything that is due happen."""
        travel(moment)
        run_until_quiet(clock.now())
        db.session.rollback()

    def state(self, number: str) -> str:
        """The application's state in words."""
        word = store.application(number).state.label
        db.session.rollback()
        return word
