"""What the database gives up for the sake of another is done later; a database that is gone ends the run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, NoReturn

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.core import clock
from app.core.database import db
from app.core.settings import Setting, store, stored
from app.core.transaction import lost_to_another, transaction
from app.jobs import due
from app.jobs.due import TRIES, Report, run_due

_TOUCH = sa.select(Setting).where(Setting.key == sa.bindparam("key")).with_for_update()


class _Deadlock(Exception):
    """As the driver of PostgreSQL raises it."""

    sqlstate = "40P01"


class Work:
    """Items to do, of which some lose a race so many times; what was booked as a failure."""

    def __init__(self, *items: str, losses: dict[str, int], cause: type[Exception] = _Deadlock) -> None:
        self.waiting, self.losses, self.cause = list(items), losses, cause
        self.failed: list[str] = []

    def due(self, _now: datetime, _limit: int) -> list[str]:
        return list(self.waiting)

    def run(self, item: str, _now: datetime) -> bool:
        store(f"done.{item}", (stored(f"done.{item}") or 0) + 1)
        if self.losses.get(item, 0):
            self.losses[item] -= 1
            raise OperationalError("update", {}, self.cause("no"))
        self.waiting.remove(item)
        return True

    def fail(self, item: str, _failure: BaseException, _now: datetime) -> None:
        self.failed.append(item)


def _only(monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    monkeypatch.setattr(due, "_KINDS", (due._Kind("test", work.due, work.run, work.fail),))


def _run() -> Report:
    return run_due(clock.now(), pause=0)


@pytest.fixture
def session(database: Any) -> Iterator[Any]:
    """SQLite with the shipped rules."""
    yield database
    database.rollback()


def test_who_loses_once_is_tried_again_at_once_and_done_once(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work("a", "b", losses={"a": 1})
    _only(monkeypatch, work)
    assert _run() == Report(done=2)
    assert (work.failed, stored("done.a"), stored("done.b")) == ([], 1, 1)


def test_who_loses_again_and_again_stays_due_and_stops_nobody(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work("a", "b", losses={"a": TRIES})
    _only(monkeypatch, work)
    assert _run() == Report(done=1, more=True)
    assert (work.waiting, work.failed, stored("done.a")) == (["a"], [], None)
    session.rollback()
    assert _run() == Report(done=1)
    assert (work.waiting, stored("done.a")) == ([], 1)


def test_a_database_that_is_gone_ends_the_run_and_nothing_is_booked(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = Work("a", "b", losses={"a": 1}, cause=ConnectionError)
    _only(monkeypatch, work)
    with pytest.raises(OperationalError):
        _run()
    assert (work.waiting, work.failed) == (["a", "b"], [])


def test_a_look_that_loses_leaves_the_kinds_after_it_alone(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    idle, work = Work(losses={}), Work("a", losses={})

    def lose(_now: datetime, _limit: int) -> list[str]:
        raise OperationalError("select", {}, _Deadlock("no"))

    monkeypatch.setattr(
        due,
        "_KINDS",
        tuple(due._Kind("test", look, work.run, work.fail) for look in (idle.due, lose, idle.due, work.due, idle.due)),
    )
    assert _run() == Report(done=1, more=True)
    assert (work.waiting, work.failed, stored("done.a")) == ([], [], 1)


def test_a_database_that_another_keeps_locked_ends_the_run_all_the_same(
    session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def locked() -> NoReturn:
        tried.append(1)
        assert len(tried) < 50, "the run asks without end"
        raise OperationalError("begin", {}, _Deadlock("no"))

    monkeypatch.setattr(due, "transaction", locked)
    assert _run().more
    assert len(tried) > len(due._KINDS), "what comes after the kinds had its turn too"


def test_a_delivery_that_loses_leaves_the_rest_of_the_run_alone(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    swept: list[datetime] = []

    def lose(*_: Any, **__: Any) -> None:
        raise OperationalError("update", {}, _Deadlock("no"))

    def sweep(now: datetime) -> int:
        swept.append(now)
        return 0

    monkeypatch.setattr(due.delivery, "deliver_due", lose)
    monkeypatch.setattr(due, "tidy_files", sweep)
    assert _run() == Report(more=True)
    assert swept == [clock.now()]


def test_a_real_deadlock_is_told_from_other_errors(postgres_app: Flask) -> None:
    with postgres_app.app_context():
        with transaction():
            store("one", 1)
            store("two", 2)
        barrier, lost = threading.Barrier(2), []

        def lock(first: str, second: str) -> None:
            with db.engine.connect() as connection, connection.begin():
                connection.execute(_TOUCH, {"key": first})
                barrier.wait(10)
                connection.execute(_TOUCH, {"key": second})

        def one(first: str, second: str) -> None:
            with postgres_app.app_context():
                try:
                    lock(first, second)
                except OperationalError as failure:
                    lost.append(lost_to_another(failure))

        threads = [threading.Thread(target=one, args=pair) for pair in (("one", "two"), ("two", "one"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert lost == [True]
        with pytest.raises(sa.exc.DBAPIError) as wrong, db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT nothing FROM nowhere")
        assert not lost_to_another(wrong.value)


def test_a_busy_file_is_told_from_other_errors(app: Flask) -> None:
    with app.app_context():
        with db.engine.connect() as holder:
            holder.exec_driver_sql("ROLLBACK")
            holder.exec_driver_sql("BEGIN IMMEDIATE")
            with db.engine.connect() as other:
                other.exec_driver_sql("ROLLBACK")
                other.exec_driver_sql("PRAGMA busy_timeout=0")
                with pytest.raises(OperationalError) as busy:
                    other.exec_driver_sql("BEGIN IMMEDIATE")
                with pytest.raises(OperationalError) as wrong:
                    other.exec_driver_sql("SELECT nothing FROM nowhere")
                other.exec_driver_sql("PRAGMA busy_timeout=15000")
                with suppress(OperationalError):
                    other.exec_driver_sql("BEGIN")
            with suppress(OperationalError):
                holder.exec_driver_sql("ROLLBACK")
        assert lost_to_another(busy.value)
        assert not lost_to_another(wrong.value)
