"""A department with a drawn panel whose invitations have gone out, for the pages of leader and expert.

The diagrams are the shipped ones and the notices are delivered, so that links, tasks and timers are real. It is made
once and copied for each test.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.transaction import transaction
from app.identity import accounts
from app.identity.models import User
from app.notices.models import OutboxMessage
from app.procedures.selection.models import (
    Activity,
    Designation,
    DesignationState,
    Invitation,
    SeatState,
)
from app.registers.models import Expert
from app.web.installation import install
from app.workflow import instances, tasks
from app.workflow.models import Task
from tests.conftest import build_app, client_of
from tests.services.procedures.selection import world as w
from tests.web.house_rules import HouseClient

PANEL = "panel_selection"
_LINK = re.compile(r"/invitation/([\w-]+)")


class House:
    """The application with one activity; `number` is the activity's."""

    def __init__(self, app: Flask, number: str) -> None:
        self.app, self.number = app, number

    def client(self, user_id: int | None = None) -> HouseClient:
        """A browser, of the person of this account or of the public."""
        client = client_of(self.app)
        if user_id is not None:
            with self.app.app_context():
                token = db.session.get_one(User, user_id).session_token
            with client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = token, True
        return client

    def staff(self, login: str) -> HouseClient:
        """The browser of organiser (org), leader (lead), witness (wit) or clerk."""
        return self.client(self.user_of(login))

    def user_of(self, login: str) -> int:
        """The account of this login."""
        with self.app.app_context():
            return db.session.scalars(sa.select(User.id).where(User.login == login)).one()

    @contextmanager
    def inside(self) -> Iterator[Any]:
        """Below the web layer, in one transaction."""
        with self.app.app_context():
            with transaction() as session:
                yield session
            db.session.remove()

    def quiet(self) -> None:
        """Does what falls due: timers, queued messages, notices."""
        with self.app.app_context():
            self.app.extensions["run_until_quiet"](clock.now())
            db.session.remove()

    def read(self, number: str) -> Invitation:
        """An invitation as it stands now, detached."""
        with self.app.app_context():
            found = db.session.scalars(sa.select(Invitation).where(Invitation.number == number)).one()
            db.session.expunge(found)
            return found

    def invitations(self) -> list[str]:
        """The numbers of all invitations, in order."""
        with self.app.app_context():
            return list(db.session.scalars(sa.select(Invitation.number).order_by(Invitation.seq)))

    def expert_of(self, number: str) -> int:
        """The account of an invitation's expert."""
        with self.app.app_context():
            statement = sa.select(Expert.user_id).join(Invitation, Invitation.expert_id == Expert.id)
            return db.session.scalars(statement.where(Invitation.number == number)).one() or 0

    def experts(self) -> list[int]:
        """The accounts of all experts."""
        with self.app.app_context():
            return [user or 0 for user in db.session.scalars(sa.select(Expert.user_id).order_by(Expert.id))]

    def task(self, number: str) -> str:
        """The open task of the case of this number."""
        with self.app.app_context():
            statement = sa.select(Task.id).where(Task.business_key == number, sa.text("wf_task.status = 'open'"))
            return db.session.scalars(statement).one()

    def token(self, number: str) -> str:
        """The token in the latest notice about an invitation."""
        with self.app.app_context():
            statement = sa.select(OutboxMessage.body).where(OutboxMessage.subject_id == number)
            for body in db.session.scalars(statement.order_by(OutboxMessage.id.desc())):
                found = _LINK.search(json.loads(body).get("sms", "")) if body else None
                if found:
                    return found.group(1)
        raise AssertionError(f"no link was sent for {number}")

    def answer(self, number: str, answer: str) -> None:
        """The expert answers after log-in, as the page does."""
        done = self.client(self.expert_of(number)).post(f"/mine/invitations/{number}", data={"answer": answer})
        assert done.status_code == 302, done.get_data(as_text=True)[:600]

    def act(self, login: str, element: str, values: dict[str, Any] | None = None) -> None:
        """Staff completes the activity's open task at this element."""
        with self.inside():
            user = db.session.scalars(sa.select(User).where(User.login == login)).one()
            actor = accounts.actor_of(user, None)
            statement = sa.select(Task.id).where(
                Task.business_key == self.number, Task.element_id == element, sa.text("wf_task.status = 'open'")
            )
            tasks.complete(db.session.scalars(statement).one(), values or {}, actor, None)

    def tell_details(self) -> None:
        """Everybody accepts, the organiser confirms the list, the details go out."""
        for number in self.invitations():
            self.answer(number, "accept")
        self.quiet()
        self.act("org", "confirm_list")
        self.quiet()

    def promise_elsewhere(self, number: str) -> None:
        """The expert of this invitation has accepted another review of the same hour."""
        with self.inside() as session:
            mine = session.scalars(sa.select(Invitation).where(Invitation.number == number)).one()
            other = _copy(session.get(Activity, mine.activity_no), number="PS-2026-0099")
            session.add(other)
            session.flush()
            session.add(
                _copy(mine, id=None, number="PS-2026-0099-01", activity_no=other.number, state=SeatState.ACCEPTED)
            )

    def designate_before(self, seq: int) -> None:
        """The expert of this designation was designated by the same department half a year ago."""
        with self.inside() as session:
            mine = session.scalars(sa.select(Designation).where(Designation.seq == seq)).one()
            before = clock.now() - timedelta(days=180)
            other = _copy(
                session.get(Activity, mine.activity_no), number="PS-2025-0099", title="一期技术评审", starts_at=before
            )
            session.add(other)
            session.flush()
            session.add(
                _copy(
                    mine, id=None, activity_no=other.number, state=DesignationState.APPROVED, requested_at=before,
                    decided_at=before, decided_by_name="何景行",
                )
            )


def _copy(row: Any, **changes: Any) -> Any:
    """A second row with the values of the first but for the changes."""
    values = {column.key: getattr(row, column.key) for column in sa.inspect(type(row)).column_attrs}
    return type(row)(**{**values, **changes})


def copies(folder: Path, schema: Path, stage: str, make: Callable[[w.World], str]) -> Callable[[Path], House]:
    """Makes a stage once under the standing clock; gives what copies it into a folder of a test."""
    if stage not in _made:
        _made[stage] = _make(folder, schema, make)
    path, number = _made[stage]

    def copy(to: Path) -> House:
        shutil.copyfile(path, to / "panel.sqlite3")
        return House(build_app(f"sqlite:///{to / 'panel.sqlite3'}", to), number)

    return copy


_made: dict[str, tuple[Path, str]] = {}


def _make(folder: Path, schema: Path, make: Callable[[w.World], str]) -> tuple[Path, str]:
    path = folder / "panel.sqlite3"
    shutil.copyfile(schema, path)
    app = build_app(f"sqlite:///{path}", folder)
    with app.app_context():
        with transaction():
            install(SYSTEM)
        with transaction():
            number = make(w.world())
        app.extensions["run_until_quiet"](clock.now())
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return path, number


def started(found: Activity, there: w.World) -> str:
    """Starts the case of an activity; it goes on from where its records stand."""
    data = {
        "activity": found.number, "organiser_id": there.organiser.user_id, "organiser_unit": there.department.id,
        "leader_id": there.leader.user_id, "witness_id": there.witness.user_id,
    }
    instances.start(PANEL, found.number, found.title, data, there.organiser)
    return found.number


def invited(there: w.World) -> str:
    """A panel of five is drawn, and all five are invited."""
    return started(w.drawn(there)[0], there)
