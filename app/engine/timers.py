"""Timers whose expressions are FEEL and whose only clock is the host's.

SpiffWorkflow keeps the computed instant in the task's ``event_value`` as ISO text (a context for cycles), and so do we.
A timer fires at its instant, not after it, so that a job that takes rows with ``due_at <= now`` always finds it due.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
    TimerEventDefinition,
)
from SpiffWorkflow.util.task import TaskState

from app.engine.errors import TaskNotOpen
from app.engine.expressions import aware, failed

_CYCLE = re.compile(r"R(\d*)/(.+)")


class _InstantTimer:
    """What a date and a duration have in common: one instant, computed once when the token arrives."""

    expression: str

    def has_fired(self, task: Any) -> bool:
        """Whether the instant has come; computes it at the first call."""
        engine = task.workflow.script_engine
        stored = task.internal_data.get("event_value")
        if stored is None:
            stored = engine.instant(task, self.expression).isoformat()
            task.internal_data["event_value"] = stored
        if aware(stored) <= engine.now():
            task.internal_data["event_fired"] = True
        return bool(task.internal_data.get("event_fired", False))


class DateTimer(_InstantTimer, TimeDateEventDefinition):
    """``timeDate``: a FEEL date or date and time."""


class DurationTimer(_InstantTimer, DurationTimerEventDefinition):
    """``timeDuration``: a FEEL duration, counted from the arrival of the token."""


class CycleTimer(CycleTimerEventDefinition):
    """``timeCycle``: FEEL text such as ``"R3/PT1H"``, or ``"R/2026-03-02T09:00:00+08:00/P1D"``."""

    def has_fired(self, task: Any) -> bool:
        """True once all rounds have run."""
        return bool(task.internal_data.get("event_fired", False))

    def cycle_complete(self, task: Any) -> bool:
        """Whether a round is due; counts it off."""
        engine = task.workflow.script_engine
        state = task.internal_data.get("event_value")
        if state is None:
            state = self._first(task, engine)
            task.internal_data["event_value"] = state
        if state["cycles"] == 0:
            task.internal_data["event_fired"] = True
            return False
        due = datetime.fromisoformat(state["next"])
        if due > engine.now():
            return False
        state["next"] = (due + timedelta(seconds=state["duration"])).isoformat()
        state["cycles"] -= 1
        return True

    def _first(self, task: Any, engine: Any) -> dict[str, Any]:
        text = engine.evaluate(task, self.expression)
        match = _CYCLE.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise failed(task, self.expression, f"循环定时“{self.expression}”应得出如 R3/PT1H 的文字")
        count, rest = match.groups()
        start_text, _, duration_text = rest.rpartition("/")
        try:
            start = aware(start_text) if start_text else None
            parsed = TimerEventDefinition.parse_iso_duration(duration_text)
            span = TimerEventDefinition.get_timedelta_from_start(parsed, start or engine.now())
        except Exception as error:
            raise failed(task, self.expression, f"循环定时“{text}”写法不对") from error
        if span <= timedelta(0):
            raise failed(task, self.expression, f"循环定时“{text}”的间隔应大于零")
        first = start or engine.now() + span
        return {
            "cycles": int(count) if count else -1,
            "next": first.isoformat(),
            "duration": span.total_seconds(),
        }


def due_at(task: Any) -> datetime | None:
    """The instant a waiting task fires by time, or None if it waits for no timer."""
    stored = task.internal_data.get("event_value")
    if isinstance(stored, dict):
        stored = stored["next"] if stored["cycles"] != 0 else None
    return aware(stored) if isinstance(stored, str) else None


def postpone(task: Any, moment: datetime) -> None:
    """Set the instant at which a waiting task fires next by time. Raises TaskNotOpen if it waits for none."""
    if task.state != TaskState.WAITING or due_at(task) is None:
        raise TaskNotOpen(str(task.id))
    stored = task.internal_data["event_value"]
    if isinstance(stored, dict):
        stored["next"] = moment.isoformat()
    else:
        task.internal_data["event_value"] = moment.isoformat()
