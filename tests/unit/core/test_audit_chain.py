"""The audit trail is append-only, and every change made behind its back is found."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.core import audit, audit_guard
from app.core.actor import SYSTEM, Actor
from app.core.database import db
from app.core.transaction import transaction

CLERK = Actor(user_id=7, name="马晓岚", roles=frozenset({"center_clerk"}), address="10.0.0.7")


def write(count: int, actor: Actor = CLERK) -> None:
    for number in range(count):
        with transaction():
            audit.record(actor, "case.open_case", "case", number, after={"state": "open"}, reason="来信")


def tamper(statement: str) -> None:
    """Plays an intruder who may change tables as their owner."""
    with transaction() as session:
        connection = session.connection()
        audit_guard.unprotect(connection)
        connection.exec_driver_sql(statement)


def whats() -> list[tuple[int, str]]:
    return [(found.seq, found.what) for found in audit.verify()]


def test_an_untouched_trail_holds(any_database: Any) -> None:
    write(5)
    assert whats() == []
    entries = any_database.scalars(sa.select(audit.AuditEntry).order_by(audit.AuditEntry.seq)).all()
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5]
    assert entries[0].previous_hash == audit.GENESIS
    assert entries[2].detail == {"after": {"state": "open"}, "reason": "来信"}


def test_nothing_is_written_when_the_transaction_fails(any_database: Any) -> None:
    def record_and_fail() -> None:
        with transaction():
            audit.record(CLERK, "case.open_case", "case", 1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_and_fail()
    write(1)
    assert any_database.scalar(sa.select(sa.func.count()).select_from(audit.AuditEntry)) == 1
    assert whats() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor_name = '别人' WHERE seq = 2",
        "DELETE FROM audit_entry WHERE seq = 2",
        "UPDATE audit_head SET seq = 1",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_refuses_to_change_what_was_written(any_database: Any, statement: str) -> None:
    write(3)
    with pytest.raises(sa.exc.DatabaseError, match=r"append-only|moves forward"), transaction() as session:
        session.execute(sa.text(statement))
    assert whats() == []


def test_an_altered_entry_is_found(any_database: Any) -> None:
    write(4)
    tamper("UPDATE audit_entry SET body = '{\"reason\":\"来电\"}' WHERE seq = 2")
    assert whats() == [(2, "内容被改动")]


def test_a_deleted_entry_is_found(any_database: Any) -> None:
    write(4)
    tamper("DELETE FROM audit_entry WHERE seq = 2")
    assert whats()[0] == (2, "第 2 到 2 条不见了")


def test_a_cut_tail_is_found(any_database: Any) -> None:
    write(4)
    tamper("DELETE FROM audit_entry WHERE seq = 4")
    assert whats() == [(4, "链尾被截断，或链头被改动")]


def test_a_tail_cut_together_with_the_head_shows_only_against_an_anchor(any_database: Any) -> None:
    write(4)
    kept = audit.anchor()
    hash_3 = any_database.scalar(sa.select(audit.AuditEntry.hash).where(audit.AuditEntry.seq == 3))
    tamper("DELETE FROM audit_entry WHERE seq = 4")
    with transaction() as session:
        session.connection().exec_driver_sql(f"UPDATE audit_head SET seq = 3, hash = '{hash_3}'")
    assert whats() == []
    found = audit.check_anchor(kept)
    assert found is not None
    assert "截断" in found.what


def test_a_trail_rewritten_with_another_key_shows_against_the_first(any_database: Any) -> None:
    write(2)
    first = audit._key
    audit.configure(b"another key of thirty-two bytes!")
    assert [seq for seq, _ in whats()] == [1, 2]
    audit.configure(first)


def test_an_altered_anchor_is_not_believed(any_database: Any) -> None:
    write(2)
    kept = audit.anchor()
    assert audit.check_anchor(kept) is None
    found = audit.check_anchor({**kept, "seq": 1})
    assert found is not None
    assert "锚点本身" in found.what


def test_writers_at_once_make_one_chain(any_app: Flask) -> None:
    def run() -> None:
        with any_app.app_context():
            write(10, SYSTEM)

    writers = [threading.Thread(target=run) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with any_app.app_context():
        assert whats() == []
        assert audit.anchor()["seq"] == 40


def test_the_command_says_that_the_trail_holds(app: Flask) -> None:
    with app.app_context():
        write(3)
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 0
    assert "共 3 条" in result.output


def test_the_command_lists_breaks_and_exits_1(app: Flask) -> None:
    with app.app_context():
        write(3)
        tamper("UPDATE audit_entry SET action = 'case.close_case' WHERE seq = 3")
    result = app.test_cli_runner().invoke(args=["audit", "verify"])
    assert result.exit_code == 1
    assert "第 3 条：内容被改动" in result.output


def test_the_command_checks_anchors_kept_elsewhere(app: Flask, tmp_path: Any) -> None:
    with app.app_context():
        write(2)
    line = app.test_cli_runner().invoke(args=["audit", "anchor"]).output
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text(line + json.dumps({**json.loads(line), "hash": "f" * 64}) + "\n")
    result = app.test_cli_runner().invoke(args=["audit", "verify", "--anchors", str(anchors)])
    assert result.exit_code == 1
    assert result.output.count("锚点") == 1


def test_the_session_forgets_lines_of_a_closed_context(app: Flask) -> None:
    with app.app_context():
        audit.record(CLERK, "case.open_case", "case", 1)
        db.session.rollback()
        write(1)
        assert audit.anchor()["seq"] == 1


@pytest.mark.parametrize("server", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_a_database_made_by_migration_is_guarded_too(
    server: str, tmp_path: Any, request: pytest.FixtureRequest
) -> None:
    from flask_migrate import upgrade

    from tests.conftest import build_app

    url = f"sqlite:///{tmp_path / 'migrated.sqlite3'}"
    if server == "postgresql":
        url = request.getfixturevalue("postgres").create("guarded_by_migration")
    app = build_app(url, tmp_path)
    with app.app_context():
        upgrade()
        write(2)
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), transaction() as session:
            session.execute(sa.text("DELETE FROM audit_entry"))
        assert whats() == []
        db.session.remove()
        db.engine.dispose()
