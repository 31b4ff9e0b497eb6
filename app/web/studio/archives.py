"""Processes out of the house and in again: export of a version, a draft or all; import as drafts."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import UserError
from app.core.transaction import transaction
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.studio.blueprint import studio
from app.web.studio.process import optional_url, version_row
from app.workflow import definitions
from app.workflow.models import Definition
from app.workflow.releases import archive, authorship, drafts
from app.workflow.releases.archive import Packed
from app.workflow.releases.states import DraftOrigin


@dataclass(frozen=True)
class Outcome:
    """What became of one process of an archive; `look` is ok, care or bad."""

    name: str
    look: str
    words: str
    url: str = ""


@studio.get("/archive.zip")
@requires(permissions.PROCESS_EDIT)
def archive_of_all() -> Response:
    """Every process in force."""
    return _sent([_packed(row) for row in definitions.current()], "processes")


@studio.get("/processes/<key>/versions/<int:version>/archive.zip")
@requires(permissions.PROCESS_READ)
def version_archive(key: str, version: int) -> Response:
    """One version."""
    return _sent([_packed(version_row(key, version))], f"{key}-v{version}")


@studio.get("/drafts/<int:draft_id>/archive.zip")
@requires(permissions.PROCESS_READ)
def draft_archive(draft_id: int) -> Response:
    """A draft as it is saved."""
    draft = drafts.get(draft_id)
    authors = authorship.of_draft(draft.id)
    packed = Packed(draft.key, draft.name, None, draft.note, drafts.parts_of(draft), authors)
    return _sent([packed], f"{draft.key}-draft")


def _packed(row: Definition) -> Packed:
    return Packed(
        row.key, row.name, row.version, row.note, definitions.parts_of(row), authorship.of_version(row.id)
    )


def _sent(processes: list[Packed], name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return Response(archive.write(processes), mimetype="application/zip", headers=headers)


@studio.get("/import")
@requires(permissions.PROCESS_EDIT)
def import_archive() -> str:
    """Asks for an archive."""
    return _page([], {})


@studio.post("/import")
@requires(permissions.PROCESS_EDIT)
def take_archive() -> ResponseReturnValue:
    """Makes a draft of each process that is new or different; says what became of every one."""
    upload = request.files.get("archive")
    try:
        if upload is None or not upload.filename:
            raise UserError("选择要导入的压缩包", "archive")
        found = archive.read(upload.stream.read(archive.MAX_ARCHIVE + 1))
    except UserError as refused:
        return _page([], {refused.field or "archive": refused.message}), 422
    return _page([_imported(one) for one in found], {})


def _imported(one: Packed) -> Outcome:
    """One process in its own transaction, so that what is refused of one does not stop the others."""
    newest = definitions.newest(one.key)
    if newest is not None and definitions.parts_of(newest) == one.parts:
        return Outcome(one.name, "ok", f"与在用的第 {newest.version} 版相同，不必导入")
    base = newest.version if newest is not None else None
    try:
        with transaction():
            draft = drafts.create(
                one.key, one.name, one.parts, current_actor(), base_version=base, origin=DraftOrigin.IMPORT,
                provenance=authorship.provenance(one.authors),
            )
            draft.note = one.note
    except UserError as refused:
        return Outcome(one.name, "care", f"没有导入：{refused.message}")
    words = f"已导入为草稿，基于在用的第 {base} 版" if base else "已导入为新流程的草稿"
    return Outcome(one.name, "ok", words, url_for("studio.process", key=one.key))


def _page(outcome: list[Outcome], errors: dict[str, str]) -> str:
    return render_template(
        "studio/import.html", outcome=outcome, errors=errors, foreign_url=optional_url("studio.import_diagram")
    )
