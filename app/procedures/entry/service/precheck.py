"""The pre-check shown to the applicant before submitting: the same facts and the same table as in the process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from app.procedures.entry import store
from app.procedures.entry.rules.precheck import OPEN, Finding, Precheck, conclude
from app.procedures.entry.service.submission import facts_of
from app.regulations.rule_sets import RuleSet

DECISION = "article_11"


class Decided(Protocol):
    """What a decision gave: here the list of rows."""

    @property
    def value(self) -> Any: ...


class Table(Protocol):
    """A decision model as `app.feel.tables.DecisionModel` reads it from the deployed definition."""

    def decide(self, decision_id: str, data: Mapping[str, Any]) -> Decided: ...


def precheck(number: str, table: Table, *, now: datetime, rules: RuleSet) -> Precheck:
    """What the table finds on the draft as it stands; changes nothing.

    Without a readable ID number there is nothing to judge yet, which is said as the only finding.
    """
    facts = facts_of(store.application(number), rules, now)
    if facts is None:
        missing = Finding("身份证号", OPEN, "第十二条（一）3", "身份证号还没有填对，填好后再预审")
        return Precheck("to_check", (f"{missing.condition}：{missing.reason}",), (missing,))
    return conclude(table.decide(DECISION, {"facts": facts.plain()}).value)
