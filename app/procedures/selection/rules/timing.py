"""When a review may be drawn for: never too late to answer and leave, preferably in the window (domain.md no. 45)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.procedures.selection.rules.conditions import Finding
from app.regulations import workdays
from app.regulations.rule_sets import RuleSet

_WHERE = "starts_at"


def check_times(starts_at: datetime, now: datetime, rules: RuleSet) -> tuple[Finding, ...]:
    """What speaks against drawing now for a review that starts then."""
    return tuple(_found(starts_at, now, rules))


def _found(starts_at: datetime, now: datetime, rules: RuleSet) -> Iterator[Finding]:
    stop = rules.integer("selection.hard_stop")
    if starts_at <= now:
        yield Finding("TIME_PAST", "bad", "评审时间：须晚于现在", "第十六条", _WHERE)
        return
    if starts_at - now < timedelta(hours=stop):
        message = f"评审时间：距开始不足 {stop} 小时，来不及答复、确认和请假，请改期"
        yield Finding("TIME_STOP", "bad", message, "第十九条（五）、第二十条", _WHERE)
        return
    if not workdays.is_workday(starts_at.date(), rules.calendar):
        yield Finding("TIME_REST", "warn", "评审时间是休息日", "第十九条", _WHERE)
    yield _window(starts_at, now, rules)


def _window(starts_at: datetime, now: datetime, rules: RuleSet) -> Finding:
    ahead = workdays.between(now.date(), starts_at.date(), rules.calendar)
    earliest, latest = rules.integer("selection.draw_earliest"), rules.integer("selection.draw_latest")
    article = "第十九条（二）"
    if ahead > earliest:
        message = f"距评审还有 {ahead} 个工作日，早于 {earliest} 个工作日抽取不利于保密"
        return Finding("TIME_EARLY", "warn", message, article, _WHERE)
    if ahead < latest:
        message = f"距评审不足 {latest} 个工作日，可能来不及补充专家"
        return Finding("TIME_LATE", "warn", message, article, _WHERE)
    return Finding("TIME", "ok", f"评审前 {ahead} 个工作日抽取", article, _WHERE)
