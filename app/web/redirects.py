"""Where a page sends people on to, when the page itself was told so by its form or link."""

from __future__ import annotations

from urllib.parse import urlsplit


def own_path(wanted: str | None, default: str) -> str:
    """`wanted` if it is a path of this very site, else `default`; never leads anywhere else."""
    if not wanted or not wanted.startswith("/") or "\\" in wanted or any(ord(sign) < 32 for sign in wanted):
        return default
    parts = urlsplit(wanted)
    return default if parts.scheme or parts.netloc or wanted.startswith("//") else wanted
