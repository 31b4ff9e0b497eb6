"""Acts on several tasks at once: elements with the property `bulk` may be picked in the inbox.

Whoever owns such an act registers its page here; it gets the picked tasks as `?task=…&task=…` and asks for
whatever else is needed. Without a page, nothing can be picked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.workflow.definitions import DefinitionView


@dataclass(frozen=True)
class BulkAct:
    """One act: the value of the property, the button, the heading of its group, and the page that goes on."""

    key: str
    button: str
    heading: str
    endpoint: str


_acts: dict[str, BulkAct] = {}


def bulk_act(key: str, *, button: str, heading: str, endpoint: str) -> None:
    """Registers the page of an act."""
    _acts[key] = BulkAct(key, button, heading, endpoint)


def act(key: str) -> BulkAct | None:
    """The act of this key, if somebody registered it."""
    return _acts.get(key)


def registered() -> tuple[BulkAct, ...]:
    """All acts, by key."""
    return tuple(_acts[key] for key in sorted(_acts))


def of_elements(processes: Iterable[DefinitionView]) -> Mapping[tuple[str, str], BulkAct]:
    """The act by (process key, element id), for elements of the newest versions."""
    return {
        (item.key, element.id): _acts[element.properties["bulk"]]
        for item in processes
        for element in item.elements.values()
        if element.properties.get("bulk") in _acts
    }
