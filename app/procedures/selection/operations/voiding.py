"""What ending a case by hand (作废, 撤销) does to the records of selection."""

from __future__ import annotations

from datetime import datetime

from app.core.actor import Actor
from app.core.errors import Conflict
from app.operations.voiding import Tidings, when_voided
from app.procedures.selection.service import panel


@when_voided("panel_selection")
def cancel_with_case(business_key: str, reason: str, actor: Actor, now: datetime) -> list[Tidings]:
    """The activity is cancelled by the same rules, and everybody who was invited is told."""
    told = panel.cancel(business_key, reason, actor=actor, now=now)
    return [Tidings(one.name, one.business_key, one.payload) for one in told]


@when_voided("invitation")
def refuse_voiding_invitation(business_key: str, reason: str, actor: Actor, now: datetime) -> None:
    """The panel counts on every invitation it has sent (第十九条)."""
    raise Conflict("邀请由评审活动统一管理，不能单独作废；专家不再符合条件的登记回避，不再举行的取消评审")


@when_voided("designation_approval")
def refuse_voiding_designation(business_key: str, reason: str, actor: Actor, now: datetime) -> None:
    """A designated seat is decided or lapses; only then does its place join the draw (第十九条（三）)."""
    raise Conflict("指定专家的审批不能单独作废；不同意的由分管领导办结，期满未批的名额转入抽取")
