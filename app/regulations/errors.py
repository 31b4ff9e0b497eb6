"""What can go wrong with rule sets and parameters."""

from __future__ import annotations

from datetime import date

from app.core.errors import UserError


class NoRuleSetInForce(UserError):
    """The day lies outside every rule set and no 沿用 decision covers it (domain.md no. 59)."""

    status = 409

    def __init__(self, day: date) -> None:
        super().__init__(
            f"{day.year}年{day.month}月{day.day}日没有有效的管理办法：现行规则的有效期不含这一天，"
            "也没有登记“沿用”决定。登记沿用决定或录入新规则后再办理"
        )
        self.day = day


class UnknownParameter(KeyError):
    """A key that the register does not declare."""


class RuleSetRefused(ValueError):
    """A rule set that does not fit the register: missing, unknown or badly typed values."""


class NotAPeriod(ValueError):
    """A deadline was asked of a parameter that is no period."""
