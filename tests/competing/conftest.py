"""Threads that act at the same moment, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask

from app.core.database import db
from app.operations import catalogue
from tests.services.workflow.conftest import Workshop
from tests.services.workflow.world import World

Act = Callable[[], Any]


class Race:
    """Runs acts in threads of their own, let go together; gives each one's result or its exception."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def run(self, acts: Sequence[Act]) -> list[Any]:
        barrier = threading.Barrier(len(acts))
        results: list[Any] = [None] * len(acts)

        def one(position: int, act: Act) -> None:
            with self.app.app_context():
                barrier.wait(10)
                try:
                    results[position] = act()
                except Exception as failure:  # noqa: BLE001 - what an act raised is its result
                    results[position] = failure
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=one, args=pair) for pair in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads), "deadlock"
        return results


@pytest.fixture
def world(any_database: Any) -> World:
    """The office, on each database."""
    return World()


@pytest.fixture
def race(any_app: Flask) -> Race:
    """Acts at the same moment."""
    return Race(any_app)


@pytest.fixture
def workshop() -> Any:
    """An operation that writes one setting each time it runs."""
    made = Workshop()
    catalogue.operation("testing.make_note", label="登记")(made.note)
    catalogue.operation("testing.tell_other", label="告知")(made.tell)
    yield made
    for name in ("testing.make_note", "testing.tell_other"):
        del catalogue._operations[name]
