"""One review, from the form to the next person's inbox: every station that architecture.md names, in its order."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import audit
from app.core.audit import AuditEntry
from app.core.database import db
from app.identity import roles
from app.notices.models import OutboxMessage
from app.procedures.entry.models import Application, Decision
from app.workflow.models import HistoryEntry, Instance, Task
from tests.web.house_rules import HouseClient

APPLICANT = "周启明"
OPINION = "经核对，申请人具有正高级工程师职称，符合第十一条（二）4 的规定。"
FORM = {
    "review_checked": ["nationality", "conduct", "age", "record", "profession"], "review_outcome": "passed",
    "review_route": "B", "review_opinion": OPINION, "_do": "submit",
}


@pytest.fixture
def app(world_app: Flask) -> Flask:
    """The application with the demo world, in which 李文静 has claimed the review of 周启明."""
    return world_app


def one(statement: sa.Select[Any]) -> Any:
    """The single row of a statement, detached."""
    found = db.session.scalars(statement).one()
    db.session.expunge(found)
    return found


def open_task(app: Flask) -> tuple[Task, Instance]:
    """The open task of the applicant's case, and the case."""
    with app.app_context():
        case = one(sa.select(Instance).where(Instance.title.startswith(APPLICANT)))
        return one(sa.select(Task).where(Task.instance_id == case.id, Task.status == "open")), case


def last_audit_line(app: Flask) -> int:
    with app.app_context():
        return int(db.session.execute(sa.select(sa.func.max(AuditEntry.seq))).scalar_one())


def test_a_review_passes_every_station_in_one_transaction(app: Flask, client: HouseClient) -> None:
    client.post("/demo/enter", data={"role": roles.BUREAU_REVIEWER})
    task, before = open_task(app)
    trail = last_audit_line(app)
    assert task.element_id == "qualification_review"
    page = client.page(f"/tasks/{task.id}")
    assert client.post(f"/tasks/{task.id}", data={**FORM, "rev": page.typed("rev")}, csrf=False).status_code == 400
    assert open_task(app)[1].rev == before.rev, "without the token nothing happens"

    refused = client.post(f"/tasks/{task.id}", data={**FORM, "review_opinion": "", "rev": page.typed("rev")})
    assert refused.status_code == 422
    assert open_task(app)[1].rev == before.rev, "what the form refuses never reaches the engine"

    answer = client.post(f"/tasks/{task.id}", data={**FORM, "rev": page.typed("rev")})
    assert answer.status_code == 302

    following, case = open_task(app)
    assert following.element_id == "confirm_list", "the engine ran to the next wait"
    assert case.rev > before.rev
    assert case.state != before.state, "and its state was stored"
    with app.app_context():
        done = db.session.get_one(Task, task.id)
        assert (done.status, done.completed_by_name) == ("completed", "李文静"), "the list of tasks follows"
        told = db.session.scalars(
            sa.select(HistoryEntry).where(HistoryEntry.instance_id == case.id).order_by(HistoryEntry.id)
        ).all()
        assert any(entry.task_id == task.id for entry in told), "the history tells it"
        application = db.session.scalars(sa.select(Application).where(Application.number == case.business_key)).one()
        decision = db.session.scalars(
            sa.select(Decision).where(Decision.application_id == application.id).order_by(Decision.id.desc())
        ).first()
        assert decision is not None
        assert (decision.stage, decision.outcome, decision.opinion) == ("qualification", "passed", OPINION)
        lines = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.seq > trail)).all()
        assert "李文静" in {line.actor_name for line in lines}, "the trail names who did it"
        assert list(audit.verify()) == []
        sent = sa.select(sa.func.count()).select_from(OutboxMessage)
        assert db.session.execute(sent.where(OutboxMessage.subject_id == case.business_key)).scalar_one() > 0

    leader = app.test_client()
    assert isinstance(leader, HouseClient)
    leader.post("/demo/enter", data={"role": roles.BUREAU_LEADER})
    assert APPLICANT in leader.page("/inbox/?view=groups").text, "and it lies in the next inbox"


def test_the_same_page_sent_twice_decides_once(app: Flask, client: HouseClient) -> None:
    client.post("/demo/enter", data={"role": roles.BUREAU_REVIEWER})
    task, _ = open_task(app)
    rev = client.page(f"/tasks/{task.id}").typed("rev")
    first = client.post(f"/tasks/{task.id}", data={**FORM, "rev": rev})
    again = client.post(f"/tasks/{task.id}", data={**FORM, "rev": rev})
    assert first.status_code == 302
    assert again.status_code in (302, 409)
    following, case = open_task(app)
    with app.app_context():
        decisions = sa.select(sa.func.count()).select_from(Decision).join(Application)
        statement = decisions.where(Application.number == case.business_key, Decision.stage == "qualification")
        assert db.session.execute(statement).scalar_one() == 1
    assert following.element_id == "confirm_list"
