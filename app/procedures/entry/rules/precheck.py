"""What follows from the rows that the table of Article 11 returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HOLDS, OPEN, FAILS = "符合", "待核", "不符合"


@dataclass(frozen=True)
class Finding:
    """One condition: what it is, whether it holds, by which article and why."""

    condition: str
    result: str
    article: str
    reason: str


@dataclass(frozen=True)
class Precheck:
    """`outcome` is met, to_check or not_met; `reasons` name what does not hold or must be looked at."""

    outcome: str
    reasons: tuple[str, ...]
    findings: tuple[Finding, ...]


def conclude(rows: Sequence[Mapping[str, Any]]) -> Precheck:
    """Reads the rows of the table.

    :raises KeyError: a row lacks one of the four outputs: the table was changed so that it no longer fits.
    """
    findings = tuple(
        Finding(str(row["condition"]), str(row["result"]), str(row["article"]), str(row["reason"])) for row in rows
    )
    results = {finding.result for finding in findings}
    outcome = "not_met" if FAILS in results else "to_check" if OPEN in results or not findings else "met"
    reasons = tuple(
        f"{finding.condition}：{finding.reason}（{finding.article}）" for finding in findings if finding.result != HOLDS
    )
    return Precheck(outcome, reasons, findings)
