"""What a procedure shows beside its cases: facts, materials, a template of its own; one function for each process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.core.actor import Actor
from app.core.masking import mask_name


@dataclass(frozen=True)
class FileItem:
    """A material: `url` is empty for those who may not open it; `note` says kind and size."""

    name: str
    url: str = ""
    note: str = ""
    is_image: bool = False


@dataclass(frozen=True)
class Panel:
    """What stands above and beside a task or case.

    `keyline` are the few facts across the page, `facts` the rest; values are text or Markup. `documents` are what
    the office made of the case, `files` what was brought. `status` is the state in the procedure's words.
    `template`, if any, is drawn with `context` below the facts. Names in `hidden` are shown masked wherever the
    page names who did or does something.
    """

    keyline: tuple[tuple[str, Any], ...] = ()
    facts: tuple[tuple[str, Any], ...] = ()
    files: tuple[FileItem, ...] = ()
    documents: tuple[FileItem, ...] = ()
    status: str = ""
    template: str | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    def name(self, who: str | None) -> str:
        """The name as this page may show it; empty for nobody."""
        return mask_name(who) if who in self.hidden and who else who or ""


#: Gives the panel of a case by its business key, or None where the procedure knows no such thing (or hides it).
PanelSource = Callable[[str, Actor], Panel | None]

_sources: dict[str, PanelSource] = {}
_EMPTY = Panel()


def panel_for(process_key: str) -> Callable[[PanelSource], PanelSource]:
    """Registers the function that gives the panels of a process."""

    def add(source: PanelSource) -> PanelSource:
        _sources[process_key] = source
        return source

    return add


def panel(process_key: str, business_key: str, actor: Actor) -> Panel:
    """The panel of a case; an empty one where no procedure gives any."""
    source = _sources.get(process_key)
    return (source(business_key, actor) if source else None) or _EMPTY
