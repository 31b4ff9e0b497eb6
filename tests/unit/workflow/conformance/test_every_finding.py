"""Everything the gate can say is said of a drawing here, and docs/gate.md lists exactly that.

`python -m tests.unit.workflow.conformance.test_every_finding` writes the page anew.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.operations import OperationContext, catalogue
from app.workflow.conformance import Report, soundness
from tests.unit.workflow.conformance.failing import RETIRED, Failing, failing
from tests.unit.workflow.conformance.redrawing import ROOT, fill_catalogue, legal

PAGE = ROOT / "docs" / "gate.md"
#: What compiling says that the gate has said before; kept there because the engine refuses on its own as well.
_MAKERS = {"Finding", "_error", "_refused"}
_BY_TABLE = {"table_overlap", "table_gap", "table_unreachable", "table_empty"}
HEAD = """# What the gate checks

Every line of the check list (检查清单) with each thing it can find, one drawing that fails for it, and what is said.
The same list is shown beside the diagram, by `flask process check FILE.bpmn`, and before anything is published.
An *error* refuses the diagram. *override* is a legal step (processes/statutory.yaml) that only a bureau leader may let
pass, with a reason for each. *care* refuses nothing. Written by a test (tests/unit/workflow/conformance/
test_every_finding.py), which fails when the page and the gate differ.

| check | code | grade | a drawing that fails | what is said | how to mend it |
|---|---|---|---|---|---|
"""
_GRADES = {"error": "error", "override": "override", "warning": "care"}


@dataclass(frozen=True)
class Nothing:
    """No input, no output."""


@pytest.fixture(autouse=True, scope="module")
def _operations() -> Iterator[None]:
    fill_catalogue()
    with_a_retired_operation()
    yield
    del catalogue._operations[RETIRED]


def with_a_retired_operation() -> None:
    @catalogue.operation(RETIRED, label="旧的办法", retired="改用 entry.record_formal_check")
    def run(inputs: Nothing, context: OperationContext) -> Nothing:
        """Was done otherwise."""
        return Nothing()


def looked_at(entry: Failing) -> Report:
    """The report; the one drawing that is too wide for the token game is looked at with a smaller game."""
    limit = soundness.LIMIT
    soundness.LIMIT = 5 if entry.code == "too_many_states" else limit
    try:
        return entry.report()
    finally:
        soundness.LIMIT = limit


@pytest.mark.parametrize("entry", failing(), ids=lambda entry: f"{entry.code}: {entry.what}")
def test_the_drawing_fails_at_its_line(entry: Failing) -> None:
    report = looked_at(entry)
    line = next(line for line in report.lines if line.code == entry.line)
    found = [finding for finding in line.findings if finding.code == entry.code]
    assert found, [
        (line.code, finding.code, finding.message) for line in report.lines for finding in line.findings
    ]
    assert all(finding.message and finding.mend for finding in found)
    assert not any(finding.message.endswith("。") for finding in found)


@pytest.mark.parametrize("name", [path.name for path in (ROOT / "app/workflow/conformance").glob("*.py")])
def test_every_code_of_the_source_has_its_drawing(name: str) -> None:
    source = (ROOT / "app" / "workflow" / "conformance" / name).read_text(encoding="utf-8")
    assert codes_in(source) <= {entry.code for entry in failing()}


def codes_in(source: str) -> set[str]:
    """The codes that are written as second argument where a finding is made."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in _MAKERS]
    arguments = [call.args[1] for call in named if len(call.args) > 1]
    return {str(entry.value) for entry in arguments if isinstance(entry, ast.Constant)}


def test_the_codes_of_tables_have_their_drawings() -> None:
    assert {entry.code for entry in failing()} >= _BY_TABLE


def page() -> str:
    """The page as it should be."""
    rows = []
    for entry in failing():
        report = looked_at(entry)
        line = next(line for line in report.lines if line.code == entry.line)
        found = next(finding for finding in line.findings if finding.code == entry.code)
        said = (line.title, entry.code, _GRADES[found.severity], entry.what, found.message, found.mend)
        rows.append(said)
    for step, what, redrawn in legal():
        found = next(
            finding for finding in redrawn.report().of("override") if finding.code == f"legal.{step}"
        )
        rows.append(("法定环节", found.code, "override", what, found.message, found.mend))
    return HEAD + "".join(f"| {' | '.join(_cell(part) for part in row)} |\n" for row in rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def test_the_page_lists_exactly_this() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


if __name__ == "__main__":
    fill_catalogue()
    with_a_retired_operation()
    Path(PAGE).write_text(page(), encoding="utf-8")
