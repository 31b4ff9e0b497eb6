"""Seven experts of one panel answer at the same instant over HTTP, by their links, panel after panel.

    python -m benchmarks.race_bench

As `make run` serves it: gunicorn with one process of eight threads and the embedded scheduler, here on both databases,
durably. In the same run, for comparison: the same answers one after another, and seven openings of the page at once.
`on` is the time from the first click until the panel is at its initial list.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask

from app import regulations
from app.core import clock
from app.core.database import db
from app.core.transaction import transaction
from app.factory import create_app
from app.jobs.scheduler import EmbeddedScheduler
from app.notices.models import OutboxMessage
from app.procedures.selection.models import Activity, ActivityState, SeatState
from app.web.demo.moves import start_clock
from app.workflow.models import Incident, Message
from benchmarks.ground import applications, median_ms
from tests.servers import free_port
from tests.services.procedures.selection.house import House, now
from tests.services.procedures.selection.world import COST, SECURITY, SOFTWARE, STARTS_AT, conditions

EXPERTS, PANELS, IN_TURN, WARM_UP = 7, 12, 3, 2
START = datetime(2026, 3, 2, 9, 0, tzinfo=clock.ZONE)
AIM_MS = 150
PATIENCE_SECONDS = 30.0
_LINK = re.compile(r"/invitation/([\w-]+)")
_FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Phone:
    """The telephone of one expert: his connection, his address, the page behind his link already open."""

    def __init__(self, port: int, number: int, link: str) -> None:
        self._path = f"/invitation/{link}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"X-Forwarded-For": f"10.1.{number // 250}.{number % 250 + 1}"}
        page = self.open()
        found = _FORM_TOKEN.search(page)
        if found is None:
            raise RuntimeError(f"no form behind the link: {page[:300]}")
        self._token = html.unescape(found[1])

    def open(self) -> str:
        """Opens the page behind the link."""
        return self._ask("GET", None)[1]

    def accept(self) -> None:
        """Accepts; an answer but the way back to the page is an error."""
        status, text = self._ask("POST", urlencode({"answer": "accept", "csrf_token": self._token}))
        if status not in (302, 303):
            raise RuntimeError(f"the answer was answered {status}: {text[:300]}")

    def _ask(self, method: str, body: str | None) -> tuple[int, str]:
        headers = dict(self._headers)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, self._path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self._headers["Cookie"] = value.partition(";")[0]
        return answer.status, text


@dataclass
class Found:
    """Seconds of every request and until every panel was on; what failed."""

    answers: list[float] = field(default_factory=list)
    rounds: list[float] = field(default_factory=list)
    on: list[float] = field(default_factory=list)
    in_turn: list[float] = field(default_factory=list)
    openings: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def serve() -> Flask:
    """What gunicorn serves: the product with its scheduler, whose lock lies with the data of this run."""
    app = create_app()
    EmbeddedScheduler(app, Path(app.config["UPLOAD_FOLDER"]) / "scheduler.lock").start()
    return app


@contextmanager
def served(url: str, folder: str) -> Iterator[int]:
    """The product in a process of its own, as `make run` starts it, behind a proxy that names its clients."""
    port = free_port()
    environment = {**os.environ, "ZHIKU_MODE": "demo", "ZHIKU_DATABASE_URL": url, "ZHIKU_UPLOADS": folder,
                   "ZHIKU_TRUSTED_PROXIES": "1"}  # fmt: skip
    options = ["-w", "1", "--threads", "8", "--keep-alive", "600", "-b", f"127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", *options, "benchmarks.race_bench:serve()"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server does not answer")


def panels(house: House, wanted: int) -> list[tuple[str, list[str]]]:
    """Drawn panels with the links of their experts, each on a day of its own."""
    draft = conditions(panel_size=EXPERTS, quota={SECURITY: 2, SOFTWARE: 3, COST: 2})
    numbers = [house.drawn(draft, starts_at=STARTS_AT + timedelta(days=day)) for day in range(wanted)]
    return [(number, [_link(one.number) for one in house.members(number, SeatState.SENT)]) for number in numbers]


def _link(number: str) -> str:
    statement = sa.select(OutboxMessage.body).where(OutboxMessage.subject_id == number)
    found = _LINK.search(json.loads(now(lambda: db.session.scalars(statement).one()) or "{}")["sms"])
    if found is None:
        raise RuntimeError(f"no link was sent for {number}")
    return found[1]


def together(acts: Sequence[Callable[[], object]], errors: list[str]) -> list[float]:
    """Seconds of each act, all let go at the same instant."""
    barrier, times = threading.Barrier(len(acts)), [0.0] * len(acts)

    def one(position: int, act: Callable[[], object]) -> None:
        barrier.wait()
        began = time.perf_counter()
        try:
            act()
        except (OSError, RuntimeError, http.client.HTTPException) as failure:
            errors.append(str(failure))
        times[position] = time.perf_counter() - began

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def _wait_for_the_list(number: str, errors: list[str]) -> None:
    statement = sa.select(Activity.state).where(Activity.number == number)
    ends = time.perf_counter() + PATIENCE_SECONDS
    while time.perf_counter() < ends:
        with db.engine.connect() as connection:
            if connection.scalar(statement) == ActivityState.INITIAL:
                return
        time.sleep(0.005)
    errors.append(f"{number} did not go on")


def measure(app: Flask) -> Found:
    """One database: the first panels warm up, some answer in turn, the others at once."""
    clock.allow_moving(True)
    clock.travel_to(START)
    with transaction() as session:
        regulations.seed(session)
    house, found = House(pool=80), Found()
    made = panels(house, WARM_UP + IN_TURN + PANELS)
    with transaction():
        start_clock(clock.now())
    url = db.engine.url.render_as_string(hide_password=False)
    with served(url, app.config["UPLOAD_FOLDER"]) as port:
        for turn, (number, links) in enumerate(made):
            phones = [Phone(port, turn * EXPERTS + at, link) for at, link in enumerate(links)]
            if WARM_UP <= turn < WARM_UP + IN_TURN:
                for phone in phones:
                    found.in_turn += together([phone.accept], found.errors)
                _wait_for_the_list(number, found.errors)
            else:
                _one_panel(number, phones, found, counts=turn >= WARM_UP)
    found.errors += now(lambda: list(db.session.scalars(sa.select(Incident.message))))
    unread = sa.select(Message.name).where(Message.status.not_in(("delivered", "dropped")))
    found.errors += [f"{name} was not delivered" for name in now(lambda: list(db.session.scalars(unread)))]
    return found


def _one_panel(number: str, phones: Sequence[Phone], found: Found, *, counts: bool) -> None:
    openings = together([phone.open for phone in phones], found.errors)
    began = time.perf_counter()
    answers = together([phone.accept for phone in phones], found.errors)
    answered = time.perf_counter() - began
    _wait_for_the_list(number, found.errors)
    if counts:
        found.openings += openings
        found.answers += answers
        found.rounds.append(answered)
        found.on.append(time.perf_counter() - began)


def main() -> None:
    """Prints the table."""
    print(f"{EXPERTS} answers at once, {PANELS} panels; ms; load {os.getloadavg()[0]:.1f}")
    names = ("median", "p95", "max", "per s", "on", "on max", "in turn", "open", "errors")
    print(" " * 12 + "".join(f"{name:>9}" for name in names))
    with applications() as made:
        for database, app in made:
            with app.app_context():
                found = measure(app)
            ordered = sorted(found.answers)
            p95 = ordered[int(len(ordered) * 0.95)] * 1000
            speed = len(ordered) / sum(found.rounds)
            figures = (
                median_ms(ordered), p95, ordered[-1] * 1000, speed, median_ms(found.on), max(found.on) * 1000,
                median_ms(found.in_turn), median_ms(found.openings), len(found.errors),
            )  # fmt: skip
            print(f"{database:12}" + "".join(f"{figure:9.0f}" for figure in figures))
            for error in found.errors[:5]:
                print(f"  {error}")
    print(f"aim: no error, every panel on, an answer within {AIM_MS} ms")


if __name__ == "__main__":
    main()
