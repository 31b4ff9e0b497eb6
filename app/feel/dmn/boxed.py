"""Compiling the boxed expressions of a decision model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lxml import etree

from app.feel.calling import invoke
from app.feel.compiler import compile_node
from app.feel.dmn.table_reader import read_table
from app.feel.dmn.xml import BOXED, boxed_in, child, children, tag, text_of
from app.feel.environment import Environment, Evaluator
from app.feel.errors import FeelSyntaxError, FeelUnsupported
from app.feel.functions import FunctionValue
from app.feel.iteration import compile_filter, compile_for, compile_quantified
from app.feel.kinds import coerce
from app.feel.lexer import NameScope

if TYPE_CHECKING:
    from app.feel.dmn.model import Model


def _null(env: Environment) -> None:
    return None


class BoxedCompiler:
    """Compiles the logic of one decision or function; `where` names it in messages, `owner` records its tables."""

    def __init__(self, model: Model, where: str, owner: str) -> None:
        self.model, self.where, self.owner = model, where, owner

    def compile(self, element: etree._Element | None, scope: NameScope) -> Evaluator:
        """The closure of a boxed expression; null where it is missing. Raises FeelSyntaxError."""
        if element is None:
            return _null
        compile_kind = _COMPILERS.get(tag(element))
        if compile_kind is None:
            raise FeelUnsupported(f"{self.where}：不支持 {tag(element)}")
        return compile_kind(self, element, scope)

    def _inside(self, element: etree._Element, name: str, scope: NameScope) -> Evaluator:
        return self.compile(boxed_in(child(element, name)), scope)

    def _literal(self, element: etree._Element, scope: NameScope) -> Evaluator:
        if child(element, "importedValues") is not None:
            raise FeelUnsupported(f"{self.where}：不支持 importedValues")
        language = element.get("expressionLanguage")
        if language and "FEEL" not in str(language).upper():
            raise FeelUnsupported(f"{self.where}：不支持的表达式语言 {language}")
        text = text_of(element)
        if not text:
            return _null
        try:
            evaluate = compile_node(self.model.parser(text, scope).whole_expression())
        except FeelSyntaxError as error:
            raise type(error)(f"{self.where}：{error.message}", error.position) from error
        declared = self.model.types.named(element.get("typeRef"))
        return evaluate if declared is None else lambda env: coerce(evaluate(env), declared)

    def _table(self, element: etree._Element, scope: NameScope) -> Evaluator:
        table, owner = read_table(element, scope, self.model, self.where), self.owner
        self.model.tables.setdefault(owner, []).append((self.where, table))

        def run(env: Environment) -> Any:
            outcome = table.run(env)
            self.model.on_outcome(env.run, owner, outcome)
            return outcome.value

        return run

    def _context(self, element: etree._Element, scope: NameScope) -> Evaluator:
        entries: list[tuple[str, Evaluator, Any]] = []
        inner, result = NameScope(parents=(scope,)), None
        for entry in children(element, "contextEntry"):
            variable = child(entry, "variable")
            evaluate = self.compile(boxed_in(entry), inner)
            if variable is None:
                result = evaluate
                continue
            name = str(variable.get("name"))
            entries.append((name, evaluate, self.model.types.named(variable.get("typeRef"))))
            inner.add(name)

        def build(env: Environment) -> Any:
            inside, values = env.copy(), {}
            for name, evaluate, declared in entries:
                values[name] = inside[name] = coerce(evaluate(inside), declared)
            return values if result is None else result(inside)

        return build

    def _invocation(self, element: etree._Element, scope: NameScope) -> Evaluator:
        function = self.compile(boxed_in(element), scope)
        names: list[str] = []
        arguments: list[Evaluator] = []
        for binding in children(element, "binding"):
            parameter = child(binding, "parameter")
            names.append("" if parameter is None else str(parameter.get("name")))
            arguments.append(self.compile(boxed_in(binding), scope))
        return lambda env: invoke(function(env), [one(env) for one in arguments], names or None, env.run)

    def _list(self, element: etree._Element, scope: NameScope) -> Evaluator:
        items = [self.compile(item, scope) for item in element if tag(item) in BOXED]
        return lambda env: [item(env) for item in items]

    def _relation(self, element: etree._Element, scope: NameScope) -> Evaluator:
        columns = [str(column.get("name")) for column in children(element, "column")]
        rows = [
            [self.compile(item, scope) for item in row if tag(item) in BOXED]
            for row in children(element, "row")
        ]
        return lambda env: [
            {name: item(env) for name, item in zip(columns, row, strict=False)} for row in rows
        ]

    def function(self, element: etree._Element, scope: NameScope, name: str = "（匿名）") -> Evaluator:
        """A function definition: the closure gives a function value."""
        if element.get("kind", "FEEL") != "FEEL":
            raise FeelUnsupported(f"{self.where}：不支持 {element.get('kind')} 函数")
        parameters = children(element, "formalParameter")
        names = [str(parameter.get("name")) for parameter in parameters]
        types = [self.model.types.named(parameter.get("typeRef")) for parameter in parameters]
        body = self.compile(boxed_in(element), NameScope(names, (scope,)))

        def build(env: Environment) -> FunctionValue:
            def call(*arguments: Any) -> Any:
                return body(env.with_values(dict(zip(names, arguments, strict=True))))

            return FunctionValue(name, names, call, types)

        return build

    def _function(self, element: etree._Element, scope: NameScope) -> Evaluator:
        return self.function(element, scope)

    def _conditional(self, element: etree._Element, scope: NameScope) -> Evaluator:
        condition, then, otherwise = (self._inside(element, name, scope) for name in ("if", "then", "else"))

        def choose(env: Environment) -> Any:
            value = condition(env)
            if value is True:
                return then(env)
            return otherwise(env) if value is False or value is None else None

        return choose

    def _filter(self, element: etree._Element, scope: NameScope) -> Evaluator:
        keys = NameScope(parents=(scope, self.model.pool), dynamic=True)
        match = self._inside(element, "match", NameScope(("item",), (keys,)))
        return compile_filter(self._inside(element, "in", scope), match, True)

    def _for(self, element: etree._Element, scope: NameScope) -> Evaluator:
        name = str(element.get("iteratorVariable"))
        body = self._inside(element, "return", NameScope((name, "partial"), (scope,)))
        return compile_for([(name, self._inside(element, "in", scope))], body, True)

    def _quantified(self, element: etree._Element, scope: NameScope) -> Evaluator:
        name = str(element.get("iteratorVariable"))
        body = self._inside(element, "satisfies", NameScope((name,), (scope,)))
        return compile_quantified(tag(element), [(name, self._inside(element, "in", scope))], body)


_COMPILERS: dict[str, Callable[[BoxedCompiler, etree._Element, NameScope], Evaluator]] = {
    "literalExpression": BoxedCompiler._literal,
    "decisionTable": BoxedCompiler._table,
    "context": BoxedCompiler._context,
    "invocation": BoxedCompiler._invocation,
    "list": BoxedCompiler._list,
    "relation": BoxedCompiler._relation,
    "functionDefinition": BoxedCompiler._function,
    "conditional": BoxedCompiler._conditional,
    "filter": BoxedCompiler._filter,
    "for": BoxedCompiler._for,
    "some": BoxedCompiler._quantified,
    "every": BoxedCompiler._quantified,
}
