"""Item definitions: the types a decision model declares."""

from __future__ import annotations

from lxml import etree

from app.feel.compiler import tests_of
from app.feel.dmn.xml import child, children, tag, text_of
from app.feel.environment import start
from app.feel.expression import new_parser
from app.feel.kinds import SIMPLE_TYPES, FeelType
from app.feel.lexer import NameScope
from app.feel.limits import Evaluation


class TypeTable:
    """The types of one model by name; `imported` holds those of imported models by prefix."""

    def __init__(self, root: etree._Element, pool: NameScope, imported: dict[str, TypeTable]) -> None:
        self.types: dict[str, FeelType] = {}
        self._definitions = {str(one.get("name")): one for one in children(root, "itemDefinition")}
        self._pool = pool
        self._imported = imported
        for component in root.iter():
            if tag(component) == "itemComponent":
                pool.add(str(component.get("name")))
        for name in self._definitions:
            self.named(name)
        for prefix, table in imported.items():
            for name, declared in table.types.items():
                self.types.setdefault(f"{prefix}.{name}", declared)

    def named(self, reference: str | None) -> FeelType | None:
        """The type a `typeRef` names, or None when it names none."""
        if not reference or not reference.strip():
            return None
        name = reference.strip()
        if name in self.types:
            return self.types[name]
        if name in self._definitions:
            # Entered before it is read: a definition may refer to itself.
            declared = self.types[name] = FeelType("Any")
            declared.assign(self._definition(self._definitions[name]))
            return declared
        prefix, dot, rest = name.partition(".")
        if dot and prefix in self._imported:
            return self._imported[prefix].named(rest)
        local = name.partition(":")[2] or name
        return SIMPLE_TYPES.get(local) or self.types.get(local)

    def _definition(self, element: etree._Element) -> FeelType:
        declared = self._base(element)
        self._restrict(declared, text_of(child(element, "allowedValues")))
        if element.get("isCollection") == "true":
            declared = FeelType("list", declared)
        self._restrict(declared, text_of(child(element, "typeConstraint")))
        return declared

    def _base(self, element: etree._Element) -> FeelType:
        function = child(element, "functionItem")
        if function is not None:
            parameters = [self.named(one.get("typeRef")) for one in children(function, "parameters")]
            return FeelType(
                "function", parameters=parameters, result=self.named(function.get("outputTypeRef"))
            )
        components = children(element, "itemComponent")
        if components:
            fields: dict[str, FeelType | None] = {
                str(one.get("name")): self._definition(one) for one in components
            }
            return FeelType("context", fields=fields)
        reference = child(element, "typeRef")
        base = None if reference is None else self.named(reference.text)
        return FeelType("Any") if base is None else base.copy()

    def _restrict(self, declared: FeelType, text: str) -> None:
        if not text:
            return
        parsed = new_parser(text, NameScope(("?",)), pool=self._pool).whole_tests()
        test = tests_of(parsed.tests, parsed.negated)
        before = declared.allowed

        def allowed(value: object) -> bool:
            env = start(Evaluation())
            env["?"] = value
            return (before is None or before(value)) and test(value, env) is True

        declared.allowed = allowed
