"""恢复初始数据: the world as it was loaded, kept as a copy beside the database and put back in a moment.

Only for the embedded SQLite. The copy is made and put back by SQLite's own backup, which is safe while
others read and write.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

from flask import current_app

from app.core import clock
from app.core.database import db
from app.core.errors import UserError
from app.core.transaction import transaction
from app.web.demo.moves import start_clock

_DATABASE = "initial.sqlite3"
_UPLOADS = "initial-uploads"


def is_kept() -> bool:
    """True if there is a copy to go back to."""
    return _copy().exists()


def keep() -> None:
    """Makes the copy from the present state; the loader calls it as its last act."""
    _backup(_database(), _copy())
    _replace(_uploads(), _copy().with_name(_UPLOADS))


def restore() -> None:
    """Puts database, files and clock back to what they were after loading. Everyone has to sign in again.

    :raises UserError: there is no copy.
    """
    if not is_kept():
        raise UserError("没有初始数据的副本。请停止服务，运行 make reset 后再启动")
    db.session.remove()
    with current_app.extensions.get("background_busy") or nullcontext():
        _put_back(datetime.fromisoformat(current_app.config["DEMO_START"]))


def _put_back(beginning: datetime) -> None:
    """The clock first: with the later clock, background work would find everything in the old data overdue."""
    offset = clock.offset()
    clock.travel_to(beginning)
    try:
        _backup(_copy(), _database())
    except sqlite3.Error:
        clock.set_offset(offset)
        raise
    _replace(_copy().with_name(_UPLOADS), _uploads())
    with transaction():
        start_clock(beginning)


def _database() -> Path:
    url = db.engine.url
    if url.get_backend_name() != "sqlite" or not url.database:
        raise UserError("只有内置的演示数据库可以恢复初始数据")
    return Path(url.database)


def _copy() -> Path:
    return _database().with_name(_DATABASE)


def _uploads() -> Path:
    return Path(current_app.config["UPLOAD_FOLDER"])


def _backup(source: Path, target: Path) -> None:
    original, copy = sqlite3.connect(source), sqlite3.connect(target, timeout=15)
    try:
        original.backup(copy)
    finally:
        copy.close()
        original.close()


def _replace(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target)
