"""Fixtures of all tests: the clock that stands, the application on each database, a signed-in client."""

from __future__ import annotations

import copy
import fcntl
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, NoReturn

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings

import config
from app import factory, regulations
from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db, prepare_sqlite
from app.core.transaction import transaction
from app.factory import create_app
from app.identity import accounts, passwords, roles
from app.identity.models import User
from app.registers.files import service as files
from app.web.demo.world import loading
from app.web.security import limiter
from tests.engines import share_compiled
from tests.servers import Postgres, ServerUnavailable, Valkey, required
from tests.web.house_rules import HouseClient

#: The moment at which every test begins and stands, unless it moves the clock itself.
START = datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)
#: Where tests live; a test anywhere else would be run by nobody on purpose.
LAYERS = frozenset(
    {"unit", "processes", "services", "web", "journeys", "browser", "competing", "faults", "architecture"}
)
_NAMES = {
    roles.BUREAU_REVIEWER: "李文静",
    roles.BUREAU_LEADER: "赵廷和",
    roles.CENTER_CLERK: "马晓岚",
    roles.DEPT_ORGANISER: "郭子安",
    roles.DEPT_LEADER: "何景行",
    roles.EXPERT: "张敬之",
    roles.DISCIPLINE_WITNESS: "任立诚",
    roles.PROCESS_OWNER: "沈望舒",
    roles.SYSTEM_ADMIN: "钱守一",
    roles.SECURITY_ADMIN: "孙知微",
    roles.AUDITOR: "吴明远",
}
DATABASES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql))

_numbers = itertools.count(1)


#: The application as create_app leaves it, made once a process: three hundred addresses and as many templates.
_made: list[Flask] = []

# A password is hashed in each of some hundred tests; how slow a hash is made is not their subject.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=256, parallelism=1)

# A busy machine is no failure: how long something takes is measured under benchmarks/.
settings.register_profile("zhiku", deadline=None)
settings.load_profile("zhiku")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the browser tests and refuses tests outside the layers."""
    here = Path(__file__).parent
    for item in items:
        layer = item.path.relative_to(here).parts[0]
        if layer not in LAYERS:
            raise pytest.UsageError(f"{item.path}: tests live in tests/ under one of {', '.join(sorted(LAYERS))}")
        if layer == "browser":
            item.add_marker(pytest.mark.browser)


def missing(what: str, why: object) -> NoReturn:
    """Ends the test: failed where the thing must be there (root, CI), else skipped, loudly."""
    message = f"{what} is not to be had here: {why}"
    if required():
        pytest.fail(message, pytrace=False)
    pytest.skip(f"SKIPPED WITHOUT BEING PROVED. {message}")


class _StandingDatetime(datetime):
    """Stands in for `datetime` inside app.core.clock: the machine's moment is always START."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return START.astimezone(tz or UTC)


def stop_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands at START until it is moved."""
    monkeypatch.setattr(clock, "datetime", _StandingDatetime)
    monkeypatch.setattr(clock, "_movable", True)
    clock.set_offset(clock.timedelta())


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands at START; `clock.travel_to` moves it exactly, and the next test begins anew."""
    stop_clock(monkeypatch)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server for this session."""
    try:
        server = Postgres()
    except ServerUnavailable as why:
        missing("PostgreSQL", why)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """A real Valkey server for this session."""
    try:
        server = Valkey()
    except ServerUnavailable as why:
        missing("Valkey", why)
    yield server
    server.stop()


def build_app(url: str, folder: Path, **overrides: Any) -> Flask:
    """The application on a database of its own, with its files in `folder`.

    What the tests may change (configuration, engines, extensions, views, the client) is each application's own;
    addresses and compiled templates are shared. With `overrides` it is made from the ground up.
    """
    own = {"SQLALCHEMY_DATABASE_URI": url, "UPLOAD_FOLDER": str(folder / "uploads")}
    if overrides:
        return create_app(config.Testing, **own, **overrides)
    if not _made:
        _made.append(create_app(config.Testing, SQLALCHEMY_DATABASE_URI="sqlite://"))
    return _copied(_made[0], own)


def _copied(made: Flask, own: dict[str, str]) -> Flask:
    app = copy.copy(made)
    app.config = app.config_class(made.config.root_path, {**made.config, **own})
    app.extensions = {name: one for name, one in made.extensions.items() if name != "sqlalchemy"}
    app.view_functions = dict(made.view_functions)
    app.teardown_appcontext_funcs = list(made.teardown_appcontext_funcs)
    app.shell_context_processors = list(made.shell_context_processors)
    app._got_first_request = False
    db.init_app(app)
    with app.app_context():
        share_compiled(db.engine)
        prepare_sqlite(db.engine)
    # What create_app sets for the whole process, another application may have set differently since.
    factory._configure_core(app)
    files.configure(Path(app.config["UPLOAD_FOLDER"]), app.config.get("UPLOAD_SCANNER"))
    limiter.enabled = app.config["RATELIMIT_ENABLED"]
    return app


def make_schema(url: str, folder: Path, furnish: Callable[[], object] = lambda: None) -> None:
    """A database with the whole schema, the shipped rule set and calendar, and what `furnish` puts into it."""
    app = build_app(url, folder)
    with app.app_context():
        db.create_all()
        with transaction() as session:
            regulations.seed(session)
        furnish()
        db.session.remove()
        if url.startswith("sqlite"):
            with db.engine.connect() as connection:
                connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the whole schema, the shipped rule set and calendar; tests get copies."""
    folder = tmp_path_factory.mktemp("schema")
    path = folder / "schema.sqlite3"
    make_schema(f"sqlite:///{path}", folder)
    return path


