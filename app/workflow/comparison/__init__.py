"""Two versions of a process compared: what was added, removed, changed or only moved, in Chinese.

bpmn-js's own differ does not look into extension elements, so elements are compared here, all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import unescape

from app.workflow.comparison.drawings import compare_drawings
from app.workflow.comparison.texts import compare_forms, compare_scenarios, compare_tables
from app.workflow.comparison.values import SIGN_WORDS, Aspect, Change, PartChange, Sign, counted
from app.workflow.parts import Parts

__all__ = ["SIGN_WORDS", "Aspect", "Change", "Comparison", "PartChange", "Sign", "compare", "counted"]

#: What expressions and properties ask of the rule set.
_PARAMETERS = (
    re.compile(r'\b(?:parameter|deadline)\(\s*\\?"([\w.]+)\\?"'),
    re.compile(r'\bname="deadline"\s+value="([\w.]+)"'),
)


@dataclass(frozen=True)
class Comparison:
    """The differences of two versions. `flows` are sequence flows; the lists are in the newer version's order."""

    elements: tuple[Change, ...]
    flows: tuple[Change, ...]
    forms: tuple[PartChange, ...]
    tables: tuple[PartChange, ...]
    scenarios: tuple[Change, ...]
    #: Keys of parameters of the rule set that only one of the versions uses.
    parameters_dropped: tuple[str, ...]
    parameters_added: tuple[str, ...]

    @property
    def drawing(self) -> tuple[Change, ...]:
        """Elements and flows that differ in more than their place."""
        return tuple(change for change in (*self.elements, *self.flows) if change.sign != Sign.MOVED)

    @property
    def moved(self) -> tuple[Change, ...]:
        """Elements and flows that were only moved."""
        return tuple(change for change in (*self.elements, *self.flows) if change.sign == Sign.MOVED)

    @property
    def is_empty(self) -> bool:
        """True if nothing differs, not even the layout."""
        return not (self.elements or self.flows or self.forms or self.tables or self.scenarios)

    def marks(self) -> dict[str, str]:
        """The sign of every element and flow that differs, by id: what the diagrams are coloured with."""
        return {change.id: change.sign.value for change in (*self.elements, *self.flows)}

    def summary(self) -> list[str]:
        """The differences as lines for people, what matters most first."""
        lines = [change.words for change in self.drawing]
        lines += [part.words for part in (*self.forms, *self.tables)]
        lines += [change.words for change in self.scenarios]
        lines += [f"不再使用参数 {key}" for key in self.parameters_dropped]
        lines += [f"开始使用参数 {key}" for key in self.parameters_added]
        if self.moved:
            lines.append(f"只移动了位置的 {len(self.moved)} 处")
        return lines or ["两个版本没有差别"]


def compare(old: Parts, new: Parts) -> Comparison:
    """Compares two versions. Raises DefinitionRefused if a diagram is no plain XML."""
    drawing = compare_drawings(old.xml, new.xml)
    before, after = parameters_in(_texts(old)), parameters_in(_texts(new))
    return Comparison(
        elements=tuple(change for change in drawing if change.kind != "连线"),
        flows=tuple(change for change in drawing if change.kind == "连线"),
        forms=compare_forms(old.forms, new.forms),
        tables=compare_tables(old.tables, new.tables),
        scenarios=compare_scenarios(old.scenarios, new.scenarios),
        parameters_dropped=tuple(sorted(before - after)),
        parameters_added=tuple(sorted(after - before)),
    )


def parameters_in(texts: Iterable[str]) -> set[str]:
    """The keys of the parameters that expressions and properties in these texts name."""
    return {key for text in texts for pattern in _PARAMETERS for key in pattern.findall(unescape(text))}


def _texts(parts: Parts) -> list[str]:
    given: list[Mapping[str, str]] = [parts.tables, parts.forms]
    return [parts.xml, *(text for texts in given for text in texts.values())]
