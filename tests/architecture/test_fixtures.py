"""The fixtures themselves: what later tests take for granted."""

from __future__ import annotations

import redis
import sqlalchemy as sa
from flask import Flask

from app.core import clock
from app.core.database import db
from app.core.settings import store, stored
from app.core.transaction import transaction
from tests.conftest import START
from tests.servers import Valkey


def test_the_clock_stands_where_the_regulation_is_in_force() -> None:
    assert clock.now() == clock.now() == START


def test_the_clock_moves_exactly_when_a_test_moves_it() -> None:
    clock.travel_to(START.replace(day=9))
    assert clock.now() == START.replace(day=9)


def test_each_database_keeps_what_was_stored(any_app: Flask) -> None:
    with any_app.app_context():
        with transaction():
            store("proof", {"n": 1, "中文": "值"})
        db.session.remove()
        assert stored("proof") == {"n": 1, "中文": "值"}


def test_the_next_test_begins_with_an_empty_database(any_app: Flask) -> None:
    with any_app.app_context():
        assert stored("proof") is None


def test_postgresql_is_real(postgres_app: Flask) -> None:
    with postgres_app.app_context():
        assert db.session.execute(sa.text("select version()")).scalar_one().startswith("PostgreSQL")


def test_valkey_is_real(valkey: Valkey) -> None:
    assert redis.Redis.from_url(valkey.url).ping() is True