@pytest.fixture(scope="session")
def postgres_schema(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a PostgreSQL database with the same; tests get copies."""
    name = f"schema_{os.getpid()}"
    make_schema(postgres.create(name), tmp_path_factory.mktemp("schema"))
    return name


def _closed(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def sqlite_app(tmp_path: Path, sqlite_schema: Path) -> Iterator[Flask]:
    """The application on a fresh SQLite database; no context is pushed."""
    path = tmp_path / "zhiku.sqlite3"
    shutil.copyfile(sqlite_schema, path)
    app = build_app(f"sqlite:///{path}", tmp_path)
    yield app
    _closed(app)


@pytest.fixture
def postgres_app(tmp_path: Path, postgres: Postgres, postgres_schema: str) -> Iterator[Flask]:
    """The application on a fresh PostgreSQL database; no context is pushed."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    app = build_app(postgres.create(name, template=postgres_schema), tmp_path)
    yield app
    _closed(app)
    postgres.drop(name)


@pytest.fixture
def app(sqlite_app: Flask) -> Flask:
    """The application as most tests want it: on SQLite, without a pushed context."""
    return sqlite_app


@pytest.fixture
def database(app: Flask) -> Iterator[Any]:
    """`db.session` inside an application context, for tests below the web layer.

    Not together with `client`: a request inside a pushed context would share its session and its user.
    """
    with app.app_context():
        yield db.session


@pytest.fixture(scope="session")
def loaded_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo world, loaded once as `flask demo load` does; tests of all workers get copies of database and files."""
    run = tmp_path_factory.getbasetemp()
    folder = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "loaded-world"
    with (folder.parent / "loaded-world.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            _load_world(folder)
            (folder / "ready").touch()
    return folder


def _load_world(folder: Path) -> None:
    app = build_app(f"sqlite:///{folder / 'zhiku.sqlite3'}", folder)
    with app.app_context():
        # Nobody will miss this database after a power cut.
        sa.event.listen(db.engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))
        db.engine.dispose()
        db.create_all()
        loading.load(lambda _: None)
        db.session.remove()
        with db.engine.connect() as connection:
            connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    _closed(app)


@pytest.fixture
def world_app(tmp_path: Path, loaded_world: Path) -> Iterator[Flask]:
    """The application with a copy of the demo world: a case at every stage, staff of every role, 400 experts."""
    shutil.copyfile(loaded_world / "zhiku.sqlite3", tmp_path / "zhiku.sqlite3")
    shutil.copytree(loaded_world / "uploads", tmp_path / "uploads")
    app = build_app(f"sqlite:///{tmp_path / 'zhiku.sqlite3'}", tmp_path)
    yield app
    _closed(app)


@pytest.fixture
def client(app: Flask) -> HouseClient:
    """A browser of a member of the public; every page it fetches is held to the rules of the house."""
    return client_of(app)


@pytest.fixture
def login(app: Flask, client: HouseClient) -> Callable[..., User]:
    """`login("center_clerk")` makes `client` a person of that role, making the person first where there is none.

    The user comes back detached, for its id and name.
    """

    def enter(role: str, *, client: HouseClient = client) -> User:
        with app.app_context():
            user = person(role)
        client.post("/demo/enter", data={"role": role})
        return user

    return enter


def person(role: str, *, unit_id: int | None = None, unit_name: str = "省政务信息管理局") -> User:
    """Somebody who holds the role, made with an invented name if there is nobody; inside a context."""
    found = accounts.users_in_role(role)
    if not found:
        known = accounts.Person(role.replace("_", "-"), _NAMES[role], unit_id=unit_id, unit_name=unit_name)
        with transaction():
            found = [accounts.admit_account(known, {role}, actor=SYSTEM, now=clock.now())]
    user = found[0]
    db.session.refresh(user)
    db.session.expunge(user)
    return user


def client_of(app: Flask) -> HouseClient:
    app.test_client_class = HouseClient
    made = app.test_client()
    assert isinstance(made, HouseClient)
    return made


@pytest.fixture(params=DATABASES)
def any_app(request: pytest.FixtureRequest) -> Flask:
    """The application on SQLite and, in a second run of the test, on PostgreSQL."""
    found: Flask = request.getfixturevalue("sqlite_app" if request.param == "sqlite" else "postgres_app")
    return found


@pytest.fixture
def any_database(any_app: Flask) -> Iterator[Any]:
    """As `database`, on SQLite and on PostgreSQL."""
    with any_app.app_context():
        yield db.session


@pytest.fixture
def travel() -> Callable[[str], datetime]:
    """Moves the test's clock: `travel("2026-03-09 00:00")`, Asia/Shanghai."""

    def move(moment: str) -> datetime:
        there = datetime.fromisoformat(moment).replace(tzinfo=clock.ZONE)
        clock.travel_to(there)
        return there

    return move
