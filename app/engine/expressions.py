"""FEEL wherever SpiffWorkflow evaluates: this stands in the place of its Python script engine.

Task data is plain JSON; what is declared a date, time, duration or number is turned into a FEEL value on the way in,
and back into ISO text or a number on the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from app.core.clock import ZONE
from app.engine.errors import ExpressionFailed
from app.engine.values import Host
from app.feel import FeelError, Function, compile_expression, from_feel, to_feel
from app.feel.tables import DecisionModel

MAX_INSTANCES = 1_000


def text_of(expression: str) -> str:
    """The FEEL text of a diagram's expression; a leading ``=`` is allowed everywhere and means nothing here."""
    return (expression or "").strip().removeprefix("=").strip()


def typed(
    data: Mapping[str, Any], types: Mapping[str, str], names: Collection[str] | None = None
) -> dict[str, Any]:
    """The data with its declared variables as FEEL values; with names, only those variables."""
    scope = dict(data) if names is None else {name: data[name] for name in names if name in data}
    for path, type_name in types.items():
        head, _, rest = path.partition(".")
        if head in scope:
            scope[head] = _typed_at(scope[head], rest, type_name)
    return scope


def _typed_at(value: Any, path: str, type_name: str) -> Any:
    if value is None:
        return None
    if isinstance(value, list):
        return [_typed_at(entry, path, type_name) for entry in value]
    if not path:
        return to_feel(value, type_name) if isinstance(value, str | int | float) else value
    head, _, rest = path.partition(".")
    if not isinstance(value, dict) or head not in value:
        return value
    return {**value, head: _typed_at(value[head], rest, type_name)}


def _unusual(names: Mapping[str, Any]) -> frozenset[str]:
    """The names that FEEL's parser must be told of, because no fixed lexer could find their end."""
    return frozenset(name for name in names if not (name.isascii() and name.isidentifier()))


