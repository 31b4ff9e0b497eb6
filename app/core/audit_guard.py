"""Triggers that keep the audit trail append-only in the database itself, and the first row of its head.

They come with the tables, by `create_all` as by a migration: `app.core.audit` listens for their creation.
"""

from __future__ import annotations

from sqlalchemy.engine import Connection

_SQLITE = (
    "CREATE TRIGGER audit_entry_keep BEFORE UPDATE ON audit_entry"
    " BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
    "CREATE TRIGGER audit_entry_stay BEFORE DELETE ON audit_entry"
    " BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END",
    "CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head WHEN NEW.seq <= OLD.seq"
    " BEGIN SELECT RAISE(ABORT, 'audit_head only moves forward'); END",
    "CREATE TRIGGER audit_head_stay BEFORE DELETE ON audit_head"
    " BEGIN SELECT RAISE(ABORT, 'audit_head only moves forward'); END",
)

_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$",
    "CREATE TRIGGER audit_entry_keep BEFORE UPDATE OR DELETE ON audit_entry"
    " FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_entry_stay BEFORE TRUNCATE ON audit_entry"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_head_forward BEFORE UPDATE ON audit_head"
    " FOR EACH ROW WHEN (NEW.seq <= OLD.seq) EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_head_stay BEFORE DELETE ON audit_head"
    " FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
)

#: Dialect name -> statements, in their order.
PROTECTION: dict[str, tuple[str, ...]] = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}

#: Undoes them: for a migration that must change the tables, and for tests that play the intruder.
REMOVAL: dict[str, tuple[str, ...]] = {
    "sqlite": tuple(
        f"DROP TRIGGER {name}"
        for name in ("audit_entry_keep", "audit_entry_stay", "audit_head_forward", "audit_head_stay")
    ),
    "postgresql": ("DROP FUNCTION audit_refuse() CASCADE",),
}


def protect(connection: Connection, genesis: str = "0" * 64) -> None:
    """Makes `audit_entry` append-only and `audit_head` forward-only, and gives the head its row.

    The row is there from the beginning, so that two first writers queue at its lock.
    """
    for statement in PROTECTION.get(connection.dialect.name, ()):
        connection.exec_driver_sql(statement)
    # Neither value comes from outside.
    connection.exec_driver_sql(f"INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '{genesis}')")  # noqa: S608


def unprotect(connection: Connection) -> None:
    """Takes the triggers away."""
    for statement in REMOVAL.get(connection.dialect.name, ()):
        connection.exec_driver_sql(statement)
