"""The office of the workflow's tests, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from app.core import audit, settings
from app.core.errors import Conflict
from app.operations import OperationContext, OperationError, catalogue
from tests.services.workflow.world import World


@pytest.fixture
def world(any_database: Any) -> World:
    """People of every role and an empty house, on each database."""
    return World()


@pytest.fixture
def light_world(database: Any) -> World:
    """The same on SQLite only, for rules that no database can change."""
    return World()


@dataclass(frozen=True)
class Note:
    """What the operations of these tests are told."""

    text: str


@dataclass(frozen=True)
class Noted:
    """What they answer."""

    at: datetime


@dataclass
class Workshop:
    """Operations of the tests: what they wrote stands in settings; `broken` says which way they fail."""

    broken: str | None = None

    def note(self, inputs: Note, context: OperationContext) -> Noted:
        """Writes a setting and an audit line, then fails if it is to."""
        settings.store(f"noted.{inputs.text}", context.business_key)
        audit.record(context.actor, "test.note", "setting", inputs.text)
        if self.broken == "refused":
            raise Conflict("该记录已存在")
        if self.broken == "coded":
            raise OperationError("not_now", "现在不能登记")
        if self.broken == "bug":
            raise ZeroDivisionError("a bug")
        return Noted(context.now)

    def tell(self, inputs: Note, context: OperationContext) -> None:
        """Sends a message to the case named by the text."""
        context.send_message("told", inputs.text, {"sender": context.business_key})

    def hint(self, inputs: Note, context: OperationContext) -> None:
        """Sends tidings to the case named by the text: nobody need wait for them."""
        context.send_message("told", inputs.text, {"sender": context.business_key}, optional=True)


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    """Three operations in the catalogue for the length of a test."""
    made = Workshop()
    catalogue.operation("testing.make_note", label="登记")(made.note)
    catalogue.operation("testing.tell_other", label="告知")(made.tell)
    catalogue.operation("testing.hint_other", label="通报")(made.hint)
    yield made
    for name in ("testing.make_note", "testing.tell_other", "testing.hint_other"):
        del catalogue._operations[name]
