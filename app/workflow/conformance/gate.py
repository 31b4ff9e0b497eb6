"""The gate: all checks in the order in which one makes sense of the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.core import clock
from app.engine import DefinitionRefused, Finding, compile_process
from app.engine.xml import safe_root
from app.feel import Function
from app.regulations.feel_functions import feel_functions
from app.regulations.rule_sets import shipped_rules
from app.workflow.conformance.drawing import Drawing
from app.workflow.conformance.expressions import (
    ExpressionCheck,
    check_expressions,
    check_operations,
    check_results,
)
from app.workflow.conformance.people import check_people, read_forms
from app.workflow.conformance.soundness import check_soundness
from app.workflow.conformance.structure import (
    check_calls,
    check_documentation,
    check_elements,
    check_errors,
    check_flows,
)
from app.workflow.conformance.tables import check_tables
from app.workflow.conformance.variables import has_open_data, variables_of

_CALLED = re.compile(rb'calledElement="([^"]+)"')


@dataclass(frozen=True)
class Surroundings:
    """What a diagram refers to: decision tables, forms (key -> form-js text), called diagrams, FEEL functions.

    ``shipped`` asks for documentation with articles as well.
    """

    tables: Mapping[str, bytes] = field(default_factory=dict)
    forms: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, bytes] = field(default_factory=dict)
    functions: Mapping[str, Function] | None = None
    shipped: bool = False


def check(content: bytes, surroundings: Surroundings) -> list[Finding]:
    """All findings of a diagram, errors first. The catalogue of operations must be filled."""
    try:
        root = safe_root(content)
    except DefinitionRefused as refusal:
        return list(refusal.findings)
    drawing = Drawing(root)
    if drawing.process is None:
        return _compiled(content, surroundings) or [
            Finding("", "one_process", "error", "应有一个流程", "每个文件只画一个流程")
        ]
    compiled = _compiled(content, surroundings)
    schema = [finding for finding in compiled if finding.code == "schema"]
    if schema:
        return schema
    return _sorted(_drawn(drawing, surroundings, compiled))


def _drawn(drawing: Drawing, surroundings: Surroundings, compiled: list[Finding]) -> list[Finding]:
    """What the drawing itself shows; what compiling it told counts only if nothing else is wrong."""
    structure = [*check_elements(drawing), *check_flows(drawing), *check_errors(drawing)]
    structure += check_calls(drawing, surroundings.called)
    functions = surroundings.functions
    if functions is None:
        functions = feel_functions(shipped_rules(), clock.now())
    forms, findings = read_forms(drawing, surroundings.forms, functions)
    variables, is_open = variables_of(drawing, forms), has_open_data(drawing)
    checker = ExpressionCheck(variables, functions, is_open)
    findings += check_people(drawing)
    findings += check_operations(drawing, checker)
    findings += check_expressions(drawing, checker)
    findings += check_results(drawing)
    known = None if is_open else dict.fromkeys(variables)
    findings += check_tables(drawing, surroundings.tables, functions, known)
    if surroundings.shipped:
        findings += check_documentation(drawing)
    if not refused(structure):
        findings += check_soundness(drawing)
    if not refused([*structure, *findings]):
        findings += compiled
    return structure + findings


def _compiled(content: bytes, surroundings: Surroundings) -> list[Finding]:
    try:
        compile_process(content, surroundings.tables, surroundings.called)
    except DefinitionRefused as refusal:
        return list(refusal.findings)
    return []


def refused(findings: Iterable[Finding]) -> bool:
    """Whether any of the findings refuses the diagram."""
    return any(finding.severity == "error" for finding in findings)


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    unique = dict.fromkeys(findings)
    return sorted(unique, key=lambda finding: finding.severity != "error")


def check_file(path: Path, forms_root: Path, tables_root: Path, *, shipped: bool = True) -> list[Finding]:
    """Check a file against the forms and tables under the roots and the diagrams beside it."""
    content = path.read_bytes()
    tables = {table.name: table.read_bytes() for table in sorted(tables_root.glob("*.dmn"))}
    forms = {
        form.relative_to(forms_root).with_suffix("").as_posix(): form.read_text(encoding="utf-8")
        for form in sorted(forms_root.glob("**/*.form"))
    }
    surroundings = Surroundings(tables, forms, _called(path.parent, content), shipped=shipped)
    return check(content, surroundings)


def _called(folder: Path, content: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    wanted = [name.decode() for name in _CALLED.findall(content)]
    while wanted:
        name = wanted.pop()
        file = folder / f"{Path(name).name}.bpmn"
        if name not in found and file.is_file():
            found[name] = file.read_bytes()
            wanted += [inner.decode() for inner in _CALLED.findall(found[name])]
    return found
