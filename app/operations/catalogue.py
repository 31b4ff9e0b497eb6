"""The catalogue itself: operations by name, registered by decorator, called with checked values."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_type_hints

from app.operations.context import OperationContext
from app.operations.errors import OperationError
from app.operations.types import Misfit, Shape, is_required, shape_of

Run = TypeVar("Run", bound=Callable[..., Any])

_NAME = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class InputField:
    """One input of an operation, for the editor and the check of diagrams."""

    name: str
    shape: Shape
    required: bool
    label: str


@dataclass(frozen=True)
class Operation:
    """One entry: ``name`` is a contract with diagrams (retired, never renamed), ``label`` its Chinese name.

    ``retired`` is None, or says in Chinese what to use instead: new versions may not name it any more, running
    instances of old ones still call it.
    """

    name: str
    label: str
    summary: str
    inputs: tuple[InputField, ...]
    outputs: tuple[tuple[str, Shape], ...]
    run: Callable[[Any, OperationContext], Any] = field(repr=False)
    load_inputs: Callable[[Any, str], Any] = field(repr=False)
    dump_outputs: Callable[[Any], dict[str, Any]] = field(repr=False)
    retired: str | None = None

    def describe(self) -> dict[str, Any]:
        """The entry the diagram editor offers: id, label, description, parameters with types, results."""
        return {
            "id": self.name,
            "label": self.label,
            "description": self.summary,
            "parameters": [
                {
                    "id": item.name,
                    "label": item.label,
                    "type": item.shape.editor,
                    "required": item.required,
                    "choices": list(item.shape.choices),
                }
                for item in self.inputs
            ],
            "results": [{"id": name, "type": shape.editor} for name, shape in self.outputs],
        }

    def call(self, arguments: Mapping[str, Any], context: OperationContext) -> dict[str, Any]:
        """Check the plain JSON arguments, run, give plain JSON. Raises OperationError ``bad_input`` for a misfit."""
        try:
            inputs = self.load_inputs(dict(arguments), "")
        except Misfit as misfit:
            raise OperationError("bad_input", f"“{self.label}”的输入不对：{misfit}") from misfit
        return self.dump_outputs(self.run(inputs, context))


class Catalogue:
    """Operations by name. One for the process; tests make their own."""

    def __init__(self) -> None:
        self._operations: dict[str, Operation] = {}

    def __iter__(self) -> Iterator[Operation]:
        return iter(sorted(self._operations.values(), key=lambda entry: entry.name))

    def __contains__(self, name: str) -> bool:
        return name in self._operations

    def __len__(self) -> int:
        return len(self._operations)

    def get(self, name: str) -> Operation | None:
        """The operation of that name, or None."""
        return self._operations.get(name)

    def operation(self, name: str, *, label: str, retired: str | None = None) -> Callable[[Run], Run]:
        """Register ``run(inputs, context)``. Raises TypeError or ValueError at import when the contract is broken.

        ``retired`` says in Chinese what to use instead.
        """

        def register(run: Run) -> Run:
            if name in self._operations:
                raise ValueError(f"operation {name} registered twice")
            self._operations[name] = _entry(name, label, run, retired)
            return run

        return register

    def describe(self) -> list[dict[str, Any]]:
        """All entries for the editor, by name."""
        return [entry.describe() for entry in self]

    def call(self, name: str, arguments: Mapping[str, Any], context: OperationContext) -> dict[str, Any]:
        """Run an operation by name. Raises OperationError ``unknown_operation`` or whatever the operation raises."""
        entry = self._operations.get(name)
        if entry is None:
            raise OperationError("unknown_operation", f"没有名为 {name} 的操作")
        return entry.call(arguments, context)


def _entry(name: str, label: str, run: Callable[..., Any], retired: str | None) -> Operation:
    if not _NAME.match(name):
        raise ValueError(f"{name!r}: an operation is named <procedure>.<verb>_<noun>")
    if not _CHINESE.search(label):
        raise ValueError(f"{name}: the label must be Chinese")
    summary = (inspect.getdoc(run) or "").strip().partition("\n")[0]
    if not summary:
        raise ValueError(f"{name}: a doc line is required")
    parameters = list(inspect.signature(run).parameters)
    if len(parameters) != 2:
        raise TypeError(f"{name}: an operation takes (inputs, context)")
    hints = get_type_hints(run)
    inputs, outputs = hints.get(parameters[0]), hints.get("return", dataclasses.MISSING)
    load, fields = _inputs(name, inputs)
    shape = None if outputs is type(None) else shape_of(_frozen(name, outputs))
    return Operation(
        name=name,
        label=label,
        summary=summary,
        inputs=fields,
        outputs=shape.fields if shape else (),
        run=run,
        load_inputs=load,
        dump_outputs=shape.dump if shape else lambda value: {},
        retired=retired,
    )


def _inputs(name: str, hint: Any) -> tuple[Callable[[Any, str], Any], tuple[InputField, ...]]:
    declared = _frozen(name, hint)
    shape = shape_of(declared)
    shapes = dict(shape.fields)
    fields = tuple(
        InputField(
            item.name, shapes[item.name], is_required(item), str(item.metadata.get("label", item.name))
        )
        for item in dataclasses.fields(declared)
    )
    return shape.load, fields


def _frozen(name: str, hint: Any) -> Any:
    parameters = getattr(hint, "__dataclass_params__", None)
    if not isinstance(hint, type) or parameters is None or not parameters.frozen:
        raise TypeError(f"{name}: inputs and outputs are frozen dataclasses, not {hint!r}")
    return hint


def discover(package: str) -> None:
    """Import every module called ``operations`` under a package, so that its operations register themselves."""
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, f"{package}."):
        if module.name.rpartition(".")[2] == "operations":
            importlib.import_module(module.name)


#: The catalogue of the product.
catalogue = Catalogue()
operation = catalogue.operation
