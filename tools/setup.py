#!/usr/bin/env python3
"""Prepares, runs, resets, tests and measures the project from a bare Python 3.11; `make` calls it.

Each step is skipped while what it was made from is unchanged (marks under .state/), so that a second start
takes seconds. A step that fails says which it was, why, and what to do.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STATE = ROOT / ".state"
INSTANCE = ROOT / "instance"
DATABASE = INSTANCE / "zhiku.sqlite3"
#: The demo's way back to the beginning, made as the last act of loading the world.
WORLD = INSTANCE / "initial.sqlite3"
PROCESS = INSTANCE / "server.pid"
DIST = ROOT / "app" / "web" / "static" / "dist"
HOST = "127.0.0.1"
NODE_AT_LEAST = 20
#: Where files cost no disk, and how many bytes of it the tests want.
MEMORY, ROOM_FOR_TESTS = Path("/dev/shm"), 3 << 30  # noqa: S108 - only a folder of our own below it is used
START_SECONDS = 60
DEMO = {"ZHIKU_MODE": "demo", "FLASK_APP": "app.factory:create_app"}


class StepFailed(Exception):
    """A step did not succeed: why, and what the person can do about it."""

    def __init__(self, why: str, advice: str) -> None:
        super().__init__(why)
        self.why = why
        self.advice = advice


def main() -> int:
    """Does what the command line asks; 1 if a step failed."""
    arguments = _arguments()
    commands: dict[str, Callable[[], int]] = {
        "run": lambda: run(arguments.port),
        "reset": reset,
        "setup": prepare_tests,
        "check": lambda: prepare_tests() or checks(),
        "test": lambda: prepare_tests() or (checks() | tests()),
        "bench": lambda: prepare_tests() or benchmarks(),
    }
    try:
        return commands[arguments.command]()
    except StepFailed as failed:
        print(f"\nFAILED: {failed.why}\nWhat to do: {failed.advice}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["run", "reset", "setup", "check", "test", "bench"])
    parser.add_argument("--port", type=int, default=8000)
    return parser.parse_args()


# ---- commands ----


def run(port: int) -> int:
    """Everything from the bare machine to the served demo."""
    _free_or_fail(port)
    prepare_demo()
    return serve(port)


def reset() -> int:
    """Throws the demo's data away and loads the world anew."""
    if _running():
        raise StepFailed("the demo is being served", "stop it first (Ctrl+C where `make run` runs), then repeat")
    shutil.rmtree(INSTANCE, ignore_errors=True)
    prepare_demo()
    print("The demo stands at its beginning again. Start it with: make run")
    return 0


def prepare_demo() -> None:
    """Environment, browser code, database and demo world."""
    step("Python environment", environment, done=PYTHON.exists())
    step("Python packages", packages, made_from=[ROOT / "requirements.txt"], mark="packages")
    step("browser code", browser_code, made_from=_browser_sources(), mark="browser", done=DIST.exists())
    step("database", migrate, made_from=_migrations(), mark="database", done=DATABASE.exists())
    step("demo world (takes a while the first time)", load_world, done=WORLD.exists())


def prepare_tests() -> int:
    """Environment with the test requirements, browser code with axe, and Chromium where it can be installed."""
    requirements = [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]
    step("Python environment", environment, done=PYTHON.exists())
    step("Python packages for tests", test_packages, made_from=requirements, mark="test-packages")
    has_axe = (ROOT / "node_modules" / "axe-core").exists()
    step("browser code", browser_code, made_from=_browser_sources(), mark="browser", done=DIST.exists() and has_axe)
    has_browser = bool(os.environ.get("CHROMIUM") or _headless_shell() or (_chromium() and not _may_install()))
    step("Chromium", chromium, done=has_browser)
    return 0


def checks() -> int:
    """ruff, mypy and import-linter; all of them run, whatever the first one says."""
    failed = 0
    for name, command in (
        ("ruff", [VENV / "bin" / "ruff", "check"]),
        ("mypy", [VENV / "bin" / "mypy"]),
        ("import-linter", [VENV / "bin" / "lint-imports"]),
    ):
        print(f"\n== {name}", flush=True)
        failed |= int(_call(command) != 0)
    return failed


