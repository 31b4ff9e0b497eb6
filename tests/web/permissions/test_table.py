"""Every route × every role: who may open it is what the table says, and a route without a line fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, session
from werkzeug.routing import IntegerConverter, Rule

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.errors import NotAllowed
from app.core.transaction import transaction
from app.identity import accounts, permissions, roles
from app.identity.accounts import Person
from app.web.auth import declared_permission
from app.web.auth.access import FILE_ENDPOINTS, guard
from tests.conftest import build_app
from tests.web.permissions.table import EVERYBODY, PUBLIC, ROLES, ROUTES, SIGNED_IN

NOBODY = "(nobody)"


@dataclass(frozen=True)
class World:
    """The application with one account a role: role -> session token."""

    app: Flask
    tokens: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, sqlite_schema: Path) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("permissions")
    shutil.copyfile(sqlite_schema, folder / "zhiku.sqlite3")
    app = build_app(f"sqlite:///{folder / 'zhiku.sqlite3'}", folder, WTF_CSRF_ENABLED=False)
    tokens = {}
    with app.app_context():
        for role in EVERYBODY:
            with transaction():
                person = Person(role.replace("_", "-"), roles.label(role))
                tokens[role] = accounts.admit_account(person, {role}, actor=SYSTEM, now=clock.now()).session_token
        db.session.remove()
    yield World(app, tokens)
    with app.app_context():
        db.engine.dispose()


def rules_of(app: Flask, endpoint: str) -> list[Rule]:
    return list(app.url_map.iter_rules(endpoint))


def path_of(rule: Rule) -> str:
    """The rule's address with invented values: what they name need not exist."""
    values: dict[str, Any] = {
        name: 1 if isinstance(rule._converters[name], IntegerConverter) else "x" for name in rule.arguments
    }
    built = rule.build(values)
    assert built is not None
    return built[1]


def method_of(rule: Rule) -> str:
    return next(method for method in ("GET", "POST", "PUT", "DELETE") if method in (rule.methods or ()))


def expected(endpoint: str, role: str) -> bool:
    needed = ROUTES[endpoint]
    if needed == PUBLIC:
        return True
    return role != NOBODY and (needed == SIGNED_IN or role in ROLES[needed])


def guarded(world: World, rule: Rule, role: str) -> str:
    """What the guard says to this role before the view runs: pass, log in, or no."""
    with world.app.test_request_context(path_of(rule), method=method_of(rule)):
        if role != NOBODY:
            session["_user_id"] = world.tokens[role]
        try:
            answer = guard()
        except NotAllowed:
            return "no"
        finally:
            db.session.remove()
    return "pass" if answer is None else "log in"


def test_every_route_has_a_line_in_the_table_and_every_line_a_route(world: World) -> None:
    there = {rule.endpoint for rule in world.app.url_map.iter_rules()} - FILE_ENDPOINTS
    missing, gone = sorted(there - set(ROUTES)), sorted(set(ROUTES) - there)
    assert not missing, f"add to ROUTES in tests/web/permissions/table.py who may open: {', '.join(missing)}"
    assert not gone, f"remove from ROUTES in tests/web/permissions/table.py: {', '.join(gone)}"


def test_every_permission_has_a_line_in_the_table() -> None:
    declared = {each.key: set(each.roles) for each in permissions.declared()}
    assert declared == {key: set(held) for key, held in ROLES.items()}
    assert set(EVERYBODY) == roles.ALL


@pytest.mark.parametrize("endpoint", sorted(ROUTES))
def test_a_route_is_open_to_whom_the_table_names_and_to_nobody_else(world: World, endpoint: str) -> None:
    with world.app.app_context():
        assert declared_permission(endpoint) == ROUTES[endpoint]
    otherwise = []
    for rule in rules_of(world.app, endpoint):
        for role in (NOBODY, *EVERYBODY):
            may = expected(endpoint, role)
            said = guarded(world, rule, role)
            if (said == "pass") != may:
                otherwise.append(f"{role} at {rule.rule}: the guard says {said}")
            if not may:
                otherwise += let_in(world, rule, role)
    assert not otherwise, f"the table says {ROUTES[endpoint]}:\n" + "\n".join(otherwise)


def let_in(world: World, rule: Rule, role: str) -> list[str]:
    """What the refused got over HTTP that was no refusal."""
    answer = opened(world, rule, role)
    where = answer.headers.get("Location", "")
    if role != NOBODY:
        refused = answer.status_code == 403
    elif method_of(rule) == "GET":
        refused = where.startswith("/login?next=")
    else:
        refused = answer.status_code == 401
    return [] if refused else [f"{role} at {rule.rule}: {answer.status_code} {where} over HTTP"]


def opened(world: World, rule: Rule, role: str) -> Response:
    client = world.app.test_client()
    if role != NOBODY:
        with client.session_transaction() as kept:
            kept["_user_id"] = world.tokens[role]
    answer: Any = client.open(path_of(rule), method=method_of(rule))
    return answer  # type: ignore[no-any-return]


def test_no_get_is_a_post_and_no_route_takes_both(world: World) -> None:
    for rule in world.app.url_map.iter_rules():
        if rule.endpoint not in FILE_ENDPOINTS:
            assert len((rule.methods or set()) - {"HEAD", "OPTIONS"}) == 1, rule.endpoint
