"""What it costs to complete a user task over HTTP: session, forgery token, form, step, commit, answer.

    python -m benchmarks.http_bench

(c) of the three measurements (a and b: step_bench). A real gunicorn in a process of its own, one kept-alive
connection on the loopback address; statements are counted in a second pass inside this process.
"""

from __future__ import annotations

import http.client
import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import urlencode

from flask import Flask

from app.core import clock
from app.core.database import db
from app.core.transaction import transaction
from app.web.demo.moves import start_clock
from benchmarks.ground import applications, checkpoint, counted, median_ms, wal_position
from tests.servers import free_port
from tests.services.workflow.world import World, three_steps

ROUNDS, WARM_UP, COUNTED = 40, 8, 20
ROLES = {"submit": "center_clerk", "review": "bureau_reviewer", "approve": "bureau_leader"}
#: The demo's first day: the shipped rule set is in force.
START = datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Person:
    """A browser of one member of staff: kept-alive connection, cookies, token of the session's forms."""

    def __init__(self, port: int, role: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}
        self._token = self._found(self.get("/demo/"))
        answer = self.post("/demo/enter", {"role": role})
        if answer != 302:
            raise RuntimeError(f"entering as {role} answered {answer}")
        self._token = self._found(self.get("/inbox/"))

    @staticmethod
    def _found(page: str) -> str:
        token = _TOKEN.search(page)
        if token is None:
            raise RuntimeError("no form on the page")
        return token[1]

    def get(self, path: str) -> str:
        """A page's text."""
        return self._ask("GET", path, None)[1]

    def post(self, path: str, values: dict[str, str]) -> int:
        """A form's answer."""
        return self._ask("POST", path, urlencode({**values, "csrf_token": self._token}))[0]

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return answer.status, text


@contextmanager
def served(url: str, folder: str) -> Iterator[int]:
    """The product in a process of its own, without the scheduler."""
    port = free_port()
    environment = {**os.environ, "ZHIKU_MODE": "demo", "ZHIKU_DATABASE_URL": url, "ZHIKU_UPLOADS": folder,
                   "ZHIKU_EMBEDDED_SCHEDULER": "0"}
    options = ["-w", "1", "--threads", "8", "--keep-alive", "60", "-b", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", *options, "wsgi:app"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/demo/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("the server does not answer")


def measure(world: World, port: int, numbers: Iterator[int]) -> dict[str, list[float]]:
    """Seconds of opening and of submitting a task, and of an inbox page."""
    people = {element: Person(port, role) for element, role in ROLES.items()}
    times: dict[str, list[float]] = {"open": [], "submit": [], "inbox": []}
    for round_number in range(WARM_UP + ROUNDS):
        case = world.start("three_steps", f"RK-2026-{next(numbers):05}")
        for element, person in people.items():
            task_id = world.task(case, element).id
            taken = _one_task(person, task_id)
            if round_number >= WARM_UP:
                for what, seconds in taken.items():
                    times[what].append(seconds)
    return times


def _one_task(person: Person, task_id: str) -> dict[str, float]:
    """Seconds for the inbox page, the task page and the submission of one task."""
    moments = [time.perf_counter()]
    person.get("/inbox/?view=groups")
    moments.append(time.perf_counter())
    person.get(f"/tasks/{task_id}")
    moments.append(time.perf_counter())
    answer = person.post(f"/tasks/{task_id}", {"decision": "通过", "rev": "0", "_do": "submit"})
    moments.append(time.perf_counter())
    if answer not in (302, 303):
        raise RuntimeError(f"submitting answered {answer}")
    spans = [after - before for before, after in itertools.pairwise(moments)]
    return dict(zip(("inbox", "open", "submit"), spans, strict=True))


def count(app: Flask, world: World, numbers: Iterator[int]) -> tuple[float, float, float | None]:
    """Statements, rows and KiB of WAL of one submission, on average; the second of three tasks."""
    ids = []
    for _ in range(COUNTED):
        case = world.start("three_steps", f"RK-2026-{next(numbers):05}")
        world.complete(case, "submit", "clerk", decision="通过")
        ids.append(world.task(case, "review").id)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/demo/enter", data={"role": "bureau_reviewer"})
    checkpoint(db.engine)
    began = wal_position(db.engine)
    with counted(db.engine) as work:
        for task_id in ids:
            answer = client.post(f"/tasks/{task_id}", data={"decision": "通过", "rev": "0", "_do": "submit"})
            if answer.status_code not in (302, 303):
                raise RuntimeError(f"answered {answer.status_code}")
    ended = wal_position(db.engine)
    wal = (ended - began) / COUNTED / 1024 if began is not None and ended is not None else None
    return work.statements / COUNTED, work.rows / COUNTED, wal


def main() -> None:
    """Prints the table; aims: submit 8 ms on SQLite, 12 ms on PostgreSQL, 20 statements."""
    print(f"{'(c) over HTTP, median ms':28}{'submit':>9}{'open':>9}{'inbox':>9}{'stmts':>8}{'rows':>7}{'WAL KiB':>9}")
    with applications() as made:
        for database, app in made:
            with app.app_context():
                world = World()
                world.deploy("three_steps", three_steps())
                with transaction():
                    start_clock(START)
                numbers = iter(range(1, 10_000))
                url = db.engine.url.render_as_string(hide_password=False)
                with served(url, app.config["UPLOAD_FOLDER"]) as port:
                    times = measure(world, port, numbers)
                statements, rows, wal = count(app, world, numbers)
            medians = "".join(f"{median_ms(times[what]):9.2f}" for what in ("submit", "open", "inbox"))
            shown = f"{wal:9.1f}" if wal is not None else f"{'-':>9}"
            print(f"{database:28}{medians}{statements:8.1f}{rows:7.1f}{shown}")


if __name__ == "__main__":
    main()