def tests() -> int:
    """The whole suite; its databases lie in memory where there is room for them."""
    print("\n== pytest", flush=True)
    # One process more than processors: a browser test waits for its browser a good part of the time.
    processes = str((os.cpu_count() or 1) + 1)
    command: list[Path | str] = [PYTHON, "-m", "pytest", "-n", processes, "--dist", "worksteal"]
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_FOR_TESTS
    with tempfile.TemporaryDirectory(prefix="zhiku-tests-", dir=MEMORY if in_memory else None) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL, which is another user, must pass through
        # A machine that keeps no bytecode would compile every test and every module anew in each process of the suite.
        return int(_call(command, TMPDIR=folder, PYTHONDONTWRITEBYTECODE="") != 0)


def benchmarks() -> int:
    """Every benchmark in turn, each in a process of its own."""
    failed = 0
    for path in sorted((ROOT / "benchmarks").glob("*_bench.py")):
        print(f"\n== {path.stem}", flush=True)
        failed |= int(_call([PYTHON, "-m", f"benchmarks.{path.stem}"]) != 0)
    return failed


def serve(port: int) -> int:
    """Serves the demo until it is stopped, and says where once it answers."""
    address = f"http://{HOST}:{port}"
    options = ["-w", "1", "--threads", "8", "--no-control-socket", "-b", f"{HOST}:{port}"]
    command = [VENV / "bin" / "gunicorn", *options, "wsgi:app"]
    environment_now = {**os.environ, **DEMO, "ZHIKU_PUBLIC_URL": address}
    server = subprocess.Popen([str(part) for part in command], cwd=ROOT, env=environment_now)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    PROCESS.write_text(str(server.pid))
    try:
        _wait_until_it_answers(server, port)
        print(f"\n智库 is ready: {address}\nStop it with Ctrl+C. The data stays; `make reset` starts over.", flush=True)
        return server.wait()
    except KeyboardInterrupt:
        server.terminate()
        return server.wait()
    finally:
        PROCESS.unlink(missing_ok=True)


# ---- steps ----


def step(
    name: str, act: Callable[[], None], *, made_from: Iterable[Path] = (), mark: str = "", done: bool = True
) -> None:
    """Does `act` unless it is `done` and, where it has a mark, made from the same files as now."""
    sources = _fingerprint(made_from)
    remembered = STATE / mark
    if done and (not mark or (remembered.exists() and remembered.read_text() == sources)):
        return
    print(f"· {name} …", end=" ", flush=True)
    began = time.monotonic()
    try:
        act()
    except StepFailed as failed:
        raise StepFailed(f"{name}: {failed.why}", failed.advice) from failed
    if mark:
        STATE.mkdir(exist_ok=True)
        remembered.write_text(sources)
    print(f"done in {time.monotonic() - began:.1f} s", flush=True)


def environment() -> None:
    """Makes .venv: by venv, else by virtualenv, else (as root) after installing Debian's python3-venv."""
    if sys.version_info < (3, 11):  # noqa: UP036 (this file runs before any Python was chosen)
        raise StepFailed(f"this is Python {sys.version.split()[0]}", "install Python 3.11 or later, then repeat")
    if _try([sys.executable, "-m", "venv", VENV]):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    boot = ROOT / ".boot"
    virtualenv = [sys.executable, "-m", "pip", "install", "-q", "--target", boot, "virtualenv==21.15.7"]
    if _try(virtualenv) and _try([sys.executable, "-m", "virtualenv", "-q", VENV], PYTHONPATH=str(boot)):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if os.geteuid() == 0 and shutil.which("apt-get") and _try(["apt-get", "update", "-q"]):
        _try(["apt-get", "install", "-y", "-q", "python3-venv"])
        if _try([sys.executable, "-m", "venv", VENV]):
            return
    raise StepFailed("neither venv nor pip works with this Python", "run: sudo apt-get install python3-venv")


def packages() -> None:
    """Installs what running needs."""
    _pip("requirements.txt")


def test_packages() -> None:
    """Installs what testing needs, which includes what running needs."""
    _pip("requirements-dev.txt")


def browser_code() -> None:
    """Installs the browser packages by the lock file and bundles them."""
    npm, path = _npm()
    advice = "see the lines above; with a network at hand, delete node_modules and repeat"
    _must([npm, "ci", "--ignore-scripts"], "npm could not install the packages of package-lock.json", advice, PATH=path)
    _must([npm, "run", "-s", "build"], "esbuild could not bundle frontend/", advice, PATH=path)


