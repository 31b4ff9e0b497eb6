"""A savepoint undoes its part and leaves the rest of the transaction, its audit lines and callbacks alone."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.core import audit
from app.core.actor import SYSTEM
from app.core.audit import AuditEntry
from app.core.savepoint import savepoint
from app.core.settings import Setting, claim, store, stored
from app.core.transaction import after_commit, transaction


def _actions(session: Any) -> list[str]:
    return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)))


def _write_and_fail() -> None:
    with savepoint():
        store("inside", 1)
        audit.record(SYSTEM, "test.inside", "thing", 1)
        raise ValueError("no")


def test_what_fails_inside_is_undone_with_its_audit_line(any_database: Any) -> None:
    with transaction():
        audit.record(SYSTEM, "test.before", "thing", 1)
        with pytest.raises(ValueError, match="no"):
            _write_and_fail()
        store("after", 1)
        audit.record(SYSTEM, "test.after", "thing", 1)
    assert _actions(any_database) == ["test.before", "test.after"]
    assert list(any_database.scalars(sa.select(Setting.key))) == ["after"]
    assert list(audit.verify()) == []


def test_what_succeeds_inside_is_kept_and_audited_at_the_end(any_database: Any) -> None:
    with transaction():
        with savepoint():
            store("inside", 1)
            audit.record(SYSTEM, "test.inside", "thing", 1)
        assert audit.pending() == 1
    assert _actions(any_database) == ["test.inside"]


def test_callbacks_wait_for_the_real_commit(any_database: Any) -> None:
    called: list[str] = []
    with transaction():
        after_commit(lambda: called.append("committed"))
        with savepoint():
            store("inside", 1)
        with pytest.raises(ValueError, match="no"), savepoint():
            raise ValueError("no")
        assert called == []
    assert called == ["committed"]


def _claim_and_fail() -> None:
    with transaction():
        assert claim("sheet")
        raise ValueError("no")


def test_a_key_is_claimed_once_and_again_after_its_claim_was_undone(any_database: Any) -> None:
    with pytest.raises(ValueError, match="no"):
        _claim_and_fail()
    with transaction():
        assert claim("sheet")
        assert not claim("sheet")
        store("sheet", "PS-2026-0001")
    with transaction():
        store("before", 1)
        assert not claim("sheet")
        assert stored("sheet") == "PS-2026-0001"
    assert sorted(any_database.scalars(sa.select(Setting.key))) == ["before", "sheet"]
