"""WTForms classes made at run time: one for each form, which read what a browser sends into entries.

Names are the paths of `app.workflow.forms` (`experience.0.unit`), so that an error finds its control. Nothing is
checked here: the checks are those of `app.workflow.forms`, which know neither Flask nor WTForms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from wtforms import FieldList, FormField, StringField, TextAreaField
from wtforms.fields.core import Field as WtField
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from app.workflow.forms.components import (
    Checkbox,
    Component,
    Computed,
    DynamicList,
    Field,
    Files,
    FormDefinition,
    Group,
    MultiChoice,
    TextField,
    joined,
)

#: Beyond so many rows a list is no longer filled in by hand.
MOST_ROWS = 200
_INDEX_DIGITS = 6


class TextsField(WtField):
    """Every value sent under the name, as texts: boxes of a checklist, ids of files kept."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = [value for value in valuelist if isinstance(value, str)]


class RowsField(FieldList):
    """Rows by number; stranger numbers than a page would send are no rows."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        start = prefix + self._separator
        for name in formdata:
            index = name[len(start):].partition(self._separator)[0] if name.startswith(start) else ""
            if index.isascii() and index.isdigit() and len(index) <= _INDEX_DIGITS:
                yield int(index)


class EntryForm(BaseForm):
    """A form whose fields stand only in a mapping: a key such as `data` or `errors` hides nothing of WTForms."""

    own_fields: dict[str, UnboundField] = {}  # noqa: RUF012 (each class made below has its own)

    def __init__(
        self, formdata: Any = None, obj: Any = None, prefix: str = "", data: Any = None, meta: Any = None, **more: Any,
    ) -> None:
        settings = DefaultMeta()
        settings.update_values(meta or {})
        super().__init__(self.own_fields, prefix=prefix, meta=settings)
        self.process(formdata, obj, data=data, **more)


def entry_form(definition: FormDefinition) -> type[EntryForm]:
    """The class that reads this form."""
    return _class_of(definition.components, "EntryForm")


def _class_of(components: tuple[Component, ...], name: str) -> type[EntryForm]:
    return type(name, (EntryForm,), {"own_fields": dict(_fields(components, ""))})


def _fields(components: tuple[Component, ...], prefix: str) -> Iterator[tuple[str, Any]]:
    for part in components:
        if isinstance(part, Group):
            yield from _fields(part.components, joined(prefix, part.path))
        elif isinstance(part, DynamicList):
            row = FormField(_class_of(part.components, "Row"), separator=".")
            yield joined(prefix, part.path), RowsField(row, separator=".", max_entries=MOST_ROWS)
        elif isinstance(part, Field) and not isinstance(part, Computed):
            yield joined(prefix, part.key), _field(part)


def _field(part: Field) -> Any:
    if isinstance(part, MultiChoice | Files | Checkbox):
        return TextsField()
    return TextAreaField() if isinstance(part, TextField) and part.multiline else StringField()

