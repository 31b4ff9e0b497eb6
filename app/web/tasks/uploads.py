"""Files sent with a task: kept for the task while it is worked on, linked to its case when it is completed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.datastructures import FileStorage

from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.core.transaction import transaction
from app.registers.files import service
from app.registers.files.accepted import Upload
from app.registers.files.access import readers_of
from app.registers.files.models import StoredFile
from app.workflow import cases, tasks
from app.workflow.models import Attachment, Task

OWNER = "task"
#: What the file was sent for: a field of the task's form, or the case as such.
FORM_FIELD, ATTACHMENT = "form_field", "attachment"


class TaskFiles:
    """Keeps what one person sends with the form of one task (`app.web.forms.FileKeeper`)."""

    def __init__(self, task_id: str, actor: Actor) -> None:
        self._task_id, self._actor = task_id, actor

    def keep(self, upload: FileStorage) -> dict[str, Any]:
        """Checks and stores an upload. :raises UserError: what is wrong with it and how to mend it."""
        return record_of(keep_upload(self._task_id, upload, FORM_FIELD, self._actor))

    def kept(self, file_id: str) -> dict[str, Any] | None:
        """The file's record if it was sent with this task and is still there."""
        file = db.session.get(StoredFile, file_id)
        mine = file is not None and file.owner_type == OWNER and file.owner_id == self._task_id
        return record_of(file) if file is not None and mine and file.deleted_at is None else None


def keep_upload(task_id: str, upload: FileStorage, purpose: str, actor: Actor) -> StoredFile:
    """Checks an upload outside the transaction, then stores it for the task in one. :raises UserError:"""
    accepted = service.check_paper(Upload(upload.filename or "", upload.read()))
    with transaction():
        file = service.keep(
            accepted, owner_type=OWNER, owner_id=task_id, purpose=purpose, actor=actor, now=clock.now()
        )
        db.session.flush()
        db.session.refresh(file)
        db.session.expunge(file)
    return file


def record_of(file: StoredFile) -> dict[str, Any]:
    """The record that form values hold of a file."""
    return {"id": file.id, "name": file.original_name, "size": file.size, "type": file.media_type}


def attach_all(task_id: str, values: Mapping[str, Any], actor: Actor) -> None:
    """Links every file among a form's values to the case, in the caller's transaction; those linked before stay."""
    records = list(files_in(values))
    if not records:
        return
    linked = {
        row.document_id for row in db.session.query(Attachment.document_id).filter(Attachment.task_id == task_id)
    }
    for record in records:
        if record["id"] not in linked:
            tasks.attach(task_id, str(record["id"]), str(record["name"]), int(record["size"]), actor)


def files_in(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every file record among values, at whatever depth."""
    if isinstance(value, Mapping):
        if set(value) == {"id", "name", "size", "type"}:
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from files_in(inner)


@readers_of(OWNER)
def _may_read(actor: Actor, file: StoredFile) -> bool:
    """Whoever may see the case of the task; before it is linked, only who sent it."""
    task = db.session.get(Task, file.owner_id)
    if task is None or actor.user_id is None:
        return False
    if file.uploaded_by_id == actor.user_id:
        return True
    linked = db.session.query(Attachment.id).filter(Attachment.document_id == file.id).first()
    if linked is None:
        return False
    try:
        cases.detail(task.instance_id, actor)
    except NotFound:
        return False
    return True
