"""Recognising a legal step by what an element does: its operation, form, decision, message or timer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from app.engine import Element
from app.engine.xml import SPIFF, bpmn, local_name
from app.feel import FeelError, compile_expression
from app.feel.nodes import Call, Literal, Node, Path, RegisteredName, Variable
from app.workflow.conformance.drawing import Drawing
from app.workflow.conformance.expressions import parameters_of
from app.workflow.conformance.statutory import Sign

_TIMES = ("timeDate", "timeDuration")


def feel_text(text: str | None) -> str:
    """An expression without the mark that it is one."""
    return (text or "").strip().removeprefix("=").strip()


def is_deadline(text: str | None, parameter: str) -> bool:
    """Whether an expression is the deadline by a parameter of the rules, and nothing else."""
    node = _node(text)
    if not isinstance(node, Call) or not isinstance(node.function, Variable | RegisteredName):
        return False
    first = node.arguments[0] if node.arguments else None
    return node.function.name == "deadline" and isinstance(first, Literal) and first.value == parameter


def _node(text: str | None) -> Node | None:
    try:
        return compile_expression(feel_text(text)).node
    except FeelError:
        return None


class Signs:
    """Finds elements of one drawing by their signs."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._tests: Mapping[str, Callable[[Element, Any], bool]] = {
            "operation": lambda element, name: element.operation == name,
            "form": lambda element, key: element.kind == "userTask" and element.form_key == key,
            "decision": lambda element, name: element.decision == name,
            "message": lambda element, name: self._drawing.message_of(element) == name,
            "timer": self._is_timer,
            "with": self._has_inputs,
        }

    def having(self, *signs: Sign) -> list[Element]:
        """The elements that bear at least one of the signs, in the order of the document."""
        return [
            element
            for element in self._drawing.elements.values()
            if any(self.bears(element, sign) for sign in signs)
        ]

    def bears(self, element: Element, sign: Sign) -> bool:
        """Whether an element bears everything that a sign names."""
        return all(self._tests[word](element, value) for word, value in sign.items())

    def variables_of(self, source: str) -> Iterator[str]:
        """The variables that hold what an operation or message gave."""
        for element in self._drawing.elements.values():
            if element.operation == source and element.result_variable:
                yield element.result_variable
            elif self._drawing.message_of(element) == source:
                for node in self._drawing.nodes[element.id].iter(f"{{{SPIFF}}}messageVariable"):
                    yield (node.text or "").strip()

    def _has_inputs(self, element: Element, wanted: Mapping[str, str]) -> bool:
        given = dict(parameters_of(self._drawing, element))
        return all(feel_text(given.get(name)) == text for name, text in wanted.items())

    def _is_timer(self, element: Element, wanted: Mapping[str, str]) -> bool:
        """A timer by a parameter, or by the field of a result that an operation computes from it."""
        stated = element.properties.get("deadline")
        if stated is not None and stated != wanted["parameter"]:
            return False
        for definition in self._drawing.definitions(element):
            if local_name(definition) == "timerEventDefinition":
                texts = [node.text for name in _TIMES for node in definition.iter(bpmn(name))]
                return any(self._is_bound(text, wanted) for text in texts)
        return False

    def _is_bound(self, text: str | None, wanted: Mapping[str, str]) -> bool:
        if is_deadline(text, wanted["parameter"]):
            return True
        node = _node(text)
        source, _, name = wanted.get("result", "").rpartition(".")
        return (
            isinstance(node, Path)
            and isinstance(node.source, Variable)
            and node.name == name
            and node.source.name in self.variables_of(source)
        )
