"""What the owner fills in during a trial: the real form of a task by our renderer, and fields without a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from app.core import plain_json, randomness
from app.core.errors import Invalid
from app.core.transaction import transaction
from app.registers.files import service
from app.registers.files.accepted import Upload
from app.regulations.feel_functions import feel_functions
from app.web import forms
from app.web.forms import BoundForm
from app.workflow.forms import FormRefused
from app.workflow.trial import answers, runs
from app.workflow.trial.viewing import TrialView, Work

#: What stands before the name of a value that no form asks for, and the box for further ones.
VALUE, MORE = "v.", "more"
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


@dataclass(frozen=True)
class TrialFiles:
    """Looks at uploads as the real task would, and keeps only their names (`app.web.forms.FileKeeper`)."""

    trial_id: int

    def keep(self, upload: FileStorage) -> dict[str, Any]:
        """Checks an upload; its content is dropped. :raises UserError: what is wrong with it."""
        accepted = service.check_paper(Upload(upload.filename or "", upload.read()))
        record = {
            "id": randomness.unique_id(), "name": upload.filename, "size": len(accepted.data),
            "type": accepted.media_type,
        }
        with transaction():
            runs.keep_file(self.trial_id, record)
        return record

    def kept(self, file_id: str) -> dict[str, Any] | None:
        """The record of a file sent in this trial before."""
        return runs.get(self.trial_id).files.get(file_id)


@dataclass(frozen=True)
class Sheet:
    """One task to be done: its form, or why there is none, and the values that no form asks for."""

    work: Work
    bound: BoundForm | None
    loose: tuple[tuple[str, str], ...]
    fault: str = ""


def sheet_of(view: TrialView, work: Work, *, sent: bool = False) -> Sheet:
    """The task as it is opened, or as it was sent with this request."""
    fault = ""
    bound = None
    if work.form is not None:
        try:
            bound = _bound(view, work, sent)
        except FormRefused as refused:
            fault = f"表单“{work.task.form_key}”不能使用：{refused}"
    elif work.task.form_key:
        fault = f"没有名为“{work.task.form_key}”的表单"
    return Sheet(work, bound, tuple(_loose(work, bound)), fault)


def _bound(view: TrialView, work: Work, sent: bool) -> BoundForm:
    functions = feel_functions(view.host_rules, view.moment)
    loaded = forms.load(work.form or "", functions)
    today = view.moment.date()
    if not sent:
        return forms.opened(loaded, work.data, functions, today)
    keeper = TrialFiles(view.trial.id)
    return forms.sent(loaded, request.form, request.files, work.data, functions, today, keeper)


def _loose(work: Work, bound: BoundForm | None) -> Iterator[tuple[str, str]]:
    """Values that scenarios give to this task and its form does not ask for: they come from a page of its own."""
    asked = set(_keys(bound)) if bound else set()
    for name, value in work.suggested.items():
        if name not in asked:
            yield name, request.form.get(VALUE + name, answers.shown(value))


def _keys(bound: BoundForm) -> Iterator[str]:
    for path in bound.controls():
        yield path.partition(".")[0]


def loose_values(likes: Mapping[str, Any]) -> dict[str, Any]:
    """The values sent without a form. :raises Invalid: what else was typed is no JSON object."""
    found = {
        name.removeprefix(VALUE): answers.plain_value(text, likes.get(name.removeprefix(VALUE)))
        for name, text in request.form.items() if name.startswith(VALUE) and text.strip()
    }
    return {**found, **json_object(request.form.get(MORE, ""), MORE)}


def json_object(text: str, field: str) -> dict[str, Any]:
    """A JSON object as typed; empty for nothing. :raises Invalid: at `field`."""
    if not text.strip():
        return {}
    try:
        found = plain_json.read(text)
    except plain_json.NotPlain:
        found = None
    if not isinstance(found, dict):
        raise Invalid({field: "写成 JSON 对象，如 {\"total\": 3, \"note\": \"加急\"}"})
    return found


def moment_sent(field: str, today: datetime) -> datetime:
    """The moment typed into a date-and-time field. :raises Invalid:"""
    text = request.form.get(field, "").strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid({field: "写明日期和时刻，如 2026-03-02T09:00"}) from None
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:  # days counted on from there must still be dates
        raise Invalid({field: f"年份须在 {_FIRST_YEAR} 年到 {_LAST_YEAR} 年之间"})
    return found if found.tzinfo else found.replace(tzinfo=today.tzinfo)
