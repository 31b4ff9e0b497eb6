"""A real SMTP server that keeps what it accepts and answers as scripted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class FakeSmtp:
    """`answers` are given one after the other instead of accepting: "451 later"."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.answers: deque[str] = deque()
        self.refused_addresses: set[str] = set()
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused_addresses:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.answers:
            return self.answers.popleft()
        self.accepted.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 accepted"


class _AnyPort(Controller):
    """A controller that lets the system choose the port, without a race for it."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running_smtp() -> Iterator[FakeSmtp]:
    """The server on a free port of 127.0.0.1."""
    fake = FakeSmtp()
    controller = _AnyPort(fake, hostname="127.0.0.1", port=0)
    controller.start()
    fake.port = controller.port
    try:
        yield fake
    finally:
        controller.stop()
