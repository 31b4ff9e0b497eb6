"""A page with nothing but a form, to try every component without a process around it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string, request
from werkzeug.datastructures import FileStorage

from app.core.errors import UserError
from app.web.auth import public_page
from app.web.forms import load, opened, sent

FORMS = Path(__file__).parents[2] / "data" / "forms"
PAGE = """{% extends "base.html" %}{% from "forms/components.html" import form_body, form_summary %}
{% set errors = bound.errors %}{% block title %}表单{% endblock %}
{% block content %}<h1>表单</h1><h2>内容</h2>{{ form_summary(bound) }}
<form method="post" enctype="multipart/form-data" novalidate>{{ form_body(bound) }}
<button name="_do" value="submit">提交表单</button></form>
<p id="outcome">{{ bound.action }} {{ bound.is_valid }}</p>{% endblock %}"""


class MemoryFiles:
    """Keeps files in memory; refuses what is named as a program."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}

    def keep(self, upload: FileStorage) -> dict[str, Any]:
        if str(upload.filename).endswith(".exe"):
            raise UserError(f"“{upload.filename}”是程序，不能上传")
        key = str(len(self.records) + 1)
        size = len(upload.read())
        self.records[key] = {"id": key, "name": upload.filename, "size": size, "type": upload.mimetype}
        return self.records[key]

    def kept(self, file_id: str) -> dict[str, Any] | None:
        return self.records.get(file_id)


def add_form_page(app: Flask, form: str | Mapping[str, Any], data: Mapping[str, Any], today: date) -> MemoryFiles:
    """Puts the form at /form; `form` is a file's name or JSON."""
    text = (FORMS / f"{form}.form").read_text(encoding="utf-8") if isinstance(form, str) else json.dumps(form)
    files = MemoryFiles()

    @public_page
    def page() -> str:
        loaded = load(text, {})
        if request.method == "POST":
            bound = sent(loaded, request.form, request.files, data, {}, today, files)
        else:
            bound = opened(loaded, data, {}, today)
        return render_template_string(PAGE, bound=bound)

    app.add_url_rule("/form", "form_page", page, methods=["GET", "POST"])
    return files
