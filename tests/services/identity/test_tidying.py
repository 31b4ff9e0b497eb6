"""The scheduler takes contents of deleted files off the disk, and left-overs once a day."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core import clock
from app.core.actor import SYSTEM
from app.core.database import db
from app.core.transaction import transaction
from app.jobs import housekeeping
from app.jobs.due import run_due
from app.registers.files import service
from app.registers.files.accepted import Accepted
from app.registers.files.models import StoredFile

PAPER = Accepted("身份证.pdf", "application/pdf", b"%PDF-1.4 x %%EOF", pages=1)


@pytest.fixture(autouse=True)
def never_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "_next_sweep", {})


def keep() -> str:
    with transaction():
        return service.keep(
            PAPER, owner_type="application", owner_id=1, purpose="id_document", actor=SYSTEM, now=clock.now()
        ).id


def contents() -> list[Path]:
    return [path for _, path in service.store().contents()]


def test_a_deleted_scan_leaves_the_disk_with_the_next_tick(database: Any) -> None:
    file_id = keep()
    run_due(clock.now(), pause=0)
    assert len(contents()) == 1
    with transaction():
        service.delete(db.session.get_one(StoredFile, file_id), "核验完毕", actor=SYSTEM, now=clock.now())
    run_due(clock.now(), pause=0)
    assert contents() == []
    assert db.session.get_one(StoredFile, file_id).purged_at == clock.now()


def test_left_overs_are_looked_for_once_a_day_by_real_time(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    keep()
    housekeeping.tidy_files(clock.now())
    left_over = contents()[0].with_name("0" * 64 + "-nobody")
    left_over.write_bytes(b"half")
    old = (clock.now() - timedelta(days=3)).timestamp()
    os.utime(left_over, (old, old))
    assert housekeeping.tidy_files(clock.now()) == 0
    monkeypatch.setattr(housekeeping, "_next_sweep", {})  # another process, which asks the database
    assert housekeeping.tidy_files(clock.now()) == 0
    with transaction():
        from app.core import settings

        settings.store("files.last_sweep", (clock.now() - timedelta(days=1)).isoformat())
    monkeypatch.setattr(housekeeping, "_next_sweep", {})
    assert housekeeping.tidy_files(clock.now()) == 1
    assert len(contents()) == 1
