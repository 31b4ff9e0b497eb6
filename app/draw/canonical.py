"""Canonical JSON (RFC 8785) of a draw's conditions and its hash: section 2 of ZJ-DRAW-1."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any

import rfc8785


class Malformed(ValueError):
    """What was given cannot be part of a draw; the text says what and why, in English, for the log."""


def normalise(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with every string in NFC, keys included: for whoever makes conditions, never for a verifier.

    Raises:
        Malformed: two keys of one object become the same, or a value is no JSON without floats.
    """
    canonical(conditions)
    return dict(_normal(conditions))


def canonical(conditions: Mapping[str, Any]) -> bytes:
    """The UTF-8 bytes of RFC 8785: keys by UTF-16 code units, integers only; strings stay as they are.

    Raises:
        Malformed: a float, an integer beyond 2^53 - 1, a lone surrogate, or something that is no JSON.
    """
    if not isinstance(conditions, Mapping):
        raise Malformed("conditions are a JSON object")
    try:
        return bytes(rfc8785.dumps(_plain(conditions)))
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as refused:
        raise Malformed(f"conditions cannot be canonicalised: {refused}") from refused


def cond_hash(conditions: Mapping[str, Any]) -> bytes:
    """SHA-256 of the canonical conditions, 32 bytes."""
    return hashlib.sha256(canonical(conditions)).digest()


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise Malformed("a key is no text")
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    raise Malformed(f"{type(value).__name__} has no place in conditions: whole numbers and texts only")


def _normal(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        made = {_normal(key): _normal(one) for key, one in value.items()}
        if len(made) != len(value):
            raise Malformed("two keys are the same text in NFC")
        return made
    if isinstance(value, list | tuple):
        return [_normal(one) for one in value]
    return value
