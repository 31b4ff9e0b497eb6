"""The disk: two levels of folders by content hash, files whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from app.core import randomness


class FileMissing(RuntimeError):
    """The row is there and the content is not: a restore is needed."""


class FileStore:
    """Contents under a folder outside the static tree: `ab/cd/<sha256>-<file id>`.

    One content a file row, so that deleting one person's scan never touches another's.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str, file_id: str) -> Path:
        """Where the content lies."""
        return self.folder / sha256[:2] / sha256[2:4] / f"{sha256}-{file_id}"

    def put(self, sha256: str, file_id: str, data: bytes) -> None:
        """Writes the content so that after a crash it is there whole or not at all."""
        target = self.path(sha256, file_id)
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{randomness.unique_id()}.part")
        try:
            with temporary.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            temporary.rename(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)

    def read(self, sha256: str, file_id: str) -> bytes:
        """The content.

        :raises FileMissing: it is not on the disk.
        """
        try:
            return self.path(sha256, file_id).read_bytes()
        except FileNotFoundError as error:
            raise FileMissing(f"content of file {file_id} is not in the store") from error

    def remove(self, sha256: str, file_id: str) -> None:
        """Removes the content; it may be gone already."""
        self.path(sha256, file_id).unlink(missing_ok=True)

    def contents(self) -> Iterator[tuple[str, Path]]:
        """Every content on the disk with the id of its file, left-over parts of crashed writes as id ''."""
        for path in self.folder.glob("??/??/*"):
            yield "" if path.name.startswith(".") else path.name.partition("-")[2], path


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
