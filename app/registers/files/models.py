"""What is known of an uploaded file; its content lies in the file store."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Instant, db


class StoredFile(db.Model):
    """A file of one owner. `id` is random, so that links cannot be guessed; entitlement is asked all the same.

    `purpose` is a word of the owner's (`photo`, `id_document`, …); `media_type` was found in the content.
    `scanned_by` is empty unless a virus scanner looked at it: only then may a page say 已查毒.
    `deleted_at` hides it at once, `purged_at` says when its content left the disk.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        sa.Index("ix_stored_file_owner", "owner_type", "owner_id"),
        sa.Index("ix_stored_file_purged_at_deleted_at", "purged_at", "deleted_at"),
    )

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    owner_type: Mapped[str] = mapped_column(sa.String(40))
    owner_id: Mapped[str] = mapped_column(sa.String(80))
    purpose: Mapped[str] = mapped_column(sa.String(40))
    original_name: Mapped[str] = mapped_column(sa.String(160))
    media_type: Mapped[str] = mapped_column(sa.String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    pages: Mapped[int | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    scanned_by: Mapped[str | None] = mapped_column(sa.String(80))
    uploaded_by_id: Mapped[int | None]
    uploaded_by_name: Mapped[str] = mapped_column(sa.String(80))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    deleted_reason: Mapped[str | None] = mapped_column(sa.String(200))
    purged_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def is_image(self) -> bool:
        """True for photos and scanned pictures."""
        return self.media_type.startswith("image/")

    @property
    def note(self) -> str:
        """What stands beside the name on pages: PDF，2 页，312 KB."""
        kind = {"application/pdf": "PDF", "image/jpeg": "JPG", "image/png": "PNG"}[self.media_type]
        pages = "" if self.pages is None else f"，{self.pages} 页"
        return f"{kind}{pages}，{size_words(self.size)}"


def size_words(size: int) -> str:
    """312 KB, 11.2 MB: sizes as people see them on their own machine."""
    if size >= 1024 * 1024:
        return f"{size / 1024 / 1024:.1f} MB"
    return f"{max(1, round(size / 1024))} KB"
