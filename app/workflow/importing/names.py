"""Ids that the product can use: valid, unique, not the engine's own, and speaking where the foreign ones do not."""

from __future__ import annotations

import re

_USABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")
_GENERATED = re.compile(r"(sid-|_)[0-9A-Fa-f]{8}-|_[0-9a-fA-F-]{20,}")
_PROCESS = re.compile(r"Process_[0-9a-z]{4,10}")
_RESERVED = frozenset({"Start", "End", "Root"})
_RESERVED_ENDS = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin")
_STEP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9]+")
_MAX = 60


def slug(text: str, otherwise: str) -> str:
    """Small letters, digits and underscores, beginning with a letter; `otherwise` where nothing of it can be kept."""
    found = _OTHER.sub("_", _STEP.sub("_", text).lower()).strip("_")[:_MAX].strip("_")
    found = found.lstrip("0123456789_")
    return found if len(found) > 1 else otherwise


def process_key(old: str, name: str) -> str:
    """A key for a process: its id if somebody chose it, else its name, as far as it can be written so."""
    by_name = slug(name, "imported_process")
    return by_name if _GENERATED.match(old) or _PROCESS.fullmatch(old) else slug(old, by_name)


class Ids:
    """Gives every foreign id a new one; the same id for the same element, another for each of two alike."""

    def __init__(self, taken: set[str]) -> None:
        self._taken = set(taken)
        self.changed = 0

    def new(self, old: str, kind: str, name: str = "") -> str:
        """The id of an element; its own if that can be used."""
        if self._is_usable(old) and old not in self._taken:
            self._taken.add(old)
            return old
        self.changed += 1
        wanted = slug(name, slug(kind, "element")) if not self._is_usable(old) else old
        return self.free(wanted)

    def free(self, wanted: str) -> str:
        """The wanted id, or one with a number behind it."""
        found, number = wanted, 1
        while found in self._taken or not self._is_usable(found):
            number += 1
            found = f"{wanted}_{number}"
        self._taken.add(found)
        return found

    @staticmethod
    def _is_usable(text: str) -> bool:
        return bool(_USABLE.fullmatch(text)) and text not in _RESERVED and not (
            _GENERATED.match(text) or text.endswith(_RESERVED_ENDS)
        )
