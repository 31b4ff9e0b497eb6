"""The gate's word on a draft, kept with the `rev` it was given for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core import clock
from app.core.database import db
from app.workflow import definitions
from app.workflow.conformance import Report, Surroundings, baseline_of, report
from app.workflow.parts import Parts
from app.workflow.releases import drafts
from app.workflow.releases.models import ProcessDraft


@dataclass(frozen=True)
class Examined:
    """A report and what it is about; a draft that was saved meanwhile does not take it."""

    draft_id: int
    rev: int
    report: Report


@dataclass(frozen=True)
class Waiver:
    """A legal step that the draft skips: what a leader may let pass, with a reason for each."""

    element_id: str
    code: str
    message: str
    article: str | None


def report_of(key: str, parts: Parts) -> Report:
    """What the gate says of these parts as the next version of the process `key`."""
    called = {name: text.encode() for name, text in definitions.called_diagrams(parts.xml).items()}
    surroundings = Surroundings(
        tables=parts.table_bytes(), forms=parts.forms, called=called, scenarios=parts.scenarios, key=key
    )
    return report(parts.xml.encode(), surroundings, baseline=baseline_of(key))


def examine(draft_id: int) -> Examined:
    """Checks a draft as it is; only reads, so that no transaction waits for the scenarios. :raises NotFound:"""
    draft = drafts.get(draft_id)
    return Examined(draft.id, draft.rev, report_of(draft.key, drafts.parts_of(draft)))


def keep(examined: Examined) -> bool:
    """Keeps the report with the draft; False if the draft was saved since."""
    draft = drafts.locked(examined.draft_id)
    if draft.rev != examined.rev:
        return False
    draft.report, draft.checked_rev, draft.checked_at = examined.report.as_json(), draft.rev, clock.now()
    db.session.flush()
    return True


def check_draft(draft_id: int) -> Report:
    """Checks a draft and keeps the report, within the caller's transaction."""
    examined = examine(draft_id)
    keep(examined)
    return examined.report


def present_report(draft: ProcessDraft) -> Mapping[str, Any] | None:
    """The report as it was kept, if it is about the draft as it is now."""
    return draft.report if draft.checked_rev == draft.rev else None


def waivers(report_json: Mapping[str, Any] | None) -> list[Waiver]:
    """The legal steps that a kept report finds skipped, in its order."""
    return [
        Waiver(found["element_id"], found["code"], found["message"], found["article"])
        for found in _findings(report_json)
        if found["severity"] == "override"
    ]


def count_of(report_json: Mapping[str, Any] | None, severity: str) -> int:
    """How many findings of a grade a kept report has: error, override or warning."""
    return sum(1 for found in _findings(report_json) if found["severity"] == severity)


def _findings(report_json: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    lines = report_json["lines"] if report_json else []
    unique = {}
    for line in lines:
        for found in line["findings"]:
            unique[(found["element_id"], found["code"], found["message"])] = found
    return list(unique.values())
