"""A finished case run again on another version: the same inputs at the same moments, the same answers of operations.

What is compared is the elements passed in each step; gateways and the ids of flows are no way of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.engine import EngineError, Execution
from app.feel import FeelError
from app.operations import OperationError, catalogue
from app.regulations import RuleSet
from app.workflow.recording import Answer
from app.workflow.states import Act
from app.workflow.trial.recordings import Case, Heard
from app.workflow.trial.subject import Subject, SubjectHost


class Way(StrEnum):
    """What became of a case on the other version."""

    SAME = "same"
    LONGER = "longer"
    LATER = "later"
    ASKS = "asks"
    OTHER = "other"
    STUCK = "stuck"
    UNRECORDED = "unrecorded"


WAY_WORDS: Mapping[Way, str] = {
    Way.SAME: "走法相同",
    Way.LONGER: "多经过自动环节",
    Way.LATER: "走法相同，期限不同",
    Way.ASKS: "多出一步",
    Way.OTHER: "走了别的路",
    Way.STUCK: "走不下去",
    Way.UNRECORDED: "不能重放",
}


@dataclass(frozen=True)
class Verdict:
    """How a replay went: at which step it parted from the case, after which element, and the ways then."""

    way: Way
    step: str = ""
    after: str = ""
    old: str = ""
    new: str = ""

    def as_json(self) -> dict[str, str]:
        """The verdict as it is stored."""
        return {"way": self.way, "step": self.step, "after": self.after, "old": self.old, "new": self.new}


class NoAnswer(OperationError):
    """An operation was asked that the case never asked, or not so often."""

    def __init__(self, operation: str) -> None:
        entry = catalogue.get(operation)
        label = entry.label if entry is not None else operation
        super().__init__("no_recording", f"操作“{label}”的结果原来没有记录")


@dataclass
class ReplayHost(SubjectHost):
    """Stands where the workflow layer stood: the recorded clock, the recorded answers."""

    #: Answers not given yet: (number of the step, answer), in order, by operation.
    answers: dict[str, list[tuple[int, Answer]]] = field(default_factory=dict)
    number: int = 0
    missing: str | None = None

    def call_operation(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Answers as the real operation did: of this step, else of a later one, else of an earlier one."""
        left = self.answers.get(name, [])
        at = next((index for index, (step, _) in enumerate(left) if step >= self.number), len(left) - 1)
        if at < 0:
            return self._unheard(name)
        answer = left.pop(at)[1]
        if answer.result is not None:
            return dict(answer.result)
        if answer.code is None:
            raise RuntimeError(answer.message)
        raise OperationError(answer.code, answer.message)

    def _unheard(self, name: str) -> dict[str, Any]:
        """An operation that gives nothing back needs no recording. :raises NoAnswer:"""
        entry = catalogue.get(name)
        if entry is not None and not entry.outputs:
            return {}
        refusal = NoAnswer(name)
        self.missing = refusal.message
        raise refusal


def replay(subject: Subject, case: Case, rules: RuleSet, known: Iterable[str]) -> Verdict:
    """Runs a case again. `known` are the elements of the version that it ran on."""
    if case.fault is not None:
        return Verdict(Way.UNRECORDED, old=case.fault)
    return _Replay(subject, case, rules, frozenset(known)).verdict()


