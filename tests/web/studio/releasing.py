"""The desk of the process owners with a browser for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask

from app.core.actor import Actor
from app.identity import accounts
from tests.conftest import client_of
from tests.services.workflow.releases.desk import Desk
from tests.services.workflow.world import World
from tests.web.house_rules import HouseClient

T = TypeVar("T")


class Studio:
    """`studio.first`, `.second`, `.leader` are browsers; `inside` runs something below the web layer."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.desk = Desk(World())
        self.first = self.browser(self.desk.first)
        self.second = self.browser(self.desk.second)
        self.leader = self.browser(self.desk.leader)

    def browser(self, actor: Actor) -> HouseClient:
        """A browser in which this person is signed in."""
        with self.app.app_context():
            token = accounts.get(actor.user_id or 0).session_token
        client = client_of(self.app)
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = token, True
        return client

    def inside(self, act: Callable[[Desk], T]) -> T:
        """Runs something below the web layer."""
        with self.app.app_context():
            return act(self.desk)
