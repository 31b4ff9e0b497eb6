"""Two processes that remember the same new fact at the same moment: neither fails, one of the two values stands."""

from __future__ import annotations

from app.core import settings
from app.core.database import db
from app.core.transaction import transaction
from tests.competing.conftest import Race


def test_a_new_key_is_written_by_two_at_once(race: Race) -> None:
    def keep(value: int) -> None:
        with transaction():
            settings.stored("test.other")
            settings.store("test.key", value)

    results = race.run([lambda value=value: keep(value) for value in range(6)])
    assert results == [None] * 6
    with race.app.app_context():
        assert settings.stored("test.key") in range(6)
        db.session.rollback()
