"""A decision model: its elements, what they require, and their compiled logic."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from lxml import etree

from app.feel.dmn.boxed import BoxedCompiler
from app.feel.dmn.table import DecisionTable, TableOutcome
from app.feel.dmn.types import TypeTable
from app.feel.dmn.xml import boxed_in, child, children, name_of, safe_root, tag, text_of
from app.feel.environment import Evaluator
from app.feel.errors import FeelError, FeelSyntaxError, FeelUnsupported
from app.feel.expression import new_parser
from app.feel.functions import Function, FunctionValue
from app.feel.lexer import KEYWORDS, NameScope, name_tokens
from app.feel.limits import NO_FUNCTIONS, Evaluation
from app.feel.parser import Parser

Loader = Callable[[str], "bytes | None"]
_DRG = ("inputData", "decision", "businessKnowledgeModel", "decisionService")
_WORDS = re.compile(r"[^\W\d]\w*(?: \w+)*")


class Target(NamedTuple):
    """An element that another requires; `prefix` is the import's name when it is of another model."""

    model: Model
    element: etree._Element
    prefix: str | None


class ModelEvaluation(Evaluation):
    """An evaluation that keeps what the tables gave; `strict` raises where a table is violated."""

    __slots__ = ("outcomes", "strict")

    def __init__(self, *arguments: object, strict: bool = False) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self.outcomes: dict[str, TableOutcome] = {}
        self.strict = strict


