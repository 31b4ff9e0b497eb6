"""The public certificate for everybody after the reveal, the auditor's copy for the auditor (draw.md §7)."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from app.core import audit
from app.core.transaction import transaction
from app.identity import permissions
from app.procedures.selection import store
from app.procedures.selection.queries.certificates import as_file, auditors_copy, public_certificate
from app.web.auth import current_actor, public_page, requires
from app.web.security import limiter

certificates = Blueprint("certificates", __name__, url_prefix="/activities")

JSON = "application/json"
#: A certificate of a large list is megabytes, made and signed anew each time.
_DOWNLOADS = "30 per minute"


@certificates.get("/<number>/certificates/<int:draw_no>.json")
@public_page  # pseudonyms only, and only after the reveal: anyone may check that nobody chose
@limiter.limit(_DOWNLOADS)
def download(number: str, draw_no: int) -> Response:
    """The public certificate as a file."""
    content = as_file(public_certificate(number, draw_no))
    return sent(content, JSON, f"抽取证书-{store.normal(number)}-{draw_no}.json")


@certificates.get("/<number>/certificates/<int:draw_no>/auditor.json")
@requires(permissions.DRAW_AUDIT)
def auditor(number: str, draw_no: int) -> Response:
    """The auditor's copy with the ids behind the pseudonyms; the look is written down."""
    name = f"抽取证书审计副本-{store.normal(number)}-{draw_no}.json"
    with transaction():
        content = as_file(auditors_copy(number, draw_no))
        audit.record(current_actor(), "draw.read_auditors_copy", "activity", store.normal(number), note=name)
    return sent(content, JSON, name)


def sent(content: bytes, media_type: str, name: str) -> Response:
    """A download that no cache keeps."""
    answer = send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name, max_age=0)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
