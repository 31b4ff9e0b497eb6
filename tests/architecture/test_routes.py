"""Every address of the product: guarded, in the navigation only if it is there, and answered by one migration head."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from app.core.database import db
from app.identity import permissions
from app.web import navigation
from app.web.auth import PUBLIC, SIGNED_IN, declared_permission
from tests.conftest import build_app

MIGRATIONS = Path(__file__).resolve().parents[2] / "app" / "migrations"


def test_every_route_says_who_may_open_it(app: Flask) -> None:
    with app.app_context():
        untagged = [endpoint for endpoint in app.view_functions if declared_permission(endpoint) is None]
    assert untagged == []


def test_every_permission_of_a_route_is_declared(app: Flask) -> None:
    known = {PUBLIC, SIGNED_IN, *(declared.key for declared in permissions.declared())}
    with app.app_context():
        named = {endpoint: declared_permission(endpoint) for endpoint in app.view_functions}
    assert {endpoint: tag for endpoint, tag in named.items() if tag not in known} == {}


def test_no_route_both_shows_and_changes(app: Flask) -> None:
    """A GET decides nothing: what changes something has an address or at least a method of its own."""
    risky = ("delete", "approve", "publish", "claim", "complete", "withdraw", "reset")
    found = [
        rule.rule for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and "POST" not in (rule.methods or ())
        and rule.endpoint.rpartition(".")[2] in risky
    ]
    assert found == []


def test_every_item_of_the_navigation_leads_somewhere(app: Flask) -> None:
    assert [item for item in navigation.registered() if item.endpoint not in app.view_functions] == []


def test_the_migrations_have_one_head() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_the_migrations_make_the_schema_of_the_models(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'migrated.sqlite3'}"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres").create(f"migrated_{tmp_path.name.lower()}")
    app = build_app(url, tmp_path)
    with app.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            differences = compare_metadata(context, db.metadata)
        db.engine.dispose()
    assert differences == []
