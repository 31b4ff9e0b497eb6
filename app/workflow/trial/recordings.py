"""Finished cases as history keeps them: what came from outside at each step, and which way the case went by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.core.database import db
from app.workflow import recording
from app.workflow.models import HistoryEntry, Instance
from app.workflow.recording import Answer
from app.workflow.states import Act, InstanceStatus

#: Acts that move a token; claims, remarks and the like do not matter for a replay.
MOVING = frozenset(
    {Act.START, Act.COMPLETE, Act.RETURN, Act.MESSAGE, Act.TIMER, Act.RETRY, Act.SKIP, Act.RESCHEDULE, Act.SIGN,
     Act.REMOVE_SIGNER, Act.SUSPEND, Act.RESUME}
)


@dataclass(frozen=True)
class Heard:
    """One step of a case: what was done, when, with what, what operations answered, and what was passed by it."""

    act: Act
    at: datetime
    words: str
    element_id: str
    item: str | None
    message: str | None
    start: Mapping[str, Any] | None
    values: Mapping[str, Any]
    answers: tuple[Answer, ...]
    put_off: tuple[tuple[str, datetime], ...]
    passed: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class Case:
    """A finished case. `fault` says why it cannot be replayed, if it cannot."""

    id: int
    business_key: str
    title: str
    rule_set_id: int
    steps: tuple[Heard, ...]
    fault: str | None


def finished(definition_id: int, before: int | None, limit: int) -> list[Case]:
    """The next finished cases of a version, the newest first, older than case `before`."""
    where = [Instance.definition_id == definition_id, Instance.status == InstanceStatus.COMPLETED]
    if before is not None:
        where.append(Instance.id < before)
    columns = (Instance.id, Instance.business_key, Instance.title, Instance.rule_set_id)
    rows = db.session.execute(sa.select(*columns).where(*where).order_by(Instance.id.desc()).limit(limit)).all()
    history = _history([row.id for row in rows])
    return [_case(row, history.get(row.id, [])) for row in rows]


def count(definition_id: int) -> int:
    """How many finished cases a version has."""
    where = (Instance.definition_id == definition_id, Instance.status == InstanceStatus.COMPLETED)
    return db.session.scalar(sa.select(sa.func.count()).select_from(Instance).where(*where)) or 0


def _history(ids: list[int]) -> dict[int, list[HistoryEntry]]:
    statement = sa.select(HistoryEntry).where(HistoryEntry.instance_id.in_(ids)).order_by(HistoryEntry.id)
    found: dict[int, list[HistoryEntry]] = {}
    for entry in db.session.scalars(statement):
        found.setdefault(entry.instance_id, []).append(entry)
    return found


def _case(row: Any, history: list[HistoryEntry]) -> Case:
    voided = {entry.voids for entry in history if entry.voids is not None}
    moving = [entry for entry in history if entry.act in MOVING and entry.passed is not None]
    standing = [entry for entry in moving if entry.id not in voided]
    steps = tuple(_heard(entry) for entry in _with_what_was_held(standing, history))
    return Case(row.id, row.business_key, row.title, row.rule_set_id, steps, _fault(steps, history))


def _with_what_was_held(
    standing: Iterable[HistoryEntry], history: list[HistoryEntry]
) -> Iterator[tuple[HistoryEntry, HistoryEntry]]:
    """Each step with the entry that holds its values: a signature completes what the holder had submitted before."""
    for entry in standing:
        source = entry
        if entry.act in (Act.SIGN, Act.REMOVE_SIGNER):
            earlier = [one for one in history if one.act == Act.SUBMIT and one.task_id == entry.task_id]
            source = next((one for one in reversed(earlier) if one.id < entry.id), entry)
        yield entry, source


def _heard(pair: tuple[HistoryEntry, HistoryEntry]) -> Heard:
    entry, source = pair
    heard = entry.heard or {}
    return Heard(
        act=Act.COMPLETE if source is not entry else Act(entry.act), at=entry.at, words=entry.words,
        element_id=entry.element_id or "", item=heard.get(recording.ITEM), message=heard.get(recording.MESSAGE),
        start=heard.get(recording.START), values=source.values or {},
        answers=tuple(recording.answers_of(entry.heard)), put_off=tuple(recording.put_off_of(entry.heard)),
        passed=tuple((one[0], one[1], one[2], one[3]) for one in entry.passed or ()),
    )


def _fault(steps: tuple[Heard, ...], history: list[HistoryEntry]) -> str | None:
    if not steps or steps[0].act != Act.START or steps[0].start is None:
        return "开始办理时还没有记录重放所需的内容"
    if any(step.act == Act.MESSAGE and step.message is None for step in steps):
        return "有一条消息没有记录名称"
    if any(entry.act in _BY_HAND for entry in history):
        return "办理中由流程管理员移动过环节或迁移过版本"
    return None


#: Acts by which a process owner moved the case himself; they are no way through a diagram.
_BY_HAND = frozenset({"move", "migrate", "migrate_back"})
