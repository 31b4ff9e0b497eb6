"""A message as the channels see it: decrypted, in memory only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Document:
    """A PDF that goes with a mail; `make` makes it, outside any transaction."""

    filename: str
    make: Callable[[], bytes]


@dataclass(frozen=True)
class Outgoing:
    """A claimed message: `lease` proves who claimed it, `idem_key` is the same on every attempt."""

    id: int
    lease: str
    idem_key: str
    channel: str
    attempts: int
    plan: tuple[str, ...]
    name: str
    phone: str | None
    email: str | None
    title: str
    text: str
    documents: tuple[Document, ...] = field(default=())
