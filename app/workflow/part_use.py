"""Which steps of a diagram use which form and which decision; for diagrams that are still being drawn as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.engine import DefinitionRefused
from app.engine.xml import local_name, safe_root


@dataclass(frozen=True)
class Use:
    """A step that uses a form or a decision: its id, what it is called, and the form key or decision id."""

    element_id: str
    name: str
    target: str


def form_uses(xml: str) -> tuple[Use, ...]:
    """The steps with a form, in the order of the diagram; nothing for a diagram that cannot be read."""
    return tuple(_uses(xml, "formKey"))


def decision_uses(xml: str) -> tuple[Use, ...]:
    """The steps that ask a decision, in the order of the diagram; nothing for a diagram that cannot be read."""
    return tuple(_uses(xml, "decisionRef"))


def decision_names(xml: str) -> dict[str, str]:
    """The decisions of a DMN file: id -> name; nothing for a file that cannot be read."""
    try:
        root = safe_root(xml.encode())
    except DefinitionRefused:
        return {}
    found = [one for one in root if local_name(one) == "decision" and one.get("id")]
    return {str(one.get("id")): str(one.get("name") or one.get("id")) for one in found}


def _uses(xml: str, attribute: str) -> Iterator[Use]:
    try:
        root = safe_root(xml.encode())
    except DefinitionRefused:
        return
    for element in root.iter("*"):
        for key, value in element.attrib.items():
            if str(key).rpartition("}")[2] == attribute and value:
                identity = str(element.get("id") or "")
                yield Use(identity, str(element.get("name") or identity), str(value))
