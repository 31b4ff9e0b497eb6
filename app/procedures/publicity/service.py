"""Publishing a batch, opening each name's period in its own case, and closing it (第十二条（三）、（四）)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core import audit
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.identity import permissions
from app.notices import outbox
from app.notices.outbox import Recipient
from app.procedures.publicity.models import BATCH_TRANSITIONS, BatchState, PublicityBatch, PublicityItem
from app.procedures.publicity.rules import Period, check_notice, period
from app.registers import numbers, proposed
from app.registers.models import ProposedExpert, ProposedState
from app.registers.states import check_transition
from app.regulations.rule_sets import RuleSet
from app.regulations.wording import date_words


@dataclass(frozen=True)
class Notice:
    """What the clerk writes, and where and when it stood on the bureau's official site (12(三) 官方网站)."""

    title: str
    document_no: str
    text: str
    site_address: str
    published_at: datetime


@dataclass(frozen=True)
class Opened:
    """One name's period: late from `ends_at`, appointed from `closes_at`."""

    batch_no: str
    published_at: datetime
    ends_at: datetime
    closes_at: datetime
    provisional: bool


@dataclass(frozen=True)
class Closed:
    """What stands in the way at the end: objections still open, and whether one was upheld already."""

    open_objections: int
    upheld: bool


def create_batch(
    application_nos: Sequence[str], notice: Notice, *, actor: Actor, now: datetime, rules: RuleSet
) -> PublicityBatch:
    """Publishes the ticked names all at once; the web then completes each one's task with the batch number.

    :raises Invalid: faults of the notice. :raises Conflict: a name is not waiting to be published.
    """
    if actor.kind != "system":
        permissions.require(actor, permissions.PUBLICITY_PUBLISH)
    errors = check_notice(vars(notice), notice.published_at, now)
    if not application_nos:
        errors["application_nos"] = "拟入库专家：请至少勾选一人"
    if errors:
        raise Invalid(errors)
    rows = [_waiting(number) for number in sorted(set(application_nos))]
    _refuse_backdating(rows, notice.published_at)
    counted = period(rules, notice.published_at)
    batch = _batch(notice, counted, actor=actor, now=now)
    batch.rule_set_code = rules.code
    for position, row in enumerate(sorted(rows, key=lambda row: (row.name, row.application_no)), start=1):
        batch.items.append(_item(row, position))
        row.batch_no = batch.number
    db.session.flush()
    audit.record(
        actor,
        "publicity.publish_batch",
        "batch",
        batch.number,
        after={
            "names": sorted(set(application_nos)),
            "published_at": batch.published_at.isoformat(),
            "ends_at": batch.ends_at.isoformat(),
            "site_address": batch.site_address,
        },
    )
    return batch


def _refuse_backdating(rows: Sequence[ProposedExpert], published_at: datetime) -> None:
    """Nobody can have been announced before being on the list: an earlier hour would cut the period short.

    :raises Invalid: names who was not on the list yet. Hours are typed to the minute.
    """
    too_late = [row for row in rows if row.listed_at.replace(second=0, microsecond=0) > published_at]
    if too_late:
        last = max(too_late, key=lambda row: row.listed_at)
        words = f"公布时间：早于{last.name}列入拟入库专家名单的时间（{last.listed_at:%Y-%m-%d %H:%M}），请核对"
        raise Invalid({"published_on": words})


def _waiting(number: str) -> ProposedExpert:
    row = proposed.locked(number)
    if row.state != ProposedState.LISTED or row.batch_no is not None:
        raise Conflict(f"{number} 目前是“{row.state.label}”，不能列入新的公示")
    return row


def _batch(notice: Notice, counted: Period, *, actor: Actor, now: datetime) -> PublicityBatch:
    batch = PublicityBatch(
        number=numbers.next_number(numbers.BATCH, notice.published_at.year),
        state=BatchState.PUBLISHED,
        title=notice.title.strip(),
        document_no=notice.document_no.strip(),
        text=notice.text.strip(),
        site_address=notice.site_address.strip(),
        published_at=notice.published_at,
        ends_at=counted.deadline.due_at,
        close_at=counted.close_at,
        provisional=counted.provisional,
        last_day=counted.deadline.last_day,
        created_by=actor.user_id,
        created_by_name=actor.name,
        created_at=now,
    )
    db.session.add(batch)
    return batch


def _item(row: ProposedExpert, position: int) -> PublicityItem:
    return PublicityItem(
        application_no=row.application_no,
        position=position,
        name=row.name,
        unit_name=row.unit_name,
        title=row.title,
        directions=list(row.directions),
    )


def open_period(application_no: str, batch_no: str, *, actor: Actor, now: datetime) -> Opened:
    """Opens the period of one name of a published batch, and tells the candidate.

    :raises NotFound: no such batch, or the name does not stand in it.
    """
    item, batch = _item_of(application_no, batch_no)
    row = proposed.locked(application_no)
    item.opened_at = now
    proposed.publish(row, batch.number, batch.published_at, batch.ends_at, actor=actor)
    outbox.send(
        "publicity_started",
        Recipient(None, row.name, row.phone, row.email),
        {
            "name": row.name,
            "number": application_no,
            "batch": batch.number,
            "site_address": batch.site_address,
            "last_day": date_words(batch.last_day, now.date()),
        },
        subject_type="application",
        subject_id=application_no,
        now=now,
        actor=actor,
    )
    return Opened(batch.number, batch.published_at, batch.ends_at, batch.close_at, batch.provisional)


def _item_of(application_no: str, batch_no: str) -> tuple[PublicityItem, PublicityBatch]:
    item = db.session.get(PublicityItem, application_no)
    batch = db.session.get(PublicityBatch, batch_no)
    if batch is None:
        raise NotFound(f"没有公示批次 {batch_no}")
    if item is None or item.batch_no != batch_no:
        raise NotFound(f"{application_no} 不在公示批次 {batch_no} 中")
    return item, batch


def close_period(application_no: str, batch_no: str, rules: RuleSet, *, actor: Actor, now: datetime) -> Closed:
    """Ends the period of one name; others of the batch are not touched.

    :raises Conflict: the end is not reached, or rests on days that are not official yet.
    """
    item, batch = _item_of(application_no, batch_no)
    row = proposed.locked(application_no)
    counted = period(rules, batch.published_at, batch.ends_at)
    if counted.provisional or now < counted.close_at:
        raise Conflict(f"公示期暂定或者未满，{counted.close_at:%Y-%m-%d %H:%M} 以后再办结")
    item.closed_at = now
    proposed.close_period(row, actor=actor, now=now)
    audit.record(
        actor,
        "publicity.close_period",
        "application",
        application_no,
        after={"open_objections": row.open_objections, "upheld": row.upheld_objections},
        note=batch_no,
    )
    _close_batch(batch, actor=actor)
    return Closed(row.open_objections, row.upheld_objections > 0)


def _close_batch(batch: PublicityBatch, *, actor: Actor) -> None:
    if batch.state == BatchState.CLOSED or any(item.closed_at is None for item in batch.items):
        return
    check_transition(BATCH_TRANSITIONS, batch.state, BatchState.CLOSED, f"公示批次 {batch.number}")
    batch.state = BatchState.CLOSED
    audit.record(actor, "publicity.close_batch", "batch", batch.number, after={"state": batch.state.value})
