"""What an import will do: the parts of the draft, what became of every element, and what is left to choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.workflow.parts import Parts


class Fate(StrEnum):
    """What became of an element; the later the graver."""

    TAKEN = "taken"
    TRANSLATED = "translated"
    PARTLY = "partly"
    CHOOSE = "choose"
    DROPPED = "dropped"


GRAVITY = tuple(Fate)


@dataclass(frozen=True)
class Line:
    """One element of the report: `what` is its kind in Chinese, `notes` say what was done and why."""

    element_id: str
    name: str
    what: str
    fate: Fate
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Need:
    """Something that only a person knows. `value` is what was chosen; empty is left open for the modeler."""

    key: str
    label: str
    options: tuple[tuple[str, str], ...]
    value: str
    hint: str = ""


@dataclass(frozen=True)
class Wishes:
    """What the person asks for: which process of the file, its key and name, and the choices by `Need.key`."""

    process: str = ""
    key: str = ""
    name: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Offers:
    """What may be chosen from: texts of forms by key, and names of the processes in force by key."""

    forms: Mapping[str, str] = field(default_factory=dict)
    processes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportPlan:
    """The import of one process. `processes` are those of the file (id, name); `key` and `name` are suggested from
    the file where nothing was wished."""

    exporter: str
    processes: tuple[tuple[str, str], ...]
    process: str
    key: str
    name: str
    lines: tuple[Line, ...]
    needs: tuple[Need, ...]
    parts: Parts
    is_laid_out: bool

    def of(self, fate: Fate) -> tuple[Line, ...]:
        """The lines of one fate."""
        return tuple(line for line in self.lines if line.fate == fate)
