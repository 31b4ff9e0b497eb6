"""Two versions of a process side by side: on the diagrams, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request, url_for

from app.core.errors import NotFound
from app.identity import permissions
from app.web.auth import requires
from app.web.studio.blueprint import studio
from app.workflow import definitions
from app.workflow.comparison import SIGN_WORDS, compare
from app.workflow.models import Definition
from app.workflow.parts import Parts
from app.workflow.releases import drafts
from app.workflow.releases.models import ProcessDraft

#: Stands for the draft where a version's number is asked.
DRAFT = "draft"


@dataclass(frozen=True)
class Side:
    """One of the two: how it is called, its parts, and where its diagram is."""

    value: str
    words: str
    parts: Parts
    xml_url: str


@studio.get("/processes/<key>/compare", endpoint="compare")
@requires(permissions.PROCESS_READ)
def compare_page(key: str) -> str:
    """The differences from one version to another; without numbers, from the version before to the newest."""
    rows, draft = definitions.versions(key), drafts.active(key)
    if not rows:
        raise NotFound(f"流程“{key}”还没有版本可以比较")
    newest = DRAFT if draft is not None else str(rows[0].version)
    earlier = str(rows[0].version if draft is not None else rows[min(1, len(rows) - 1)].version)
    before = _side(key, request.args.get("from", earlier), rows, draft)
    after = _side(key, request.args.get("to", newest), rows, draft)
    return render_template(
        "studio/compare.html", key=key, name=rows[0].name, before=before, after=after, choices=_choices(rows, draft),
        found=compare(before.parts, after.parts), sign_words=SIGN_WORDS, looks=_LOOKS,
    )


_LOOKS = {"added": "ok", "removed": "bad", "changed": "care", "moved": "hold"}


def _choices(rows: list[Definition], draft: ProcessDraft | None) -> list[tuple[str, str]]:
    given = [(str(row.version), f"第 {row.version} 版") for row in rows]
    return [(DRAFT, "草稿"), *given] if draft is not None else given


def _side(key: str, value: str, rows: list[Definition], draft: ProcessDraft | None) -> Side:
    if value == DRAFT:
        if draft is None:
            raise NotFound("现在没有草稿，可能已发布或放弃")
        return Side(value, "草稿", _parts(draft), url_for("studio.draft_diagram", draft_id=draft.id))
    if not value.isdecimal():
        abort(404)
    row = next((one for one in rows if str(one.version) == value), None)
    if row is None:
        raise NotFound(f"流程“{key}”没有第 {value[:20]} 版")
    address = url_for("studio.version_diagram", key=key, version=row.version)
    return Side(value, f"第 {row.version} 版", _parts(row), address)


def _parts(row: Any) -> Parts:
    return Parts(row.xml, row.tables, row.forms, row.scenarios)