class Model:
    """One file. `load` gives the bytes of an imported model by namespace. Raises FeelSyntaxError.

    With `loose`, names that no requirement declares are looked up in the data: what an editor of single tables
    writes.
    """

    def __init__(
        self,
        xml: bytes,
        functions: Mapping[str, Function] = NO_FUNCTIONS,
        *,
        load: Loader | None = None,
        loose: bool = False,
        loaded: dict[str, Model] | None = None,
    ) -> None:
        self.root = safe_root(xml)
        if tag(self.root) != "definitions":
            raise FeelSyntaxError("不是 DMN 决策文件：根元素应为 definitions")
        self.namespace = str(self.root.get("namespace") or "")
        self.functions = functions
        self._function_names = NameScope(functions)
        self.loose = loose
        self.tables: dict[str, list[tuple[str, DecisionTable]]] = {}
        self._loaded = loaded if loaded is not None else {}
        self._loaded[self.namespace] = self
        self._compiled: dict[str, Evaluator | FeelError] = {}
        self._requirements: dict[str, list[Target]] = {}
        self._names_read: list[set[str]] = []
        self.elements: dict[str, etree._Element] = {}
        for element in self.root:
            if tag(element) in _DRG:
                if not element.get("id"):  # ids are optional, and what is compiled is kept by them
                    element.set("id", f"name:{element.get('name')}")
                self.elements[str(element.get("id"))] = element
        self.by_name = {name_of(element): element for element in self.elements.values()}
        self.imports = self._imports(load)
        self.pool = NameScope(self._declared_keys())
        self.types: TypeTable = TypeTable(
            self.root, self.pool, {name: one.types for name, one in self.imports.items()}
        )
        self.loose_names = self._loose_names() if loose else frozenset[str]()

    def _imports(self, load: Loader | None) -> dict[str, Model]:
        found: dict[str, Model] = {}
        for element in children(self.root, "import"):
            if "DMN" not in str(element.get("importType") or ""):
                continue
            namespace = str(element.get("namespace"))
            if namespace not in self._loaded:
                xml = load(namespace) if load is not None else None
                if xml is None:
                    raise FeelUnsupported(f"找不到导入的决策文件 {namespace}")
                Model(xml, self.functions, load=load, loaded=self._loaded)
            found[str(element.get("name"))] = self._loaded[namespace]
        return found

    def _declared_keys(self) -> Iterable[str]:
        """Names that may stand after a dot: entries of contexts, columns, and everything imported."""
        for element in self.root.iter():
            if tag(element) in ("contextEntry", "column", "output"):
                variable = child(element, "variable")
                name = element.get("name") if variable is None else variable.get("name")
                if name:
                    yield str(name)
        for model in self.imports.values():
            yield from model._declared_keys()
            yield from model.by_name
            for element in model.root.iter():
                if tag(element) == "itemComponent":
                    yield str(element.get("name"))

    def _loose_names(self) -> frozenset[str]:
        """Columns whose expression reads like a name of several words."""
        names = set()
        for element in self.root.iter():
            text = text_of(element) if tag(element) == "inputExpression" else ""
            if _WORDS.fullmatch(text) and not KEYWORDS & set(name_tokens(text)):
                names.add(text)
        return frozenset(names)

    def parser(self, text: str, scope: NameScope) -> Parser:
        """A parser that knows the model's types, keys and functions."""
        parser = new_parser(text, scope, self._function_names, self.pool, self.types.types)
        self._names_read.append(parser.names_read)
        return parser

    def names_read(self) -> frozenset[str]:
        """All names that the logic compiled so far reads, and the input data."""
        inputs = (name_of(element) for element in self.elements.values() if tag(element) == "inputData")
        return frozenset(inputs).union(*self._names_read)

    def on_outcome(self, run: Evaluation, owner: str, outcome: TableOutcome) -> None:
        """Keep what a table gave, or raise where it was violated and the evaluation is strict."""
        if outcome.error is not None:
            run.note(outcome.error)
        if isinstance(run, ModelEvaluation):
            run.outcomes[owner] = outcome
            if run.strict and outcome.error is not None:
                raise FeelError(f"{name_of(self.elements[owner])}：{outcome.error}")

    def target(self, href: str) -> Target:
        """The element that a reference names. Raises FeelUnsupported when there is none."""
        namespace, _, identifier = href.rpartition("#")
        if not namespace or namespace == self.namespace:
            if identifier in self.elements:
                return Target(self, self.elements[identifier], None)
            raise FeelUnsupported(f"引用的元素 {href} 不存在")
        nested = [(name, one) for model in self.imports.values() for name, one in model.imports.items()]
        for prefix, model in [*self.imports.items(), *nested]:
            if model.namespace == namespace and identifier in model.elements:
                return Target(model, model.elements[identifier], prefix)
        raise FeelUnsupported(f"引用的元素 {href} 不存在")

    def requirements(self, element: etree._Element) -> list[Target]:
        """What a decision or function requires; read from the XML once."""
        key = str(element.get("id"))
        if key not in self._requirements:
            self._requirements[key] = self._read_requirements(element)
        return self._requirements[key]

    def _read_requirements(self, element: etree._Element) -> list[Target]:
        return [
            self.target(str(reference.get("href")))
            for requirement in element
            if tag(requirement) in ("informationRequirement", "knowledgeRequirement")
            for reference in requirement
            if reference.get("href")
        ]

    def scope_of(self, element: etree._Element) -> NameScope:
        """The names that the logic of an element sees."""
        names = {one.prefix or name_of(one.element) for one in self.requirements(element)}
        return NameScope(names | self.loose_names)

    def logic(self, element: etree._Element) -> Evaluator:
        """The compiled logic of a decision or function. Raises FeelSyntaxError each time it is refused."""
        key = str(element.get("id"))
        if key not in self._compiled:
            try:
                self._compiled[key] = self._compile(element)
            except FeelError as error:
                self._compiled[key] = error
        compiled = self._compiled[key]
        if isinstance(compiled, FeelError):
            raise compiled
        return compiled

    def _compile(self, element: etree._Element) -> Evaluator:
        name = name_of(element)
        compiler = BoxedCompiler(self, name, str(element.get("id")))
        scope = self.scope_of(element)
        if tag(element) == "decision":
            return compiler.compile(boxed_in(element), scope)
        function = child(element, "encapsulatedLogic")
        if function is None:
            return lambda env: FunctionValue(name, [], lambda: None)
        return compiler.function(function, NameScope((name,), (scope,)), name)
