"""The publicity period (第十二条（三）, domain.md no. 1–3, 5, 6), pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.regulations import deadlines, workdays
from app.regulations.deadlines import Deadline
from app.regulations.rule_sets import RuleSet

PERIOD = "publicity.period"


@dataclass(frozen=True)
class Period:
    """`deadline` tells when an objection is late; from `close_at` on the names may be appointed."""

    deadline: Deadline
    close_at: datetime
    provisional: bool


def period(rules: RuleSet, published_at: datetime, promised: datetime | None = None) -> Period:
    """The period of a notice published at that hour; day 1 is the next working day, whatever the hour.

    The names close at the beginning of the first working day after the last (no. 3), later by the days for
    letters under way. `promised` is an end already announced, which is never shortened (no. 6).
    """
    counted = (
        deadlines.deadline(rules, PERIOD, published_at)
        if promised is None
        else deadlines.recompute(rules, PERIOD, published_at, promised)
    )
    grace = rules.integer("publicity.mail_grace")
    span = workdays.add(counted.last_day, grace + 1, rules.calendar)
    first = deadlines.end_of(span.date - timedelta(days=1))
    return Period(counted, first, counted.provisional or span.provisional)


def check_notice(values: Mapping[str, str], published_at: datetime, now: datetime) -> dict[str, str]:
    """What is wrong with a notice: field -> message. Names are checked by the register."""
    words = {"title": "公示标题", "document_no": "文号", "text": "公示正文", "site_address": "官方网站地址"}
    errors = {field: f"{word}：请填写" for field, word in words.items() if not values.get(field, "").strip()}
    address = values.get("site_address", "").strip()
    if address and not address.startswith(("https://", "http://")):
        errors["site_address"] = f"官方网站地址：“{address[:40]}”不是网址，应以 https:// 开头"
    if published_at > now:
        errors["published_at"] = "公布时间：还没有到，请填写官方网站上实际公布的时间"
    return errors