class FeelEngine(PythonScriptEngine):
    """One for each execution. ``decisions`` gives the decision model that holds a decision."""

    def __init__(
        self, host: Host, types: Mapping[str, str], decisions: Callable[[str], DecisionModel]
    ) -> None:
        self.host = host
        self._types = {**types, **host.variable_types}
        self._decisions = decisions
        self._functions: Mapping[str, Function] = host.functions
        super().__init__(_FeelEnvironment(self))

    def now(self) -> datetime:
        """The instant of the step."""
        return self.host.now()

    # --- what SpiffWorkflow calls -----------------------------------------------------------------------------

    def validate(self, expression: str) -> None:
        """Called by SpiffWorkflow's parsers; the gate checks expressions with their positions."""

    def evaluate(self, task: Any, expression: str, external_context: Mapping[str, Any] | None = None) -> Any:
        """The plain JSON value of an expression over the data of a task. Raises ExpressionFailed."""
        return from_feel(self.value(task, expression, external_context))

    def execute(self, task: Any, script: str, external_context: Any = None) -> bool:
        """Pre- and post-scripts are refused by the parser; nothing may reach this."""
        raise failed(task, script, "这里不能执行脚本")

    # --- what our own elements call ---------------------------------------------------------------------------

    def value(self, task: Any, expression: str, extra: Mapping[str, Any] | None = None) -> Any:
        """The FEEL value of an expression over the data of a task and ``extra``."""
        return self.value_and_reason(task, expression, extra)[0]

    def value_and_reason(
        self, task: Any, expression: str, extra: Mapping[str, Any] | None = None
    ) -> tuple[Any, str | None]:
        """The FEEL value and, where it is null, why."""
        try:
            return self.compute(expression, {**task.data, **(extra or {})})
        except FeelError as error:
            raise failed(task, expression, str(error)) from error

    def compute(self, expression: str, data: Mapping[str, Any]) -> tuple[Any, str | None]:
        """The FEEL value of an expression over plain data, and why it is null. Raises FeelError."""
        compiled = compile_expression(text_of(expression), names=_unusual(data), functions=self._functions)
        result = compiled(typed(data, self._types, compiled.names), functions=self._functions)
        return result, compiled.null_reason if result is None else None

    def condition(self, task: Any, expression: str, extra: Mapping[str, Any] | None = None) -> bool:
        """True or false; anything else is a failure, never a silent no."""
        result, reason = self.value_and_reason(task, expression, extra)
        if isinstance(result, bool):
            return result
        shown = "空值" if result is None else f"{from_feel(result)!r}"
        because = f"（{reason}）" if reason else ""
        raise failed(task, expression, f"条件“{text_of(expression)}”的结果是{shown}{because}，不是真或假")

    def instances(self, task: Any, expression: str) -> int:
        """How many times a multi-instance element runs: a whole number from 0 to MAX_INSTANCES."""
        count = self.evaluate(task, expression)
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= MAX_INSTANCES:
            message = f"多实例的次数“{text_of(expression)}”应为 0 至 {MAX_INSTANCES} 的整数，实为 {count!r}"
            raise failed(task, expression, message)
        return count

    def instant(self, task: Any, expression: str) -> datetime:
        """The aware instant that a timer or due date names; a duration counts from now, a date from its midnight."""
        result, reason = self.value_and_reason(task, expression)
        try:
            moment = self._as_instant(result)
        except (FeelError, ValueError) as error:
            raise failed(task, expression, f"“{text_of(expression)}”不是日期时间或时长") from error
        if moment is None:
            because = f"（{reason}）" if reason else ""
            raise failed(task, expression, f"“{text_of(expression)}”没有得出日期时间{because}")
        return moment

    def _as_instant(self, result: Any) -> datetime | None:
        plain = from_feel(result)
        if not isinstance(plain, str):
            return None
        if plain.lstrip("-").startswith("P"):
            kind = "days and time duration" if _is_days(plain) else "years and months duration"
            duration = to_feel(plain, kind)
            start = to_feel(self.now().isoformat(), "date and time")
            later = compile_expression("start + span", names=frozenset(), functions={})
            plain = from_feel(later({"start": start, "span": duration}, functions={}))
        return aware(plain)

    def decide(self, task: Any, decision: str) -> tuple[Any, list[dict[str, Any]]]:
        """The plain value of a decision over the data of a task, and the rules that matched."""
        try:
            model = self._decisions(decision)
            outcome = model.decide(decision, typed(task.data, self._types), functions=self._functions)
        except FeelError as error:
            raise failed(task, decision, f"决策“{decision}”：{error}", code="decision") from error
        fired = {**outcome.required, decision: outcome.matched}
        rules = [
            {
                "decision": name,
                "index": rule.index,
                "id": rule.id,
                "annotations": dict(rule.annotations),
                "description": rule.description,
            }
            for name, matched in fired.items()
            for rule in matched
        ]
        return from_feel(outcome.value), rules


class _FeelEnvironment(BasePythonScriptEngineEnvironment):
    """SpiffWorkflow evaluates correlations here directly, without the engine and without a task."""

    def __init__(self, engine: FeelEngine) -> None:
        super().__init__({})
        self._engine = engine

    def evaluate(self, expression: str, context: Any, external_context: Any = None) -> Any:
        data = {**(external_context or {}), **context}
        try:
            return from_feel(self._engine.compute(expression, data)[0])
        except FeelError as error:
            raise ExpressionFailed("", "", expression, str(error)) from error


def _is_days(duration: str) -> bool:
    return "T" in duration or "D" in duration


def aware(text: str) -> datetime:
    """An instant from ISO text; a date is its midnight, a time without zone is Asia/Shanghai."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=ZONE) if moment.tzinfo is None else moment.astimezone(ZONE)


def failed(task: Any, expression: str, message: str, code: str = "expression") -> ExpressionFailed:
    """The failure of an expression, with the element it stands at."""
    spec = task.task_spec
    return ExpressionFailed(str(task.id), spec.bpmn_id or spec.name, expression, message, code)
