"""Links to the papers of an activity: printed forms, certificates, where to check them."""

from __future__ import annotations

from flask import url_for

from app.procedures.selection.models import Activity, PanelDraw
from app.web.activities.blueprint import Visit
from app.web.activities.words import Link
from app.web.certificates import papers


def draw_papers(seen: Visit, drawn: PanelDraw) -> list[Link]:
    """What is printed at the draw."""
    if drawn.drawn_at is None:
        return []
    return [Link("打印抽取记录表", url_for("certificates.document", number=seen.number, kind="record"))]


def commitment_url(found: Activity, drawn: PanelDraw) -> str:
    """The sheet with the commitment of this draw, printed before anybody gives a value."""
    return url_for("certificates.document", number=found.number, kind="commitment", draw=drawn.draw_no)


def board_papers(seen: Visit) -> list[Link]:
    """What is printed for the panel by now."""
    return [Link(name, url) for name, url in papers.offered(seen.activity)]


def certificate_url(found: Activity, drawn: PanelDraw) -> str:
    """Where the certificate of a revealed draw is handed out."""
    if drawn.revealed_at is None:
        return ""
    return url_for("certificates.download", number=found.number, draw_no=drawn.draw_no)
