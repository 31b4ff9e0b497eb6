"""FEEL types of the values that forms give, so that a date typed into a form is a date in the diagram."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from app.feel import Function
from app.workflow.forms import parse_form
from app.workflow.forms.components import Component, Group, Moment, Number

_MOMENTS = {"date": "date", "time": "time", "datetime": "date and time"}


def variable_types(forms: Mapping[str, str], functions: Mapping[str, Function]) -> dict[str, str]:
    """Type by variable path for every date, time and decimal field of the forms (others need no declaration).

    :raises FormRefused: a form cannot be served.
    """
    found: dict[str, str] = {}
    for text in forms.values():
        found.update(_typed(parse_form(text, functions).components, ""))
    return found


def _typed(components: Iterable[Component], path: str) -> Iterator[tuple[str, str]]:
    for component in components:
        if isinstance(component, Group):
            yield from _typed(component.components, f"{path}{component.path}." if component.path else path)
        elif isinstance(component, Moment):
            yield path + component.key, _MOMENTS[component.subtype]
        elif isinstance(component, Number):
            yield path + component.key, "number"
