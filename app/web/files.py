"""Handing out uploaded files: only to those entitled, as a download, with an audit line for every look."""

from __future__ import annotations

import io
from pathlib import Path

from flask import Blueprint, Flask, send_file
from werkzeug.wrappers import Response

from app.core import audit
from app.core.database import db
from app.core.errors import NotFound
from app.core.transaction import transaction
from app.registers.files import service
from app.registers.files.access import require_reader
from app.registers.files.models import StoredFile
from app.registers.files.store import FileMissing
from app.web.auth import current_actor, public_page

files = Blueprint("files", __name__)


def register(app: Flask) -> None:
    """Hangs the store and the download on the application.

    The setting `UPLOAD_SCANNER` may hold a `Scanner`; without one, nothing claims to have been scanned.
    """
    service.configure(Path(app.config["UPLOAD_FOLDER"]), app.config.get("UPLOAD_SCANNER"))
    app.register_blueprint(files)


@files.get("/files/<file_id>")
@public_page  # applicants have no account: the rule of the file's owner decides
def download(file_id: str) -> Response:
    """The file, for those entitled; for all others there is no such file."""
    actor = current_actor()
    with transaction():  # the look is written down, so this read is a write
        file = require_reader(actor, db.session.get(StoredFile, file_id))
        audit.record(
            actor, "file.read_file", service.SUBJECT, file.id, note=f"{file.owner_type}/{file.owner_id} {file.purpose}"
        )
    name = file.original_name
    try:
        data = service.read(file)
    except FileMissing as error:
        raise NotFound(f"“{name}”的内容不在文件库里，请联系系统管理员从备份恢复") from error
    answer = send_file(
        io.BytesIO(data), mimetype=file.media_type, as_attachment=True, download_name=name, max_age=0
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
