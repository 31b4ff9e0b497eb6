"""The only source of randomness outside the draw."""

from __future__ import annotations

import random
import secrets
import uuid


def token(length: int = 24) -> str:
    """A URL-safe secret of `length` random bytes: links, sessions."""
    return secrets.token_urlsafe(length)


def digits(count: int) -> str:
    """A code of decimal digits for a message, leading zeros kept."""
    return "".join(str(secrets.randbelow(10)) for _ in range(count))


def secret_bytes(count: int) -> bytes:
    """`count` random bytes of the operating system: salt and server seed of a draw."""
    return secrets.token_bytes(count)


def unique_id() -> str:
    """A new random identifier (UUID 4) as text."""
    return str(uuid.uuid4())


def seeded(seed: int) -> random.Random:
    """A repeatable source for invented data (demo world, benchmarks); never for anything that must be secret."""
    return random.Random(seed)  # noqa: S311 - repeatable on purpose
