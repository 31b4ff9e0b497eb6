"""导入 .bpmn: a diagram of another product, told element by element, completed by choices, made into a draft."""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import UserError
from app.core.transaction import transaction
from app.engine.xml import MAX_BYTES
from app.identity import permissions
from app.web.auth import current_actor, requires
from app.web.studio.blueprint import studio
from app.workflow import definitions
from app.workflow.importing import Fate, ImportPlan, Offers, Wishes, plan
from app.workflow.releases import drafts, reading
from app.workflow.releases.authorship import Provenance
from app.workflow.releases.states import DraftOrigin

FATES = {
    Fate.DROPPED: ("没有导入", "bad"),
    Fate.CHOOSE: ("须选择或改写", "care"),
    Fate.PARTLY: ("部分舍去", "care"),
    Fate.TRANSLATED: ("已转换", "go"),
    Fate.TAKEN: ("照原样", "ok"),
}
_CHOICE = "choice-"
_AGAIN = "请重新选择文件"


@dataclass(frozen=True)
class Sent:
    """What the page sent: the file, of this step or the one before, and what was typed and chosen so far."""

    content: bytes
    file_name: str
    wishes: Wishes

    @property
    def packed(self) -> str:
        """The file for the next step; pages keep nothing on the server before there is a draft."""
        return base64.b64encode(zlib.compress(self.content, 6)).decode() if self.content else ""


@studio.get("/import-bpmn")
@requires(permissions.PROCESS_EDIT)
def import_diagram() -> str:
    """Asks for a file."""
    return _page(Sent(b"", "", Wishes()), None, {})


@studio.post("/import-bpmn")
@requires(permissions.PROCESS_EDIT)
def take_diagram() -> ResponseReturnValue:
    """核对: the report with its choices. 导入: the draft, opened in the modeler."""
    wishes = _wishes()
    try:
        sent = _sent(wishes)
    except UserError as refused:
        return _page(Sent(b"", request.form.get("file_name", ""), wishes), None, {"file": refused.message}), 422
    planned, errors = None, {}
    try:
        reading.process_key(wishes.key or "unnamed")
    except UserError as refused:
        errors = {"key": refused.message}
    try:
        planned = _planned(sent, "" if errors else wishes.key)
        if request.form.get("act") == "import" and not errors:
            return _imported(planned, wishes)
    except UserError as refused:
        errors[refused.field or "file"] = refused.message
        return _page(sent, planned, errors), refused.status
    return _page(sent, planned, errors), 422 if errors else 200


def _wishes() -> Wishes:
    typed = {name: text.strip() for name, text in request.form.items()}
    choices = {
        name.removeprefix(_CHOICE): text for name, text in typed.items() if name.startswith(_CHOICE) and text
    }
    return Wishes(typed.get("process", ""), typed.get("key", ""), typed.get("name", ""), choices)


def _sent(wishes: Wishes) -> Sent:
    """:raises UserError: at `file`: none was chosen, or what the page kept of it is damaged."""
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        content = upload.stream.read(MAX_BYTES + 1)
        upload.close()  # a large one lies in a temporary file
        return Sent(content, PurePosixPath(upload.filename.replace("\\", "/")).name[:120], wishes)
    kept = request.form.get("source", "")
    if not kept:
        raise UserError("选择要导入的 .bpmn 文件", "file")
    try:
        content = zlib.decompressobj().decompress(base64.b64decode(kept, validate=True), MAX_BYTES + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise UserError(f"页面里保存的文件损坏了，{_AGAIN}", "file") from error
    return Sent(content, request.form.get("file_name", "")[:120], wishes)


def _planned(sent: Sent, key: str) -> ImportPlan:
    """The plan under the key that was typed, else under the one of the file, or the next that is free."""
    current = definitions.current()
    offers = Offers(
        forms={form: text for row in current for form, text in row.forms.items()},
        processes={row.key: row.name for row in current},
    )
    typed = sent.wishes

    def under(wanted: str) -> ImportPlan:
        return plan(sent.content, Wishes(typed.process, wanted, typed.name, typed.choices), offers)

    found = under(key)
    if key or not _is_taken(found.key):
        return found
    numbered = (f"{found.key[:56]}_{number}" for number in range(2, 1000))
    return under(next(name for name in numbered if not _is_taken(name)))


def _is_taken(key: str) -> bool:
    return definitions.newest(key) is not None or drafts.active(key) is not None


def _imported(planned: ImportPlan, wishes: Wishes) -> ResponseReturnValue:
    reading.process_name(wishes.name or planned.name)
    with transaction():
        draft = drafts.create(
            planned.key, wishes.name or planned.name, planned.parts, current_actor(), origin=DraftOrigin.IMPORT,
            provenance=Provenance(f"由 {planned.exporter} 的文件导入，由谁画的无从核对，只算导入人"),
        )
        draft.note = f"由 {planned.exporter} 的文件导入"
    left = len(planned.of(Fate.CHOOSE))
    words = f"还有 {left} 处要选择或改写，见“检查”。" if left else ""
    flash(f"已导入为流程“{draft.name}”的草稿。{words}", "ok")
    return redirect(url_for("studio.process", key=draft.key), 303)


def _page(sent: Sent, planned: ImportPlan | None, errors: dict[str, str]) -> str:
    lines = planned.lines if planned is not None else ()
    shown = [line for line in lines if line.notes or line.what != "连线"]
    typed = {
        "key": sent.wishes.key or (planned.key if planned else ""),
        "name": sent.wishes.name or (planned.name if planned else ""),
    }
    return render_template(
        "studio/import_diagram.html", sent=sent, plan=planned, errors=errors, typed=typed, fates=FATES, shown=shown,
        quiet=len(lines) - len(shown), choice=_CHOICE,
    )
