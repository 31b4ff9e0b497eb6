"""A form as the people who fill it in will see it: drawn and checked by the renderer of tasks, kept nowhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from flask import Response, jsonify, make_response, render_template, request
from werkzeug.datastructures import FileStorage

from app.core import clock, plain_json
from app.core.errors import UserError
from app.feel import FeelError, Function
from app.identity import permissions
from app.regulations.errors import NotAPeriod, UnknownParameter
from app.regulations.feel_functions import feel_functions
from app.regulations.store import rule_set_to_show
from app.web import forms
from app.web.auth import requires
from app.web.forms import BUTTON, BoundForm
from app.web.security import CONTENT_SECURITY_POLICY
from app.web.studio.answers import refuses_as_json
from app.web.studio.blueprint import studio
from app.workflow.forms import FormFinding, FormRefused, FormUnsettled, LimitMissing, parse_form
from app.workflow.releases import reading

SCHEMA, DATA = "_schema", "_data"
_MAX_DATA = 100_000
#: The page stands in a frame of the editor, and nowhere else.
_FRAMED = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
_FAILS = (FeelError, LimitMissing, FormUnsettled, UnknownParameter, NotAPeriod)


def functions() -> Mapping[str, Function]:
    """The functions that expressions of a form may call, under the rules in force."""
    now = clock.now()
    return feel_functions(rule_set_to_show(now.date()), now)


def findings_of(text: str) -> list[FormFinding]:
    """What is wrong with a form; nothing if it can be served."""
    try:
        parse_form(text, functions())
    except FormRefused as refusal:
        return list(refusal.findings)
    return []


@studio.post("/check/form")
@requires(permissions.PROCESS_READ)
@refuses_as_json
def check_form() -> Response:
    """The findings of a form that is being edited, as JSON."""
    text = reading.form("draft/form", _text_of_body())
    answer: Response = jsonify({
        "findings": [
            {"id": found.id, "where": found.component, "message": found.message, "severity": "error"}
            for found in findings_of(text)
        ]
    })
    return answer


@studio.post("/preview/form")
@requires(permissions.PROCESS_READ)
def preview_form() -> Response:
    """The form drawn for a frame: filled in, with rows added, or submitted, as the button says."""
    schema, data_text = request.form.get(SCHEMA, ""), request.form.get(DATA, "")
    facts: dict[str, Any] = {"schema": schema, "data_text": data_text, "bound": None, "findings": [], "problem": ""}
    try:
        loaded = forms.load(reading.form("draft/form", schema), functions())
        facts |= {"bound": _bound(loaded, _data(data_text)), "title": loaded.definition.title}
    except FormRefused as refusal:
        facts["findings"] = refusal.findings
    except UserError as refusal:
        facts["problem"] = refusal.message
    except _FAILS as failure:
        facts["problem"] = f"表单现在显示不出来：{failure}"
    response = make_response(render_template("studio/form_preview.html", **facts))
    response.headers["Content-Security-Policy"] = _FRAMED
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _bound(loaded: Any, data: Mapping[str, Any]) -> BoundForm:
    known, today = functions(), clock.today()
    if BUTTON not in request.form:
        return forms.opened(loaded, data, known, today)
    return forms.sent(loaded, request.form, request.files, data, known, today, _NothingKept())


def _data(text: str) -> dict[str, Any]:
    """The data of a case to try the form with. :raises UserError: they are no JSON object."""
    if not text.strip():
        return {}
    try:
        found = plain_json.read(text) if len(text) <= _MAX_DATA else None
    except plain_json.NotPlain:
        found = None
    if not isinstance(found, dict):
        raise UserError("试填用的办件数据须是一个 JSON 对象，例如 {\"applicant\": {\"name\": \"周启明\"}}")
    return found


def _text_of_body() -> str:
    try:
        return request.get_data(cache=False).decode()
    except UnicodeDecodeError as error:
        raise UserError("表单的文字编码读不出来：另存为 UTF-8") from error


class _NothingKept:
    """Files of a preview: only what a record says of them goes along, in the id itself."""

    def keep(self, upload: FileStorage) -> dict[str, Any]:
        """The record of an upload whose content is thrown away."""
        size = len(upload.stream.read())
        record = {"name": str(upload.filename)[:200], "size": size, "type": upload.mimetype}
        packed = base64.urlsafe_b64encode(json.dumps(record).encode()).decode()
        return {"id": packed, **record}

    def kept(self, file_id: str) -> dict[str, Any] | None:
        """The record out of its id."""
        try:
            record = plain_json.read(base64.urlsafe_b64decode(file_id.encode()).decode())
        except ValueError:
            return None
        if not isinstance(record, dict) or not isinstance(record.get("size"), int):
            return None
        return {"id": file_id, "name": str(record.get("name")), "size": record["size"], "type": str(record.get("type"))}
