"""Decision models for the engine: parse once, decide often, say which rules fired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.feel.conversion import convert
from app.feel.dmn.asked import Asked, asked
from app.feel.dmn.model import Model, ModelEvaluation
from app.feel.dmn.session import Session
from app.feel.dmn.table import MatchedRule
from app.feel.dmn.table_check import check_model
from app.feel.dmn.xml import children, name_of, tag, text_of, variable_type
from app.feel.errors import FeelError, FeelLimitExceeded, Finding
from app.feel.functions import Function
from app.feel.kinds import FeelType
from app.feel.limits import DEFAULT_LIMITS, NO_FUNCTIONS, Limits

__all__ = ["Asked", "DecisionModel", "MatchedRule", "Outcome"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision: the FEEL value, the rules of its table that fired (in the order of the result), why it is null if
    it is and that is known, and the rules that fired in the decisions it required, by decision id."""

    value: Any
    matched: tuple[MatchedRule, ...]
    null_reason: str | None
    required: Mapping[str, tuple[MatchedRule, ...]]


class DecisionModel:
    """A DMN file whose decisions are all compiled. Safe to share between threads."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._types = _input_types(model)
        self._names = model.names_read()

    @classmethod
    def parse(cls, xml: bytes, functions: Mapping[str, Function] = NO_FUNCTIONS) -> DecisionModel:
        """Compile a DMN file. Raises FeelSyntaxError with a Chinese message that names decision, rule and column."""
        model = Model(xml, functions, loose=True)
        for element in model.elements.values():
            if tag(element) in ("decision", "businessKnowledgeModel"):
                model.logic(element)
        return cls(model)

    @property
    def decisions(self) -> tuple[str, ...]:
        """The ids of the decisions."""
        return tuple(key for key, element in self._model.elements.items() if tag(element) == "decision")

    def name(self, decision_id: str) -> str:
        """The name of a decision. Raises FeelError for an unknown id."""
        return name_of(self._decision(decision_id))

    @property
    def inputs(self) -> Mapping[str, str | None]:
        """The data the model asks for, by name, with the FEEL type where one is declared."""
        return {name: None if declared is None else declared.name for name, declared in self._types.items()}

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The single values that the tables read of those data, for trying them out."""
        return asked(self._model, self.inputs)

    def decide(
        self,
        decision_id: str,
        data: Mapping[str, Any],
        functions: Mapping[str, Function] | None = None,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Outcome:
        """Evaluate a decision on plain JSON or FEEL values.

        Texts become dates or numbers where the model declares such a type. Raises FeelError when the data do not
        fit the declared types or allowed values, rules of a UNIQUE table overlap, those of an ANY table differ, or a
        limit is exceeded. No rule firing is no error: the value is null (or empty, or the default).
        """
        element = self._decision(decision_id)
        run = ModelEvaluation(limits, self._model.functions if functions is None else functions, strict=True)
        session = Session(self._model, self._inputs(data), run)
        try:
            value = session.value(self._model, element)
        except RecursionError:
            raise FeelLimitExceeded("决策嵌套过深，已停止") from None
        outcome = run.outcomes.pop(decision_id, None)
        return Outcome(
            value,
            outcome.matched if outcome is not None else (),
            run.reason if value is None else None,
            {key: one.matched for key, one in run.outcomes.items()},
        )

    def check(self, variables: Mapping[str, str | None] | None = None) -> list[Finding]:
        """Remarks on the tables: unknown names, types of cells, overlaps, contradictions, gaps.

        `variables` are the data an instance has, with their types; without them only the model's own names are known.
        """
        return check_model(self._model, self._types, variables)

    def _decision(self, decision_id: str) -> Any:
        element = self._model.elements.get(decision_id)
        if element is None or tag(element) != "decision":
            raise FeelError(f"没有标识为 {decision_id} 的决策")
        return element

    def _inputs(self, data: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, value in data.items():
            if name not in self._names:
                continue
            try:
                values[name] = convert(value, self._types.get(name))
            except FeelError as error:
                raise FeelError(f"“{name}”：{error.message}") from error
        return values


def _input_types(model: Model) -> dict[str, FeelType | None]:
    """Types by name: of the input data, else of the columns that read a plain name."""
    types: dict[str, FeelType | None] = {}
    decisions = {name_of(element) for element in model.elements.values() if tag(element) != "inputData"}
    for element in model.root.iter():
        if tag(element) != "inputExpression":
            continue
        name = text_of(element)
        if name in model.loose_names and name not in decisions and types.get(name) is None:
            types[name] = model.types.named(element.get("typeRef"))
    for element in children(model.root, "inputData"):
        types[name_of(element)] = model.types.named(variable_type(element)) or types.get(name_of(element))
    return types
