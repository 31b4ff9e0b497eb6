"""An instance of one specification goes on by another, or is refused with reasons.

What was done must be the same in both but for words, people and forms; what is to come follows the new one. Instants of
timers, deadlines that were worked out, data and the state of multi-instance elements stay as they are. SpiffWorkflow's
own migration starts every open task anew: timers run again from now, typed data and the items of instances are lost.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.util.task import TaskState

from app.engine import markings
from app.engine.errors import EngineError, MigrationRefused
from app.engine.execution import Execution
from app.engine.spec_changes import (
    JOINS,
    Outline,
    differences,
    element_of,
    outline,
    same_but_for_time,
    words_of,
)
from app.engine.specs import PEOPLE, HumanTask
from app.engine.values import Host
from app.engine.workflow import LIVE

_PREDICTED = TaskState.PREDICTED_MASK | TaskState.FUTURE
_OPERATION = frozenset({"operation_name", "operation_params", "result_variable"})
_CHOICE = frozenset({"outputs", "cond_task_specs", "default_task_spec"})
_ONWARD = frozenset({"outputs"})


@dataclass(frozen=True)
class Migrated:
    """The instance as it goes on by the new specification; ``notes`` say what of the old one it keeps, in Chinese."""

    execution: Execution
    notes: tuple[str, ...]


def migrate(state: bytes, spec_hash: str, new_hash: str, host: Host, passed: Sequence[str]) -> Migrated:
    """Let a stored instance go on by another specification. Nothing is stored, so this is the dry run as well.

    ``passed`` are the ids of the elements it completed so far, in order, as its history tells them.
    Raises MigrationRefused; StateUnreadable for a state that is none.
    """
    before = Execution.load(spec_hash, state, host)
    old, new = outline(spec_hash, host.spec_text), outline(new_hash, host.spec_text)
    content = json.loads(zlib.decompress(state))
    check = _Check(old, new, list(_levels(content)), passed)
    reasons = list(check.reasons()) or list(check.stuck())
    if reasons:
        raise MigrationRefused(reasons)
    try:
        after = _moved(content, new_hash, host)
        notes = [*check.notes, *_reassigned(before, after)]
    except (EngineError, RecursionError, KeyError) as error:
        raise MigrationRefused([f"按新版本推算后续环节时出错：{error}"]) from error
    _probe(before, after, new_hash, host)
    return Migrated(after, tuple(dict.fromkeys(notes)))


@dataclass(frozen=True)
class _Level:
    """One running process or sub-process of an instance."""

    name: str
    tasks: Sequence[Mapping[str, Any]]


def _levels(content: Mapping[str, Any]) -> Iterator[_Level]:
    workflow = content["workflow"]
    yield _Level("", workflow["tasks"])
    for entry in workflow["subprocesses"]:
        yield _Level(entry["spec"], entry["tasks"])


# --- may it? ------------------------------------------------------------------------------------------------------


@dataclass
class _Check:
    """Holds what is stored and what was passed against both specifications."""

    old: Outline
    new: Outline
    levels: Sequence[_Level]
    passed: Sequence[str]
    notes: list[str] = field(default_factory=list)

    def reasons(self) -> Iterator[str]:
        """Why not; nothing if it may."""
        for level in self.levels:
            name = level.name or self.old.top
            if name not in self.new.levels or (not level.name and self.new.top != self.old.top):
                yield f"正在进行的子流程“{self.old.name(name)}”在新版本中已删去"
                continue
            for task in level.tasks:
                if not _is_prediction(task) and not self._is_of_the_past(level, name, task):
                    yield from self._task(name, task)
        yield from self._passed()

    def stuck(self) -> Iterator[str]:
        """Where tokens would stand for ever by the new version, as they stand now."""
        for level in self.levels:
            name = level.name or self.old.top
            if (element_id := markings.stuck_at(self.new, name, level.tasks)) is not None:
                yield f"按新版本继续办理，会停在“{self.new.name(element_id)}”走不下去（并行的分支对不上）"

    def _task(self, level: str, task: Mapping[str, Any]) -> Iterator[str]:
        name, state = task["task_spec"], task["state"]
        told = self.old.name(name)
        if name not in self.new.levels[level]:
            yield f"“{told}”{_standing(state)}，在新版本中已删去{'或换了边界事件' if name != element_of(name) else ''}"
            return
        changed = differences(self.old, self.new, level, name)
        if state & (LIVE | TaskState.ERROR):
            yield from self._live(level, name, state, changed)
        elif state == TaskState.COMPLETED and changed:
            yield f"“{told}”{_standing(state)}，在新版本中改了{words_of(changed)}"
        elif "typename" in changed:
            yield f"“{told}”在新版本中改了类型"

    def _is_of_the_past(self, level: _Level, name: str, task: Mapping[str, Any]) -> bool:
        """True for a completed element that no join looks at any more, and which will be done anew."""
        spec_name = task["task_spec"]
        if task["state"] != TaskState.COMPLETED or spec_name not in self.passed:
            return False
        specs, new_specs = self.old.levels[name], self.new.levels[name]
        below = [one["task_spec"] for one in level.tasks if one["parent"] == task["id"]]
        if any(specs[one]["typename"] in JOINS for one in (spec_name, *below)) or spec_name not in new_specs:
            return False
        return self._comes_again(name, spec_name, frozenset())

    def _live(self, level: str, name: str, state: int, changed: frozenset[str]) -> Iterator[str]:
        told, element_id = self.old.name(name), element_of(name)
        before, after = self.old.boundaries(level, element_id), self.new.boundaries(level, element_id)
        for boundary in sorted(after - before):
            yield f"“{told}”{_standing(state)}，新版本在它上面加了边界事件“{self.new.name(boundary)}”"
        for boundary in sorted(before - after):
            yield f"“{told}”{_standing(state)}，新版本去掉了它的边界事件“{self.old.name(boundary)}”"
        spec = self.old.levels[level][name]
        if "event_definition" in changed and same_but_for_time(
            spec["event_definition"], self.new.levels[level][name]["event_definition"]
        ):
            self.notes.append(f"“{told}”的计时已按原版本算定，届满时刻不变")
            changed -= {"event_definition"}
        hard = changed - _free(spec, state)
        if hard:
            yield f"“{told}”{_standing(state)}，在新版本中改了{words_of(hard)}"

    # --- what was passed and is compacted away ---

    def _passed(self) -> Iterator[str]:
        for element_id in dict.fromkeys(self.passed):
            for level, specs in self.old.levels.items():
                names = [name for name in (element_id, f"{element_id} [child]") if name in specs]
                reason = next(filter(None, (self._past(level, name) for name in names)), None)
                if reason is None:
                    continue
                if not self._comes_again(level, element_id, frozenset()):
                    yield reason
                self.notes.append(f"“{self.old.name(element_id)}”办过后又退到了它之前，再办时按新版本")

    def _past(self, level: str, name: str) -> str | None:
        if name not in self.new.levels.get(level, {}):
            return f"“{self.old.name(name)}”已办过，在新版本中已删去"
        changed = differences(self.old, self.new, level, name)
        return f"“{self.old.name(name)}”已办过，在新版本中改了{words_of(changed)}" if changed else None

    def _live_at(self, level: str) -> set[str]:
        return {
            element_of(task["task_spec"])
            for entry in self.levels
            if (entry.name or self.old.top) == level
            for task in entry.tasks
            if task["state"] & (LIVE | TaskState.ERROR)
        }

    def _comes_again(self, level: str, element_id: str, seen: frozenset[str]) -> bool:
        """True if the instance went back to before the element, so that it is done by the new version anyway."""
        live = self._live_at(level)
        if not live:
            places = self.old.runs_in.get(level, ())
            if level in seen or not places:
                return False
            return all(self._comes_again(outer, activity, seen | {level}) for outer, activity in places)
        if level not in self.new.levels or element_id not in self.new.levels[level]:
            return False
        return all(self._is_before(level, here, element_id) for here in live)

    def _is_before(self, level: str, here: str, element_id: str) -> bool:
        """True if a token there will be at the element yet: no way round it, or no way to it but through there."""
        if here == element_id:
            return True
        if element_id not in self._reached(level, here, without=None):
            return False
        ahead = self._reached(level, here, without=element_id)
        if all(self.new.onward(level, entry) for entry in ahead):
            return True
        return element_id not in self._reached(level, "Start", without=here)

    def _reached(self, level: str, here: str, without: str | None) -> set[str]:
        seen: set[str] = set()
        stack = [here]
        while stack:
            entry = stack.pop()
            if entry not in seen and entry != without:
                seen.add(entry)
                stack.extend(self.new.onward(level, entry))
        return seen


def _is_prediction(task: Mapping[str, Any]) -> bool:
    return bool(task["state"] & _PREDICTED) and not task["triggered"]


def _standing(state: int) -> str:
    if state & TaskState.ERROR:
        return "出错待处理"
    return "正在进行" if state & LIVE else "已办过"


def _free(spec: Mapping[str, Any], state: int) -> frozenset[str]:
    """The attributes of a live task that may change: they count only when it is done."""
    if state & TaskState.ERROR:
        return _ONWARD | _OPERATION
    if spec["typename"] in JOINS:
        return _CHOICE | {"inputs"}
    if spec["typename"] == "EventBasedGateway":
        return frozenset()
    return _ONWARD


# --- doing it -----------------------------------------------------------------------------------------------------


def _moved(content: dict[str, Any], new_hash: str, host: Host) -> Execution:
    """The state under the new specification: what was only predicted is predicted anew."""
    workflow = content["workflow"]
    for level in (workflow, *workflow["subprocesses"]):
        level["tasks"] = _without_predictions(level["tasks"])
    content["spec"] = new_hash
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    execution = Execution.load(new_hash, zlib.compress(text.encode()), host)
    for task in execution.workflow.tasks_in(LIVE | TaskState.ERROR):
        _predict(task)
    return execution


def _without_predictions(tasks: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    gone: set[str] = set()
    for task in tasks:  # parents first
        if task["parent"] in gone or _is_prediction(task):
            gone.add(task["id"])
    kept = [task for task in tasks if task["id"] not in gone]
    for task in kept:
        task["children"] = [child for child in task["children"] if child not in gone]
    return kept


def _predict(task: Any) -> None:
    """What may follow a live task. A failed one is retried, so that it needs its followers too."""
    state = task._state
    if state == TaskState.ERROR:
        task._state = TaskState.READY
    task.task_spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
    task._state = state


def _reassigned(before: Execution, after: Execution) -> Iterator[str]:
    """Work out anew whose open work is, where the diagram says it otherwise; a deadline that runs stays."""
    for task in after.workflow.tasks_in(TaskState.READY):
        old, new = before.workflow.find(task.id).task_spec, task.task_spec
        if not isinstance(new, HumanTask):
            continue
        for name in PEOPLE:
            if old.told(name) != new.told(name):
                task.internal_data.pop(name, None)
                new.work_out_people(task, name)
        yield from _due(task, old.told("dueDate"), new)


def _due(task: Any, before: str | None, spec: HumanTask) -> Iterator[str]:
    after = spec.told("dueDate")
    told = spec.bpmn_name or spec.bpmn_id
    if before == after:
        return
    if after is None:
        task.internal_data.pop("due_at", None)
        yield f"“{told}”在新版本中没有办理期限，期限取消"
    elif before is None:
        spec.work_out_due(task)
        yield f"“{told}”在新版本中有办理期限，自迁移时起算"
    else:
        yield f"“{told}”的办理期限已按原版本算定，不变"


def _probe(before: Execution, after: Execution, new_hash: str, host: Host) -> None:
    """Nothing may be lost on the way, and what is stored must come back the same."""
    state = after.dump()
    again = Execution.load(new_hash, state, host)
    if again.dump() != state or _waiting(again) != _waiting(after) or _waiting(after) != _waiting(before):
        raise MigrationRefused(["迁移后的状态与迁移前对不上（待办、计时或消息有出入）"])


def _waiting(execution: Execution) -> Any:
    tasks = {(task.id, task.item_key): execution.data(task.id) for task in execution.open_tasks()}
    timers = [(timer.task_id, timer.due_at) for timer in execution.timers()]
    messages = sorted((one.task_id, one.name) for one in execution.awaited())
    return tasks, sorted(timers), messages, sorted(one.task_id for one in execution.failures())
