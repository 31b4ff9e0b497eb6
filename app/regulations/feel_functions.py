"""What the regulation adds to expressions: deadlines, working days, parameters, and the clock of the step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from app.feel import Function, Parameter
from app.regulations import workdays
from app.regulations.deadlines import deadline
from app.regulations.rule_sets import RuleSet

_DATE = "date"
_MOMENT = "date and time"


def feel_functions(rules: RuleSet, now: datetime) -> Mapping[str, Function]:
    """The functions for expressions of one step: `rules` are the instance's, `now` is the step's moment.

    A wrong key raises `UnknownParameter` or `NotAPeriod`, a naive moment `ValueError`; the engine makes an
    incident of it.
    """

    def due(name: str, start: datetime) -> datetime:
        if start.tzinfo is None:
            raise ValueError(f"deadline({name}): the moment {start} has no time zone")
        return deadline(rules, name, start).due_at

    def after(day: date, count: Decimal) -> date:
        if count != int(count):
            raise ValueError(f"working days after: {count} is no whole number")
        return workdays.add(day, int(count), rules.calendar).date

    def value(name: str) -> Any:
        return _plain(rules[name].value)

    functions = (
        Function("deadline", (Parameter("name", "string"), Parameter("from", _MOMENT)), _MOMENT,
                 "按规则参数计算到期时刻，如 deadline(\"publicity.period\", 公布时间)", due),
        Function("working days after", (Parameter("date", _DATE), Parameter("n", "number")), _DATE,
                 "某日之后第 n 个工作日，当日不计", after),
        Function("now", (), _MOMENT, "这一步的时刻", lambda: now),
        Function("today", (), _DATE, "这一步的日期", now.date),
        Function("parameter", (Parameter("name", "string"),), "Any", "规则参数的值", value),
    )
    return {function.name: function for function in functions}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Mapping):
        return {key: list(items) for key, items in value.items()}
    return f"{value:%H:%M:%S}" if isinstance(value, time) else value
