"""What the regulation fixes: parameters in dated rule sets, working days, deadlines and their wording.

Everything but `store` is pure and works without a database.
"""

from __future__ import annotations

from app.regulations.deadlines import Deadline, deadline, may_expire, recompute
from app.regulations.errors import NoRuleSetInForce, UnknownParameter
from app.regulations.rule_sets import ParameterValue, RuleSet
from app.regulations.store import current_calendar, rule_set, rule_set_for, rule_set_to_show, seed

__all__ = [
    "Deadline",
    "NoRuleSetInForce",
    "ParameterValue",
    "RuleSet",
    "UnknownParameter",
    "current_calendar",
    "deadline",
    "may_expire",
    "recompute",
    "rule_set",
    "rule_set_for",
    "rule_set_to_show",
    "seed",
]
