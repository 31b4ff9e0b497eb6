"""The gate before a diagram: everything that can be known to be wrong without running it, and how to mend it.

Works without a database. An error refuses the diagram; a skipped legal step needs a bureau leader's reason; a
warning does neither.
"""

from app.workflow.conformance.gate import check, check_file, refused, report_file
from app.workflow.conformance.lines import CheckLine, Report, ScenarioRun
from app.workflow.conformance.report import report
from app.workflow.conformance.statutory import Baseline, LegalStep, baseline_of
from app.workflow.conformance.surroundings import Surroundings

__all__ = [
    "Baseline",
    "CheckLine",
    "LegalStep",
    "Report",
    "ScenarioRun",
    "Surroundings",
    "baseline_of",
    "check",
    "check_file",
    "refused",
    "report",
    "report_file",
]
