"""What comes in and what was found good: the values that the checks exchange."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.errors import UserError


@dataclass(frozen=True)
class Upload:
    """A file as the browser sent it: the name the person knows it by, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Accepted:
    """A file that passed: cleaned bytes, and what was found in them."""

    name: str
    media_type: str
    data: bytes
    pages: int | None = None
    width: int | None = None
    height: int | None = None
    scanned_by: str | None = None


@dataclass(frozen=True)
class FileLimits:
    """Limits of this installation (not of the regulation) for papers: bytes, pages, pixels of a picture."""

    max_bytes: int = 10 * 1024 * 1024
    max_pages: int = 200
    max_pixels: int = 50_000_000


LIMITS = FileLimits()


class FileRefused(UserError):
    """The file cannot be taken; the message names it, says why and how to mend it."""
