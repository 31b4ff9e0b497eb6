"""The gate as a plain list of findings, for publishing and for the shell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from app.engine import Finding
from app.workflow.conformance.lines import Report
from app.workflow.conformance.report import report
from app.workflow.conformance.statutory import baseline_of
from app.workflow.conformance.surroundings import Surroundings

_CALLED = re.compile(rb'calledElement="([^"]+)"')
_GRADES = ("error", "override", "warning")


def check(content: bytes, surroundings: Surroundings) -> list[Finding]:
    """All findings of a diagram, the gravest first. The catalogue of operations must be filled."""
    found = report(content, surroundings).findings
    return sorted(found, key=lambda finding: _GRADES.index(finding.severity))


def refused(findings: Iterable[Finding]) -> bool:
    """Whether any of the findings refuses the diagram."""
    return any(finding.severity == "error" for finding in findings)


def surroundings_of(path: Path, forms_root: Path, tables_root: Path, *, shipped: bool = True) -> Surroundings:
    """The forms and tables under the roots, the diagrams beside the file, and its scenarios if there are any."""
    content = path.read_bytes()
    tables = {table.name: table.read_bytes() for table in sorted(tables_root.glob("*.dmn"))}
    forms = {
        form.relative_to(forms_root).with_suffix("").as_posix(): form.read_text(encoding="utf-8")
        for form in sorted(forms_root.glob("**/*.form"))
    }
    scenarios = path.parent.parent / "scenarios" / f"{path.stem}.yaml"
    text = scenarios.read_text(encoding="utf-8") if scenarios.is_file() else None
    return Surroundings(tables, forms, _called(path.parent, content), shipped=shipped, scenarios=text)


def check_file(path: Path, forms_root: Path, tables_root: Path, *, shipped: bool = True) -> list[Finding]:
    """Check a file against the forms and tables under the roots and the diagrams beside it."""
    return check(path.read_bytes(), surroundings_of(path, forms_root, tables_root, shipped=shipped))


def report_file(path: Path, forms_root: Path, tables_root: Path) -> Report:
    """The whole check list of a file; a shipped process of the same name gives the legal steps."""
    surroundings = surroundings_of(path, forms_root, tables_root)
    return report(path.read_bytes(), surroundings, baseline=baseline_of(path.stem))


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
