"""A real HTTP server that behaves like an SMS gateway: token, idempotency keys, scripted failures."""

from __future__ import annotations

import http.client
import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "token-of-the-fake-gateway"
#: With what the gateway reports to us.
REPORT_TOKEN = "token-with-which-the-fake-gateway-reports"


@dataclass
class FakeGateway:
    """What was delivered, and what to answer next: a status, or one of three ways to give no answer.

    "hang" does nothing and is silent, "swallow" delivers and is silent, "lose" delivers and hangs up.
    """

    delivered: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    answers: deque[int | str] = field(default_factory=deque)
    url: str = ""
    release: threading.Event = field(default_factory=threading.Event)

    def accept(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Delivers a message once: the second time the same request id gets 409 and the first reference."""
        for number, known in enumerate(self.delivered):
            if known["request_id"] == body["request_id"]:
                return 409, {"message_id": f"sms-{number}", "error": "duplicate request_id"}
        self.delivered.append(body)
        return 200, {"message_id": f"sms-{len(self.delivered) - 1}"}

    def report(self, address: str, body: Any, token: str | None = REPORT_TOKEN) -> tuple[int, dict[str, Any]]:
        """Reports to `host:port` what became of a message; gives status and answer."""
        connection = http.client.HTTPConnection(address, timeout=10)
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        try:
            connection.request("POST", "/sms/reports", json.dumps(body), headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


class _Server(ThreadingHTTPServer):
    def __init__(self, gateway: FakeGateway) -> None:
        self.gateway = gateway
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        gateway = self.server.gateway
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        gateway.requests.append({**body, "key": self.headers["Idempotency-Key"]})
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self._answer(401, {"error": "token"})
        scripted = gateway.answers.popleft() if gateway.answers else None
        if isinstance(scripted, str):
            return self._be_silent(scripted, body)
        if isinstance(scripted, int):
            return self._answer(scripted, {"error": f"scripted {scripted}"})
        return self._answer(*gateway.accept(body))

    def _be_silent(self, way: str, body: dict[str, Any]) -> None:
        if way in ("swallow", "lose"):
            self.server.gateway.accept(body)
        if way in ("swallow", "hang"):
            self.server.gateway.release.wait(10)
        self.close_connection = True

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        raw = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        """Keeps the test's output quiet."""


@contextmanager
def running_gateway() -> Iterator[FakeGateway]:
    """The gateway on a free port of 127.0.0.1."""
    gateway = FakeGateway()
    server = _Server(gateway)
    gateway.url = f"http://127.0.0.1:{server.server_address[1]}/v1/messages"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        gateway.release.set()
        server.shutdown()
        server.server_close()
        thread.join()
