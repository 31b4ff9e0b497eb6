"""Changing a parameter: a dated value is proposed by one person and approved by another.

An approved change makes a rule set of its own from its day on; cases that have begun keep the set they are pinned to
(旧案旧办). A value other than the article's needs a document number and the bureau's leader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.regulations import succession
from app.regulations.bounds import fault_of, legal_note, off_the_text
from app.regulations.errors import NoRuleSetInForce
from app.regulations.models import ParameterChangeRow
from app.regulations.parameters import parameter
from app.regulations.reasons import MAX_REASON, given_reason
from app.regulations.rule_sets import ParameterValue, RuleSet, plain_value, read_value
from app.regulations.store import rule_set_for

#: Who proposes, and who approves (the permissions rules.edit and rules.approve; identity lies above this package).
EDITING_ROLE = "process_owner"
APPROVING_ROLES = ("process_owner", "bureau_leader")
LEADING_ROLE = "bureau_leader"
#: A day so far ahead is a slip of the pen.
LATEST = timedelta(days=3 * 366)
MAX_DOCUMENT = 80


@dataclass(frozen=True)
class Proposal:
    """What somebody wants: `value` is plain JSON, or a text that could not be read as one."""

    key: str
    value: Any
    valid_from: date | None
    document_number: str
    reason: str


@dataclass(frozen=True)
class Change:
    """A proposed or decided change, with its values in words."""

    row: ParameterChangeRow
    value: ParameterValue
    base: ParameterValue

    @property
    def is_open(self) -> bool:
        return self.row.status == "proposed"


def propose(wanted: Proposal, actor: Actor, now: datetime) -> int:
    """Enters a change, without effect until somebody else approves it; returns its id.

    :raises NotAllowed: the actor keeps no parameters. :raises Invalid: value, day, document number or reason.
    """
    if not actor.has(EDITING_ROLE):
        raise NotAllowed("只有流程管理员可以提出修改参数")
    parameter(wanted.key)
    faults = _faults(wanted, now.date())
    if faults or wanted.valid_from is None:
        raise Invalid(faults)
    base = rule_set_for(wanted.valid_from)
    row = ParameterChangeRow(
        key=wanted.key,
        value=wanted.value,
        base_value=plain_value(base[wanted.key]),
        valid_from=wanted.valid_from,
        document_number=wanted.document_number.strip(),
        reason=wanted.reason.strip(),
        off_text=off_the_text(wanted.key, wanted.value),
        status="proposed",
        proposed_by=actor.user_id,
        proposed_by_name=actor.name,
        proposed_at=now,
    )
    _refuse_misfits(row, base, now.date())
    db.session.add(row)
    db.session.flush()
    after = {"value": row.value, "from": str(row.valid_from), "document": row.document_number}
    audit.record(
        actor, "regulations.propose_parameter", "parameter", row.key,
        before={"value": row.base_value}, after={"change": row.id, **after}, reason=row.reason,
    )
    return row.id


def _faults(wanted: Proposal, today: date) -> dict[str, str]:
    faults = {}
    fault = fault_of(wanted.key, wanted.value)
    if fault:
        faults["value"] = fault
    day_fault = _day_fault(wanted.valid_from, today)
    if day_fault:
        faults["valid_from"] = day_fault
    if not fault and not day_fault and wanted.valid_from is not None:
        present = rule_set_for(wanted.valid_from)[wanted.key]
        if plain_value(present) == wanted.value:
            faults["value"] = f"{present.label}：那一天本来就是{present.words}，没有改动"
    return {**faults, **_paper_faults(wanted, None if fault else legal_note(wanted.key, wanted.value))}


def _paper_faults(wanted: Proposal, departs: str | None) -> dict[str, str]:
    faults, number, reason = {}, wanted.document_number.strip(), wanted.reason.strip()
    if departs and not number:
        faults["document_number"] = f"写明文号：{departs}"
    if len(number) > MAX_DOCUMENT:
        faults["document_number"] = f"文号请缩短到 {MAX_DOCUMENT} 字以内"
    if not reason:
        faults["reason"] = "写明修改的理由"
    elif len(reason) > MAX_REASON:
        faults["reason"] = f"理由有 {len(reason)} 字，请缩短到 {MAX_REASON} 字以内"
    return faults


def _day_fault(day: date | None, today: date) -> str | None:
    if day is None:
        return "施行日：请填写日期"
    if day <= today:
        earliest = today + timedelta(days=1)
        return f"施行日：最早从明天（{earliest.month}月{earliest.day}日）起，已经开始的一天按原来的值办理"
    if day > today + LATEST:
        return f"施行日：{day} 太远，请核对年份"
    try:
        found = rule_set_for(day)
    except NoRuleSetInForce:
        return f"施行日：{day} 没有有效的管理办法，先登记沿用决定或录入新规则"
    if found.valid_from == day and succession.text_of(found.code) == found.code:
        return f"施行日：{day} 是{found.name}施行的第一天，修改最早从次日起"
    return None


def _refuse_misfits(row: ParameterChangeRow, base: RuleSet, today: date) -> None:
    text = succession.text_of(base.code)
    message = succession.first_misfit(succession.planned(text, today, also=row), row.key)
    if message:
        raise Invalid({"value": message})


def approve(change_id: int, actor: Actor, now: datetime) -> RuleSet | None:
    """Puts a proposed change into force from its day on; gives the set that this day has from then, once committed.

    :raises NotFound, NotAllowed: it is not there, is the actor's own, or needs the bureau's leader.
    :raises Conflict: decided already, its day has come, or the value has been changed by somebody else meanwhile.
    """
    row = _decidable(change_id, actor)
    if row.off_text and not actor.has(LEADING_ROLE):
        raise NotAllowed("与办法原文不同的值须由局领导审批")
    fault = _day_fault(row.valid_from, now.date())
    if fault:
        raise Conflict(f"{fault}。请不同意这份修改，改日期后重新提出")
    base = rule_set_for(row.valid_from)
    text = succession.text_of(base.code)
    succession.lock_text(text)
    _refuse_overtaken(row, text, now.date())
    row.status, row.amends = "approved", text
    _decided(row, actor, now, "")
    db.session.flush()
    succession.rebuild(text, now.date())
    audit.record(
        actor, "regulations.approve_parameter", "parameter", row.key,
        before={"value": row.base_value},
        after={"change": row.id, "value": row.value, "from": str(row.valid_from), "document": row.document_number},
        reason=row.reason,
    )
    return base


def _refuse_overtaken(row: ParameterChangeRow, text: str, today: date) -> None:
    """The value of the day must still be what the proposer saw, and nobody else may have set it for this day."""
    same = [one for one in _approved(row.key) if one.valid_from == row.valid_from and one.amends == text]
    declared = parameter(row.key)
    if same:
        words = read_value(row.key, same[0].value).words
        by = same[0].proposed_by_name
        raise Conflict(f"{row.valid_from} 起的{declared.label}已由{by}的修改定为{words}；先撤回那份修改")
    sets = [one for one in succession.planned(text, today) if one.begins <= row.valid_from]
    present = sets[-1].values[row.key] if sets else succession.present_value(text, today, row.key)
    if present != row.base_value:
        words = read_value(row.key, present).words
        raise Conflict(f"{declared.label}在提出之后已改为{words}，请不同意这份修改，按新的值重新提出")
    message = succession.first_misfit(succession.planned(text, today, also=row), row.key)
    if message:
        raise Conflict(message)


def refuse(change_id: int, actor: Actor, reason: str, now: datetime) -> None:
    """Turns a proposed change down.

    :raises NotFound, NotAllowed, Conflict: as `approve`. :raises Invalid: no reason.
    """
    row = _decidable(change_id, actor)
    row.status = "refused"
    _decided(row, actor, now, given_reason(reason, "不同意"))
    audit.record(
        actor, "regulations.refuse_parameter", "parameter", row.key, after={"change": row.id}, reason=reason.strip()
    )


def withdraw(change_id: int, actor: Actor, reason: str, now: datetime) -> None:
    """Takes a change back: a proposed one by an owner, an approved one by an approver, before its day.

    :raises NotAllowed: another one's business. :raises Conflict: its day has come. :raises Invalid: no reason.
    """
    row = _locked(change_id)
    if row.status not in ("proposed", "approved"):
        raise Conflict("这份修改已经不同意或者撤回过了")
    was_approved = row.status == "approved"
    if not actor.has(*(APPROVING_ROLES if was_approved else (EDITING_ROLE,))):
        raise NotAllowed("您的角色不能撤回参数的修改")
    if was_approved and row.off_text and not actor.has(LEADING_ROLE):
        raise NotAllowed("局领导批准的修改由局领导撤回")
    if was_approved and row.valid_from <= now.date():
        raise Conflict(f"这份修改已从 {row.valid_from} 起施行，不能撤回；需要改回来的，另行提出修改")
    row.decision_note = given_reason(reason, "撤回")
    row.status = "withdrawn"
    if row.decided_at is None:
        _decided(row, actor, now, row.decision_note)
    db.session.flush()
    if was_approved and row.amends is not None:
        succession.lock_text(row.amends)
        succession.rebuild(row.amends, now.date())
    audit.record(
        actor, "regulations.withdraw_parameter", "parameter", row.key,
        before={"approved": was_approved}, after={"change": row.id}, reason=reason.strip(),
    )


def _locked(change_id: int) -> ParameterChangeRow:
    row = db.session.get(ParameterChangeRow, change_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound("没有这份参数修改")
    return row


def _decidable(change_id: int, actor: Actor) -> ParameterChangeRow:
    if not actor.has(*APPROVING_ROLES):
        raise NotAllowed("只有流程管理员和局领导可以审批参数")
    row = _locked(change_id)
    if row.status != "proposed":
        raise Conflict("这份修改已经有人处理过了")
    if row.proposed_by == actor.user_id:
        raise NotAllowed("参数的修改须由提出人以外的人审批")
    return row


def _decided(row: ParameterChangeRow, actor: Actor, now: datetime, note: str) -> None:
    row.decided_by, row.decided_by_name, row.decided_at = actor.user_id, actor.name, now
    row.decision_note = note or None


def _approved(key: str) -> Sequence[ParameterChangeRow]:
    mine = (ParameterChangeRow.key == key, ParameterChangeRow.status == "approved")
    return db.session.scalars(sa.select(ParameterChangeRow).where(*mine)).all()


def change(change_id: int) -> Change:
    """One change. :raises NotFound:"""
    row = db.session.get(ParameterChangeRow, change_id)
    if row is None:
        raise NotFound("没有这份参数修改")
    return _change(row)


def changes_of(key: str) -> list[Change]:
    """All changes of one parameter, the latest first."""
    statement = sa.select(ParameterChangeRow).where(ParameterChangeRow.key == key)
    return [_change(row) for row in db.session.scalars(statement.order_by(ParameterChangeRow.id.desc()))]


def waiting() -> list[Change]:
    """What waits for a second person, the earliest day first."""
    statement = sa.select(ParameterChangeRow).where(ParameterChangeRow.status == "proposed")
    order = (ParameterChangeRow.valid_from, ParameterChangeRow.id)
    return [_change(row) for row in db.session.scalars(statement.order_by(*order))]


def coming(today: date) -> list[Change]:
    """Approved changes whose day has not come, the earliest first."""
    mine = (ParameterChangeRow.status == "approved", ParameterChangeRow.valid_from > today)
    order = (ParameterChangeRow.valid_from, ParameterChangeRow.id)
    return [_change(row) for row in db.session.scalars(sa.select(ParameterChangeRow).where(*mine).order_by(*order))]


def _change(row: ParameterChangeRow) -> Change:
    return Change(row, read_value(row.key, row.value), read_value(row.key, row.base_value))
