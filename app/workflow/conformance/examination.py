"""One diagram on the table: what several checks need of it, each worked out once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from lxml import etree

from app.core import clock
from app.engine import CompiledProcess, DefinitionRefused, Finding, compile_process
from app.engine.xml import safe_root
from app.feel import Function
from app.regulations.feel_functions import feel_functions
from app.regulations.rule_sets import shipped_rules
from app.workflow.conformance.drawing import Drawing
from app.workflow.conformance.expressions import (
    ExpressionCheck,
    check_expressions,
    check_operations,
)
from app.workflow.conformance.people import read_forms
from app.workflow.conformance.scenario_runs import Runs, run_scenarios
from app.workflow.conformance.surroundings import Surroundings
from app.workflow.conformance.tables import check_tables
from app.workflow.conformance.variables import Variables, has_open_data, variables_of
from app.workflow.form_types import variable_types
from app.workflow.forms import FormDefinition
from app.workflow.parts import Parts


class Unreadable(Exception):
    """The file is no plain XML of bounded size; nothing more can be said of it."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("the file cannot be read")


class Examination:
    """The diagram, read and compiled. :raises Unreadable:"""

    def __init__(self, content: bytes, surroundings: Surroundings) -> None:
        self.content, self.surroundings = content, surroundings
        try:
            self.root: etree._Element = safe_root(content)
        except DefinitionRefused as refusal:
            raise Unreadable(refusal.findings) from refusal
        self.drawing = Drawing(self.root)

    @property
    def process_id(self) -> str:
        """The id of the process, empty if there is not exactly one."""
        process = self.drawing.process
        return str(process.get("id")) if process is not None else ""

    @cached_property
    def functions(self) -> Mapping[str, Function]:
        """The registered FEEL functions."""
        given = self.surroundings.functions
        return feel_functions(shipped_rules(), clock.now()) if given is None else given

    @cached_property
    def compiled(self) -> tuple[CompiledProcess | None, tuple[Finding, ...]]:
        """What the engine makes of it, or what it says instead."""
        try:
            process = compile_process(self.content, self.surroundings.tables, self.surroundings.called)
        except DefinitionRefused as refusal:
            return None, refusal.findings
        return process, ()

    @cached_property
    def _forms(self) -> tuple[dict[str, FormDefinition], list[Finding]]:
        given = self.surroundings
        own = given.key or (self.process_id if given.shipped else None)
        return read_forms(self.drawing, given.forms, self.functions, own)

    @property
    def forms(self) -> Mapping[str, FormDefinition]:
        """The forms of the user tasks that could be read."""
        return self._forms[0]

    @property
    def form_findings(self) -> list[Finding]:
        """What is wrong with the forms."""
        return self._forms[1]

    @cached_property
    def unused(self) -> tuple[list[str], list[str]]:
        """The forms and the tables of a draft that are not kept with its version; the diagram must compile."""
        process, given = self.compiled[0], self.surroundings
        if process is None:
            return [], []
        parts = Parts("", {name: content.decode() for name, content in given.tables.items()}, given.forms)
        used = parts.used_by(process)
        return [key for key in parts.forms if key not in used.forms], [
            name for name in parts.tables if name not in used.tables
        ]

    @cached_property
    def variables(self) -> Variables:
        """Every variable an instance can have."""
        return variables_of(self.drawing, self.forms)

    @cached_property
    def has_open_data(self) -> bool:
        """Whether there may be other variables as well."""
        return has_open_data(self.drawing)

    @cached_property
    def checker(self) -> ExpressionCheck:
        """Checks expressions against these variables and functions."""
        return ExpressionCheck(self.variables, self.functions, self.has_open_data)

    @cached_property
    def operations(self) -> list[Finding]:
        """The findings of the service tasks."""
        return list(check_operations(self.drawing, self.checker))

    @cached_property
    def tables(self) -> list[Finding]:
        """The findings of the decision tables that are asked."""
        known = None if self.has_open_data else dict.fromkeys(self.variables)
        return list(check_tables(self.drawing, self.surroundings.tables, self.functions, known))

    @cached_property
    def runs(self) -> Runs:
        """The scenarios, run; the diagram must compile."""
        process, text = self.compiled[0], self.surroundings.scenarios
        if process is None or text is None:
            return Runs()
        used = {key: self.surroundings.forms[key] for key in self.forms}
        return run_scenarios(process, text, variable_types(used, self.functions))

    @cached_property
    def expressions(self) -> list[Finding]:
        """The findings of all expressions but the inputs of operations."""
        return list(check_expressions(self.drawing, self.checker))
