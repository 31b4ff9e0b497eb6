"""运行状况: does background work run, what has piled up, is there room on the disk, which versions are these."""

from __future__ import annotations

import platform
import shutil
from datetime import timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app, render_template

from app.core import clock
from app.core.database import db
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.room.blueprint import room, tabs
from app.web.room.words import span
from app.web.wording import moment, size
from app.workflow.room import tally

_PARTS = ("SpiffWorkflow", "Flask", "SQLAlchemy", "gunicorn")
#: With less of the disk free than this, uploads and the database will soon fail.
_LEAST_FREE = 0.1
_SILENT_AFTER = timedelta(minutes=2)

#: State (ok, care, bad), what is looked at, what was found.
Fact = tuple[str, str, str]


@room.get("/health")
@requires(permissions.SYSTEM_HEALTH)
def health() -> str:
    """Facts for those who keep the house running."""
    found = current_app.extensions["background_health"](clock.now())
    return render_template(
        "room/health.html", tabs=tabs(current_actor()), background=_background(found), queues=_queues(found),
        storage=[*_database(), *_disks()], versions=_versions(), is_well=found.is_well,
    )


def _background(found: Any) -> list[Fact]:
    age = found.last_tick_age
    ticks = "还没有运行过" if age is None else f"{span(age)}前运行过"
    counted = tally.counted_at()
    return [
        ("ok" if age is not None and age <= _SILENT_AFTER else "bad", "后台任务", ticks),
        ("ok" if counted else "care", "各环节用时的统计", f"统计到{moment(counted)}" if counted else "还没有统计过"),
    ]


def _queues(found: Any) -> list[Fact]:
    late = f"{found.overdue} 件到期未执行"
    if found.oldest_overdue_age:
        late += f"，最久的已过 {span(found.oldest_overdue_age)}"
    unsent = f"{found.outbox_backlog} 封待发"
    if found.oldest_unsent_age:
        unsent += f"，最久的已等 {span(found.oldest_unsent_age)}"
    return [
        ("bad" if found.overdue else "ok", "时限和消息", late if found.overdue else "没有积压"),
        ("care" if found.oldest_unsent_age else "ok", "待发的通知", unsent),
        ("care" if found.outbox_dead else "ok", "发不出去的通知", f"{found.outbox_dead} 封"),
        ("care" if found.undeliverable_messages else "ok", "无法送达的消息", f"{found.undeliverable_messages} 条"),
        ("care" if found.open_incidents else "ok", "未处理的流程故障", f"{found.open_incidents} 件"),
    ]


def _database() -> list[Fact]:
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        version = str(connection.scalar(sa.text("SHOW server_version")))
        used = int(connection.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
        name = f"PostgreSQL {version.split(maxsplit=1)[0]}"
    else:
        name = f"SQLite {connection.scalar(sa.text('SELECT sqlite_version()'))}"
        pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        used = int(connection.scalar(sa.text(pages)) or 0)
    return [("ok", "数据库", f"{name}，{size(used)}")]


def _disks() -> list[Fact]:
    facts = []
    folders = {"程序和数据所在的磁盘": current_app.instance_path, "材料所在的磁盘": current_app.config["UPLOAD_FOLDER"]}
    for what, folder in folders.items():
        place = _existing(Path(folder))
        used = shutil.disk_usage(place)
        free = used.free / used.total if used.total else 1.0
        state = "ok" if free >= _LEAST_FREE else "bad"
        facts.append((state, what, f"还有 {used.free / 1024**3:.1f} GB，占全部的 {free:.0%}"))
    return facts


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there already."""
    return next((one for one in (folder, *folder.parents) if one.exists()), Path("/"))


def _versions() -> list[tuple[str, str]]:
    found = [("Python", platform.python_version())]
    for name in _PARTS:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    if sa.inspect(db.session.connection()).has_table("alembic_version"):
        schema = db.session.connection().scalar(sa.text("SELECT version_num FROM alembic_version"))
        found.append(("数据库结构", str(schema)))
    return found
