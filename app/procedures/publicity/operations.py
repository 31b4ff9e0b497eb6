"""What the diagram of the entry process may call about publicity."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.operations import OperationContext, operation
from app.procedures.publicity import service

SETTLED = "objections_settled"


@dataclass(frozen=True)
class BatchChosen:
    """The batch in which the clerk published the name."""

    batch_no: str = field(metadata={"label": "公示批次号"})


@dataclass(frozen=True)
class PeriodOpened:
    """Published when, objections late from `ends_at`, names free from `closes_at`; provisional: 暂定."""

    batch_no: str
    published_at: datetime
    ends_at: datetime
    closes_at: datetime
    provisional: bool


@operation("publicity.open_period", label="开始公示")
def open_period(inputs: BatchChosen, context: OperationContext) -> PeriodOpened:
    """按官方网站公布的时间起算公示期，公布当日不计，并告知本人。"""
    opened = service.open_period(
        context.business_key, inputs.batch_no, actor=context.actor, now=context.now
    )
    return PeriodOpened(opened.batch_no, opened.published_at, opened.ends_at, opened.closes_at, opened.provisional)


@dataclass(frozen=True)
class PeriodClosed:
    """How many objections hold the name; `upheld` if one was upheld before the period ended."""

    open_objections: int
    upheld: bool


@operation("publicity.close_period", label="公示期满")
def close_period(inputs: BatchChosen, context: OperationContext) -> PeriodClosed:
    """公示期满，清点未决异议；只影响本人，不影响同批其他人。

    An objection upheld before the end holds the name like an open one; the word that settles it is sent at once.
    """
    closed = service.close_period(
        context.business_key, inputs.batch_no, context.rules, actor=context.actor, now=context.now
    )
    if closed.upheld and not closed.open_objections:
        payload = {"upheld": True, "reasons": "公示期内的异议经核实成立，理由见异议处理决定书"}
        context.send_message(SETTLED, context.business_key, payload)
        return PeriodClosed(1, True)
    return PeriodClosed(closed.open_objections, closed.upheld)
