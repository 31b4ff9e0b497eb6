"""The report of a check as plain values: one line for each thing that was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.engine import Finding

#: From the gravest; the status of a line is that of its gravest finding.
STATUS = {"error": "error", "override": "override", "warning": "care"}


@dataclass(frozen=True)
class CheckLine:
    """One check: ``title`` as people read it; ``status`` is ok, error, override, care or skipped.

    ``note`` says why a check was skipped, or what was counted (共 5 个场景).
    """

    code: str
    title: str
    status: str
    findings: tuple[Finding, ...] = ()
    note: str = ""

    @classmethod
    def of(cls, code: str, title: str, findings: Iterable[Finding], note: str = "") -> CheckLine:
        """A line with the status of its gravest finding; the same finding twice is told once."""
        kept = tuple(dict.fromkeys(findings))
        grades = {finding.severity for finding in kept}
        status = next((word for grade, word in STATUS.items() if grade in grades), "ok")
        return cls(code, title, status, kept, note)


@dataclass(frozen=True)
class ScenarioRun:
    """How a named path went; ``message`` says where it stopped."""

    name: str
    ok: bool
    message: str = ""


@dataclass(frozen=True)
class Report:
    """The whole check of one diagram.

    ``variables`` are the names an expression may use, with their FEEL types (``None``: not known); ``coverage`` is
    how many scenarios took each sequence flow.
    """

    lines: tuple[CheckLine, ...]
    variables: Mapping[str, str | None] = field(default_factory=dict)
    coverage: Mapping[str, int] = field(default_factory=dict)
    scenarios: tuple[ScenarioRun, ...] = ()
    milliseconds: int = 0

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings in the order of the lines."""
        return tuple(dict.fromkeys(finding for line in self.lines for finding in line.findings))

    def of(self, severity: str) -> tuple[Finding, ...]:
        """The findings of one grade: error, override or warning."""
        return tuple(finding for finding in self.findings if finding.severity == severity)

    @property
    def is_refused(self) -> bool:
        """Whether an error stands in the way, which nobody can override."""
        return bool(self.of("error"))

    def as_json(self) -> dict[str, Any]:
        """Plain JSON for pages and for the store."""
        return {
            "lines": [_line(line) for line in self.lines],
            "counts": {status: len(self.of(grade)) for grade, status in STATUS.items()},
            "variables": dict(self.variables),
            "coverage": dict(self.coverage),
            "scenarios": [{"name": run.name, "ok": run.ok, "message": run.message} for run in self.scenarios],
            "milliseconds": self.milliseconds,
        }


def _line(line: CheckLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "title": line.title,
        "status": line.status,
        "note": line.note,
        "findings": [
            {
                "element_id": finding.element_id,
                "code": finding.code,
                "severity": finding.severity,
                "message": finding.message,
                "mend": finding.mend,
                "article": finding.article,
                "fix": dict(finding.fix) if finding.fix is not None else None,
                "examples": list(finding.examples),
            }
            for finding in line.findings
        ],
    }
