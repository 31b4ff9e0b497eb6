"""A form on a page: what was sent, which button was pressed, and what the template draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict

from app.feel import Function
from app.web.forms.fields import EntryForm, entry_form
from app.web.forms.sent_files import FileKeeper, SentFiles, without_file
from app.workflow.forms import (
    Filled,
    FormDefinition,
    Part,
    Scope,
    fill_in,
    first_entries,
    parse_form,
    with_row_added,
    without_row,
)

#: The name of every button of a form; its value says what to do.
BUTTON = "_do"
SUBMIT, DRAFT, REFRESH = "submit", "draft", "refresh"
_ADD, _REMOVE, _DROP_FILE = "add", "remove", "drop"


@dataclass(frozen=True)
class Loaded:
    """A form definition with the class that reads it."""

    definition: FormDefinition
    reader: type[EntryForm]


def load(text: str, functions: Mapping[str, Function]) -> Loaded:
    """Parses a form, or gives it from the cache. :raises FormRefused:"""
    key = tuple(sorted((name, len(function.parameters)) for name, function in functions.items()))
    return _cached(text, key, _Functions(functions))


class _Functions(dict[str, Function]):
    """Functions as part of a cache key: their names and arities stand beside, so all are equal here."""

    def __hash__(self) -> int:  # type: ignore[override]
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Functions)


@lru_cache(maxsize=256)
def _cached(text: str, _key: tuple[tuple[str, int], ...], functions: _Functions) -> Loaded:
    definition = parse_form(text, functions)
    return Loaded(definition, entry_form(definition))


@dataclass
class BoundForm:
    """A form filled in for one page. `show_errors` is false until somebody has submitted it."""

    loaded: Loaded
    entries: dict[str, Any]
    filled: Filled
    show_errors: bool = False
    action: str = REFRESH
    #: What happened to files and rows on the way, by path: shown even while other errors are not.
    refusals: dict[str, str] | None = None

    @property
    def definition(self) -> FormDefinition:
        """The form itself."""
        return self.loaded.definition

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the template draws."""
        return self.filled.parts

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong, by path, as far as it is to be shown."""
        shown = self.filled.result.errors if self.show_errors else {}
        return {**shown, **(self.refusals or {})}

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Pairs of the control's id and the message, for the summary above the form."""
        return [(html_id(path), message) for path, message in self.errors.items()]

    @property
    def is_valid(self) -> bool:
        """True if the values may be kept."""
        return not self.filled.result.errors and not self.refusals

    @property
    def values(self) -> dict[str, Any]:
        """The values to keep; only where `is_valid`."""
        return self.filled.result.values

    def controls(self) -> dict[str, Any]:
        """The WTForms field of every control by path, holding what was typed."""
        form = self.loaded.reader(data=self.entries)
        return dict(_controls(form))


def _controls(form: EntryForm) -> Iterator[tuple[str, Any]]:
    for field in form:
        if hasattr(field, "entries"):
            for row in field.entries:
                yield from _controls(row.form)
        else:
            yield field.name, field


def html_id(path: str) -> str:
    """The id of the control of this path."""
    return "f-" + path.replace(".", "-")


def opened(
    loaded: Loaded, data: Mapping[str, Any], functions: Mapping[str, Function], today: date,
    draft: Mapping[str, Any] | None = None,
) -> BoundForm:
    """A form as it is opened: with the person's draft, or with its default values."""
    first = first_entries(loaded.definition, data=data, functions=functions)
    entries = {**first, **draft} if draft else first
    return BoundForm(loaded, entries, fill_in(loaded.definition, entries, data=data, functions=functions, today=today))


def sent(
    loaded: Loaded,
    formdata: MultiDict[str, str],
    files: MultiDict[str, FileStorage],
    data: Mapping[str, Any],
    functions: Mapping[str, Function],
    today: date,
    keeper: FileKeeper | None = None,
) -> BoundForm:
    """A form as it was sent: reads the entries, does what the pressed button says to rows and files."""
    button = formdata.get(BUTTON, SUBMIT)
    action, _, target = button.partition(":")
    sent_files = SentFiles(loaded.definition, files, keeper)
    entries = sent_files.resolved(loaded.reader(formdata=formdata).data)
    if action == _ADD:
        scope = Scope(dict(data), dict(functions))
        entries = with_row_added(loaded.definition, entries, target, scope)
    elif action == _REMOVE:
        path, _, index = target.rpartition(":")
        entries = without_row(loaded.definition, entries, path, int(index) if index.isdecimal() else -1)
    elif action == _DROP_FILE:
        path, _, file_id = target.rpartition(":")
        entries = without_file(entries, path, file_id)
    filled = fill_in(loaded.definition, entries, data=data, functions=functions, today=today)
    known = action if action in (SUBMIT, DRAFT) else REFRESH
    return BoundForm(loaded, entries, filled, show_errors=known == SUBMIT, action=known, refusals=sent_files.refusals)

