"""Stays read from the history: entered and left, failed and mended, lapsed, and the whole case."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from app.core import clock
from app.workflow.room.stays import WHOLE_CASE, Stay, stays

BEGIN = datetime(2026, 3, 2, 9, tzinfo=clock.ZONE)
HOUR = timedelta(hours=1)


def _at(hours: float) -> datetime:
    return BEGIN + hours * HOUR


def _row(row_id: int, hours: float, act: str, *passed: tuple[str, str, str], task: tuple[str, str] = ("", "")) -> Any:
    lines = [[element, element, kind, outcome, {}] for element, kind, outcome in passed]
    return SimpleNamespace(id=row_id, at=_at(hours), act=act, task_id=task[0], element_id=task[1], passed=lines)


def _case(ended: float | None = None) -> Any:
    return SimpleNamespace(
        status="completed" if ended is not None else "running", started_at=BEGIN,
        ended_at=_at(ended) if ended is not None else None,
    )


def _stays(case: Any, rows: list[Any], tasks: dict[str, Any] | None = None, after: int = 0) -> list[Stay]:
    return list(stays(case, rows, tasks or {}, after))


WORK = ("work", "userTask")


def test_a_task_is_stayed_at_from_its_opening_to_its_completion() -> None:
    rows = [_row(1, 0, "start", (*WORK, "entered")), _row(2, 3, "complete", (*WORK, "completed"))]
    assert _stays(_case(), rows) == [Stay("work", _at(0), _at(3))]


def test_what_was_counted_before_is_not_told_again_but_its_openings_are_known() -> None:
    rows = [
        _row(1, 0, "start", (*WORK, "entered")),
        _row(2, 1, "complete", (*WORK, "completed"), ("wait", "receiveTask", "entered")),
        _row(3, 5, "message", ("wait", "receiveTask", "completed")),
    ]
    assert _stays(_case(), rows, after=2) == [Stay("wait", _at(1), _at(5))]


def test_copies_of_one_task_are_paired_in_their_order() -> None:
    rows = [
        _row(1, 0, "start", (*WORK, "entered"), (*WORK, "entered")),
        _row(2, 1, "complete", (*WORK, "completed")),
        _row(3, 4, "complete", (*WORK, "completed")),
    ]
    assert [one.left_at - one.entered_at for one in _stays(_case(), rows)] == [HOUR, 4 * HOUR]


def test_a_completed_task_tells_its_deadline_unless_it_was_provisional() -> None:
    rows = [_row(1, 0, "start", (*WORK, "entered")),
            _row(2, 3, "complete", (*WORK, "completed"), task=("t", "work"))]
    task = SimpleNamespace(due_at=_at(2), deadline_start=None, created_at=_at(0), provisional=False)
    assert _stays(_case(), rows, {"t": task}) == [Stay("work", _at(0), _at(3), False, _at(2), _at(0))]
    task.provisional = True
    assert _stays(_case(), rows, {"t": task}) == [Stay("work", _at(0), _at(3))]


def test_what_a_deadline_took_away_lapsed_and_what_a_person_cancelled_is_no_stay() -> None:
    rows = [_row(1, 0, "start", (*WORK, "entered")), _row(2, 8, "timer", (*WORK, "cancelled"))]
    assert _stays(_case(), rows) == [Stay("work", _at(0), _at(8), lapsed=True)]
    rows[1].act = "return"
    assert _stays(_case(), rows) == []


def test_an_operation_takes_no_time_unless_it_failed_first() -> None:
    call = ("register", "serviceTask")
    rows = [_row(1, 0, "start", (*call, "completed")), _row(2, 1, "timer", (*call, "failed")),
            _row(3, 6, "retry", (*call, "completed"))]
    assert _stays(_case(), rows) == [Stay("register", _at(0), _at(0)), Stay("register", _at(1), _at(6))]


def test_flows_and_gateways_are_not_stayed_at() -> None:
    rows = [_row(1, 0, "start", ("f1", "sequenceFlow", "taken"), ("g", "exclusiveGateway", "completed"))]
    assert _stays(_case(), rows) == []


def test_a_case_that_came_to_its_end_is_told_once() -> None:
    end = ("done", "endEvent", "completed")
    rows = [_row(1, 0, "start"), _row(2, 7, "complete", end), _row(3, 7, "complete", end), _row(4, 9, "comment")]
    assert _stays(_case(ended=7), rows) == [Stay(WHOLE_CASE, _at(0), _at(7))]
    assert _stays(_case(ended=7), rows, after=2) == []
    assert _stays(_case(), rows) == []
