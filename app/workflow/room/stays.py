"""How long cases stayed at elements, read from what the history says was entered and left: pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.workflow.states import Act, InstanceStatus

#: The element id under which whole cases are counted.
WHOLE_CASE = ""
#: Elements that do their work at once; they stay only after a failure, until somebody gets them to work.
_AT_ONCE = frozenset({"serviceTask", "sendTask", "businessRuleTask"})


@dataclass(frozen=True)
class Stay:
    """One stay of a case at an element; `due_at` and `period_from` only where a deadline was set.

    A stay that `lapsed` was ended by a deadline and not by whoever should have acted.
    """

    element_id: str
    entered_at: datetime
    left_at: datetime
    lapsed: bool = False
    due_at: datetime | None = None
    period_from: datetime | None = None


def stays(case: Any, history: Iterable[Any], tasks: Mapping[str, Any], after: int) -> Iterator[Stay]:
    """The stays of a case that ended by a step later than the history row `after`.

    `case` has status, started_at and ended_at; `history` are its rows so far, in their order, without those that
    were withdrawn; `tasks` are completed tasks by id. The end of the case itself is a stay, too.
    """
    waiting: dict[str, list[datetime]] = defaultdict(list)
    has_ended = False
    for row in history:
        is_new = row.id > after
        for element_id, _name, kind, outcome, _detail in row.passed or ():
            found = _left(row, element_id, kind, outcome, waiting, tasks)
            if found is not None and is_new:
                yield found
        if not has_ended and _ends(case, row):
            has_ended = True
            if is_new:
                yield Stay(WHOLE_CASE, case.started_at, row.at)


def _left(
    row: Any, element_id: str, kind: str, outcome: str, waiting: dict[str, list[datetime]], tasks: Mapping[str, Any]
) -> Stay | None:
    """The stay that one line of a step ends, if it ends any; keeps what is entered in `waiting`."""
    if kind == "sequenceFlow":
        return None
    if outcome == "entered" or (outcome == "failed" and kind in _AT_ONCE):
        waiting[element_id].append(row.at)
        return None
    since = waiting[element_id].pop(0) if waiting[element_id] else None
    if outcome == "completed":
        if since is None:
            return Stay(element_id, row.at, row.at) if kind in _AT_ONCE else None
        task = tasks.get(row.task_id) if row.act == Act.COMPLETE and row.element_id == element_id else None
        return _of_task(element_id, since, row.at, task)
    if outcome == "cancelled" and since is not None and row.act == Act.TIMER:
        return Stay(element_id, since, row.at, lapsed=True)
    return None


def _of_task(element_id: str, since: datetime, left_at: datetime, task: Any) -> Stay:
    if task is None or task.due_at is None or task.provisional:
        return Stay(element_id, since, left_at)
    return Stay(element_id, since, left_at, False, task.due_at, task.deadline_start or task.created_at)


def _ends(case: Any, row: Any) -> bool:
    """True for the first step at the moment of the end that reached an end event."""
    if case.status != InstanceStatus.COMPLETED or row.at != case.ended_at:
        return False
    return any(kind == "endEvent" and outcome == "completed" for _id, _name, kind, outcome, _ in row.passed or ())
