"""The data an instance of a diagram can have, with their types as far as forms and operations declare them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.engine import Element
from app.engine.xml import BPMN, SPIFF, bpmn
from app.feel.conversion import declared_type
from app.feel.kinds import ANY, FeelType
from app.operations import Shape, catalogue
from app.workflow.conformance.drawing import Drawing
from app.workflow.forms import FormDefinition
from app.workflow.forms.components import Component, DynamicList, Field, Group, feel_type_of

#: Properties of the process element that name the variables an instance is started with, separated by commas.
START_DATA = "startData"
_COUNTS = ("nrOfInstances", "nrOfCompletedInstances", "nrOfActiveInstances")

Variables = dict[str, FeelType | None]


def variables_of(drawing: Drawing, forms: Mapping[str, FormDefinition]) -> Variables:
    """Every variable by name; None where the type is not known. Two declarations that differ leave it unknown."""
    found: Variables = dict.fromkeys(start_data(drawing))
    for element in drawing.elements.values():
        form = forms.get(element.form_key or "")
        if form is not None:
            _add(found, _fields(form.components))
        _add(found, _results(element))
    _add_from_parts(found, drawing)
    return found


def _add_from_parts(found: Variables, drawing: Drawing) -> None:
    """What messages and multi-instance elements put into the data."""
    for definition in drawing.root.iter(f"{{{SPIFF}}}messageVariable"):
        found[(definition.text or "").strip()] = None
    for name in ("inputDataItem", "outputDataItem"):
        for item in drawing.root.iter(bpmn(name)):
            found.setdefault(str(item.get("id")), None)
    for reference in drawing.root.iter(bpmn("loopDataOutputRef")):
        found.setdefault((reference.text or "").strip(), None)
    if any(True for _ in drawing.root.iter(bpmn("completionCondition"))):
        _add(found, {name: declared_type("number") for name in _COUNTS})


def has_open_data(drawing: Drawing) -> bool:
    """Whether some message puts its payload into the data without naming a variable: then any name may be there."""
    for definition in drawing.root.iter(bpmn("messageEventDefinition")):
        if definition.find(f"*/{{{SPIFF}}}messageVariable") is None:
            return True
    return any(True for _ in drawing.root.iter(bpmn("receiveTask")))


def start_data(drawing: Drawing) -> Iterable[str]:
    """The variables an instance is started with."""
    if drawing.process is None:
        return []
    path = f"{{{BPMN}}}extensionElements/{{{SPIFF}}}properties/{{{SPIFF}}}property"
    return [
        name.strip()
        for entry in drawing.process.iterfind(path)
        if entry.get("name") == START_DATA
        for name in (entry.get("value") or "").split(",")
    ]


def _add(found: Variables, more: Mapping[str, FeelType | None]) -> None:
    for name, declared in more.items():
        known = found.get(name)
        agrees = name not in found or (
            known is not None and declared is not None and known.name == declared.name
        )
        found[name] = declared if agrees else None


def _results(element: Element) -> Variables:
    if element.result_variable is None:
        return {}
    operation = catalogue.get(element.operation or "")
    if operation is None:
        return {element.result_variable: None}
    fields: Variables = {name: feel_type(shape) for name, shape in operation.outputs}
    return {element.result_variable: FeelType("context", fields=fields)}


def feel_type(shape: Shape) -> FeelType:
    """The FEEL type of what an operation takes or gives."""
    if shape.editor == "list":
        return FeelType("list", element=feel_type(shape.item) if shape.item else None)
    if shape.fields:
        return FeelType("context", fields={name: feel_type(inner) for name, inner in shape.fields})
    if shape.feel in ("Any", "context"):
        return ANY
    return declared_type(shape.feel)


def _fields(components: Iterable[Component]) -> Variables:
    found: Variables = {}
    for component in components:
        if isinstance(component, Group):
            inner = _fields(component.components)
            _add(
                found, _nested(component.path, FeelType("context", fields=inner)) if component.path else inner
            )
        elif isinstance(component, DynamicList):
            rows = FeelType("list", element=FeelType("context", fields=_fields(component.components)))
            _add(found, _nested(component.path, rows))
        elif isinstance(component, Field):
            _add(found, _nested(component.key, declared_type(feel_type_of(component))))
    return found


def _nested(path: str, declared: FeelType) -> Variables:
    head, _, rest = path.partition(".")
    return {head: None if rest else declared}
