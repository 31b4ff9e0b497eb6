"""Taking, reading and deleting uploaded files.

Checking (slow, no database) comes first and outside the transaction: `check_paper`, `check_photo`. Then `keep`
writes the content and the row inside it; a rollback leaves a content without a row, which `sweep` removes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from app.core import audit, randomness
from app.core.actor import Actor
from app.core.database import db
from app.registers.files import content, documents, images
from app.registers.files.accepted import LIMITS, Accepted, FileRefused, Upload
from app.registers.files.images import PhotoRule
from app.registers.files.models import StoredFile, size_words
from app.registers.files.store import FileMissing, FileStore

SUBJECT = "file"
_PAPERS = (content.PDF, content.JPEG, content.PNG)
_PICTURES = (content.JPEG, content.PNG)
_LEFT_OVER_AFTER = timedelta(days=1)
_TO_PURGE = (StoredFile.purged_at.is_(None), StoredFile.deleted_at.is_not(None))
_ANY_TO_PURGE = sa.select(StoredFile.id).where(*_TO_PURGE).limit(1)


@dataclass(frozen=True)
class Scanner:
    """A virus scanner: its name, and a function that returns the threat found in the bytes, or None."""

    name: str
    find_threat: Callable[[bytes], str | None]


_store: FileStore | None = None
_scanner: Scanner | None = None


def configure(folder: Path, scanner: Scanner | None = None) -> None:
    """Says where contents lie and who scans them; called once at start."""
    global _store, _scanner
    _store, _scanner = FileStore(folder), scanner


def store() -> FileStore:
    """The store of this process."""
    if _store is None:
        raise RuntimeError("the file store is not configured")
    return _store


def check_paper(upload: Upload) -> Accepted:
    """Checks a paper (PDF, or a scan as JPEG or PNG) and cleans pictures.

    :raises FileRefused: says which file, what is wrong and how to mend it.
    """
    name = content.safe_name(upload.name)
    named = Upload(name, upload.data)
    if len(upload.data) > LIMITS.max_bytes:
        most = size_words(LIMITS.max_bytes).replace(".0 ", " ")
        raise FileRefused(f"“{name}”有 {size_words(len(upload.data))}，请缩小到 {most} 以内再选")
    found = _kind(named, _PAPERS, "PDF 文档或 JPG、PNG 图片")
    if found == content.PDF:
        return _scanned(Accepted(name, found, upload.data, pages=documents.check_pdf(name, upload.data)))
    return _scanned(images.cleaned(named, found))


def check_photo(upload: Upload, rule: PhotoRule) -> Accepted:
    """Checks a 二寸免冠电子照片 and removes everything but the picture.

    :raises FileRefused: too large, not a picture, of another format.
    """
    named = Upload(content.safe_name(upload.name), upload.data)
    images.check_photo_size(named, rule)
    photo = images.cleaned(named, _kind(named, _PICTURES, "JPG 或 PNG 图片"))
    images.check_photo_pixels(photo, rule)
    return _scanned(photo)


def _kind(upload: Upload, wanted: tuple[str, ...], words: str) -> str:
    if not upload.data:
        raise FileRefused(f"“{upload.name}”是空文件，请重新选择")
    found = content.media_type(upload.data)
    if found is None:
        if content.is_markup(upload.data):
            raise FileRefused(f"“{upload.name}”是网页或矢量图，里面可以带脚本，不能上传。请选{words}")
        raise FileRefused(f"“{upload.name}”是{content.stranger(upload.data)}，不能上传。请选{words}")
    if found not in wanted:
        raise FileRefused(f"“{upload.name}”的内容是 {content.NAMES[found]}，不是图片。请选{words}")
    if not content.extension_fits(upload.name, found):
        usual = content.EXTENSIONS[found][0]
        raise FileRefused(
            f"“{upload.name}”的内容其实是 {content.NAMES[found]}，与文件名不符。"
            f"核对是不是选错了；没有选错，就把扩展名改为 {usual} 再选"
        )
    return found


def _scanned(accepted: Accepted) -> Accepted:
    if _scanner is None:
        return accepted
    threat = _scanner.find_threat(accepted.data)
    if threat is not None:
        raise FileRefused(f"“{accepted.name}”没有通过查毒（{threat}），请在本机查杀后再选")
    return replace(accepted, scanned_by=_scanner.name)


def keep(
    accepted: Accepted, *, owner_type: str, owner_id: str | int, purpose: str, actor: Actor, now: datetime
) -> StoredFile:
    """Keeps a checked file for its owner, with an audit line."""
    file = StoredFile(
        id=randomness.unique_id(), owner_type=owner_type, owner_id=str(owner_id), purpose=purpose,
        original_name=accepted.name, media_type=accepted.media_type, size=len(accepted.data),
        sha256=hashlib.sha256(accepted.data).hexdigest(), pages=accepted.pages, width=accepted.width,
        height=accepted.height, scanned_by=accepted.scanned_by, uploaded_by_id=actor.user_id,
        uploaded_by_name=actor.name, uploaded_at=now,
    )
    store().put(file.sha256, file.id, accepted.data)
    db.session.add(file)
    audit.record(actor, "file.add_file", SUBJECT, file.id, after=_facts(file), note=file.original_name)
    return file


def read(file: StoredFile) -> bytes:
    """The content, proved to be the one that was kept.

    :raises FileMissing: it is gone from the disk, or is another.
    """
    data = store().read(file.sha256, file.id)
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise FileMissing(f"content of file {file.id} is not what was kept")
    return data


def of_owner(owner_type: str, owner_id: str | int, purpose: str | None = None) -> list[StoredFile]:
    """The files of an owner that are not deleted, oldest first."""
    statement = (
        sa.select(StoredFile)
        .where(
            StoredFile.owner_type == owner_type,
            StoredFile.owner_id == str(owner_id),
            StoredFile.deleted_at.is_(None),
        )
        .order_by(StoredFile.uploaded_at, StoredFile.id)
    )
    if purpose is not None:
        statement = statement.where(StoredFile.purpose == purpose)
    return list(db.session.scalars(statement))


def delete(file: StoredFile, reason: str, *, actor: Actor, now: datetime) -> None:
    """Hides the file at once; its content leaves the disk with the next `purge`."""
    if file.deleted_at is not None:
        return
    file.deleted_at, file.deleted_reason = now, reason
    audit.record(
        actor, "file.delete_file", SUBJECT, file.id, before=_facts(file), reason=reason, note=file.original_name
    )


def delete_of_owner(
    owner_type: str, owner_id: str | int, purpose: str, reason: str, *, actor: Actor, now: datetime
) -> int:
    """Deletes an owner's files of one purpose, such as ID scans once they were checked; returns how many."""
    found = of_owner(owner_type, owner_id, purpose)
    for file in found:
        delete(file, reason, actor=actor, now=now)
    return len(found)


def to_purge() -> bool:
    """Whether a deleted file still has its content on the disk."""
    return db.session.scalar(_ANY_TO_PURGE) is not None


def purge(now: datetime, limit: int = 100) -> int:
    """Takes the contents of deleted files off the disk; returns how many. Run by the scheduler."""
    statement = sa.select(StoredFile).where(*_TO_PURGE).order_by(StoredFile.deleted_at).limit(limit)
    found = list(db.session.scalars(statement))
    for file in found:
        store().remove(file.sha256, file.id)
        file.purged_at = now
    return len(found)


def sweep(machine_time: datetime) -> int:
    """Removes contents older than a day that no row knows: left-overs of rolled-back or crashed uploads."""
    known = set(db.session.scalars(sa.select(StoredFile.id)))
    oldest = (machine_time - _LEFT_OVER_AFTER).timestamp()
    removed = 0
    for file_id, path in list(store().contents()):
        if file_id not in known and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _facts(file: StoredFile) -> dict[str, object]:
    return {
        "owner": f"{file.owner_type}/{file.owner_id}", "purpose": file.purpose, "size": file.size,
        "sha256": file.sha256,
    }