def migrate() -> None:
    """Brings the embedded database to the present schema."""
    INSTANCE.mkdir(exist_ok=True)
    _must([VENV / "bin" / "flask", "db", "upgrade"], "the database could not be brought up to date",
          "if the data may go, run: make reset", **DEMO)


def load_world() -> None:
    """Loads the demo's people, units, experts and cases, which also keeps a copy as the way back."""
    print(flush=True)
    if _call([VENV / "bin" / "flask", "demo", "load"], **DEMO):
        advice = "run: make reset, and if it fails again report the lines above"
        raise StepFailed("the demo world could not be loaded", advice)
    print("  ", end="")


def chromium() -> None:
    """Installs Debian's Chromium as root; otherwise the browser tests will say loudly that they were skipped.

    Of its two forms the headless shell, which opens pages in half the time; the whole Chromium does as well.
    """
    if not _may_install():
        print("absent, and only root may install it: THE BROWSER TESTS WILL BE SKIPPED.", end=" ")
        return
    noninteractive = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "fonts-noto-cjk"]
    is_updated = _call(["apt-get", "update", "-q"]) == 0
    if is_updated and _call([*install, "chromium-headless-shell"], **noninteractive) == 0:
        return
    if _chromium() is not None:
        print("no headless shell to be had: the browser tests take the whole Chromium.", end=" ")
        return
    advice = "install the package chromium by hand"
    _must([*install, "chromium"], "apt-get could not install Chromium", advice, **noninteractive)


# ---- means ----


def _npm() -> tuple[Path, str]:
    """An npm of Node 20 or later and the PATH to use it with: the system's, else the one that pip can install."""
    node, npm = shutil.which("node"), shutil.which("npm")
    path = os.environ.get("PATH", "")
    if node and npm:
        version = re.match(r"v(\d+)", subprocess.run([node, "-v"], capture_output=True, text=True, check=False).stdout)
        if version and int(version.group(1)) >= NODE_AT_LEAST:
            return Path(npm), path
    _pip("requirements-node.txt")
    return VENV / "bin" / "npm", f"{VENV / 'bin'}:{path}"


def _pip(requirements: str) -> None:
    command = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", ROOT / requirements]
    _must(command, f"pip could not install {requirements}", "check the network and free disk space, then repeat")


def _must(command: list[Path | str], why: str, advice: str, **variables: str) -> None:
    """Runs a command quietly; on failure shows the end of what it said.

    :raises StepFailed: it exited with anything but 0.
    """
    said = subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **variables}, text=True, errors="replace",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )
    if said.returncode:
        print("failed\n" + "\n".join(said.stdout.splitlines()[-25:]), flush=True)
        raise StepFailed(f"{why} (exit {said.returncode})", advice)


def _try(command: list[Path | str], **variables: str) -> bool:
    """True if the command succeeds; says nothing."""
    parts = [str(part) for part in command]
    return subprocess.run(
        parts, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, check=False
    ).returncode == 0


def _call(command: list[Path | str], **variables: str) -> int:
    """Runs a command that speaks for itself."""
    parts = [str(part) for part in command]
    return subprocess.run(parts, cwd=ROOT, env={**os.environ, **variables}, check=False).returncode


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _browser_sources() -> list[Path]:
    sources = [path for path in (ROOT / "frontend").rglob("*") if path.is_file()]
    return [*sources, ROOT / "package.json", ROOT / "package-lock.json"]


def _migrations() -> list[Path]:
    return list((ROOT / "app" / "migrations" / "versions").glob("*.py"))


def _chromium() -> str | None:
    return os.environ.get("CHROMIUM") or _headless_shell() or shutil.which("chromium")


def _headless_shell() -> str | None:
    return shutil.which("chromium-headless-shell")


def _may_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _running() -> bool:
    try:
        os.kill(int(PROCESS.read_text()), 0)
    except (OSError, ValueError):
        return False
    return True


def _free_or_fail(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            advice = f"stop what uses it, or choose another: make run PORT={port + 1}"
            raise StepFailed(f"port {port} of {HOST} is in use", advice) from None


def _wait_until_it_answers(server: subprocess.Popen[bytes], port: int) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends and server.poll() is None:
        try:
            socket.create_connection((HOST, port), 0.5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    server.terminate()
    raise StepFailed("the server did not start", "see the lines above; if the data is to blame, run: make reset")


if __name__ == "__main__":
    sys.exit(main())
