"""An office for page tests: the people and diagrams of the workflow's tests, with forms, and clients signed in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask

from app.core.database import db
from app.identity import accounts
from app.workflow import definitions
from app.workflow.models import Task
from tests.services.workflow.world import STAFF, World, in_transaction, properties
from tests.unit.engine import diagrams as d
from tests.web.house_rules import HouseClient

T = TypeVar("T")
FORMS = Path(__file__).parents[1] / "data" / "forms"
KEY = "entry_test"
_NOTE = json.dumps({
    "type": "default", "id": "note", "properties": {"title": "办理"},
    "components": [{"type": "textfield", "id": "n", "key": "note", "label": "备注"}],
}, ensure_ascii=False)
PRECHECK = [
    {"code": "age", "label": "年龄", "reason": "48 周岁", "article": "第十一条（一）5", "mark": "ok"},
    {"code": "credit", "label": "失信", "reason": "须人工查询", "article": "第十一条（一）6", "mark": "idle"},
]


def entry_test() -> bytes:
    """formal_check → qualification_review (with a form) → confirm by the leader."""
    due = 'camunda:dueDate="=deadline(&quot;entry.qualification_period&quot;, now())"'
    return d.diagram(
        KEY,
        [
            d.start(),
            d.user("formal_check"),
            d.user("qualification_review", group="bureau_reviewer", attributes=due),
            d.user("confirm_list", group="bureau_leader", inner=properties(fourEyes="qualification_review")),
            d.end(),
        ],
        ["begin > formal_check", "formal_check > qualification_review", "qualification_review > confirm_list",
         "confirm_list > done"],
    )


def _world_there() -> World:
    """The people of a database that has them already."""
    world = World.__new__(World)
    world.actors = {}
    for login in STAFF:
        user = accounts.by_login(login)
        assert user is not None
        world.actors[login] = accounts.actor_of(user, "127.0.0.1")
    db.session.rollback()
    return world


class Office:
    """A house with one process; `client("reviewer")` is that person's browser."""

    def __init__(self, app: Flask, new_client: Callable[[], HouseClient], *, is_made: bool = False) -> None:
        self.app, self._new_client = app, new_client
        self._clients: dict[str, HouseClient] = {}
        with app.app_context():
            self.world = _world_there() if is_made else World()
            if is_made:
                return
            forms = {f"test/{step}": _NOTE for step in ("formal_check", "confirm_list")}
            forms["test/qualification_review"] = (FORMS / "qualification_review.form").read_text(encoding="utf-8")
            bpmn = entry_test()
            in_transaction(lambda: definitions.deploy(KEY, bpmn, {}, forms, None, self.world["owner"]))

    def client(self, login: str) -> HouseClient:
        """The browser of the person of this login, signed in."""
        if login not in self._clients:
            with self.app.app_context():
                user = accounts.by_login(login)
                assert user is not None
                token = user.session_token
            client = self._new_client()
            with client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = token, True
            self._clients[login] = client
        return self._clients[login]

    def inside(self, act: Callable[[World], T]) -> T:
        """Runs something below the web layer."""
        with self.app.app_context():
            return act(self.world)

    def case(self, number: str = "RK-2026-0147", **data: Any) -> int:
        """A case waiting for its formal check."""
        return self.inside(lambda world: world.start(KEY, number, precheck=PRECHECK, **data))

    def reviewed(self, number: str = "RK-2026-0147") -> tuple[int, str]:
        """A case waiting for its qualification review, and the id of that task."""
        case = self.case(number)
        self.inside(lambda world: world.complete(case, "formal_check", "clerk"))
        return case, self.task(case, "qualification_review").id

    def task(self, case: int, element: str, status: str = "open") -> Task:
        """A task of a case as it is in the database now."""
        return self.inside(lambda world: world.task(case, element, status))
