"""Files among what was sent: ids of files kept before become their records, new files are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from werkzeug.datastructures import FileStorage, MultiDict

from app.core.errors import UserError
from app.workflow.forms import FormDefinition
from app.workflow.forms.components import Component, DynamicList, Files, Group, joined


class FileKeeper(Protocol):
    """Where a page keeps the files that were sent with a form until it is completed."""

    def keep(self, upload: FileStorage) -> dict[str, Any]:
        """Checks and stores an upload; gives its record {id, name, size, type}. Raises UserError."""

    def kept(self, file_id: str) -> dict[str, Any] | None:
        """The record of a file that was kept on this page before, or None if it was not."""


class SentFiles:
    """Puts records in place of ids; `refusals` says by path why a file was not kept."""

    def __init__(
        self, definition: FormDefinition, uploads: MultiDict[str, FileStorage], keeper: FileKeeper | None,
    ) -> None:
        self._shapes = set(_shapes(definition.components))
        self._uploads, self._keeper = uploads, keeper
        self.refusals: dict[str, str] = {}

    def resolved(self, entries: Mapping[str, Any], shape: str = "", place: str = "") -> dict[str, Any]:
        """The entries with the records of their files; `shape` is the place with `*` for row numbers."""
        return {key: self._value(value, shape + key, place + key) for key, value in entries.items()}

    def _value(self, value: Any, shape: str, place: str) -> Any:
        if shape in self._shapes:
            return self._records(value, place)
        if isinstance(value, list) and any(isinstance(row, dict) for row in value):
            return [self.resolved(row, f"{shape}.*.", f"{place}.{number}.") for number, row in enumerate(value)]
        return value

    def _records(self, ids: Any, place: str) -> list[dict[str, Any]]:
        if self._keeper is None:
            return []
        found = [self._keeper.kept(item) for item in ids or []]
        records = [record for record in found if record is not None]
        for upload in self._uploads.getlist(place):
            if not upload.filename:
                continue
            try:
                records.append(self._keeper.keep(upload))
            except UserError as refusal:
                self.refusals[place] = refusal.message
        return records


def _shapes(components: tuple[Component, ...], prefix: str = "") -> Iterator[str]:
    for part in components:
        if isinstance(part, Group):
            yield from _shapes(part.components, joined(prefix, part.path))
        elif isinstance(part, DynamicList):
            yield from _shapes(part.components, joined(prefix, part.path) + ".*")
        elif isinstance(part, Files):
            yield joined(prefix, part.key)


def without_file(entries: Mapping[str, Any], path: str, file_id: str) -> dict[str, Any]:
    """The entries without that file; a path holds row numbers, and keys may hold dots: the longest key wins."""
    steps = path.split(".")
    for count in range(len(steps), 0, -1):
        key, rest = ".".join(steps[:count]), steps[count:]
        value = entries.get(key)
        if not isinstance(value, list):
            continue
        if not rest:
            return {**entries, key: [item for item in value if not _has_id(item, file_id)]}
        if rest[0].isdecimal() and int(rest[0]) < len(value):
            inner = without_file(value[int(rest[0])], ".".join(rest[1:]), file_id)
            return {**entries, key: [inner if n == int(rest[0]) else row for n, row in enumerate(value)]}
    return dict(entries)


def _has_id(item: Any, file_id: str) -> bool:
    return isinstance(item, dict) and str(item.get("id")) == file_id