class _Parted(Exception):
    """The replay left the way of the case."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.way)
        self.verdict = verdict


class _Replay:
    def __init__(self, subject: Subject, case: Case, rules: RuleSet, known: frozenset[str]) -> None:
        self._subject, self._case, self._known = subject, case, known
        answers: dict[str, list[tuple[int, Answer]]] = {}
        for number, step in enumerate(case.steps):
            for answer in step.answers:
                answers.setdefault(answer.operation, []).append((number, answer))
        self._host = ReplayHost(subject, rules, case.steps[0].at, answers)
        self._execution: Execution | None = None
        self._notes: dict[Way, Verdict] = {}
        self._last = ""

    def verdict(self) -> Verdict:
        """The way in one word; the first difference is told."""
        try:
            for number, step in enumerate(self._case.steps):
                self._host.number = number
                self._host.moment = max(self._host.moment, step.at)
                self._make(step)
        except _Parted as parted:
            return parted.verdict
        if self._execution is None or not self._execution.is_completed:
            return self._waits(self._case.steps[-1])
        return self._notes.get(Way.LONGER) or self._notes.get(Way.LATER) or Verdict(Way.SAME)

    def _make(self, step: Heard) -> None:
        try:
            if self._execution is None:
                data = dict(step.start or {})
                self._execution = Execution.start(self._subject.process.spec_hash, data, self._host)
            else:
                self._do(self._execution, step)
        except (EngineError, FeelError, LookupError, ValueError) as failure:
            self._failed(step, failure)
        self._compare(step)

    def _failed(self, step: Heard, failure: Exception) -> None:
        """A failure that the case had too is part of its way."""
        at = str(getattr(failure, "element_id", ""))
        had = any(one[0] == at and one[3] == "failed" for one in step.passed)
        if not (getattr(failure, "resumable", False) and had):
            reason = self._host.missing or getattr(failure, "message", "") or str(failure)
            raise _Parted(Verdict(Way.STUCK, step.words, self._last, "", f"{self._named(at)}：{reason}")) from failure

    def _do(self, execution: Execution, step: Heard) -> None:
        self._put_off(execution, step)
        if step.act == Act.COMPLETE:
            execution.complete(self._open(execution, step), dict(step.values))
        elif step.act == Act.MESSAGE:
            if not execution.deliver(step.message or "", dict(step.values)):
                raise _Parted(self._waits(step))
        elif step.act == Act.RETURN:
            task_id = self._open(execution, step)
            execution.advance()
            execution.jump(task_id, str(step.values["to"]))
        elif step.act in (Act.RETRY, Act.SKIP):
            self._mend(execution, step)
        else:
            self._wait_for(execution, step)
            execution.advance()

    def _put_off(self, execution: Execution, step: Heard) -> None:
        for element, due_at in step.put_off:
            for timer in execution.timers():
                if timer.element_id == element:
                    execution.postpone(timer.task_id, due_at)

    def _open(self, execution: Execution, step: Heard) -> str:
        for task in execution.open_tasks():
            if task.element_id == step.element_id and step.item in (None, task.item_key):
                return task.id
        raise _Parted(self._waits(step))

    def _mend(self, execution: Execution, step: Heard) -> None:
        failed = next((one.task_id for one in execution.failures() if one.element_id == step.element_id), None)
        if failed is None:
            return  # it did not fail here, so that there is nothing to mend
        if step.act == Act.RETRY:
            execution.retry(failed)
        else:
            execution.skip(failed, {})

    def _wait_for(self, execution: Execution, step: Heard) -> None:
        """A timer that is due later here is waited for: the way may be the same all the same."""
        if step.act != Act.TIMER:
            return
        due = next((one for one in execution.timers() if one.element_id == step.element_id), None)
        if due is not None and due.due_at > self._host.moment:
            when = f"{due.due_at:%Y-%m-%d %H:%M}"
            note = Verdict(Way.LATER, step.words, self._last, f"{step.at:%Y-%m-%d %H:%M} 届满", f"{when} 届满")
            self._notes.setdefault(Way.LATER, note)
            self._host.moment = due.due_at

    def _compare(self, step: Heard) -> None:
        if self._execution is None:
            return
        new = _told((one.element_id, one.kind, one.outcome) for one in self._execution.drain_passed())
        old = _told((one[0], one[2], one[3]) for one in step.passed)
        more, less = Counter(new) - Counter(old), Counter(old) - Counter(new)
        if less:
            raise _Parted(self._parted(step, old, new))
        if more:
            added = "、".join(dict.fromkeys(self._named(one) for one in new if one in more))
            if any(one in self._known for one in more):
                raise _Parted(self._parted(step, old, new))
            self._notes.setdefault(Way.LONGER, Verdict(Way.LONGER, step.words, self._last, "", added))
        self._last = self._named(new[-1]) if new else self._last

    def _parted(self, step: Heard, old: Sequence[str], new: Sequence[str]) -> Verdict:
        common = 0
        while common < min(len(old), len(new)) and old[common] == new[common]:
            common += 1
        asked = self._asked()
        after = self._named(new[common - 1]) if common else self._last
        there = self._named(old[common]) if common < len(old) else "等候办理"
        here = self._named(new[common]) if common < len(new) else self._waiting_words()
        way = Way.ASKS if asked and common == len(new) else Way.OTHER
        return Verdict(way, step.words, after, there, here)

    def _waits(self, step: Heard) -> Verdict:
        """The input of the case finds nobody waiting: the other version is elsewhere, or asks something new."""
        way = Way.ASKS if self._asked() else Way.OTHER
        old = self._named(step.element_id) if step.element_id else step.words
        return Verdict(way, step.words, self._last, old, self._waiting_words())

    def _asked(self) -> bool:
        """Whether work is open that the version of the case does not know."""
        tasks = self._execution.open_tasks() if self._execution is not None else []
        return any(task.element_id not in self._known for task in tasks)

    def _waiting_words(self) -> str:
        if self._execution is None:
            return ""
        if self._execution.is_completed:
            return "已经结束"
        names = [self._named(task.element_id) for task in self._execution.open_tasks()]
        names += [self._named(timer.element_id) for timer in self._execution.timers()] if not names else []
        return "停在" + ("、".join(dict.fromkeys(names)) or "等待消息的环节")

    def _named(self, element_id: str) -> str:
        if element_id in self._subject.elements:
            return self._subject.named(element_id)
        for step in self._case.steps:
            for one, name, _kind, _outcome in step.passed:
                if one == element_id and name:
                    return name
        return element_id


def _told(passed: Iterable[tuple[str, str, str]]) -> list[str]:
    """The elements completed, without gateways and flows."""
    return [one for one, kind, outcome in passed if outcome == "completed" and not kind.endswith("Gateway")]
