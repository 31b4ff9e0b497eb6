"""A page with every part of the design language, for the tests to look at; no part of the product."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import Flask, render_template_string, send_file
from flask.typing import ResponseReturnValue

from app.core import clock
from app.regulations import deadline, rule_set_for
from app.web.auth import public_page

_HERE = Path(__file__).parent
_DIAGRAM = _HERE.parents[1] / "processes" / "bpmn" / "expert_entry.bpmn"


def add_gallery(app: Flask, state: dict[str, object] | None = None) -> None:
    """Adds /gallery, its diagram and its state to an application that has not answered yet."""

    @public_page
    def gallery() -> str:
        rules = rule_set_for(clock.today())
        return render_template_string(
            (_HERE / "gallery.html").read_text(encoding="utf-8"),
            errors={"result": "请选择审查结论", "opinion": "审查意见不少于 10 个字"},
            period=deadline(rules, "entry.qualification_period", _at(2, 13)),
            late=deadline(rules, "objection.decision_period", _at(12, 21)),
            hours=deadline(rules, "publicity.period", _at(2, 25)),
        )

    @public_page
    def diagram() -> ResponseReturnValue:
        return send_file(_DIAGRAM, mimetype="application/xml")

    @public_page
    def tokens() -> ResponseReturnValue:
        return state or {}

    app.add_url_rule("/gallery", "gallery", gallery)
    app.add_url_rule("/gallery/diagram.bpmn", "gallery_diagram", diagram)
    app.add_url_rule("/gallery/state.json", "gallery_state", tokens)


def _at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 10, tzinfo=clock.ZONE)
