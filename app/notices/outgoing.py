"""A message as the channels see it: decrypted, in memory only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Document:
    """What goes with a mail; `make` makes it, outside any transaction. `media_type` may carry parameters."""

    filename: str
    make: Callable[[], bytes]
    media_type: str = "application/pdf"


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
    #: the case that is told what became of it
    reply_to: str | None = None
