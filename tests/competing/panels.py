"""Panels for the races: a house with one panel whose experts are all asked, made once on each database and copied."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.audit import verify
from app.core.database import db
from app.core.transaction import transaction
from app.jobs.due import Report, run_due
from app.notices.models import OutboxMessage
from app.procedures.selection import seats
from app.procedures.selection.models import ActivityState, Invitation, SeatState
from app.workflow import tasks
from app.workflow.attempt import attempt
from tests.conftest import DATABASES, build_app
from tests.services.procedures.selection.house import House, now
from tests.services.procedures.selection.world import COST, SECURITY, SOFTWARE, conditions, designation

SEATS = 7
_INVITATIONS = ("panel_invited", "panel_invited_with_details")
_SEAT = re.compile(r"PS-\d{4}-\d{4}-\d+")
_LINK = re.compile(r"/invitation/([\w-]+)")


@dataclass
class Template:
    """The finished database: how to open a copy of it, and what the tests know about it."""

    copy: Callable[[Path], Flask]
    house: House
    number: str
    drop: Callable[[], None]


_made: dict[str, Template] = {}


def _panel() -> tuple[House, str]:
    """Seven seats, one of them for somebody asked for by name; all six drawn have their invitations."""
    house = House(pool=60)
    asked = designation(house.there.expert(SECURITY, COST))
    draft = conditions(panel_size=SEATS, quota={SECURITY: 2, SOFTWARE: 2, COST: 2}, designations=(asked,))
    return house, house.drawn(draft)


def _made_in(app: Flask) -> tuple[House, str]:
    with app.app_context():
        made = _panel()
        db.session.remove()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.engine.dispose()
    return made


def _sqlite(request: pytest.FixtureRequest, folder: Path) -> Template:
    path = folder / "panel.sqlite3"
    shutil.copyfile(request.getfixturevalue("sqlite_schema"), path)
    house, number = _made_in(build_app(f"sqlite:///{path}", folder))

    def copy(to: Path) -> Flask:
        shutil.copyfile(path, to / "zhiku.sqlite3")
        return build_app(f"sqlite:///{to / 'zhiku.sqlite3'}", to)

    return Template(copy, house, number, lambda: None)


def _postgres(request: pytest.FixtureRequest, folder: Path) -> Template:
    server = request.getfixturevalue("postgres")
    schema = request.getfixturevalue("postgres_schema")
    name = f"panel_{schema}"
    house, number = _made_in(build_app(server.create(name, template=schema), folder))

    def copy(to: Path) -> Flask:
        return build_app(server.create(f"{name}_copy", template=name), to)

    return Template(copy, house, number, lambda: server.drop(f"{name}_copy"))


@pytest.fixture(params=DATABASES)
def panel(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Panel]:
    """The panel, on each database, at the moment its invitations are out."""
    if request.param not in _made:
        make = _sqlite if request.param == "sqlite" else _postgres
        _made[request.param] = make(request, tmp_path_factory.mktemp(f"panel-{request.param}"))
    template = _made[request.param]
    app = template.copy(tmp_path)
    with app.app_context():
        yield Panel(app, template.house, template.number)
        db.session.remove()
        db.engine.dispose()
    template.drop()


class Panel:
    """One panel and what may happen to it at the same moment; every act is one transaction, as a page makes it."""

    def __init__(self, app: Flask, house: House, number: str) -> None:
        self.app, self.house, self.number = app, house, number

    def due(self) -> Report:
        """One round of a scheduler."""
        return run_due(clock.now(), pause=0)

    def answer(self, one: Invitation, answer: str, reason: str | None = None) -> Callable[[], Any]:
        """The expert's answer to whatever he is asked; who he is and which task is found out beforehand."""
        element = next(name for name in ("answer_invitation", "confirm_details") if name in self.house.open(one.number))
        task, expert = self.house.task(one.number, element), self.house.expert(one)
        values = {"answer": answer, "reason": reason, "way": "login"}
        return lambda: attempt(transaction, lambda: tasks.complete(task, values, expert, None))

    def act(self, key: str, element: str, by: Any, **values: Any) -> Callable[[], Any]:
        """Somebody's completion of the open task of a case."""
        task = self.house.task(key, element)
        return lambda: attempt(transaction, lambda: tasks.complete(task, values, by, None))

    def state(self) -> ActivityState:
        """The panel's state."""
        return self.house.activity(self.number).state

    def members(self, *wanted: SeatState) -> list[Invitation]:
        """Who holds a seat, by line."""
        return self.house.members(self.number, *wanted)

    def decide(self, decision: str = "agreed") -> None:
        """The leader decides on the one asked for by name."""
        leader = self.house.there.leader
        self.house.do(f"{self.number}-Z1", "approve_designation", leader, decision=decision, reason="熟悉")
        self.house.quiet()

    def check(self) -> None:
        """Everything that is due has happened; nothing failed, nothing is undeliverable, and the records agree."""
        self.house.quiet()
        assert self.house.undelivered() == []
        live = self.members()
        assert len(live) <= SEATS
        assert len({one.line for one in live}) == len(live), "one line is held twice"
        assert len({one.expert_id for one in live}) == len(live), "one expert holds two seats"
        drawn = [(one.draw_id, one.expert_id) for one in self.written() if one.pid]
        assert len(set(drawn)) == len(drawn), "one expert was taken twice in one draw"
        assert set(self.invited().values()) <= {1}, "somebody was sent his invitation twice"
        running = {key for key, status, _ in self.house.cases(self.number) if status == "running"}
        held = {one.number for one in live}
        assert {key for key in running if _SEAT.fullmatch(key)} == held, "seats and cases do not agree"
        assert now(lambda: list(verify())) == []

    def written(self) -> list[Invitation]:
        """Every invitation ever written."""
        return now(lambda: list(seats.invitations_of(self.number)))

    def invited(self) -> Counter[str]:
        """How many invitations went out, by number."""
        statement = sa.select(OutboxMessage.subject_id).where(OutboxMessage.template.in_(_INVITATIONS))
        return now(lambda: Counter(db.session.scalars(statement)))

    def goes_on(self) -> None:
        """From wherever it stands the panel comes to its final list of seven."""
        for _ in range(4):
            if "approve_designation" in self.house.open(f"{self.number}-Z1"):
                self.decide()
            self.house.accept(self.members(SeatState.SENT))
            if self.house.open(self.number) == ["confirm_list"]:
                self.house.do(self.number, "confirm_list", self.house.there.organiser)
                self.house.quiet()
            self.house.confirm(self.number)
            if self.state() is ActivityState.FINAL:
                break
        assert self.state() is ActivityState.FINAL
        assert [one.line for one in self.members()] == list(range(1, SEATS + 1))
        self.check()


def token(number: str) -> str:
    """The token in the message that went out for an invitation."""
    statement = sa.select(OutboxMessage.body).where(OutboxMessage.subject_id == number, OutboxMessage.body.is_not(None))
    found = _LINK.search(json.loads(now(lambda: db.session.scalars(statement).first() or "{}"))["sms"])
    assert found is not None
    return found[1]
