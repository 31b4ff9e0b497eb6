"""One evaluation of a decision model: inputs in, values of its elements out, each computed once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from app.feel.dmn.model import Model, Target
from app.feel.dmn.xml import children, name_of, tag, variable_type
from app.feel.environment import Environment, start
from app.feel.errors import FeelError, FeelUnsupported
from app.feel.functions import FunctionValue
from app.feel.kinds import FeelType, coerce
from app.feel.limits import Evaluation

Key = tuple[str, str]


class Session:
    """`inputs` are FEEL values by name; `known` gives values that need not be computed."""

    def __init__(
        self, model: Model, inputs: Mapping[str, Any], run: Evaluation, known: dict[Key, Any] | None = None
    ) -> None:
        self.model, self.inputs, self.run = model, inputs, run
        self._values: dict[Key, Any] = dict(known or {})
        self._busy: set[Key] = set()

    def value(self, model: Model, element: etree._Element, prefix: str | None = None) -> Any:
        """The value of an element. Raises FeelError, also for elements that require each other in a circle."""
        key = (model.namespace, str(element.get("id")))
        if key in self._values:
            return self._values[key]
        if key in self._busy:
            raise FeelError(f"决策“{name_of(element)}”循环依赖自身")
        self._busy.add(key)
        try:
            self._values[key] = self._computed(model, element, prefix)
        finally:
            self._busy.discard(key)
        return self._values[key]

    def _environment(self, model: Model, element: etree._Element) -> Environment:
        env = start(self.run)
        if model.loose:
            env.update(self.inputs)
        for required in model.requirements(element):
            value = self.value(*required)
            if required.prefix:
                env.setdefault(required.prefix, {})[name_of(required.element)] = value
            else:
                env[name_of(required.element)] = value
        return env

    def _computed(self, model: Model, element: etree._Element, prefix: str | None) -> Any:
        declared = model.types.named(variable_type(element))
        kind = tag(element)
        if kind == "inputData":
            return coerce(self._input(name_of(element), prefix), declared)
        if kind == "decision":
            return coerce(model.logic(element)(self._environment(model, element)), declared)
        if kind == "businessKnowledgeModel":
            return self._function(model, element, declared)
        if kind == "decisionService":
            return self._service(model, element, declared)
        raise FeelUnsupported(f"不支持 {kind}")

    def _input(self, name: str, prefix: str | None) -> Any:
        value = self.inputs.get(name)
        if value is None and prefix and isinstance(self.inputs.get(prefix), dict):
            return self.inputs[prefix].get(name)
        return value

    def _function(self, model: Model, element: etree._Element, declared: FeelType | None) -> FunctionValue:
        logic = model.logic(element)
        env = self._environment(model, element)
        function = logic(env)
        if not isinstance(function, FunctionValue):
            raise FeelError(f"“{name_of(element)}”不是函数")
        env[name_of(element)] = function  # it may call itself
        function.result = _result_type(declared)
        return function

    def _service(self, model: Model, element: etree._Element, declared: FeelType | None) -> FunctionValue:
        def targets(what: str) -> list[Target]:
            return [model.target(str(reference.get("href"))) for reference in children(element, what)]

        inputs = targets("inputData") + targets("inputDecision")
        outputs = targets("outputDecision")
        types = [one.model.types.named(variable_type(one.element)) for one in inputs]

        def call(*arguments: Any) -> Any:
            known = {
                (one.model.namespace, str(one.element.get("id"))): coerce(argument, to)
                for one, argument, to in zip(inputs, arguments, types, strict=True)
            }
            session = Session(self.model, {}, self.run, known)
            if len(outputs) == 1:
                return session.value(outputs[0].model, outputs[0].element)
            return {name_of(one.element): session.value(one.model, one.element) for one in outputs}

        names = [name_of(one.element) for one in inputs]
        return FunctionValue(name_of(element), names, call, types, _result_type(declared))


def _result_type(declared: FeelType | None) -> FeelType | None:
    return declared.result if declared is not None and declared.name == "function" else declared
