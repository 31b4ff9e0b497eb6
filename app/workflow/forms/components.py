"""The parts of a form as frozen values; `schema.parse_form` makes them out of form-js JSON.

A `key` is the component's place among the values, its steps joined by dots (`unit.name`), counted from the form or,
inside a dynamic list, from the row. Limits are constants or FEEL; they are computed when the form is filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal

from app.workflow.forms.expressions import Expression, Template

#: A constant, or FEEL that gives one; None where the limit is not set.
Limit = Any | Expression
Text = str | Expression | Template


@dataclass(frozen=True)
class Option:
    """One of the values to choose from. `mark` (ok, care, bad, idle) is what the automatic check found of a rule."""

    value: str
    label: str
    hint: str = ""
    article: str = ""
    mark: str = ""


@dataclass(frozen=True, kw_only=True)
class Component:
    """What every part has. `hide` is FEEL: hidden while true. `columns` is the width in sixteenths of its `row`."""

    id: str
    type: str
    label: Text = ""
    hide: Expression | None = None
    row: str | None = None
    columns: int | None = None
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How messages about the definition call this part."""
        return self.label if isinstance(self.label, str) and self.label else self.id


@dataclass(frozen=True, kw_only=True)
class TextPart(Component):
    """A paragraph of plain text with `**bold**`, `- ` lists, `# ` headings and `{{ FEEL }}`."""

    text: Text


@dataclass(frozen=True, kw_only=True)
class Image(Component):
    """A picture of this site; `source` is a local path beginning with one slash."""

    source: str
    alt: str


@dataclass(frozen=True, kw_only=True)
class Separator(Component):
    """A line between parts."""


@dataclass(frozen=True, kw_only=True)
class Spacer(Component):
    """Empty space."""


@dataclass(frozen=True, kw_only=True)
class Button(Component):
    """The button of the form; its label is the verb and object of the act."""

    action: Literal["submit", "reset"]


@dataclass(frozen=True, kw_only=True)
class Field(Component):
    """A part that holds a value under `key`. `feel_type` is the type the value has in expressions."""

    feel_type: ClassVar[str] = "string"

    key: str
    description: Text = ""
    required: Limit = False
    readonly: Limit = False
    default: Any = None


@dataclass(frozen=True, kw_only=True)
class TextField(Field):
    """One line of text (type textfield) or several (textarea). `kind` is email or phone where that is demanded."""

    multiline: bool = False
    min_length: Limit = None
    max_length: Limit = None
    #: a compiled pattern of `regex`, which can be searched with a time limit
    pattern: Any = None
    pattern_message: str = ""
    kind: Literal["", "email", "phone"] = ""


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A decimal number; kept as an int where it is whole, else (or with `as_text`) as text."""

    feel_type: ClassVar[str] = "number"

    minimum: Limit = None
    maximum: Limit = None
    decimals: int | None = None
    increment: Decimal | None = None
    as_text: bool = False


@dataclass(frozen=True, kw_only=True)
class Checkbox(Field):
    """One box; required means that it must be ticked."""

    feel_type: ClassVar[str] = "boolean"


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of several values: radio or select. `options` are constants, or FEEL giving texts or {label, value}."""

    options: tuple[Option, ...] | Expression


@dataclass(frozen=True, kw_only=True)
class MultiChoice(Field):
    """Any number of values: checklist or taglist. `every`: each option must be ticked while it is true."""

    feel_type: ClassVar[str] = "list"

    options: tuple[Option, ...] | Expression
    min_items: Limit = None
    max_items: Limit = None
    every: Limit = False


@dataclass(frozen=True, kw_only=True)
class Moment(Field):
    """A date, a time or both, kept as ISO text (date and time with +08:00)."""

    subtype: Literal["date", "time", "datetime"]
    minimum: Limit = None
    maximum: Limit = None
    not_before_today: bool = False


@dataclass(frozen=True, kw_only=True)
class Files(Field):
    """Uploaded files, kept as a list of {id, name, size, type}. `accept` as in HTML; sizes in KB."""

    feel_type: ClassVar[str] = "list"

    accept: tuple[str, ...] = ()
    multiple: bool = False
    max_kb: Limit = None


@dataclass(frozen=True, kw_only=True)
class Computed(Field):
    """A value computed from the others by FEEL; never taken from what was sent."""

    feel_type: ClassVar[str] = "Any"

    expression: Expression


@dataclass(frozen=True, kw_only=True)
class Group(Component):
    """Parts under one legend. `path` puts their values one level deeper; empty leaves them where they are."""

    components: tuple[Component, ...]
    path: str = ""
    outline: bool = True


@dataclass(frozen=True, kw_only=True)
class DynamicList(Component):
    """Rows of the same parts; the value under `path` is a list of objects."""

    components: tuple[Component, ...]
    path: str
    repetitions: int = 1
    changeable: bool = True
    min_rows: Limit = None
    max_rows: Limit = None


@dataclass(frozen=True)
class FormDefinition:
    """A whole form, checked and ready to be filled in."""

    id: str
    title: str
    components: tuple[Component, ...]
    properties: Mapping[str, str]
    next_steps: Text = ""

    @property
    def submit_label(self) -> str | None:
        """The label of the submit button, or None where the form has none."""
        for part in walk(self.components):
            if isinstance(part, Button) and part.action == "submit" and isinstance(part.label, str):
                return part.label
        return None

    @property
    def is_dynamic(self) -> bool:
        """True if entries change what is shown, so that a page without script needs a button to show the change."""
        return any(part.hide is not None or isinstance(part, Computed) for part in walk(self.components))

    def variable_types(self) -> dict[str, str]:
        """FEEL type by variable name or path, for the engine (`engine.Host.variable_types`)."""
        return dict(_types(self.components, ""))


def walk(components: tuple[Component, ...]) -> Iterator[Component]:
    """Every component in order, those inside groups and lists included."""
    for part in components:
        yield part
        if isinstance(part, Group | DynamicList):
            yield from walk(part.components)


def feel_type_of(part: Field) -> str:
    """The FEEL type of the field's value."""
    if isinstance(part, Moment):
        return {"date": "date", "time": "time", "datetime": "date and time"}[part.subtype]
    return part.feel_type


def joined(prefix: str, key: str) -> str:
    """`key` under `prefix`, with a dot between them where both say something."""
    return f"{prefix}.{key}" if prefix and key else prefix or key


def _types(components: tuple[Component, ...], prefix: str) -> Iterator[tuple[str, str]]:
    for part in components:
        if isinstance(part, Group):
            yield from _types(part.components, joined(prefix, part.path))
        elif isinstance(part, DynamicList):
            yield joined(prefix, part.path), "list"
            yield from _types(part.components, joined(prefix, part.path))
        elif isinstance(part, Field) and feel_type_of(part) not in ("Any", "list", "string"):
            yield joined(prefix, part.key), feel_type_of(part)
